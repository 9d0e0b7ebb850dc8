// Blocks at fixed places, each compared with the one of the same number: all that a program knows whose hello does not say `cuts`. Bytes put
// at the front of a file send all of it then. They stay until version 1.0, for such programs alone.

import { blockDigest, type Blocks, DIGEST_BYTES } from "./blocks.ts";
import { breach } from "./shape.ts";

const SMALLEST_BLOCK = 128 << 10;
/** A block is held in memory. */
const LARGEST_BLOCK = 64 << 20;
const MOST_FIXED = 4096;

/** How many bytes each block of a file of that size has, the last one but what is left. */
export function fixedBytes(size: number): number {
  let bytes = SMALLEST_BLOCK;
  while (bytes * MOST_FIXED < size && bytes < LARGEST_BLOCK) bytes *= 2;
  return bytes;
}

/** How many blocks of a file of that size are whole, and can be told of. */
export function wholeBlocks(size: number): number {
  return Math.min(MOST_FIXED, Math.floor(size / fixedBytes(size)));
}

/** The first blocks of a file, in order. */
export class FixedBlocks implements Blocks {
  readonly numbered = false;
  /** See Blocks: here all have this length. */
  readonly most: number;

  /** `digests`: one after the other. Throws Breach where they cannot be those of whole blocks of a file of that size. */
  constructor(readonly digests: Uint8Array, size: number) {
    if (digests.length % DIGEST_BYTES !== 0) breach("digests of blocks cut short");
    if (this.count > wholeBlocks(size)) breach("more blocks than there are");
    this.most = fixedBytes(size);
  }

  /** See Blocks. */
  get count(): number {
    return this.digests.length / DIGEST_BYTES;
  }

  /** See Blocks. */
  cut(bytes: Uint8Array, at: number): number {
    return Math.min(bytes.length, this.most - at % this.most);
  }

  /** See Blocks. */
  find(block: Uint8Array, at: number): number | null {
    const number = at / this.most;
    if (!Number.isInteger(number) || number >= this.count || block.length < this.most) return null;
    const place = number * DIGEST_BYTES;
    return blockDigest(block).every((byte, offset) => byte === this.digests[place + offset]) ? number : null;
  }
}

/** What is said of a file that comes whole, or of which nothing is here. */
export const NO_BLOCKS: Blocks = new FixedBlocks(new Uint8Array(), 0);
