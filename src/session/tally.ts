// How far a piece of work is that may take many plans. All of it only ever grows, by what is found to be still to do; what is done never
// falls back, and what is not to be done any more counts as done.

import type { ProofCounts } from "../core/event.ts";

type Amount = Pick<ProofCounts, "files" | "bytes">;

export class Tally {
  #files = { done: 0, all: 0 };
  #bytes = { done: 0, all: 0 };

  /** Another piece of work: so much is to be done. */
  begin({ files, bytes }: Amount) {
    this.#files = { done: 0, all: files };
    this.#bytes = { done: 0, all: bytes };
  }

  /** So much is still to be done; `done`: as the one who plans it counts. */
  goOn(left: Amount, done?: Amount) {
    this.#files = further(this.#files, left.files, done?.files);
    this.#bytes = further(this.#bytes, left.bytes, done?.bytes);
  }

  /** So much more is done: at most all of it. */
  add({ files, bytes }: Amount) {
    this.#files.done = Math.min(this.#files.done + files, this.#files.all);
    this.#bytes.done = Math.min(this.#bytes.done + bytes, this.#bytes.all);
  }

  get howFar(): ProofCounts {
    const { done: files, all: ofFiles } = this.#files;
    const { done: bytes, all: ofBytes } = this.#bytes;
    return { files, bytes, ofFiles, ofBytes };
  }
}

function further({ done, all }: { done: number; all: number }, left: number, told = 0) {
  const now = Math.max(done, all - left, told);
  return { done: now, all: Math.max(all, now + left) };
}
