// How much further wanted content has come: counted piece by piece, on both sides alike, since both go by the same wants and pieces. What
// an earlier try had brought already does not count again, however it comes to be known to be here.

import { WHOLE_BYTES } from "../wire/batch.ts";
import type { Want } from "../wire/rows.ts";

export class Advance {
  /** By the task's number: how far a large file has come (`at`), and how much of it an earlier try had brought (`part`), in bytes. */
  readonly #large = new Map<number, { at: number; part: number }>();
  #bytes = 0;

  /** These are wanted from now on. */
  begin(wants: readonly Want[]) {
    this.#large.clear();
    for (const { index, size, offset, part } of wants) {
      if (size > WHOLE_BYTES) this.#large.set(index, { at: offset, part: Math.min(part, size) });
    }
  }

  /** The next bytes of a file came, or are known to be here. */
  piece(index: number, length: number) {
    const file = this.#large.get(index);
    if (!file) {
      this.#bytes += length;
      return;
    }
    const before = Math.max(file.at, file.part);
    file.at += length;
    this.#bytes += Math.max(0, file.at - before);
  }

  /** How many bytes came since the last call. */
  take(): number {
    const bytes = this.#bytes;
    this.#bytes = 0;
    return bytes;
  }
}
