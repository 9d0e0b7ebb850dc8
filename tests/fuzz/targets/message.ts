// What two clients say: a value or a Breach, little memory, and what was understood can be said again. N1 holds in all of it.

import { decode, encode } from "@msgpack/msgpack";
import { Breach } from "../../../src/core/failure.ts";
import type { Separator } from "../../../src/core/tree/path.ts";
import { BatchWriter, type Piece, readBatch, UNPACKED_BYTES } from "../../../src/wire/batch.ts";
import {
  compressed,
  decodeMessage,
  decompressed,
  encodeMessage,
  type Message,
} from "../../../src/wire/message.ts";
import * as rows from "../../../src/wire/rows.ts";
import { alike, checkMemory, holds, orBreach, sentence } from "../check.ts";
import type { Target } from "../fuzz.ts";

const digest = "ab".repeat(32);
const entries = [
  [0, "f", 12, 1.5e12, true, new Uint8Array(32)],
  [0, "ü", 0, -5, false, null],
  [1, "folder"],
  [2, "link", "../f", 1.7e12],
  [3, "odd", "a socket", true],
];
const changes = [["a", null], ...entries.map((entry, number) => [`d/${number}`, entry])];
const agreed = changes.map((change) => [...change, true]);
const moves = [["a", "d/b", "b", false, true], ["d", "e", "E", true, false]];
const problems = [["d/aux", "no such name there", true, null], ["f", "held open", false, "bob"]];
const writing = [["d/f", "bob"]];
const unwatched = [["watches", 1200, 4000]];
const requests = [["id", 12], ["id", "a", "a (bob)"]];
const heard = [["id", 12, 3, [["d/f", "it was changed since"]]]];
const lineage = [["d/f", true, 1.5e12, "0123", 1.5e12, [["0123", 1.5e12], ["4567", 3]]]];
const task = ["d/f", entries[0], entries[1], [true, "g"], "d"];

export const MESSAGES: Message[] = [
  {
    type: "hello",
    root: "0123",
    ability: { foldsCase: true, executable: false, links: true, windowsNames: false, longestPath: 4000 },
    strange: "other",
    once: true,
    asks: true,
    approves: false,
    mode: "two-way",
    looks: true,
    pushes: true,
    cuts: true,
    zstd: true,
  },
  { type: "acquainted" },
  { type: "history", history: "h", generation: 3, oldest: 1, batch: 7 },
  { type: "begin", history: "h", generation: 3 },
  { type: "begun" },
  { type: "dirty" },
  { type: "look", unwatched: [], wishes: requests, heard },
  { type: "look", unwatched, wishes: requests, heard },
  { type: "scan", ignore: "*.o\n!keep.o\n" },
  {
    type: "changes",
    ancestor: digest,
    chunk: "c",
    done: [[0, new Uint8Array(32)], [1, null]],
    lineage,
    moves,
    rows: changes,
    problems,
    damaged: [["d"]],
    last: true,
  },
  {
    type: "scanned",
    time: 1.5e12,
    ignore: "",
    waiting: 2,
    writing: ["d/f"],
    gone: false,
    reads: false,
    parts: [["0af3", 1000]],
    setBack: false,
    halts: [["plan 1", "mass", "alice deleted 60", ["a", "d/b"]]],
    unwatched,
    room: 2 ** 40,
    rooms: [["d/usb", 2 ** 30], ["share", null]],
    full: ["", "d/usb"],
    closed: [["", true, "nothing can be put into this folder", false], ["d/f", false, "no such name", true]],
    wishes: requests,
    heard,
  },
  { type: "short", missing: 2 ** 50, least: 4096, inside: [["d/usb", 2 ** 20]] },
  { type: "room", room: null, kept: 7 },
  { type: "digests", rows: [["a"], ["d/b"]], last: false },
  {
    type: "digested",
    rows: [["a", new Uint8Array(32), "", false], ["b", null, "it is gone", true]],
    last: true,
  },
  {
    type: "halted",
    number: 2,
    asks: "mass",
    reason: "alice deleted 60",
    counts: [1, 2, 3, 4, 5, 6],
    paths: ["a", "d/b"],
    open: true,
    needs: ["beta"],
  },
  {
    type: "judge",
    setBack: false,
    moves,
    removals: [task],
    directories: [task],
    contents: [task],
    last: true,
  },
  { type: "judged", halts: [["plan 1", "mass", "alice deleted 60", []]] },
  { type: "answer", number: 2, yes: false },
  { type: "resumed", how: "back" },
  { type: "plan", counts: [1, 2, 3, 4, 5, 6, 7], goesOn: true, done: [1, 2], paths: ["d/f"], problems },
  {
    type: "orders",
    batch: 8,
    chunk: "c",
    lineage,
    moves,
    removals: [task],
    directories: [task],
    contents: [task],
    idle: false,
    begins: true,
    last: true,
  },
  {
    type: "want",
    packs: true,
    rows: [
      [0, "d/f", 12, 1.5e12, 0, new Uint8Array()],
      [70_000, "g", 2 ** 40, 0, 2 ** 33, new Uint8Array(64)],
      [1, "h", 2 ** 20, 0, 0, new Uint8Array(), 3, null, new Uint8Array(96), new Uint8Array(8)],
      [2, "i", 2 ** 20, 0, 9, new Uint8Array(), 9, null, true],
    ],
    last: true,
  },
  { type: "batch", bytes: batch() },
  { type: "push", bytes: batch() },
  { type: "supplied" },
  { type: "staged", halts: [] },
  { type: "transition" },
  {
    type: "results",
    rows: [[0, new Uint8Array(32)], [1, "held open", false, false], [2, null], [3, "gone", false, true]],
    last: true,
  },
  { type: "commit", generation: 4, moves, rows: agreed, conflicts: [["a", "a (bob)", "bob"]], last: true },
  { type: "committed", generation: 4, digest },
  { type: "insync", digest, conflicts: 1, problems },
  { type: "wait", retry: 500, problems, writing },
  { type: "holding", generation: 4, digest, apart: 2, looked: 1500, read: 7, mute: 8 },
  { type: "prove", on: true, rate: 50_000_000 },
  { type: "looking", files: 120_000, over: false },
  { type: "digesting", counts: [1, 2, 3, 4] },
  { type: "proof", state: "reading", counts: [1, 2, 3, 4], rows: [["a", "disk", "rotten"]] },
  { type: "doubt", rows: [["a", new Uint8Array(32)]] },
  { type: "vouch", rows: [["d/b", new Uint8Array(32)]] },
  { type: "bye", how: "left", reason: "bob left" },
];

function batch(): Uint8Array {
  const writer = new BatchWriter(true);
  writer.room().fill(7, 0, 30);
  writer.add(0, 30, digest);
  writer.add(4, 10_000, digest);
  writer.add(1, 5);
  writer.fail(2, "it changed");
  writer.hold(3, 1 << 20);
  writer.hold(3, 9000, 7);
  writer.change(3);
  return writer.done();
}

/** Beginnings of lists, maps, texts, bytes and numbers that announce much. */
export const HEADS = [0xdc, 0xdd, 0xde, 0xdf, 0xd9, 0xdb, 0xc4, 0xc6, 0xc7, 0xc9, 0xcf, 0xd3, 0xcb]
  .flatMap((head): Uint8Array[] => [
    Uint8Array.of(head, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff),
    Uint8Array.of(head, 0x01, 0xff, 0xff, 0xff),
    Uint8Array.of(head, 0xff, 0xff, 0xff, 0xff),
  ]).concat([
    encode(".."),
    encode("/"),
    encode("a\0b"),
    encode(".TcpSync "),
    encode("\ud800"),
    encode([[[[]]]]),
    encode({ type: 0 }),
    encode(-1),
    encode(0.5),
    encode(NaN),
    Uint8Array.of(0xa3, 0xed, 0xa0, 0x80), // a lone surrogate, as UTF-8 would write it
    Uint8Array.of(0xa2, 0xc0, 0xaf), // "/", longer than need be
    Uint8Array.of(0x91),
    Uint8Array.of(0x81),
  ]);

export const messages: Target<Uint8Array> = {
  name: "messages",
  runs: 12_000,
  words: HEADS,
  seeds: () => [...MESSAGES.map((message) => encodeMessage(message).slice()), compressed(batch(), 1)],
  run(bytes) {
    const message = orBreach(() => decodeMessage(decompressed(bytes)));
    checkMemory(bytes.length);
    if (message instanceof Breach) return sentence(message);
    if (message.type === "batch" || message.type === "push") return batchAnswer(message.bytes);
    const again = decodeMessage(encodeMessage(message));
    holds(alike(again, message), `said again, ${message.type} is another`);
    holds(hasForm(message), `${message.type} holds half a character`);
    return `${message.type}: ${rowAnswers(message)}`;
  },
};

/** Whether its texts are the same in UTF-8. */
function hasForm(value: object): boolean {
  return Object.values(value).every((text) => typeof text !== "string" || text.isWellFormed());
}

function batchAnswer(bytes: Uint8Array): string {
  const pieces = orBreach(() => [...readBatch(bytes)]);
  if (pieces instanceof Breach) return sentence(pieces);
  const content = pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
  holds(content <= bytes.length + UNPACKED_BYTES, "a batch gives more than it may");
  return `batch of ${pieces.slice(0, 6).map(kindOf)}`;
}

function kindOf({ digest, failed, held, number, changed }: Piece): string {
  if (number !== undefined) return "N";
  return digest ? "D" : failed ? "F" : held !== undefined ? "H" : changed ? "C" : "P";
}

type Reader = [
  read: (row: unknown, separator: Separator) => unknown,
  say?: (value: never) => unknown,
];
const READERS: Record<string, Reader> = {
  moves: [rows.moveFromWire, rows.moveToWire],
  changes: [rows.changeFromWire, rows.changeToWire as never],
  agreed: [rows.agreedFromWire, rows.agreedToWire as never],
  lineage: [rows.lineageFromWire, rows.lineageToWire as never],
  damaged: [rows.pathFromWire, rows.pathToWire as never],
  writing: [rows.writingFromWire, rows.writingToWire],
  unwatched: [rows.unwatchedFromWire, rows.unwatchedToWire],
  wishes: [rows.requestFromWire, rows.requestToWire as never],
  heard: [rows.heardFromWire, rows.heardToWire],
  problems: [rows.problemFromWire, rows.problemToWire],
  tasks: [rows.taskFromWire, rows.taskToWire],
  want: [rows.wantFromWire, rows.wantToWire],
  done: [rows.resultFromWire, rows.resultToWire],
  results: [rows.resultFromWire, rows.resultToWire],
  conflicts: [rows.conflictFromWire, rows.conflictToWire],
  proof: [rows.differingFromWire, rows.differingToWire],
  doubt: [rows.doubtFromWire, rows.doubtToWire],
  rooms: [rows.roomFromWire, rows.roomToWire],
  inside: [rows.needFromWire, rows.needToWire],
  closed: [rows.closedFromWire, rows.closedToWire],
  vouch: [rows.doubtFromWire, rows.doubtToWire],
};

/** Reads the rows of a message as those do that get it. */
function rowAnswers(message: Message): string {
  const answers = new Set<string>();
  for (const [list, value] of Object.entries(message)) {
    if (!Array.isArray(value) || list === "counts") continue;
    const reader = READERS[list] ??
      READERS[message.type === "commit" ? "agreed" : message.type === "orders" ? "tasks" : message.type];
    if (reader) { for (const row of value.slice(0, 50)) answers.add(rowAnswer(row, reader)); }
  }
  return [...answers].sort().slice(0, 3).join();
}

function rowAnswer(row: unknown, [read, say]: Reader): string {
  const value = orBreach(() => read(row, "\\"));
  if (value instanceof Breach) return sentence(value);
  const again = read(decode(encode(say!(value as never))), "\\");
  holds(alike(again, value), `said again, a row is another: ${JSON.stringify(value)}`);
  holds(hasForm(value as object), `a row holds half a character: ${JSON.stringify(value)}`);
  return Object.keys(value as object).join(" ");
}
