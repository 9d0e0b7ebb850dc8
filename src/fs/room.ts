// How much room the disk under a path has, as far as the system tells.

import { statfsSync } from "node:fs";

/** What is left to others in any case: such a part of the disk, and no more than so many bytes. */
const LEFT_PART = 100;
const MOST_LEFT = 256 << 20;

/** Disks give room in pieces of at least so many bytes. */
const PIECE_BYTES = 4096;

/** What `statfs` tells. */
export interface DiskSize {
  bsize: number;
  /** In what the counts below are; absent: in `bsize`. */
  frsize?: number;
  blocks: number;
  bavail: number;
  /** How many names the disk can hold, and how many more; 0 of 0 where it does not count them. */
  files: number;
  ffree: number;
}

/** So many bytes may be written to the disk under a native path, with something left to others; Infinity where the system does not
 * tell. */
export function roomUnder(path: string): number {
  try {
    return roomOf(statfsSync(path));
  } catch {
    return Infinity; // Not there, not to be asked: whoever writes is told.
  }
}

/** The same of what the system told. A disk of no size at all is one that does not tell. */
export function roomOf({ bsize, frsize, blocks, bavail, files, ffree }: DiskSize): number {
  const unit = frsize || bsize;
  if (!(blocks * unit > 0)) return Infinity;
  if (files > 0 && ffree === 0) return 0;
  const left = Math.min(blocks * unit / LEFT_PART, MOST_LEFT);
  return Math.max(0, Math.floor(bavail * unit - left));
}

/** The room that a file of so many bytes takes. */
export function roomFor(size: number): number {
  return Math.ceil(size / PIECE_BYTES) * PIECE_BYTES;
}
