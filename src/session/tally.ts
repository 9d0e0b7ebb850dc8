// How far a piece of work is that may take many plans. All of it only ever grows, by what is found to be still to do; what is done never
// falls back, and what is not to be done any more counts as done.

import type { Amount, ProofCounts } from "../core/event.ts";

export class Tally {
  #files = { done: 0, all: 0 };
  #bytes = { done: 0, all: 0 };

  /** Another piece of work: so much is to be done, and so much of it is done already. */
  begin(left: Amount, done: Amount = { files: 0, bytes: 0 }) {
    this.#files = { done: done.files, all: done.files + left.files };
    this.#bytes = { done: done.bytes, all: done.bytes + left.bytes };
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

/** How far reading is, is told this often, in ms, and not at all of what takes less. */
const TELL_EVERY_MS = 250;

/** Files whose digests decide something; parts of what is to come here; files of which the other side has a part. */
type ReadCause = "digests" | "parts" | "sources";

const NOTHING: Amount = { files: 0, bytes: 0 };

/** What of this side's files is read: to be compared, or before more comes or goes of a large file of which a part has come already. For
 * people that is one piece of work, whatever asks for it. */
export class Reads {
  readonly #tally = new Tally();
  readonly #left = new Map<ReadCause, Amount>();
  /** When it was last told, or began. */
  #toldAt = 0;
  #isTold = false;

  constructor(private readonly tell: (howFar: ProofCounts) => void) {}

  /** So much is still to be read for that cause, null: nothing; `done`: so much was read of it when this is first heard. */
  take(cause: ReadCause, left: Amount | null, done = NOTHING) {
    const isFirst = this.#left.size === 0;
    if (left) this.#left.set(cause, left);
    else this.#left.delete(cause);
    if (this.#left.size === 0) return isFirst ? undefined : this.#end();
    const all = this.#left.values().reduce(
      (sum, { files, bytes }) => ({ files: sum.files + files, bytes: sum.bytes + bytes }),
      NOTHING,
    );
    const now = performance.now();
    if (isFirst) {
      this.#tally.begin(all, done);
      this.#toldAt = now;
    } else this.#tally.goOn(all);
    if (now - this.#toldAt < TELL_EVERY_MS) return;
    this.#toldAt = now;
    this.#isTold = true;
    this.tell(this.#tally.howFar);
  }

  /** Nothing is to come or go just now. */
  rest() {
    this.take("parts", null);
    this.take("sources", null);
  }

  #end() {
    this.#tally.goOn(NOTHING);
    if (this.#isTold) this.tell(this.#tally.howFar);
    this.#isTold = false;
  }
}
