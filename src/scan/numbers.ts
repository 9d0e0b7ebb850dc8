// Whether the file numbers of a disk can be relied on. Where one changes while everything else about a file stays, its content is read
// once; where that proves to be what it was, again and again, the numbers of that disk tell nothing and count as none.

import type { FileEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import type { Stat } from "../fs/port.ts";

/** After this many numbers that changed although the file did not, a disk's numbers count as worthless. */
const PROOFS = 3;

export class Numbers {
  /** Files with another number than before, and everything else the same. */
  #renumbered = new Map<Path, { earlier: FileEntry; device: number }>();
  /** How many such numbers each disk has shown, by its device. */
  #proofs = new Map<number, number>();

  /** `last`: the disk keeps the numbers of files for good. */
  constructor(readonly last: boolean) {}

  /** A look at a file, without the number where the disk's numbers are worthless. */
  counted(stat: Stat): Stat {
    const areNone = this.#proofs.size > 0 && (this.#proofs.get(stat.device) ?? 0) >= PROOFS;
    return areNone ? { ...stat, id: 0 } : stat;
  }

  /** `earlier` is what is known of a file that has another number now, on that disk. */
  changed(path: Path, earlier: FileEntry, device: number) {
    if (earlier.digest !== "") this.#renumbered.set(path, { earlier, device });
  }

  /** The content of a file was read. Gives the other files that are what they were, if that proved the numbers worthless. */
  learn(path: Path, digest: string): ReadonlyMap<Path, FileEntry> {
    const renumbered = this.#renumbered.get(path);
    if (!renumbered) return new Map();
    const { earlier, device } = renumbered;
    this.#renumbered.delete(path);
    const isProof = earlier.digest === digest; // Else it is another file, as its number said.
    const proofs = isProof ? 1 + (this.#proofs.get(device) ?? 0) : 0;
    this.#proofs.set(device, proofs);
    return proofs === PROOFS ? this.#proved(device) : new Map();
  }

  #proved(device: number): ReadonlyMap<Path, FileEntry> {
    const proved = [...this.#renumbered].filter(([, other]) => other.device === device);
    for (const [path] of proved) this.#renumbered.delete(path);
    return new Map(proved.map(([path, { earlier }]) => [path, earlier]));
  }
}
