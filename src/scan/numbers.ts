// Whether the file numbers of a disk can be relied on. Where one changes while everything else about a file stays, its content is read
// once; where that proves to be what it was, again and again, the numbers of this disk tell nothing and count as none.

import type { FileEntry } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import type { Stat } from "../fs/port.ts";

/** So many numbers that changed for nothing prove that they do. */
const PROOFS = 3;

export class Numbers {
  /** Files with another number than before, and everything else the same. */
  #renumbered = new Map<Path, FileEntry>();
  #proofs = 0;

  /** `last`: the disk keeps the numbers of files for good. */
  constructor(readonly last: boolean) {}

  /** They change while nothing happens. */
  get areNone(): boolean {
    return this.#proofs >= PROOFS;
  }

  /** A look as far as it can be relied on. */
  counted(stat: Stat): Stat {
    return this.areNone ? { ...stat, id: 0 } : stat;
  }

  /** `earlier` is what is known of a file that has another number now. */
  changed(path: Path, earlier: FileEntry) {
    if (earlier.digest !== "") this.#renumbered.set(path, earlier);
  }

  /** The content of a file was read. Gives the other files that are what they were, if that proved the numbers worthless. */
  learn(path: Path, digest: string): ReadonlyMap<Path, FileEntry> {
    const earlier = this.#renumbered.get(path);
    if (!earlier) return new Map();
    this.#renumbered.delete(path);
    if (earlier.digest !== digest) this.#proofs = 0; // Another file, as its number said.
    else if (++this.#proofs === PROOFS) {
      const proved = this.#renumbered;
      this.#renumbered = new Map();
      return proved;
    }
    return new Map();
  }
}
