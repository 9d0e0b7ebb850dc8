// A large file in blocks: who wants a file tells the digests of the blocks that it has already, and who supplies it cuts its own file
// in the same way and says for each block which one it is, or sends it. No digest is believed: the whole is digested as it comes together.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type BlockSizes, blockSizes, cutLength, mostTold } from "./cut.ts";
import { breach } from "./shape.ts";

/** How long a digest is: SHA-256. */
export const DIGEST_BYTES = 32;
const LENGTH_BYTES = 4;

/** What who wants a file has of it. */
export interface Blocks {
  /** So many blocks are told of. */
  readonly count: number;
  /** No block is longer, in bytes. */
  readonly most: number;
  /** Whether a block that is there is named by its number. */
  readonly numbered: boolean;
  /** The length of the next block of the supplied file. `bytes` stand at the offset `at` in it, and are at least `most`, or all there
   * is. */
  cut(bytes: Uint8Array, at: number): number;
  /** The number of the block that is this one, and can be copied to the offset `at`; null where none is. */
  find(block: Uint8Array, at: number): number | null;
}

/** SHA-256 of the block's bytes. */
export function blockDigest(block: Uint8Array): Uint8Array {
  return createHash("sha256").update(block).digest();
}

/** Blocks that content marks off (cut.ts): those of the part that an earlier try left, then those of the file that is to be replaced. */
export class CutBlocks implements Blocks {
  readonly numbered = true;
  readonly #sizes: BlockSizes;
  /** Where the blocks of the part begin in it: the file comes together there, so one is gone once more than that has come. */
  readonly #places: number[] = [];
  #numbers: Map<string, number> | null = null;

  /** `digests`: one after the other. `lengths`: those of the first blocks, the part's, in four bytes each. Throws Breach where they cannot
   * be told of a file of that size. */
  constructor(readonly digests: Uint8Array, readonly lengths: Uint8Array, size: number) {
    if (digests.length % DIGEST_BYTES !== 0) breach("digests of blocks cut short");
    if (lengths.length % LENGTH_BYTES !== 0) breach("lengths of blocks cut short");
    if (this.count > mostTold(size)) breach("more blocks than may be told");
    if (lengths.length / LENGTH_BYTES > this.count) breach("lengths of blocks that are not told");
    this.#sizes = blockSizes(size);
    const view = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
    let place = 0;
    for (let at = 0; at < lengths.length; at += LENGTH_BYTES) {
      this.#places.push(place);
      place += view.getUint32(at);
    }
    if (place > size) breach("a part that is longer than its file");
  }

  /** See Blocks. */
  get count(): number {
    return this.digests.length / DIGEST_BYTES;
  }

  /** See Blocks. */
  get most(): number {
    return this.#sizes.most;
  }

  /** See Blocks. */
  cut(bytes: Uint8Array): number {
    return cutLength(bytes, this.#sizes);
  }

  /** See Blocks. */
  find(block: Uint8Array, at: number): number | null {
    const number = (this.#numbers ??= this.#numbered()).get(keyOf(blockDigest(block)));
    if (number === undefined) return null;
    const place = this.#places[number];
    return place === undefined || place >= at ? number : null;
  }

  /** Of blocks that are alike the last one counts: it is the last to be written over. */
  #numbered(): Map<string, number> {
    const numbers = new Map<string, number>();
    for (let number = 0; number < this.count; number++) {
      numbers.set(keyOf(this.digests.subarray(number * DIGEST_BYTES, (number + 1) * DIGEST_BYTES)), number);
    }
    return numbers;
  }
}

/** Lengths as `CutBlocks` takes them. */
export function lengthsToWire(lengths: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(lengths.length * LENGTH_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [number, length] of lengths.entries()) view.setUint32(number * LENGTH_BYTES, length);
  return bytes;
}

/** A character for each byte. */
function keyOf(digest: Uint8Array): string {
  return Buffer.from(digest.buffer, digest.byteOffset, digest.length).toString("latin1");
}
