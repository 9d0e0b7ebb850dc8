// The watch of a root as its owner sees it: hints of what may have changed, and the certainty to hear of a dead watch.
//
//   state      input                        → state      done
//   off        start                        → starting   begin to watch
//   starting   a report                     → on         `start` resolves; a proof soon
//   on         it is time for a proof       → proving    the canary comes or goes
//   proving    a report with the canary     → on         a hint at everything where one is owed; no more deaf
//   proving    the patience is over         → dead       deaf once more; too often: the owner is told
//   not off    a report that it is dead     → dead       end it
//   dead       the pause is over            → starting   begin to watch; a hint at everything as soon as it is on
//   any        stop                         → off        end it; `start` resolves
//
// Each report is a hint. After one of lost events, or of a burst, a proof comes soon; after a burst a hint at everything is owed with
// it, as by then all that was on its way has come. The timers, of each one at most, all disarmed by `stop` and by death:
//
//   timer      armed                        goes off                                             does
//   proof      once it is on, and by itself after 5 s, 30 s where nothing was told for long      proves that it lives
//   proof      by a burst or lost events    after 200 ms, in place of the one armed before       the same
//   patience   with the canary              after 3 s; disarmed by a report with the canary      finds it deaf
//   rearm      by death                     after 500 ms, longer each time; an hour where        begins to watch
//                                           it is deaf and each attempt leaves a thread behind

import { confinedTo } from "../confined.ts";
import { Traffic, WatchHealth } from "./health.ts";
import { NamedTimers } from "./timers.ts";
import type { Told } from "./told.ts";
import type { Watched, WatchReport } from "./gather.ts";

/** How often a live watch must prove itself, and how long it has for it. Where nothing changed for long, less often: each proof
 * writes to the disk. */
const CANARY_EVERY_MS = 5_000;
const CANARY_QUIET_MS = 30_000;
const CANARY_SOON_MS = 200;
const CANARY_PATIENCE_MS = 3_000;

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
  readonly #canary: string;
  readonly #timers = new NamedTimers<"proof" | "patience" | "rearm">({ keepAlive: false });
  readonly #health: WatchHealth;
  readonly #traffic = new Traffic();
  /** Ends what watches now; null while nothing does. */
  #end: (() => void) | null = null;
  /** Resolves what `start` gave; null once it did. */
  #begun: (() => void) | null = null;
  /** Once a proof has come, and with it all that was still on its way, everything is to be looked at. */
  #lookAfterProof = false;

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
    this.#health = new WatchHealth(parts.hangs ?? false);
  }

  /** Begins to watch; resolves when the system does. What changed before is for the owner to find out. */
  start(): Promise<void> {
    const begun = new Promise<void>((resolve) => this.#begun = resolve);
    const watched = { folder: this.folder, private: this.own, canary: this.#canary };
    const end = this.parts.watch(watched, (report) => this.#take(report));
    this.#end = end;
    this.#health.arm();
    // Some watches are dead from the start: network drives, folders of another system.
    return begun.then(() => {
      if (this.#end === end) this.#proveAfter(CANARY_SOON_MS);
    });
  }

  /** Stops watching; `start` may be called again. */
  stop() {
    this.#end?.();
    this.#end = null;
    this.#timers.endAll();
    this.#begin();
  }

  /** What is to be watched may be another now. */
  follow() {
    if (this.#end) this.parts.follow?.();
  }

  #begin() {
    this.#begun?.();
    this.#begun = null;
  }

  #take(report: WatchReport) {
    if ("dead" in report) return this.#rearm();
    this.#begin();
    const isProof = report.canary && this.#timers.has("patience");
    const all = report.all || (isProof && this.#lookAfterProof);
    if (isProof) this.#noteHearing();
    if (all || report.told.length > 0) {
      this.#traffic.note();
      this.hint(report.told, all, report.closes);
    }
    if (this.#traffic.isBurst(report.told.length)) this.#lookAfterProof = true;
    if (all || this.#lookAfterProof) this.#proveAfter(CANARY_SOON_MS);
  }

  /** Lets the canary come or go: a watch that does not tell of it is dead. */
  #prove() {
    this.#proveAfter(this.#traffic.isQuiet ? CANARY_QUIET_MS : CANARY_EVERY_MS);
    if (this.#timers.has("patience")) return;
    this.#timers.after("patience", CANARY_PATIENCE_MS, () => this.#noteDeafness());
    this.parts.stirCanary(this.#canary);
  }

  #proveAfter(ms: number) {
    this.#timers.after("proof", ms, () => this.#prove());
  }

  #noteHearing() {
    this.#timers.end("patience");
    if (this.#health.isDeaf) this.deaf(false);
    this.#health.hear();
    this.#lookAfterProof = false;
  }

  #noteDeafness() {
    this.#health.miss();
    if (this.#health.isDeaf) this.deaf(true);
    this.#rearm();
  }

  #rearm() {
    this.stop();
    const begin = () => this.start().then(() => this.hint([], true, false));
    this.#timers.after("rearm", this.#health.die(), begin);
  }
}
