// The watch of a root as its owner sees it: hints of what may have changed, and the certainty to hear of a dead watch.

import { confinedTo } from "./confined.ts";
import type { WatchReport } from "./watch_worker.ts";

/** How often a live watch must prove itself, and how long it has for it. */
const CANARY_EVERY_MS = 30_000;
const CANARY_SOON_MS = 200;
const CANARY_PATIENCE_MS = 3_000;
const BURST = 500;
/** A dead watch is armed again after this, twice as long each time it dies unproven. */
const REARM_MS = 500;
const REARM_LONGEST_MS = 60_000;

type Timer = ReturnType<typeof setTimeout>;

/** `paths` are native; `all`: anything may have changed. */
export type Hint = (paths: string[], all: boolean) => void;

/** Watches `folder`, again and again when the watch dies. `own` is the private folder in it, whose events do not count. */
export class Watch {
  #worker: Worker | null = null;
  #timers = new Set<Timer>();
  #canary: string;
  #missing: Timer | null = null;
  /** How often in a row it died without a proof of life. */
  #deaths = 0;
  /** The next proof. */
  #proof: Timer | null = null;
  #armed: (() => void) | null = null;

  constructor(
    private readonly folder: string,
    private readonly own: string,
    private readonly hint: Hint,
  ) {
    this.#canary = `${own}${Deno.build.os === "windows" ? "\\" : "/"}canary`;
  }

  /** Begins to watch; resolves when the system does. What changed before is for the owner to find out. */
  start(): Promise<void> {
    const confined = confinedTo({ read: [this.folder], write: [] });
    const worker = new Worker(new URL("./watch_worker.ts", import.meta.url), confined);
    this.#worker = worker;
    const armed = new Promise<void>((resolve) => this.#armed = resolve);
    worker.onmessage = ({ data }: MessageEvent<WatchReport>) => this.#take(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#take({ dead: event.message });
    };
    worker.postMessage({ folder: this.folder, private: this.own, canary: this.#canary });
    // Some watches are dead from the start: network drives, folders of another system.
    return armed.then(() => {
      if (this.#worker === worker) this.#proveAfter(CANARY_SOON_MS);
    });
  }

  /** Stops watching; `start` may be called again. */
  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#missing = this.#proof = null;
    this.#armed?.();
    this.#armed = null;
  }

  #take(report: WatchReport) {
    if ("dead" in report) return this.#rearm();
    this.#armed?.();
    this.#armed = null;
    if (report.canary && this.#missing !== null) {
      this.#clear(this.#missing);
      this.#missing = null;
      this.#deaths = 0;
    }
    if (report.all || report.paths.length > 0) this.hint(report.paths, report.all);
    if (report.all || report.paths.length > BURST) this.#proveAfter(CANARY_SOON_MS);
  }

  /** Writes the canary: a watch that does not tell of it is dead. */
  #prove() {
    this.#proveAfter(CANARY_EVERY_MS);
    if (this.#missing !== null) return;
    this.#missing = this.#after(CANARY_PATIENCE_MS, () => this.#rearm());
    Deno.writeTextFile(this.#canary, `${Date.now()}\n`).catch(() => {}); // The scan tells of a root that is gone.
  }

  /** There is one next proof: a new time for it takes the place of the old. */
  #proveAfter(ms: number) {
    if (this.#proof !== null) this.#clear(this.#proof);
    this.#proof = this.#after(ms, () => this.#prove());
  }

  #rearm() {
    this.stop();
    const pause = Math.min(REARM_MS * 2 ** this.#deaths++, REARM_LONGEST_MS);
    this.#after(pause, () => this.start().then(() => this.hint([], true)));
  }

  #after(ms: number, act: () => void): Timer {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    Deno.unrefTimer(timer as never);
    this.#timers.add(timer);
    return timer;
  }

  #clear(timer: Timer) {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }
}
