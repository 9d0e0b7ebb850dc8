// Messages and batches: what was sent arrives, what is malformed is a breach and nothing else.

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import type { Entry } from "../../src/core/tree/entry.ts";
import { Breach } from "../../src/core/failure.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { textDigest } from "../../src/fs/digest.ts";
import { BATCH_BYTES, BatchWriter, readBatch, UNPACKED_BYTES } from "../../src/wire/batch.ts";
import { LONGEST_MESSAGE } from "../../src/wire/channel/channel.ts";
import {
  decodeMessage,
  encodeMessage,
  fitting,
  inMessages,
  isBulk,
  type Message,
  type MessageOf,
} from "../../src/wire/message.ts";
import {
  changeFromWire,
  changeToWire,
  closedFromWire,
  conflictFromWire,
  differingFromWire,
  doubtFromWire,
  lineageFromWire,
  moveFromWire,
  needFromWire,
  planCountsFromWire,
  planCountsToWire,
  problemFromWire,
  requestFromWire,
  resultFromWire,
  roomFromWire,
  taskFromWire,
  wantFromWire,
} from "../../src/wire/rows.ts";

const packed = (tag: number, value: unknown) => Uint8Array.of(tag, ...encode(value));

const SCANNED: Message = {
  ...{
    type: "scanned",
    time: 1.5e12,
    ignore: "",
    waiting: 1,
    writing: ["a"],
    reads: true,
    parts: [["0af3", 1000]],
    gone: false,
    setBack: false,
    halts: [],
    unwatched: [],
  },
  ...{
    room: 4096,
    rooms: [["usb", 8192], ["share", null]],
    full: ["usb"],
    closed: [["a", true, "nothing can be put into this folder", false]],
  },
  ...{ wishes: [], heard: [] },
};

const MESSAGES: Message[] = [
  { type: "begun" },
  { type: "short", missing: 2 ** 50, least: 4096, inside: [["usb", 12_288]] },
  { type: "room", room: 12, kept: 0 },
  { type: "room", room: null, kept: 7 },
  { type: "begin", history: "h", generation: 3 },
  { type: "history", history: "", generation: 0, oldest: 0, batch: 0 },
  {
    ...{ type: "changes", ancestor: "ab", problems: [], damaged: [["d/e"]], last: true },
    ...{ chunk: "c", done: [[3, null]], lineage: [["d", true, 5, "a", 7, [["a", 7]]]] },
    moves: [["a", "b", "b", false, false]],
    rows: [["c", null]],
  },
  SCANNED,
  { type: "holding", generation: 3, digest: "ab", apart: 1, looked: 40_000, read: null, mute: 2_000 },
  { type: "prove", on: true, rate: 50_000_000 },
  { type: "looking", files: 120_000, over: true },
  { type: "digesting", counts: [1, 2, 3, 4] },
  { type: "proof", state: "done", counts: [1, 2, 3, 4], rows: [["a", "disk", "rotten"]] },
  { type: "doubt", rows: [["a", new Uint8Array(32)]] },
  { type: "vouch", rows: [] },
  { type: "bye", how: "left", reason: "alice left" },
];

for (const message of MESSAGES) {
  Deno.test(`${message.type} arrives as it was sent`, () => {
    assertEquals(decodeMessage(encodeMessage(message)), message);
  });
}

const HISTORY = { type: "history", history: "", generation: 0, oldest: 0, batch: 0 };

const HOLDING = { type: "holding", generation: 3, digest: "ab", apart: 1, looked: 40_000, read: null };

Deno.test("a program of before says nothing of disks that tell nothing", () => {
  assertEquals(decodeMessage(packed(0, HOLDING)), { ...HOLDING, mute: null } as Message);
});

const HOSTILE: [what: string, bytes: Uint8Array][] = [
  ["nothing", new Uint8Array()],
  ["an unknown tag", Uint8Array.of(9, 1, 2)],
  ["a tag alone", Uint8Array.of(0)],
  ["bytes that are no encoding", Uint8Array.of(0, 0xc1)],
  ["a list", packed(0, [1])],
  ["null", packed(0, null)],
  ["an unknown type", packed(0, { type: "format" })],
  ["the name of an inherited property", packed(0, { type: "constructor" })],
  ["a type that is no text", packed(0, { type: 7 })],
  ["a long message with the tag of a short one", packed(0, { type: "want", rows: [], last: true })],
  ["a short message with the tag of a long one", packed(2, { type: "begun" })],
  ["a row that is no list", packed(2, { type: "want", rows: [1], last: true })],
  ["a negative count", packed(0, { type: "begin", history: "h", generation: -1 })],
  ["a count that is no whole number", packed(0, { type: "begin", history: "h", generation: 0.5 })],
  ["a missing flag", packed(2, { type: "results", rows: [] })],
  ["an over-long text", packed(0, { type: "begin", history: "h".repeat(65), generation: 0 })],
  ["a time beyond all calendars", packed(0, { ...SCANNED, time: 1e300 })],
  ["a time that is none", packed(0, { ...SCANNED, time: NaN })],
  ["lists in lists without end", new Uint8Array(200_000).fill(0x91).fill(0, 0, 1)],
  ["a list of more than all memory holds", Uint8Array.of(0, 0xdd, 0x01, 0xff, 0xff, 0xff)],
  [
    "lists that each announce all that is left",
    new Uint8Array(6000).map((_, at) => at && [0xdc, 0x10, 0][at % 3]!),
  ],
  ["a record of more than all memory holds", Uint8Array.of(0, 0xdf, 0x01, 0xff, 0xff, 0xff)],
  ["a record of very many fields", packed(0, Object.fromEntries(Array(100).keys().map((n) => [`${n}`, n])))],
  ["bytes beyond the end", Uint8Array.of(0, 0xc6, 0xff, 0xff, 0xff, 0xff, 1)],
  ["something after the end", Uint8Array.of(...packed(0, { type: "begun" }), 0)],
  ["a type of values we do not know", packed(2, { type: "want", rows: [[new Date(0)]], last: true })],
  ["a batch after which none comes", packed(0, { ...HISTORY, batch: 2 ** 53 - 1 })],
  ["a wait for ever", packed(0, { type: "wait", retry: 2 ** 53 - 1, problems: [], writing: [] })],
  ["a look of a negative age", packed(0, { ...HOLDING, mute: -1 })],
  ["half a character", packed(0, { type: "begin", history: "\ud800", generation: 0 })],
  ["a plan without its counts", packed(0, { type: "plan", counts: [1], problems: [] })],
  [
    "a plan that says not how much is done",
    packed(0, { type: "plan", counts: Array(7).fill(0), goesOn: true, done: [1], paths: [], problems: [] }),
  ],
];

for (const [what, bytes] of HOSTILE) {
  Deno.test(`${what} is a breach`, () => {
    assertThrows(() => decodeMessage(bytes), Breach);
  });
}

/** Every message with lists in it, all of them empty. */
const LISTS: Message[] = [
  { type: "look", unwatched: [], wishes: [], heard: [] },
  { ...SCANNED, writing: [], parts: [], unwatched: [], wishes: [], heard: [] } as Message,
  {
    ...{ type: "changes", ancestor: "", chunk: "", done: [], lineage: [], moves: [] },
    ...{ rows: [], problems: [], damaged: [], last: true },
  },
  { type: "digests", rows: [], last: true },
  { type: "digested", rows: [], last: true },
  { type: "plan", counts: Array(7).fill(0), goesOn: true, done: [1, 2], paths: [], problems: [] },
  {
    type: "halted",
    number: 1,
    asks: "mass",
    reason: "",
    counts: Array(6).fill(0),
    paths: [],
    open: true,
    needs: [],
  },
  {
    ...{ type: "orders", batch: 1, chunk: "", lineage: [], moves: [], removals: [] },
    ...{ directories: [], contents: [], idle: false, begins: false, last: true },
  },
  { type: "judge", setBack: false, moves: [], removals: [], directories: [], contents: [], last: true },
  { type: "judged", halts: [] },
  { type: "staged", halts: [] },
  { type: "want", packs: true, rows: [], last: true },
  { type: "results", rows: [], last: true },
  { type: "commit", generation: 1, moves: [], rows: [], conflicts: [], last: true },
  { type: "insync", digest: "", conflicts: 0, problems: [] },
  { type: "wait", retry: 0, problems: [], writing: [] },
  { type: "proof", state: "reading", counts: Array(4).fill(0), rows: [] },
  { type: "doubt", rows: [] },
  { type: "vouch", rows: [] },
];

/** What a list can be full of, from a byte each on. */
const FILLS: [what: string, of: number[]][] = [
  ["empty lists", [0x90]],
  ["rows of no bytes", [0x91, 0xc4, 0]],
  ["empty records", [0x80]],
  ["short texts", [0x91, 0xa1, 0x61]],
  ["fractions", [0x91, 0xcb, 0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a]],
];

/** The message whose last list is `count` times that. */
function filled(message: Message, of: number[], count: number): Uint8Array {
  const [key] = Object.entries(message).findLast(([, value]) => Array.isArray(value))!;
  const bytes = encodeMessage({ ...message, [key]: Array(20).fill("mark") });
  const mark = [...encode(Array(20).fill("mark"))];
  const at = bytes.findIndex((_, at) => mark.every((byte, offset) => bytes[at + offset] === byte));
  const whole = new Uint8Array(bytes.length - mark.length + 5 + of.length * count);
  whole.set(bytes.subarray(0, at));
  whole.set([0xdd, count >>> 24, count >>> 16 & 255, count >>> 8 & 255, count & 255], at);
  whole.set(of, at + 5);
  for (let done = of.length; done < of.length * count; done *= 2) {
    whole.copyWithin(at + 5 + done, at + 5, at + 5 + Math.min(done, of.length * count - done));
  }
  whole.set(bytes.subarray(at + mark.length), at + 5 + of.length * count);
  return whole;
}

for (const message of LISTS) {
  Deno.test(`T8: ${message.type} takes no more than 64 MB, whatever it is full of`, () => {
    for (const [what, of] of FILLS) {
      for (const count of [Math.floor((LONGEST_MESSAGE - 1000) / of.length), 90_000]) {
        const bytes = filled(message, of, count);
        const before = used();
        const decoded = decodedOrNull(bytes);
        const grown = used() - before;
        assert(grown < 64_000_000, `${count} ${what}: ${grown} bytes${decoded ? "" : ", and refused"}`);
      }
    }
  });
}

function decodedOrNull(bytes: Uint8Array): Message | null {
  try {
    return decodeMessage(bytes);
  } catch (error) {
    if (error instanceof Breach) return null;
    throw error;
  }
}

function used(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

/** The row of a want of 1 MiB that tells of blocks that content marks off. */
function cutWant(digests: Uint8Array, size = 2 ** 20): unknown[] {
  return [0, "a", size, 0, 0, new Uint8Array(), 0, null, digests, new Uint8Array()];
}

const FILE = [0, "f", 1, 0, false, null];
const ROWS: [what: string, read: () => unknown][] = [
  ["an absolute path", () => changeFromWire(["/a", null], "/")],
  ["a path out of the root", () => changeFromWire(["../a", null], "/")],
  ["the root itself", () => changeFromWire(["", null], "/")],
  ["the private folder, spelled otherwise", () => changeFromWire(["a/.TCPSYNC. /b", null], "/")],
  ["a backslash on Windows", () => wantFromWire(["a\\b", 0, 0, 0, 0], "\\")],
  ["a name with a separator", () => changeFromWire(["a", [1, "a/b"]], "/")],
  ["an entry of an unknown kind", () => changeFromWire(["a", [4, "a"]], "/")],
  ["a digest of another length", () => changeFromWire(["a", [0, "a", 1, 0, false, new Uint8Array(31)]], "/")],
  ["a size that is none", () => changeFromWire(["a", [0, "a", -1, 0, false, null]], "/")],
  ["a file whose time is none", () => changeFromWire(["a", [0, "a", 1, NaN, false, null]], "/")],
  ["a link whose time is none", () => changeFromWire(["a", [2, "a", "b", NaN]], "/")],
  ["a row that is none", () => changeFromWire("a", "/")],
  ["a move to the root", () => moveFromWire(["a", "", "a", false, false], "/")],
  ["a move under a hostile name", () => moveFromWire(["a", "b", "..", false, false], "/")],
  ["a task with a source outside", () => taskFromWire(["a", null, FILE, [true, "../x"], null], "/")],
  ["a task that requires what is outside", () => taskFromWire(["a", null, FILE, null, "/x"], "/")],
  ["a conflict outside", () => conflictFromWire(["a", "../b", "bob"], "/")],
  ["digests of blocks cut short", () => wantFromWire([0, "a", 2 ** 20, 0, 0, new Uint8Array(31)], "/")],
  ["more blocks than there are", () => wantFromWire([0, "a", 2 ** 20, 0, 0, new Uint8Array(9 * 32)], "/")],
  ["digests of cut blocks cut short", () => wantFromWire(cutWant(new Uint8Array(31)), "/")],
  ["more blocks than may be told", () => wantFromWire(cutWant(new Uint8Array(1025 * 32)), "/")],
  [
    "more blocks than may be told of any",
    () => wantFromWire(cutWant(new Uint8Array(65_537 * 32), 2 ** 50), "/"),
  ],
  ["digests of cut blocks that are no bytes", () => wantFromWire(cutWant("a" as never), "/")],
  ["no lengths of cut blocks", () => wantFromWire(cutWant(new Uint8Array(32)).slice(0, 9), "/")],
  [
    "lengths cut short",
    () => wantFromWire([...cutWant(new Uint8Array(32)).slice(0, 9), new Uint8Array(3)], "/"),
  ],
  [
    "lengths of blocks that are not told",
    () => wantFromWire([...cutWant(new Uint8Array(32)).slice(0, 9), new Uint8Array(8)], "/"),
  ],
  [
    "a part that is longer than its file",
    () => wantFromWire([...cutWant(new Uint8Array(32)).slice(0, 9), new Uint8Array(4).fill(1)], "/"),
  ],
  ["very many blocks", () => wantFromWire([0, "a", 2 ** 50, 0, 0, new Uint8Array(4097 * 32)], "/")],
  ["an edit after which none comes", () => lineageFromWire(["a", true, 0, "bob", 2 ** 53 - 1, []], "/")],
  [
    "a past edit after which none comes",
    () => lineageFromWire(["a", true, 0, "", 0, [["", 2 ** 53 - 1]]], "/"),
  ],
  ["an undo of a batch beyond all", () => requestFromWire(["id", 2 ** 53 - 1])],
  ["a doubt outside", () => doubtFromWire(["../a", new Uint8Array(32)], "/")],
  ["a doubt of the root", () => doubtFromWire(["", new Uint8Array(32)], "/")],
  ["a finding of an unknown kind", () => differingFromWire(["a", "bored", "why"])],
  ["a problem without a reason", () => problemFromWire(["a"])],
  ["a result without an index", () => resultFromWire([null, null])],
  ["a result whose cause lies nowhere", () => resultFromWire([0, "why", false, false, 7])],
  ["room of a disk outside", () => roomFromWire(["../usb", 1])],
  ["room of the root's own disk as one inside", () => roomFromWire(["", 1])],
  ["room of less than nothing", () => roomFromWire(["usb", -1])],
  ["room that is no number", () => roomFromWire(["usb", "much"])],
  ["a need of a disk outside", () => needFromWire(["a/../../usb", 1])],
  ["a need of nobody knows how much", () => needFromWire(["usb", null])],
  ["something closed outside", () => closedFromWire(["../a", true, "why", false])],
  ["something closed that is neither folder nor file", () => closedFromWire(["a", null, "why", false])],
];

for (const [what, read] of ROWS) {
  Deno.test(`N1: ${what} is a breach`, () => {
    assertThrows(read, Breach);
  });
}

Deno.test("C8: a link's own time is told, where it is known", () => {
  for (const mtime of [{ mtime: 1.7e12 }, {}]) {
    const link: Entry = { kind: "link", name: "a", target: "b", digest: textDigest("b"), ...mtime };
    assertEquals(changeFromWire(changeToWire({ path: "a" as Path, new: link }), "/").new, link);
  }
});

Deno.test("a path that is a name elsewhere passes where it is only looked at", () => {
  assertEquals(changeFromWire(["what\\ever", null], "/").path as string, "what\\ever");
});

Deno.test("long lists, of moves as of rows, go in messages that a channel takes", () => {
  const path = "p".repeat(900);
  const moves = Array.from(
    { length: 5_000 },
    (_, number) => [`${path}${number}`, `${path}x${number}`, "x", false, false],
  );
  const rows = Array.from({ length: 3_000 }, (_, number) => [`${path}${number}`, null]);
  const messages = inMessages({ moves, rows, done: [], lineage: [], problems: [], damaged: [] }, (part) => ({
    type: "changes",
    ancestor: "",
    chunk: "",
    ...part,
  }));
  const decoded = messages.map((bytes) => {
    assert(bytes.length < LONGEST_MESSAGE && isBulk(bytes));
    const message = decodeMessage(bytes);
    assert(message.type === "changes");
    return message as MessageOf<"changes">;
  });
  assertEquals(decoded.flatMap((message) => message.moves), moves);
  assertEquals(decoded.flatMap((message) => message.rows), rows);
  assertEquals(decoded.map(({ last }) => last), decoded.map((_, number) => number === decoded.length - 1));
});

Deno.test("an empty list is one message, the last", () => {
  const [only, ...more] = inMessages({ rows: [] }, (part) => ({ type: "results", ...part }));
  assertEquals([decodeMessage(only!), more], [{ type: "results", rows: [], last: true }, []]);
});

Deno.test("a short message takes the first of many problems", () => {
  const rows = Array.from({ length: 50_000 }, (_, number) => [`path ${number}`, "r".repeat(100), true]);
  const some = fitting(rows);
  assert(some.length > 1000 && some.length < rows.length);
  assertEquals(some, rows.slice(0, some.length));
  assert(
    encodeMessage({ type: "insync", digest: "", conflicts: 0, problems: some }).length < LONGEST_MESSAGE,
  );
});

Deno.test("a batch gives back its pieces, and tells of the content of each", () => {
  const told: number[][] = [];
  const writer = new BatchWriter(false, (index, length) => told.push([index, length]));
  writer.room().set([1, 2, 3]);
  writer.add(7, 3, "ab".repeat(32));
  writer.room().set([4, 5]);
  writer.add(8, 2);
  writer.fail(9, "es ändert sich");
  writer.hold(10, 1 << 20);
  writer.change(10);
  // Blocks that follow each other are one piece.
  for (const number of [4, 5, 6, 4]) writer.hold(10, 100 + number, number);
  writer.hold(11, 7, 5);
  assertEquals(told.slice(0, 3), [[7, 3], [8, 2], [10, 1 << 20]]);
  assertEquals(told.slice(3), [[10, 104], [10, 105], [10, 106], [10, 104], [11, 7]]);
  const pieces = [...readBatch(writer.done())].map((piece) => ({ ...piece, bytes: [...piece.bytes] }));
  assertEquals(pieces.slice(0, 2), [
    { index: 7, bytes: [1, 2, 3], digest: "ab".repeat(32) },
    { index: 8, bytes: [4, 5] },
  ]);
  assertEquals([pieces[2]!.index, pieces[2]!.failed], [9, "es ändert sich"]);
  assertEquals(pieces.slice(3), [
    { index: 10, bytes: [], held: 1 << 20 },
    { index: 10, bytes: [], changed: true },
    { index: 10, bytes: [], held: 315, number: 4 },
    { index: 10, bytes: [], held: 104, number: 4 },
    { index: 11, bytes: [], held: 7, number: 5 },
  ]);
});

Deno.test("of what is there no more is passed over in one batch than anybody waits for, however it is named", () => {
  for (const number of [undefined, 3]) {
    const batch = (...lengths: number[]) => {
      const writer = new BatchWriter();
      for (const length of lengths) writer.hold(0, length, number);
      return writer.done();
    };
    const most = 80 << 20;
    assertEquals([...readBatch(batch(most - 5, 5))].length, 2);
    assertThrows(() => [...readBatch(batch(most - 5, 6))], Breach, "passed over at once");
    assertThrows(() => [...readBatch(batch(most + 1))], Breach, "passed over at once");
  }
});

/** Content in which each number stands for so many bytes: zeros where it is below 0, others where it is above. */
function patched(...lengths: number[]): Uint8Array {
  return Buffer.concat(lengths.map((length) => Buffer.alloc(Math.abs(length), length < 0 ? 0 : 7)));
}

Deno.test("case 11: zeros cost nothing in a batch, wherever they are, and come out as they were", () => {
  const contents = [
    [-4096],
    [-(1 << 18)],
    [-100_001],
    [-8192, 1, -(1 << 18)],
    [5000, -50_000, 5000],
    [50, -5000],
    [-5000, 50],
    [3, -9, 3],
    [70_000],
    [],
  ].map((lengths) => patched(...lengths));
  const writer = new BatchWriter(true);
  for (const [index, content] of contents.entries()) {
    writer.room().set(content);
    writer.add(index, content.length, index % 2 === 0 ? "cd".repeat(32) : undefined);
  }
  const batch = writer.done();
  assert(batch.length < 70_000 + 5 * 4096 + 5000, `${batch.length} bytes`);
  const pieces = [...readBatch(batch)];
  assertEquals(
    pieces.map(({ index, digest }) => [index, digest !== undefined]),
    [...contents.keys()].map((index) => [index, index % 2 === 0]),
  );
  for (const [index, { bytes }] of pieces.entries()) {
    assert(Buffer.compare(bytes, contents[index]!) === 0, `${index}`);
  }
});

Deno.test("an older program, which says nothing of zeros, gets them as they are", () => {
  const old = decodeMessage(packed(2, { type: "want", rows: [], last: true }));
  assertEquals(old, { type: "want", packs: false, rows: [], last: true });
  const writer = new BatchWriter();
  writer.add(0, 100_000);
  assert(writer.done().length > 100_000);
});

Deno.test("an older program, whose hello says nothing of looking and of cut blocks, knows neither", () => {
  const ability = { foldsCase: false, executable: true, links: true, windowsNames: false, longestPath: 4096 };
  const flags = { strange: "", once: false, asks: false, approves: false };
  const old = decodeMessage(packed(0, { type: "hello", root: "r", ability, ...flags })) as MessageOf<"hello">;
  assertEquals([old.mode, old.looks, old.cuts], ["", false, false]);
});

Deno.test("a batch of zeros is full when it stands for so much that whoever takes it in is busy for a while", () => {
  let content = 0;
  const writer = new BatchWriter(true, (_, length) => content += length);
  for (let room = writer.room().length; room > 0; room = writer.room().length) writer.add(0, room);
  assert(content <= UNPACKED_BYTES && content > UNPACKED_BYTES / 2, `${content}`);
  const batch = writer.done();
  assert(batch.length < 1000, `${batch.length}`);
  assertEquals([...readBatch(batch)].reduce((sum, { bytes }) => sum + bytes.length, 0), content);
});

/** A batch of one piece of that kind with these numbers in it, so many times over. */
function batchOf(kind: number, numbers: number[], times = 1): Uint8Array {
  const piece = new DataView(new ArrayBuffer(9 + 4 * numbers.length));
  piece.setUint8(4, kind);
  piece.setUint32(5, 4 * numbers.length);
  numbers.forEach((number, at) => piece.setUint32(9 + 4 * at, number));
  return Buffer.concat([Uint8Array.of(1), ...Array(times).fill(new Uint8Array(piece.buffer))]);
}

Deno.test("zeros without end, or packed as nobody packs them, are a breach", () => {
  const MIB = 1 << 20;
  assertEquals([...readBatch(batchOf(8, [MIB, 0, MIB], 16))].length, 16);
  for (
    const [kind, numbers, times] of [
      [8, [MIB, 0, MIB], 17],
      [8, [MIB + 1, 0, MIB + 1]],
      [8, [2 ** 32 - 1, 0, 2 ** 32 - 1]],
      [8, [100, 0, 101]],
      [8, [100, 0, 99]],
      [8, [100, 100]],
      [8, [100, 0]],
      [8, [100]],
      [8, []],
      [8, [8, 12, 0, 0]],
      [10, [4, 0, 4]],
      [11, [4, 0, 4]],
      [12, [4, 0, 4]],
      [24, [4, 0, 4]],
    ] as [number, number[], number?][]
  ) {
    assertThrows(
      () => [...readBatch(batchOf(kind, numbers, times))],
      Breach,
      undefined,
      `${kind} ${numbers}`,
    );
  }
  const cut = batchOf(8, [MIB, 0, MIB]).subarray(0, -2);
  assertThrows(() => [...readBatch(cut)], Breach);
});

Deno.test("a reason longer than a batch has room for is cut", () => {
  const writer = new BatchWriter();
  writer.add(1, BATCH_BYTES - 200);
  writer.fail(2, "r".repeat(1000));
  assert(writer.done().length <= BATCH_BYTES);
  assertEquals([...readBatch(writer.done())].length, 2);
});

Deno.test("a batch cut anywhere, or of unknown pieces, is a breach or ends between pieces", () => {
  const writer = new BatchWriter();
  writer.add(1, 10, "00".repeat(32));
  writer.add(2, 10);
  const whole = writer.done();
  const ends = new Set([1, 1 + 9 + 10 + 32]);
  for (let length = 1; length < whole.length; length++) {
    const cut = whole.slice(0, length);
    if (ends.has(length)) [...readBatch(cut)];
    else assertThrows(() => [...readBatch(cut)], Breach);
  }
  whole[5] = 4;
  assertThrows(() => [...readBatch(whole)], Breach);
});

Deno.test("what a disk keeps in no name: older programs tell nothing of it, later ones perhaps more, nobody without end", () => {
  const ability = {
    foldsCase: true,
    executable: false,
    links: false,
    windowsNames: false,
    longestPath: 4000,
  };
  const said = { type: "hello", root: "r", strange: "", once: false, asks: false, approves: false, mode: "" };
  const heard = (unkept?: unknown) => {
    const told = unkept === undefined ? ability : { ...ability, unkept };
    const message = decodeMessage(packed(0, { ...said, ability: told })) as MessageOf<"hello">;
    return message.ability.unkept;
  };
  assertEquals(heard(), undefined);
  assertEquals(heard(["dot", "of a time to come", "sign", 7]), ["sign", "dot"]);
  for (const bad of ["dot", 7, null, Array(101).fill("dot")]) assertThrows(() => heard(bad), Breach);
});

Deno.test("a plan is told with the number of beta's tasks, after its counts", () => {
  const counts = { create: 1, update: 2, delete: 3, move: 4, conflict: 5, bytes: 6 };
  assertEquals(planCountsToWire({ counts, tasks: 7 }), [1, 2, 3, 4, 5, 6, 7]);
  assertEquals(planCountsFromWire([1, 2, 3, 4, 5, 6, 7]), { counts, tasks: 7 });
});
