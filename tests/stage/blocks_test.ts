// Large files by blocks that their content marks off: what is sent of one that was changed, and what nobody may make of it.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import type { Task } from "../../src/core/plan/plan.ts";
import { Breach } from "../../src/core/failure.ts";
import { realDisk } from "../../src/fs/real.ts";
import { fileEntryOf } from "../../src/scan/identity.ts";
import type { Located } from "../../src/stage/survey.ts";
import { BatchWriter, type Piece, readBatch } from "../../src/wire/batch.ts";
import { blockDigest, CutBlocks } from "../../src/wire/blocks.ts";
import { mostTold } from "../../src/wire/cut.ts";
import { type Row, type Want, wantFromWire, wantToWire } from "../../src/wire/rows.ts";
import { joined, randomBytes } from "../support/bytes.ts";
import { write } from "../support/folder.ts";
import { Ground } from "../support/ground.ts";
import { stoppedClock } from "../support/slices.ts";

const MIB = 1 << 20;
const SIZE = 16 * MIB + 321;
/** Bytes that are sent at most beside what is new, of a file that large: digests, and what is in one block with what is new. */
const BESIDE = SIZE * 0.03;

function present(ground: Ground, bytes: Uint8Array): Located {
  const native = `${ground.directory}-present`;
  write(native, bytes);
  return { native, entry: fileEntryOf(realDisk.stat(native)!, "file") };
}

function assertHas(ground: Ground, bytes: Uint8Array) {
  assertEquals([...ground.staging.failed], []);
  assertEquals(Buffer.compare(ground.bytes(0), bytes), 0);
}

/** What its owner does to a file, and how many bytes of it are new then. */
const EDITS: [what: string, fresh: number, edit: (bytes: Uint8Array) => Uint8Array][] = [
  ["bytes are put at its front", 1000, (bytes) => joined(randomBytes(1000), bytes)],
  [
    "bytes are put in its middle",
    7,
    (bytes) => joined(bytes.subarray(0, 7e6), randomBytes(7), bytes.subarray(7e6)),
  ],
  ["its front is taken away", 0, (bytes) => bytes.subarray(5e6 + 1)],
  ["its end is put at its front", 0, (bytes) => joined(bytes.subarray(9e6), bytes.subarray(0, 9e6))],
  ["it comes twice", 0, (bytes) => joined(bytes, bytes)],
  ["something is appended", 170_000, (bytes) => joined(bytes, randomBytes(170_000))],
  ["its end is cut off", 0, (bytes) => bytes.subarray(0, 11e6)],
  ["1 % is rewritten in pieces", 163_840, (bytes) => {
    const edited = bytes.slice();
    for (const at of [1e6, 4e6, 7e6, 10e6, 13e6]) edited.set(randomBytes(32_768), at);
    return edited;
  }],
];

for (const [what, fresh, edit] of EDITS) {
  Deno.test(`of a large file only what is new is sent where ${what}`, () => {
    using ground = new Ground();
    const before = randomBytes(SIZE);
    const after = edit(before);
    const replaced = present(ground, before);
    ground.write("file", after);
    const bytes = ground.onTheWire(() => {
      ground.begin([ground.task("file")], undefined, () => replaced);
      ground.supply();
    });
    assertHas(ground, after);
    assert(bytes < fresh + BESIDE, `${bytes} bytes`);
    assertEquals(Buffer.compare(Deno.readFileSync(replaced.native), before), 0);
  });
}

Deno.test("so it is however often something comes between, and what is here is told once", () => {
  using ground = new Ground();
  const before = randomBytes(SIZE);
  const after = joined(randomBytes(3 * MIB), before.subarray(0, 2 * MIB));
  const replaced = present(ground, before);
  ground.write("file", after);
  let bytes = 0;
  const told: (number | undefined)[] = [];
  while (!ground.staging.staged.has(0)) {
    assert(told.length < 10);
    bytes += ground.onTheWire(() => {
      const [want] = ground.begin([ground.task("file")], undefined, () => replaced);
      told.push(want!.blocks?.count);
      ground.supply(1);
    });
  }
  assertHas(ground, after);
  assert(told.length > 2 && told[0]! > 0, told.join());
  assert(told[0]! <= mostTold(after.length), "of what is replaced by less, only so much is looked through");
  assertEquals(told.slice(1), told.slice(1).fill(undefined));
  assert(bytes < 3 * MIB + 32 * told[0]! + 50_000, `${bytes} bytes`);
});

Deno.test("what is here of a file is told again where another one came last, and neither is mixed up", () => {
  using ground = new Ground();
  const before = randomBytes(5 * MIB);
  const replaced = present(ground, before);
  const [file, other] = [joined(randomBytes(3 * MIB), before), joined(randomBytes(2 * MIB), before)];
  ground.write("file", file);
  ground.write("other", other);
  const begin = (...names: string[]) =>
    ground.begin(names.map((name) => ground.task(name)), undefined, () => replaced).map(({ blocks }) =>
      blocks !== null
    );
  assertEquals(begin("file"), [true]);
  ground.supply(1);
  assertEquals(begin("other", "file"), [true, false], "the file was the last one of which something came");
  ground.supply(1);
  assertEquals(begin("other", "file"), [false, true]);
  const sent = ground.sent(() => ground.supply());
  assertEquals([0, 1].map((index) => Buffer.compare(ground.bytes(index), [other, file][index]!)), [0, 0]);
  assert(sent < 3.8 * MIB, `${sent} bytes`);
});

Deno.test("of many files no more is told in one chunk than comes in it, and all of them come", () => {
  using ground = new Ground();
  const before = randomBytes(5 * MIB);
  const replaced = present(ground, before);
  const names = Array.from({ length: 12 }, (_, number) => `${number}`);
  for (const name of names) ground.write(name, joined(randomBytes(10), before));
  const numbered = names.map((name, index): [number, Task] => [index, ground.task(name)]);
  using _ = stoppedClock();
  const rounds: number[] = [];
  for (
    let left = numbered;
    left.length > 0;
    left = left.filter(([index]) => !ground.staging.staged.has(index))
  ) {
    const wants = ground.staging.begin(left, () => null, () => replaced);
    const told = wants.reduce((sum, { blocks }) => sum + 32 * blocks!.count, 0);
    assert(wants.length > 0 && told < 320 << 10, `${told} bytes are told`);
    rounds.push(wants.length);
    ground.supplier.begin(wants, true);
    ground.supply();
  }
  assertEquals([rounds.length, rounds.reduce((sum, wants) => sum + wants, 0)], [2, 12]);
});

Deno.test("who says that blocks were told, of a file of which none were, gets all of it", () => {
  using ground = new Ground();
  const content = randomBytes(2 * MIB);
  const { size, mtime } = ground.write("file", content);
  const row: Row = [0, "file", size, mtime, 0, new Uint8Array(), 0, null, true];
  ground.begin([ground.task("file")]);
  ground.supplier.begin([wantFromWire(row, "/")], false);
  assert(ground.sent(() => ground.supply()) > size);
  assertHas(ground, content);
});

/** What came of a file before the line was cut, then what its owner makes of it. */
const PARTS: [what: string, most: number, edit: (bytes: Uint8Array) => Uint8Array][] = [
  ["as it was", BESIDE, (bytes) => bytes],
  ["with its front taken away", BESIDE, (bytes) => bytes.subarray(5e5)],
  // What came is written over before it is where it belongs.
  ["with bytes put at its front", 6 * MIB, (bytes) => joined(randomBytes(1000), bytes)],
  ["with its halves exchanged", 6 * MIB, (bytes) => joined(bytes.subarray(3e6), bytes.subarray(0, 3e6))],
];

for (const [what, most, edit] of PARTS) {
  Deno.test(`a part that an earlier run left is of use for a file ${what}, and never mixed up`, () => {
    using ground = new Ground();
    const before = randomBytes(6 * MIB);
    ground.write("file", before);
    ground.begin([ground.task("file")]);
    ground.supply(5);
    const [part] = ground.staging.parts().values();
    assert(part! > 4 * MIB);
    ground.restart();
    const after = edit(before);
    ground.write("file", after);
    const sent = ground.sent(() => ground.fetch(ground.task("file")));
    assertHas(ground, after);
    const missing = before.length - part!;
    assert(sent < missing + most, `${sent} bytes`);
  });
}

Deno.test("a part and the file that is replaced are both of use", () => {
  using ground = new Ground();
  const [first, second] = [randomBytes(3 * MIB), randomBytes(3 * MIB)];
  ground.write("file", joined(first, second));
  const replaced = present(ground, second);
  ground.begin([ground.task("file")]);
  ground.supply(2);
  ground.restart();
  const [part] = ground.staging.parts().values();
  const sent = ground.sent(() => {
    ground.begin([ground.task("file")], undefined, () => replaced);
    ground.supply();
  });
  assertHas(ground, joined(first, second));
  assert(sent < 3 * MIB - part! + BESIDE, `${sent} bytes`);
});

Deno.test("a block that is written over after its digest was told is noticed, and comes with the next try", () => {
  using ground = new Ground();
  const before = randomBytes(2 * MIB);
  const replaced = present(ground, before);
  const after = joined(randomBytes(10), before);
  ground.write("file", after);
  ground.begin([ground.task("file")], undefined, () => replaced);
  const { mtime } = Deno.statSync(replaced.native);
  Deno.writeFileSync(replaced.native, randomBytes(before.length)); // As a program does that sets the time back.
  Deno.utimeSync(replaced.native, mtime!, mtime!);
  ground.supply();
  assertEquals([...ground.staging.failed.keys()], [0]);
  ground.begin([ground.task("file")], undefined, () => replaced);
  ground.supply();
  assertHas(ground, after);
});

function pieces(ground: Ground): Piece[] {
  const pieces: Piece[] = [];
  for (let batch = ground.supplier.next(); batch; batch = ground.supplier.next()) {
    pieces.push(...[...readBatch(batch)].map((piece) => ({ ...piece, bytes: piece.bytes.slice() })));
    ground.staging.accept(batch);
  }
  return pieces;
}

Deno.test("a supplier of before is told of blocks at fixed places alone, as it was, and its answers are taken", () => {
  using ground = new Ground(realDisk, false);
  const before = randomBytes(2 * MIB);
  const replaced = present(ground, before);
  const after = before.slice().fill(7, MIB, MIB + 5);
  ground.write("file", after);
  const [want] = ground.begin([ground.task("file")], undefined, () => replaced);
  const row = wantToWire(want!);
  const digests = row[5] as Uint8Array;
  assertEquals([row.length, digests.length], [8, 16 * 32]);
  assertEquals(Buffer.compare(digests.subarray(0, 32), blockDigest(before.subarray(0, 128 << 10))), 0);
  // What such a program answers: lengths without numbers, and the rest as it is.
  const answer = pieces(ground);
  assertEquals(
    answer.filter(({ held }) => held).map(({ held, number }) => [held, number]),
    Array(15).fill([128 << 10, undefined]),
  );
  assertHas(ground, after);
});

Deno.test("who tells of blocks at fixed places alone gets answers without numbers", () => {
  using ground = new Ground();
  const content = randomBytes(2 * MIB);
  const { size, mtime } = ground.write("file", content);
  const told = Buffer.concat(
    [0, 1].map((number) => blockDigest(content.subarray(number << 17, (number + 1) << 17))),
  );
  // As programs of before say it.
  const row: Row = [0, "file", size, mtime, 0, told, 0, null];
  ground.supplier.begin([wantFromWire(row, "/")], false);
  const answer: Piece[] = [];
  for (let batch = ground.supplier.next(); batch; batch = ground.supplier.next()) {
    answer.push(...readBatch(batch));
  }
  assertEquals(
    answer.slice(0, 2).map(({ held, number }) => [held, number]),
    Array(2).fill([128 << 10, undefined]),
  );
  const rest = answer.slice(2).reduce(
    (sum, { bytes, held }) => sum + (held === undefined ? bytes.length : NaN),
    0,
  );
  assertEquals(rest, size - (256 << 10));
});

Deno.test("blocks that are said to be here and are not are a breach, and none is read", () => {
  const lies: [why: string, tell: (writer: BatchWriter, blocks: number[]) => void][] = [
    ["a number that was not told", (writer, { length }) => writer.hold(0, 5000, length)],
    ["a number beyond all", (writer) => writer.hold(0, 5000, 2 ** 32 - 1)],
    ["part of a block", (writer, [first]) => writer.hold(0, first! - 1, 0)],
    ["more than there is from there on", (writer, blocks) => writer.hold(0, 3 * MIB, blocks.length - 2)],
    ["a length without a number, within a block", (writer) => (writer.add(0, 5), writer.hold(0, 5000))],
  ];
  for (const [why, tell] of lies) {
    using ground = new Ground();
    const content = randomBytes(2 * MIB);
    const replaced = present(ground, content);
    ground.write("file", content);
    const [want] = ground.begin([ground.task("file")], undefined, () => replaced);
    const blocks = ground.supplier.next()!;
    assertEquals([...readBatch(blocks)].length, 2, "all of it in one piece, and its digest");
    const writer = new BatchWriter();
    tell(writer, Array(want!.blocks!.count).fill(4096));
    assertThrows(() => ground.staging.accept(writer.done()), Breach, "not here", why);
  }
});

Deno.test("more blocks than the file has room for are a breach", () => {
  using ground = new Ground();
  const content = randomBytes(2 * MIB);
  const replaced = present(ground, content);
  ground.write("file", content);
  ground.begin([ground.task("file")], undefined, () => replaced);
  const [whole] = [...readBatch(ground.supplier.next()!)];
  const writer = new BatchWriter();
  writer.hold(0, whole!.held!, 0);
  writer.change(1);
  const batch = writer.done();
  const twice = new Uint8Array([...batch.subarray(0, 14), ...batch.subarray(1, 14)]);
  assertThrows(() => ground.staging.accept(twice), Breach, "more content than wanted");
});

Deno.test("a file whose last block is there is at its end, also where the digest of nothing is told", () => {
  using ground = new Ground();
  const content = randomBytes(2 * MIB);
  const replaced = present(ground, content);
  ground.write("file", content);
  const [want] = ground.begin([ground.task("file")], undefined, () => replaced);
  const { digests } = want!.blocks as CutBlocks;
  const lie = new CutBlocks(joined(digests, blockDigest(new Uint8Array())), new Uint8Array(), content.length);
  ground.supplier.begin([{ ...want!, blocks: lie }], true);
  assertEquals(ground.supply(5), 1);
  assertHas(ground, content);
});

Deno.test("whatever digests are told, what comes of it ends, and is the file or nothing", () => {
  const content = randomBytes(3 * MIB);
  const nothing = blockDigest(new Uint8Array());
  const lies = [nothing, randomBytes(32 * 100), Buffer.concat(Array(50).fill(nothing))];
  for (const digests of lies) {
    using ground = new Ground();
    ground.write("file", content);
    const [want] = ground.begin([ground.task("file")]);
    const lie: Want = { ...want!, blocks: new CutBlocks(digests, new Uint8Array(), content.length) };
    ground.supplier.begin([lie], true);
    ground.supply();
    assertHas(ground, content);
  }
});
