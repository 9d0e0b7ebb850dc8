// A look is one call into the root worker, however long it takes. While it goes on the worker says how many names it has looked at, and
// reads from shared memory whether it is to end. What a look had seen when it was ended is forgotten, as after one that failed.

import { RootGone } from "../core/failure.ts";

/** What the worker says in a look that takes longer than a moment. */
export interface LookNews {
  /** Names in folders that were looked at so far. */
  looked: number;
}

/** So often, in ms; of a look that takes less nothing is said. */
const SAY_EVERY_MS = 500;

/** In the worker: what is called in one look with how many names it has looked at. Throws RootGone once the look is to end. */
export function followLook(
  say: (news: LookNews) => void,
  memory: SharedArrayBuffer,
): (looked: number) => void {
  const stop = new Int32Array(memory);
  let said = performance.now();
  return (looked) => {
    if (Atomics.load(stop, 0) !== 0) throw new RootGone("the folder is not used any more");
    const now = performance.now();
    if (now - said < SAY_EVERY_MS) return;
    said = now;
    say({ looked });
  };
}

/** How far a look is that somebody waits for: so many files and folders. */
export interface LookCount {
  files: number;
  /** It has come to its end. */
  over: boolean;
}

/** In the main thread: who waits for looks hears how far they are. */
export class Looks {
  /** Shared with the worker. */
  readonly memory = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  /** Hears of a look that takes longer than a moment, until it is over. */
  tell: (count: LookCount) => void = () => {};
  #waiting = 0;
  #told: number | null = null;

  hear({ looked }: LookNews) {
    if (this.#waiting === 0) return; // One that comes by itself is no news.
    this.#told = looked;
    this.tell({ files: looked, over: false });
  }

  /** Somebody waits for that look. */
  async wait<T>(look: Promise<T>): Promise<T> {
    this.#waiting++;
    try {
      return await look;
    } finally {
      if (--this.#waiting === 0) this.#end();
    }
  }

  /** The look that goes on ends now, and each that would take more than a moment. */
  stop() {
    Atomics.store(new Int32Array(this.memory), 0, 1);
  }

  #end() {
    if (this.#told !== null) this.tell({ files: this.#told, over: true });
    this.#told = null;
  }
}
