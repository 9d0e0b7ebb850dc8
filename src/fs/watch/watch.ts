// The watch of a root as its owner sees it: hints of what may have changed, and the certainty to hear of a dead watch.

import { confinedTo } from "../confined.ts";
import { type Timer, Timers } from "./timers.ts";
import type { Told } from "./told.ts";
import type { Watched, WatchReport } from "./gather.ts";

/** How often a live watch must prove itself, and how long it has for it. Where nothing changed for long, less often: each proof
 * writes to the disk. */
const CANARY_EVERY_MS = 5_000;
const CANARY_QUIET_MS = 30_000;
const QUIET_MS = 10 * 60_000;
const CANARY_SOON_MS = 200;
const CANARY_PATIENCE_MS = 3_000;
/** So many paths in a second: systems lose some of such a burst, and not all of them say so. */
const BURST = 1000;
/** A dead watch is armed again after this, twice as long each time it dies unproven. */
const REARM_MS = 500;
const REARM_LONGEST_MS = 60_000;
/** After it was deaf so often, the owner is told. Where that leaves a thread behind each time, it is not armed again for long, and it
 * counts until the watch has gone well for a while. */
const MOST_DEAF = 4;
const REARM_DEAF_MS = 3600_000;
const WELL_MS = 10 * 60_000;

/** What was told of native paths; `all`: anything may have changed; `closes`: the watch tells when a writer closes a file. */
export type Hint = (told: Told[], all: boolean, closes: boolean) => void;

/** What a watch is made of. */
export interface WatchParts {
  /** Begins to watch; the first report comes when the system does. The function it gives ends it. */
  watch(watched: Watched, report: (report: WatchReport) => void): () => void;
  /** Makes the canary's file, or removes it, if that can be. */
  stirCanary(path: string): void;
  /** What is to be watched may be another now. */
  follow?(): void;
  /** A watch that hangs cannot be ended altogether. */
  readonly hangs?: boolean;
}

/** On the disk of this machine: a worker watches, which does nothing else. */
export const WATCH_PARTS: WatchParts = {
  watch(watched, report) {
    const confined = confinedTo({ read: [watched.folder], write: [] });
    const worker = new Worker(new URL("./watch_worker.ts", import.meta.url), confined);
    worker.onmessage = ({ data }: MessageEvent<WatchReport>) => report(data);
    worker.onerror = (event) => {
      event.preventDefault();
      report({ dead: event.message });
    };
    worker.postMessage(watched);
    return () => worker.terminate();
  },
  // On Linux the runtime opens what it tells of, which with some entries never ends.
  hangs: Deno.build.os === "linux",
  stirCanary(path) {
    comeOrGo(path).catch(() => {}); // The scan tells of a root that is gone.
  },
};

/** Never written: whatever has come to be there, a link to elsewhere too, is only removed. */
async function comeOrGo(path: string) {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    (await Deno.open(path, { write: true, createNew: true })).close();
  }
}

/** Watches `folder`, again and again when the watch dies. `own` is the private folder in it, whose events do not count. */
export class Watch {
  #end: (() => void) | null = null;
  readonly #timers = new Timers();
  #canary: string;
  #missing: Timer | null = null;
  /** How often in a row it died without a proof of life. */
  #deaths = 0;
  /** How often it was found deaf, and when it was last armed. */
  #deaf = 0;
  #armedAt = 0;
  /** When it last told of something. */
  #told = performance.now();
  /** How many paths were told of in this second, and when it began. */
  #lately = { since: 0, paths: 0 };
  /** Once a proof has come, and with it all that was still on its way, everything is to be looked at. */
  #lookAfterProof = false;
  /** The next proof. */
  #proof: Timer | null = null;
  #armed: (() => void) | null = null;

  constructor(
    private readonly folder: string,
    private readonly own: string,
    private readonly hint: Hint,
    private readonly parts: WatchParts = WATCH_PARTS,
    /** Hears when it tells of nothing again and again, and when it tells of something. */
    private readonly deaf: (isDeaf: boolean) => void = () => {},
  ) {
    const [, separator] = /([/\\])[^/\\]*$/.exec(own)!;
    this.#canary = `${own}${separator}canary`;
  }

  /** Begins to watch; resolves when the system does. What changed before is for the owner to find out. */
  start(): Promise<void> {
    const armed = new Promise<void>((resolve) => this.#armed = resolve);
    const watched = { folder: this.folder, private: this.own, canary: this.#canary };
    const end = this.parts.watch(watched, (report) => this.#take(report));
    this.#end = end;
    this.#armedAt = performance.now();
    // Some watches are dead from the start: network drives, folders of another system.
    return armed.then(() => {
      if (this.#end === end) this.#proveAfter(CANARY_SOON_MS);
    });
  }

  /** Stops watching; `start` may be called again. */
  stop() {
    this.#end?.();
    this.#end = null;
    this.#timers.endAll();
    this.#missing = this.#proof = null;
    this.#armed?.();
    this.#armed = null;
  }

  /** What is to be watched may be another now. */
  follow() {
    if (this.#end) this.parts.follow?.();
  }

  #take(report: WatchReport) {
    if ("dead" in report) return this.#rearm();
    this.#armed?.();
    this.#armed = null;
    if (report.canary && this.#missing !== null) {
      this.#timers.end(this.#missing);
      this.#missing = null;
      this.#deaths = 0;
      this.#noteHearing();
      if (this.#lookAfterProof) report = { ...report, all: true };
      this.#lookAfterProof = false;
    }
    if (report.all || report.told.length > 0) {
      this.#told = performance.now();
      this.hint(report.told, report.all, report.closes);
    }
    if (this.#isBurst(report.told.length)) this.#lookAfterProof = true;
    if (report.all || this.#lookAfterProof) this.#proveAfter(CANARY_SOON_MS);
  }

  #isBurst(paths: number): boolean {
    const now = performance.now();
    if (now - this.#lately.since > 1000) this.#lately = { since: now, paths: 0 };
    this.#lately.paths += paths;
    return this.#lately.paths > BURST;
  }

  /** Lets the canary come or go: a watch that does not tell of it is dead. */
  #prove() {
    const isQuiet = performance.now() - this.#told > QUIET_MS;
    this.#proveAfter(isQuiet ? CANARY_QUIET_MS : CANARY_EVERY_MS);
    if (this.#missing !== null) return;
    this.#missing = this.#timers.after(CANARY_PATIENCE_MS, () => this.#noteDeafness());
    this.parts.stirCanary(this.#canary);
  }

  /** There is one next proof: a new time for it takes the place of the old. */
  #proveAfter(ms: number) {
    if (this.#proof !== null) this.#timers.end(this.#proof);
    this.#proof = this.#timers.after(ms, () => this.#prove());
  }

  #noteHearing() {
    if (this.#deaf >= MOST_DEAF) this.deaf(false);
    const isWell = !this.parts.hangs || performance.now() - this.#armedAt > WELL_MS;
    if (isWell) this.#deaf = 0;
  }

  #noteDeafness() {
    if (++this.#deaf >= MOST_DEAF) this.deaf(true);
    this.#rearm();
  }

  #rearm() {
    this.stop();
    const isDeaf = this.#deaf >= MOST_DEAF && this.parts.hangs;
    const pause = isDeaf ? REARM_DEAF_MS : Math.min(REARM_MS * 2 ** this.#deaths++, REARM_LONGEST_MS);
    this.#timers.after(pause, () => this.start().then(() => this.hint([], true, false)));
  }
}
