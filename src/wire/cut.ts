// Where a large file is cut into blocks: where its content says so, not at fixed places. So what stands before a block, and how much of it
// there is, does not matter to the block: after an insertion the same blocks come again, only later. A rolling hash of the last 32 bytes
// decides (a gear hash, as in FastCDC), at which few blocks are very short or very long: up to a usual length a cut is rarer than beyond it.
// Invariant: both sides cut alike. Whatever changes here needs a name of its own in hello.

import { createHash } from "node:crypto";

/** How blocks of one file are cut; lengths in bytes. */
export interface BlockSizes {
  /** Every block but the last one is longer. */
  least: number;
  /** From here on a cut is four times as likely. */
  usual: number;
  /** None is longer. */
  most: number;
  /** The bits of the hash that are 0 at a cut before the usual length. */
  strict: number;
  /** Those that are 0 at a cut after it. */
  loose: number;
}

const SMALLEST = 4 << 10;
/** The longest block, four times as long, is held in memory. */
const LARGEST = 8 << 20;
/** Of no file more blocks are told: their digests fit into a message. */
export const MOST_BLOCKS = 1 << 16;
/** What is here of a file may be larger than it: so many times as many blocks are told as it has itself. */
const MOST_TOLD = 4;

/** For a file of that size: about its square root, at which the digests that are told and the bytes that are sent for a change of one place
 * are in balance. */
export function blockSizes(size: number): BlockSizes {
  let usual = SMALLEST;
  while (usual < LARGEST && (usual * usual < size || usual * MOST_BLOCKS < size)) usual *= 2;
  const bits = Math.log2(usual);
  const topBits = (count: number) => -1 << (32 - count);
  return { least: usual / 2, usual, most: usual * 4, strict: topBits(bits + 1), loose: topBits(bits - 1) };
}

/** How many blocks may be told of what is here of a file of that size. */
export function mostTold(size: number): number {
  return Math.min(MOST_BLOCKS, MOST_TOLD * Math.ceil(size / blockSizes(size).usual));
}

/** The length of the block that begins these bytes, which are at least `most`, or all there is. */
export function cutLength(bytes: Uint8Array, { least, usual, most, strict, loose }: BlockSizes): number {
  const end = Math.min(bytes.length, most);
  const turn = Math.min(end, usual);
  let hash = 0;
  let at = least;
  for (; at < turn; at++) {
    hash = (hash << 1) + GEAR[bytes[at]!]! | 0;
    if ((hash & strict) === 0) return at + 1;
  }
  for (; at < end; at++) {
    hash = (hash << 1) + GEAR[bytes[at]!]! | 0;
    if ((hash & loose) === 0) return at + 1;
  }
  return end;
}

/** A number for each byte, without a pattern. */
const GEAR = gearTable();

function gearTable(): Int32Array {
  const table = new Int32Array(256);
  for (let number = 0; number < table.length; number += 8) {
    const digest = createHash("sha256").update(`tcpsync blocks ${number}`).digest();
    for (let word = 0; word < 8; word++) table[number + word] = digest.readInt32BE(4 * word);
  }
  return table;
}
