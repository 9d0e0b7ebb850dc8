// Looks at a root that came to nothing, by the disk's fault or by ours, are tried again with growing pauses, whoever asks for one.

import type { ScanFailed } from "../core/failure.ts";

/** Tried again after this, twice as long each time. */
const FIRST_MS = 500;
const LONGEST_MS = 60_000;

export class FailedScans {
  #last: ScanFailed | null = null;
  #times = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `again` is called when it is time to look again. */
  constructor(private readonly again: () => void) {}

  /** Throws the last failure until it is time. */
  check() {
    if (this.#last) throw this.#last;
  }

  failed(error: ScanFailed) {
    this.#last = error;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#last = null;
      this.again();
    }, Math.min(FIRST_MS * 2 ** this.#times++, LONGEST_MS));
  }

  /** Notes that a look came to its end. Returns whether the one before had failed. */
  succeeded(): boolean {
    const isOver = this.#times > 0;
    this.#times = 0;
    return isOver;
  }

  close() {
    clearTimeout(this.#timer);
  }
}
