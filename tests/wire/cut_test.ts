// Where large files are cut into blocks, by their content.

import { Buffer } from "node:buffer";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type BlockSizes, blockSizes, cutLength, MOST_BLOCKS, mostTold } from "../../src/wire/cut.ts";

/** Of 1 MiB: blocks of some 5 KiB. */
const SIZES = blockSizes(1 << 20);

function blocksOf(bytes: Uint8Array, sizes: BlockSizes = SIZES): Uint8Array[] {
  const blocks = [];
  for (let at = 0; at < bytes.length; at += blocks.at(-1)!.length) {
    blocks.push(bytes.subarray(at, at + cutLength(bytes.subarray(at), sizes)));
  }
  return blocks;
}

/** Bytes that are the same for the same numbers. */
function bytesOf(seed: number, length: number, variety = 256): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0, state = seed; at < length; at++) {
    state ^= state << 13, state ^= state >>> 17, state ^= state << 5;
    bytes[at] = (state >>> 0) % variety;
  }
  return bytes;
}

const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/** Bytes of little or much variety. */
const contents = fc.record({
  seed: seeds,
  length: fc.integer({ min: 0, max: 300_000 }),
  variety: fc.constantFrom(1, 2, 10, 256),
}).map(({ seed, length, variety }) => bytesOf(seed, length, variety));

Deno.test("blocks are together what was cut, and each is of a length that it may have", () => {
  fc.assert(fc.property(contents, (bytes) => {
    const blocks = blocksOf(bytes);
    assertEquals(blocks.reduce((sum, { length }) => sum + length, 0), bytes.length);
    for (const { length } of blocks) assert(length > 0 && length <= SIZES.most);
    for (const { length } of blocks.slice(0, -1)) assert(length > SIZES.least);
  }));
});

Deno.test("a cut depends on no byte after the longest block", () => {
  fc.assert(fc.property(seeds, seeds, (seed, other) => {
    const block = bytesOf(seed, SIZES.most);
    const longer = Buffer.concat([block, bytesOf(other, 5000)]);
    assertEquals(cutLength(longer, SIZES), cutLength(block, SIZES));
  }));
});

Deno.test("what is put in, taken out or written over changes a few blocks, wherever it is and however long", () => {
  const bytes = bytesOf(7, 1 << 20);
  const keyOf = (block: Uint8Array) => Buffer.from(block).toString("latin1");
  const known = new Set(blocksOf(bytes).map(keyOf));
  const edit = fc.record({
    at: fc.integer({ min: 0, max: bytes.length }),
    out: fc.integer({ min: 0, max: 20_000 }),
    put: fc.integer({ min: 0, max: 20_000 }),
    seed: seeds,
  });
  fc.assert(
    fc.property(edit, ({ at, out, put, seed }) => {
      const edited = Buffer.concat([bytes.subarray(0, at), bytesOf(seed, put), bytes.subarray(at + out)]);
      const others = blocksOf(edited).filter((block) => !known.has(keyOf(block)));
      const length = others.reduce((sum, block) => sum + block.length, 0);
      assert(length <= put + 20 * SIZES.usual, `${length} bytes are in other blocks, of ${put} at ${at}`);
    }),
    { seed: 1 }, // By chance alone a cut may be missed many times in a row.
  );
});

Deno.test("blocks have about the square root of their file, and of no file more are told than fit into a message", () => {
  const usual = [1, 1 << 20, 16 << 20, 134e6, 2 ** 30, 2 ** 40, 2 ** 50].map((size) =>
    blockSizes(size).usual
  );
  assertEquals(usual, [1 << 12, 1 << 12, 1 << 12, 1 << 14, 1 << 15, 1 << 23, 1 << 23]);
  for (const size of [0, 1, 2 ** 18, 134e6, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
    assert(mostTold(size) <= MOST_BLOCKS && blockSizes(size).most <= 32 << 20);
  }
  assertEquals([mostTold(0), mostTold(2 ** 18)], [0, 256]);
});

Deno.test("the cuts are those of each program that says it knows them", () => {
  const lengths = blocksOf(bytesOf(1, 100_000)).map(({ length }) => length);
  assertEquals(lengths.slice(0, 6), [6358, 3199, 5735, 6547, 4707, 7150]);
});
