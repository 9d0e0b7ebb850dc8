// How hard content is compressed, on lines and with contents of all kinds: what would have been as fast uncompressed never takes much longer.

import { assert, assertEquals } from "@std/assert";
import { CompressionPace } from "../../src/wire/compression_pace.ts";
import type { CompressionLevel } from "../../src/wire/compressed.ts";
import fc from "../support/property.ts";

/** What a MiB of text takes at each level, in ms, and what is left of it, on the computer these are for. */
const TEXT: Record<CompressionLevel, { cost: number; share: number }> = {
  0: { cost: 0, share: 1 },
  1: { cost: 3, share: 0.34 },
  3: { cost: 4, share: 0.3 },
  6: { cost: 11, share: 0.28 },
};

/** A line, a computer and a content. */
interface World {
  /** What a MiB takes on the line, sealing it included, in ms. */
  line: number;
  /** What each batch takes besides, in ms. */
  latency?: number;
  /** How many times as long as in `TEXT` it takes to compress. */
  slowness?: number;
  /** Whether it is text, or nothing that shrinks. */
  isText?: boolean;
}

/** Sends so many batches of a MiB, and gives their levels and how long it all took. */
function send(
  pace: CompressionPace,
  batches: number,
  { line, latency = 0, slowness = 1, isText = true }: World,
) {
  const levels: CompressionLevel[] = [];
  let took = 0;
  for (let number = 0; number < batches; number++) {
    const level = pace.next();
    levels.push(level);
    const { cost, share } = TEXT[level];
    const compressing = cost * slowness * (isText ? 1 : 0.3);
    const left = isText ? share : 1;
    const sending = latency + line * left;
    pace.note({ level, content: 1, left, compressing, wire: left, sending });
    took += compressing + sending;
  }
  return { levels, took };
}

/** How many of these are compressed. */
const compressedIn = (levels: readonly CompressionLevel[]) => levels.filter((level) => level !== 0).length;

Deno.test("what is compressed, and how hard, once a line is known", () => {
  const rows: [string, World, (levels: CompressionLevel[]) => boolean][] = [
    ["10 Mbit/s", { line: 840 }, (levels) => levels.every((level) => level === 6)],
    ["100 Mbit/s", { line: 84 }, (levels) => levels.every((level) => level > 0)],
    ["400 Mbit/s", { line: 21 }, (levels) => levels.every((level) => level === 1)],
    ["10 Gbit/s: sealing alone", { line: 3 }, (levels) => compressedIn(levels) <= 2],
    ["10 Gbit/s, and a late turn", { line: 3, latency: 1 }, (levels) => compressedIn(levels) <= 2],
    ["100 Mbit/s, slow computer", { line: 84, slowness: 8 }, (levels) => levels.every((level) => level <= 1)],
    ["1 Gbit/s, slow computer", { line: 12, slowness: 8 }, (levels) => compressedIn(levels) <= 2],
    ["100 Mbit/s, films", { line: 84, isText: false }, (levels) => compressedIn(levels) <= 2],
    ["1 Gbit/s, films", { line: 12, isText: false }, (levels) => compressedIn(levels) <= 2],
  ];
  for (const [what, world, holds] of rows) {
    const pace = new CompressionPace();
    send(pace, 400, world);
    const { levels } = send(pace, 100, world);
    assert(holds(levels), `${what}: ${levels}`);
  }
});

Deno.test("nothing takes noticeably longer than uncompressed, whatever the line, the computer and the content", () => {
  const world = fc.record({
    line: fc.double({ min: 0.5, max: 1000, noNaN: true }),
    slowness: fc.double({ min: 0.2, max: 20, noNaN: true }),
    isText: fc.boolean(),
  });
  fc.assert(fc.property(world, fc.integer({ min: 1, max: 500 }), (world, batches) => {
    const { took } = send(new CompressionPace(), batches, world);
    const atFirst = 300 * TEXT[3].cost * world.slowness; // As long as the line is not known.
    const most = 1.1 * batches * world.line + batches * TEXT[1].cost * world.slowness / 32 + atFirst;
    assert(took <= most, `${took} ms for ${batches * world.line}`);
  }));
});

Deno.test("a line that swallows 20 MiB at once, as buffers on the way do, is not taken for a fast one", () => {
  const pace = new CompressionPace();
  const { levels } = send(pace, 60, { line: 1 });
  assert(levels.every((level) => level > 0), `${levels}`);
});

Deno.test("over 100 Mbit/s text takes less than half as long from the first batch on", () => {
  for (const batches of [1, 5, 50, 500]) {
    const { took } = send(new CompressionPace(), batches, { line: 84 });
    assert(took < 0.5 * 84 * batches, `${batches}: ${took} ms`);
  }
});

Deno.test("text that follows films is noticed, and so is a line that gets slower", () => {
  const films = new CompressionPace();
  send(films, 1000, { line: 84, isText: false });
  const { levels } = send(films, 100, { line: 84 });
  assert(levels.slice(-30).every((level) => level > 0), `${levels}`);
  const fast = new CompressionPace();
  send(fast, 1000, { line: 3 });
  assert(compressedIn(send(fast, 30, { line: 84 }).levels) > 20);
});

Deno.test("small batches, of which the calls alone take longest, tell nothing", () => {
  const pace = new CompressionPace();
  const small = { content: 0.001, left: 0.001, compressing: 1, wire: 0.001, sending: 0 };
  const first = pace.next();
  for (let number = 0; number < 1000; number++) pace.note({ level: 1, ...small });
  assertEquals(pace.next(), first);
});
