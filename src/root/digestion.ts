// Has a root's files digested, a slice at a time between all other work of its worker, as long as somebody waits for digests: who else
// has something to do there waits for one slice at most, is alone then for a while, and from then on waits for short ones. Made known is
// how far it is, and each digest.

import type { WorkerHost } from "./worker_host.ts";
import type { ProofCounts } from "../core/event.ts";
import { type Remote } from "./rpc.ts";
import { NotYet } from "../core/failure.ts";

/** How long a slice is, in ms: while the worker has no other work, and while it has. */
const SLICE_MS = 20;
const SHORT_SLICE_MS = 2;
/** The worker counts as free of other work when nobody asked for anything for so long, in ms. */
const QUIET_MS = 100;
/** What is asked for then comes alone for so long: a save takes many calls, and less than that. Whether it is over is seen this often. */
const ALONE_MS = 500;
const LOOK_EVERY_MS = 10;
/** How far it is, is told this often, and not at all of what takes less; what is known is taken up this often while there is more. */
const TELL_EVERY_MS = 250;
const NEWS_EVERY_MS = 1000;

export class Digestion {
  #running: Promise<void> | null = null;
  #closed = false;

  /** `calls`: how many calls the worker was given so far. `known`: digests are known that were not. */
  constructor(
    private readonly workerHost: Pick<Remote<WorkerHost>, "workOn">,
    private readonly calls: () => number,
    private readonly tell: (howFar: ProofCounts) => void,
    private readonly known: () => void,
  ) {}

  /** Somebody may wait for digests. */
  go() {
    if (this.#closed) return;
    this.#running ??= this.#run().finally(() => this.#running = null);
    this.#running.catch(() => {}); // The next look tells what is wrong.
  }

  /** Resolves when nothing is waited for any more; rejects where that comes to nothing. */
  async whole() {
    this.go();
    await this.#running;
  }

  /** Asks, and again each time that what the answer takes is read and copied. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await question();
      } catch (error) {
        if (!(error instanceof NotYet) || this.#closed) throw error;
      }
      await this.whole();
    }
  }

  /** Resolves when nothing more is read. */
  async close() {
    this.#closed = true;
    await this.#running?.catch(() => {});
  }

  async #run() {
    let told = performance.now();
    let news = told;
    let isUntold = true;
    let asked = -Infinity;
    let busySince = -Infinity;
    let done = 0;
    for (let over = false; !over && !this.#closed;) {
      const calls = this.calls();
      const began = performance.now();
      const isQuiet = began - asked >= QUIET_MS;
      if (!isQuiet && began - busySince < ALONE_MS) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
        if (this.calls() > calls) asked = performance.now();
        continue;
      }
      const slice = await this.workerHost.workOn(isQuiet ? SLICE_MS : SHORT_SLICE_MS);
      const now = performance.now();
      if (this.calls() > calls + 1) {
        if (isQuiet) busySince = now;
        asked = now;
      }
      over = slice.over;
      done += slice.done;
      if (slice.howFar.ofFiles > 0 && now - told >= TELL_EVERY_MS || over && !isUntold) {
        this.tell(slice.howFar);
        told = now;
        isUntold = false;
      }
      if (done > 0 && (over || now - news >= NEWS_EVERY_MS)) {
        this.known();
        done = 0;
        news = now;
      }
    }
  }
}
