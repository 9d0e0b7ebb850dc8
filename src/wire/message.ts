// What two clients say to each other inside a session: the closed union, its bytes, and its validation on arrival.
//
// alpha leads:  hello both ways → history, begun → then cycles:
//   look, scan → scanned, changes… → (digests… → digested…) → plan → chunks of: orders…, want/batch/supplied both ways, staged,
//   transition → results… → commit… → committed → and at the end of a cycle: insync.
// beta may say dirty at any time, either side bye.

import { encode } from "@msgpack/msgpack";
import type { Ability } from "../core/ability.ts";
import { asBytes, asCount, asFlag, asList, asOneOf, asRecord, asText, asTime, breach } from "./shape.ts";
import type { Row } from "./rows.ts";
import { unpack } from "./unpack.ts";

/** Where a side's ancestor of this pair stands. */
export interface HistoryState {
  history: string;
  generation: number;
  oldest: number;
}

/** Rows are decoded by those who use them (rows.ts): a long list is not held twice. `last`: no more parts follow. */
export type Message =
  | { type: "hello"; root: string; ability: Ability; once: boolean }
  | ({ type: "history"; time: number } & HistoryState)
  | { type: "begin"; history: string; generation: number }
  | { type: "begun" }
  | { type: "dirty" }
  | { type: "look" }
  | { type: "scan"; ignore: string }
  | { type: "changes"; moves: Row[]; rows: Row[]; problems: Row[]; last: boolean }
  | { type: "scanned"; ignore: string; waiting: number }
  | { type: "digests"; rows: Row[]; last: boolean }
  | { type: "digested"; rows: Row[]; last: boolean }
  | { type: "plan"; counts: number[]; problems: Row[] }
  /** `idle`: neither side has a task in this chunk, it only agrees. */
  | {
    type: "orders";
    moves: Row[];
    removals: Row[];
    directories: Row[];
    contents: Row[];
    idle: boolean;
    last: boolean;
  }
  | { type: "want"; rows: Row[]; last: boolean }
  | { type: "batch"; bytes: Uint8Array }
  | { type: "supplied" }
  | { type: "staged" }
  | { type: "transition" }
  | { type: "results"; rows: Row[]; last: boolean }
  | { type: "commit"; generation: number; moves: Row[]; rows: Row[]; conflicts: Row[]; last: boolean }
  | { type: "committed"; generation: number; digest: string }
  | { type: "insync"; digest: string; conflicts: number; problems: Row[] }
  | { type: "bye"; how: "done" | "left" | "halted" | "error"; reason: string };

export type MessageOf<T extends Message["type"]> = Message & { type: T };

/** The first byte: for the brain, a batch for the hands, or another long message for the hands. */
const PACKED = 0, BATCH = 1, BULK = 2;

/** Messages that only the hands need to open. */
export type BulkType =
  | "changes"
  | "digests"
  | "digested"
  | "orders"
  | "want"
  | "batch"
  | "results"
  | "commit";
const BULK_TYPES: ReadonlySet<string> = new Set<BulkType>(
  ["changes", "digests", "digested", "orders", "want", "batch", "results", "commit"],
);

/** Whether these bytes are for the hands. */
export function isBulk(bytes: Uint8Array): boolean {
  return bytes[0] === BATCH || bytes[0] === BULK;
}

/** Bytes of a message. A batch is passed on as it is: its first byte is kept free for the tag (see batch.ts). */
export function encodeMessage(message: Message): Uint8Array {
  if (message.type === "batch") {
    message.bytes[0] = BATCH;
    return message.bytes;
  }
  const packed = encode(message);
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = BULK_TYPES.has(message.type) ? BULK : PACKED;
  bytes.set(packed, 1);
  return bytes;
}

/** The message in these bytes; throws Breach when it is none. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes[0] === BATCH) return { type: "batch", bytes };
  if (bytes[0] !== PACKED && bytes[0] !== BULK) breach("unknown tag");
  const record = asRecord(unpack(bytes.subarray(1)));
  const read = READERS[record.type as Message["type"]];
  if (typeof record.type !== "string" || !Object.hasOwn(READERS, record.type)) breach("unknown type");
  if (BULK_TYPES.has(record.type) !== (bytes[0] === BULK)) breach("tag and type do not go together");
  return { ...read(record), type: record.type } as Message;
}

const PART_BYTES = 1 << 20;

/** The bytes of as many messages, of about a MiB each, as these lists of rows need; at least one. */
export function inMessages<K extends string>(
  lists: Record<K, readonly Row[]>,
  message: (part: Record<K, Row[]> & { last: boolean }) => Message,
): Uint8Array[] {
  const names = Object.keys(lists) as K[];
  const empty = () => Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<K, Row[]>;
  const parts = [empty()];
  let weight = 0;
  for (const name of names) {
    for (const row of lists[name]) {
      if (weight > PART_BYTES) {
        parts.push(empty());
        weight = 0;
      }
      parts.at(-1)![name].push(row);
      weight += weigh(row);
    }
  }
  return parts.map((part, number) => encodeMessage(message({ ...part, last: number === parts.length - 1 })));
}

/** As many of these rows, from the first, as a short message has room for. */
export function fitting(rows: readonly Row[]): Row[] {
  let weight = 0;
  return rows.filter((row) => (weight += weigh(row)) <= PART_BYTES);
}

/** An upper bound, nearly, of a value's encoded bytes. */
function weigh(value: unknown): number {
  if (typeof value === "string") return 5 + 3 * value.length;
  if (value instanceof Uint8Array) return 5 + value.length;
  return Array.isArray(value) ? value.reduce((sum, part) => sum + weigh(part), 5) : 9;
}

const rows = (value: unknown): Row[] => asList(value).map(asList);

type Readers = { [T in Message["type"]]: (record: Record<string, unknown>) => Omit<MessageOf<T>, "type"> };

const READERS: Readers = {
  hello: (r) => ({ root: asText(r.root, 64), ability: asAbility(r.ability), once: asFlag(r.once) }),
  history: (r) => ({
    time: asTime(r.time),
    history: asText(r.history, 64),
    generation: asCount(r.generation),
    oldest: asCount(r.oldest),
  }),
  begin: (r) => ({ history: asText(r.history, 64), generation: asCount(r.generation) }),
  begun: () => ({}),
  dirty: () => ({}),
  look: () => ({}),
  scan: (r) => ({ ignore: asText(r.ignore, 1 << 20) }),
  changes: (r) => ({
    moves: rows(r.moves),
    rows: rows(r.rows),
    problems: rows(r.problems),
    last: asFlag(r.last),
  }),
  scanned: (r) => ({ ignore: asText(r.ignore, 1 << 20), waiting: asCount(r.waiting) }),
  digests: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  digested: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  plan: (r) => ({ counts: asCounts(r.counts, 7), problems: rows(r.problems) }),
  orders: (r) => ({
    moves: rows(r.moves),
    removals: rows(r.removals),
    directories: rows(r.directories),
    contents: rows(r.contents),
    idle: asFlag(r.idle),
    last: asFlag(r.last),
  }),
  want: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  batch: (r) => ({ bytes: asBytes(r.bytes) }),
  supplied: () => ({}),
  staged: () => ({}),
  transition: () => ({}),
  results: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  commit: (r) => ({
    generation: asCount(r.generation),
    moves: rows(r.moves),
    rows: rows(r.rows),
    conflicts: rows(r.conflicts),
    last: asFlag(r.last),
  }),
  committed: (r) => ({ generation: asCount(r.generation), digest: asText(r.digest, 64) }),
  insync: (r) => ({
    digest: asText(r.digest, 64),
    conflicts: asCount(r.conflicts),
    problems: rows(r.problems),
  }),
  bye: (r) => ({
    how: asOneOf(r.how, ["done", "left", "halted", "error"]),
    reason: asText(r.reason, 1000),
  }),
};

function asCounts(value: unknown, count: number): number[] {
  const list = asList(value);
  return list.length === count ? list.map(asCount) : breach(`${count} counts expected`);
}

function asAbility(value: unknown): Ability {
  const record = asRecord(value);
  return {
    foldsCase: asFlag(record.foldsCase),
    executable: asFlag(record.executable),
    links: asFlag(record.links),
    windowsNames: asFlag(record.windowsNames),
  };
}
