// A large file in blocks, so that both sides mean the same by the number of a block: who wants a file tells the digests of those that
// it may have already, and of these only what is another is sent.

import { createHash } from "node:crypto";
import { breach } from "./shape.ts";

const SMALLEST_BLOCK = 128 << 10;
/** A block is held in memory. */
const LARGEST_BLOCK = 64 << 20;
/** Nobody tells of more: their digests fit into a message. */
const MOST_BLOCKS = 4096;
/** How long a digest is: SHA-256. */
export const DIGEST_BYTES = 32;

/** How many bytes each block of a file of that size has, the last one but what is left. */
export function blockBytes(size: number): number {
  let bytes = SMALLEST_BLOCK;
  while (bytes * MOST_BLOCKS < size && bytes < LARGEST_BLOCK) bytes *= 2;
  return bytes;
}

/** How many blocks of a file of that size are whole, and can be told of. */
export function wholeBlocks(size: number): number {
  return Math.min(MOST_BLOCKS, Math.floor(size / blockBytes(size)));
}

/** SHA-256 of the block's bytes. */
export function blockDigest(block: Uint8Array): Uint8Array {
  return createHash("sha256").update(block).digest();
}

/** The digests of the first blocks of a file, in order. */
export class Blocks {
  /** `digests`: one after the other. Throws Breach where they cannot be those of whole blocks of a file of that size. */
  constructor(readonly digests: Uint8Array, size: number) {
    if (digests.length % DIGEST_BYTES !== 0) breach("digests of blocks cut short");
    if (this.count > wholeBlocks(size)) breach("more blocks than there are");
  }

  /** So many blocks are told of, from the first on. */
  get count(): number {
    return this.digests.length / DIGEST_BYTES;
  }

  /** Whether `block` is the one of that number. */
  isSame(number: number, block: Uint8Array): boolean {
    const digest = blockDigest(block);
    const at = number * DIGEST_BYTES;
    return digest.every((byte, offset) => byte === this.digests[at + offset]);
  }
}
