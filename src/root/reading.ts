// Has a root's content read again, in slices between all other work in its worker: everything at once when a person asks for it, and
// slowly by itself in quiet hours. What that finds out: scrub.ts.

import { UserError } from "../core/failure.ts";
import type { WorkerHost } from "./worker_host.ts";
import type { Differing, LetGo, ProofCounts } from "../core/event.ts";
import { bytesAtOnce, pause, restAfter } from "./pace.ts";
import type { Remote } from "./rpc.ts";
import type { HowFar, Slice } from "../engine/scrub.ts";
import type { Doubt } from "../core/soundness.ts";

/** What is told of a reading; `proof`: how far one that a person asked for has come. */
export type ReadingNews =
  | ({ event: "proof"; state: "reading" | "done" | "stopped" } & ProofCounts)
  | ({ event: "differs" } & Differing);

/** What becomes of a root in quiet hours, and who hears of what is found, let go, or moved out of its way. */
export interface Care {
  /** All of it is read within so many days; 0: never by itself. */
  scrubDays: number;
  told(news: ReadingNews): void;
  letGo(what: LetGo): void;
  /** What was in its private folder, and another computer's, is now at this native path. */
  movedAside(to: string): void;
}

export const NO_CARE: Care = { scrubDays: 0, told: () => {}, letGo: () => {}, movedAside: () => {} };

/** A save waits no longer than this for a slice to end. */
const SLICE_MS = 20;
/** The slow reading takes at most one part in so many of the time. */
const SLOW_SHARE = 100;
/** Hours are quiet when nothing has changed, and nothing came, for so long. */
const QUIET_MS = 3 * 60_000;
/** Progress is reported this often. */
const TELL_EVERY_MS = 500;

export class Reading {
  #stirredAt = performance.now();
  #slowTimer: ReturnType<typeof setTimeout> | undefined;
  /** The reading that was asked for. */
  #asked: { by: Set<"own" | "peer">; stop: AbortController; over: Promise<void> } | null = null;
  #closed = false;

  /** `stirred`: the engine knows of something new. */
  constructor(
    private readonly workerHost: Pick<
      Remote<WorkerHost>,
      "beginReading" | "readSlice" | "readSlowly" | "readDoubted"
    >,
    private readonly days: number,
    private readonly tell: (news: ReadingNews) => void,
    private readonly stirred: () => void,
    private readonly quietMs = QUIET_MS,
  ) {
    this.#slowlyAfter(quietMs);
  }

  /** Something changed, or came: the hours are not quiet. */
  stir() {
    this.#stirredAt = performance.now();
  }

  /** Reads everything, `rate` bytes a second at most; where that was stopped before, it goes on there. Resolves when it is over. */
  verify(by: "own" | "peer", rate?: number): Promise<void> {
    if (!this.#asked) {
      const stop = new AbortController();
      const over = this.#verify(stop.signal, rate).finally(() => this.#asked = null);
      this.#asked = { by: new Set(), stop, over };
    }
    this.#asked.by.add(by);
    return this.#asked.over;
  }

  /** Stops what was asked for; a peer's stops only what no person here asks for. False when nothing was. */
  stop(by: "own" | "peer"): boolean {
    if (!this.#asked) return false;
    this.#asked.by.delete(by);
    if (by === "own" || this.#asked.by.size === 0) this.#asked.stop.abort();
    return true;
  }

  /** Reads what a peer doubts: those files that hold the same here. */
  async readDoubted(): Promise<Doubt[]> {
    const all: Doubt[] = [];
    for (;;) {
      const { alike, more, ...slice } = await this.workerHost.readDoubted(SLICE_MS);
      for (const doubt of alike) all.push(doubt);
      this.#take(slice, true);
      if (!more || this.#closed) return all;
    }
  }

  async close() {
    this.#closed = true;
    clearTimeout(this.#slowTimer);
    this.stop("own");
    await this.#asked?.over.catch(() => {}); // Whoever asked for it hears what went wrong.
  }

  async #verify(signal: AbortSignal, rate?: number) {
    let at: HowFar = { begun: 0, files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
    let over = false;
    let told = -Infinity;
    try {
      at = await this.workerHost.beginReading();
      while (!over && !signal.aborted) {
        if (performance.now() - told >= TELL_EVERY_MS) {
          told = performance.now();
          this.#tellHowFar("reading", at);
        }
        const slice = await this.workerHost.readSlice(SLICE_MS, bytesAtOnce(rate));
        this.#take(slice);
        ({ howFar: at, over } = slice);
        const rest = restAfter(slice, rate);
        if (rest > 0 && !over) await pause(rest, signal);
      }
    } catch (error) {
      if (!this.#closed) throw new UserError(`Reading stopped: ${(error as Error).message}`);
    } finally {
      this.#tellHowFar(over ? "done" : "stopped", at);
    }
  }

  #tellHowFar(state: "reading" | "done" | "stopped", { begun: _, ...counts }: HowFar) {
    this.tell({ event: "proof", state, ...counts });
  }

  /** What could not be read by itself just now is no news: another time. */
  #take({ findings, stirred }: Pick<Slice, "findings" | "stirred">, isSlow = false) {
    for (const found of findings) {
      if (!isSlow || found.what !== "unread") this.tell({ event: "differs", ...found });
    }
    if (stirred) this.stirred();
  }

  #slowlyAfter(ms: number) {
    if (this.#closed || this.days === 0) return;
    this.#slowTimer = setTimeout(() => this.#slowly().then((ms) => this.#slowlyAfter(ms)), ms);
  }

  /** Returns when to come back. */
  async #slowly(): Promise<number> {
    const quietIn = this.#stirredAt + this.quietMs - performance.now();
    if (quietIn > 0 || this.#asked) return Math.max(quietIn, SLICE_MS * SLOW_SHARE);
    try {
      const { slice, due } = await this.workerHost.readSlowly(SLICE_MS, this.days);
      if (slice) this.#take(slice, true);
      return Math.max(due, (slice?.took ?? 0) * (SLOW_SHARE - 1), SLICE_MS);
    } catch {
      return this.quietMs; // The root is gone, or closing: a look tells.
    }
  }
}
