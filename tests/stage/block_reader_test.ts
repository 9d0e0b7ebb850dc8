// A file that is read block by block, however it is given.

import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { OpenFile } from "../../src/fs/port.ts";
import { BlockReader, type Cutter } from "../../src/stage/block_reader.ts";
import { blockSizes, cutLength } from "../../src/wire/cut.ts";
import { randomBytes } from "../support/bytes.ts";

const SIZES = blockSizes(1 << 20);
const byContent: Cutter = { most: SIZES.most, cut: (bytes) => cutLength(bytes, SIZES) };

/** A file that gives so many bytes at a time. */
function fileOf(bytes: Uint8Array, portions: readonly number[]): OpenFile {
  let at = 0;
  let reads = 0;
  const read = (into: Uint8Array) => {
    const portion = portions[reads++ % portions.length]!;
    const given = bytes.subarray(at, at + Math.min(portion, into.length));
    into.set(given);
    at += given.length;
    return given.length;
  };
  return { read } as OpenFile;
}

function lengthsOf(file: OpenFile, from: number, to: number): number[] {
  const reader = new BlockReader(file, byContent, from, to);
  const lengths = [];
  for (let block = reader.next(); block.length > 0; block = reader.next()) lengths.push(block.length);
  return lengths;
}

Deno.test("a file is cut alike however much of it comes at a time", () => {
  const bytes = randomBytes(3 << 20);
  const atOnce = lengthsOf(fileOf(bytes, [Infinity]), 0, bytes.length);
  assertEquals(atOnce.reduce((sum, length) => sum + length, 0), bytes.length);
  const portions = fc.array(fc.integer({ min: 1, max: 200_000 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(portions, (portions) => {
      assertEquals(lengthsOf(fileOf(bytes, [...portions, 100_000]), 0, bytes.length), atOnce);
    }),
    { numRuns: 20 },
  );
});

Deno.test("nothing is read beyond where a file is to end, and a cutter hears where each block begins", () => {
  const bytes = randomBytes(2 << 20);
  assertEquals(lengthsOf(fileOf(bytes, [Infinity]), 0, 1000), [1000]);
  const heard: number[] = [];
  const cutter: Cutter = {
    most: 700_000,
    cut: (bytes, at) => (heard.push(at), Math.min(bytes.length, 700_000)),
  };
  const reader = new BlockReader(fileOf(bytes, [Infinity]), cutter, 50, 50 + bytes.length);
  while (reader.next().length > 0);
  assertEquals(heard, [50, 700_050, 1_400_050]);
});
