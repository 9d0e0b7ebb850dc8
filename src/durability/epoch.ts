// Epochs of a root: a count kept in the folder and in the archive, and raised in both when something has been agreed. A folder whose
// count is behind was set back, as from an old backup, and what is older in it is no edit of today (RULES S2).
// Invariant: the folder's count is on the disk before the archive's is raised, so that no stop, of the program or of the computer,
// puts it behind. A count that is missing or damaged says nothing.

import type { EpochCount } from "../archive/epoch_count.ts";
import type { Disk } from "../fs/port.ts";
import { readStart, writeAnew } from "../fs/small_file.ts";

/** While a root is in use, an epoch lasts so long at least: each costs a flush. */
const SHORTEST_MS = 60_000;
const DIGITS = 16;

export class Epoch {
  #isUsed = false;
  #isSetBack: boolean;

  /** `file`: where the folder keeps its count; `began`: now, in ms. */
  constructor(
    private readonly disk: Disk,
    private readonly file: string,
    private readonly known: EpochCount,
    private began: number,
  ) {
    const count = this.#read();
    this.#isSetBack = count !== null && count < known.get();
  }

  /** The folder is older than it was when it was last in use here. */
  get isSetBack(): boolean {
    return this.#isSetBack;
  }

  /** Something was agreed. */
  use() {
    this.#isUsed = true;
  }

  /** Both sides are in sync: what was older is settled, and a new epoch may begin. `now` in ms. */
  rest(now: number) {
    if (this.#isSetBack || this.#isUsed && Math.abs(now - this.began) >= SHORTEST_MS) this.#begin(now);
  }

  /** The folder is given up in good order. One that was set back stays so until it is in sync. */
  finish() {
    if (this.#isUsed && !this.#isSetBack) this.#begin(this.began);
  }

  #begin(now: number) {
    const count = this.#writeNext();
    if (count === null) return;
    this.known.set(count);
    this.#isUsed = this.#isSetBack = false;
    this.began = now;
  }

  /** Null where the disk does not take it, which is a reason to try again, and no other. */
  #writeNext(): number | null {
    try {
      const count = Math.max(this.#read() ?? 0, this.known.get()) + 1;
      this.#write(count);
      return count;
    } catch {
      return null;
    }
  }

  #read(): number | null {
    try {
      if (this.disk.stat(this.file)?.kind !== "file") return null;
      const text = readStart(this.disk, this.file, DIGITS);
      return /^\d{16}$/.test(text) ? Number(text) : null;
    } catch {
      return null;
    }
  }

  /** Anew, so that it is never without a count, and never written through what others put there. */
  #write(count: number) {
    writeAnew(this.disk, this.file, String(count).padStart(DIGITS, "0"));
    this.disk.flush(this.file); // With its name, where no folder is flushed.
  }
}
