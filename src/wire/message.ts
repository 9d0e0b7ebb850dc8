// What two clients say to each other inside a session: the closed union, its bytes, and its validation on arrival.
//
// alpha leads:  hello both ways (and again, while one root is strange) → acquainted → history, begun → then cycles:
//   look, scan → scanned, changes… → (digests… → digested…) → (short → room) → (judge… → judged) → plan → chunks of: push, orders…,
//   want/batch/supplied both ways, staged, transition → results… → commit… → committed → and at the end of a cycle: insync, wait; at rest:
//   holding both ways. Where orders say that it begins at once, transition follows them, and beta goes by it as soon as it has staged.
// Instead of plan alpha may say halted, and resumed some cycles later; "begin" between cycles starts anew. Where beta's guard lets
// something not be done, it says so in scanned (what people ask for), judged or staged (then nothing of the orders is carried out).
// Either side may say prove, proof, doubt and vouch at any time: content is read again beside all this (session/proofs.ts).
// Either side may say dirty, looking and digesting at any time, and bye; beta answer after halted.
// A batch may come compressed, to a side that says in hello that it takes that (compressed.ts).
// What people ask of each other beyond their folders (an undo, a settled conflict) goes with look and scanned, and so do the answers.

import { encode } from "@msgpack/msgpack";
import type { Ability } from "../core/ability.ts";
import type { HistoryState } from "../core/agreement.ts";
import { NAME_KINDS, type NameKind } from "../core/names/name_kinds.ts";
import { LONGEST_RULES } from "../core/ignore/ignore.ts";
import { type Mode, MODES } from "../core/plan/one_way.ts";
import {
  asBytes,
  asCount,
  asFlag,
  asList,
  asOneOf,
  asRecord,
  asSize,
  asText,
  asTime,
  breach,
} from "./shape.ts";
import { compress, type CompressionLevel, decompress } from "./compressed.ts";
import { COUNTS, PLAN_COUNTS, type Row } from "./rows.ts";
import { unpack } from "./unpack.ts";

/** What people ask of each other beyond what their folders show: see archive/history/peer_requests.ts. */
export interface PeerRequests {
  /** The requests, under the name of the format; see `requestToWire`. */
  wishes: Row[];
  /** See `heardToWire`. */
  heard: Row[];
}

/** Rows are decoded by those who use them (rows.ts): a long list is not held twice. `last`: no more parts follow. */
export type Message =
  /** `strange`: the root is not the one that was kept there, so nothing else is known of it. `asks`: a person can be asked at this
   * side; `approves`: a flag has said this side's yes to every halt; `mode`: which changes this side wants to travel, "" from a program
   * that knows no modes; `looks`: it takes looking; `pushes`: it takes push and orders that begin at once, and says and awaits no supplied
   * where nothing is wanted; `cuts`: it supplies by blocks that content marks off; `zstd`: it takes batches that are compressed; an older
   * program knows none of these. */
  | {
    type: "hello";
    root: string;
    ability: Ability;
    strange: "" | "none" | "other";
    once: boolean;
    asks: boolean;
    approves: boolean;
    mode: Mode | "";
    looks: boolean;
    pushes: boolean;
    cuts: boolean;
    zstd: boolean;
  }
  | { type: "acquainted" }
  | ({ type: "history" } & HistoryState)
  | { type: "begin"; history: string; generation: number }
  | { type: "begun" }
  | { type: "dirty" }
  /** `wishes`: requests of this side's person; `heard`: what came here of the peer's; `unwatched`: one row when not
   * all of the folder can be watched. */
  | ({ type: "look"; unwatched: Row[] } & PeerRequests)
  | { type: "scan"; ignore: string }
  /** `ancestor`: the root digest of what they are changes to; `damaged`: paths of it to be forgotten (docs/decisions/durability.md);
   * `done`: results of the chunk of that name, whose commit beta has not made; `lineage`: where contents come from that alpha was not told
   * of (M9). */
  | {
    type: "changes";
    ancestor: string;
    chunk: string;
    done: Row[];
    lineage: Row[];
    moves: Row[];
    rows: Row[];
    problems: Row[];
    damaged: Row[];
    last: boolean;
  }
  /** `time`: what the clock shows. `writing`: the first files that are still being written. `reads`: others are read
   * first, to know whether they changed. `parts`: what has come of large files. `gone`: the root is, or is another; no
   * changes follow. `setBack`: it is older than it was. `room`: so many bytes may come, null where nobody knows; `rooms`: the same of
   * disks inside the root; `full`: which of them, "" for the root's own, proved full, as their system does not tell; `closed`: where nothing can be put. */
  | (
    & {
      type: "scanned";
      time: number;
      ignore: string;
      waiting: number;
      writing: string[];
      reads: boolean;
      parts: Row[];
      gone: boolean;
      setBack: boolean;
      halts: Row[];
    }
    & { unwatched: Row[]; room: number | null; rooms: Row[]; full: string[]; closed: Row[] }
    & PeerRequests
  )
  | { type: "digests"; rows: Row[]; last: boolean }
  /** A digest, why there is none, and whether it is still being made. */
  | { type: "digested"; rows: Row[]; last: boolean }
  /** What the plan would do at beta's side, as far as that is judged there, and what has to wait for people. `setBack`: alpha's folder is
   * older than it was. */
  | {
    type: "judge";
    setBack: boolean;
    moves: Row[];
    removals: Row[];
    directories: Row[];
    contents: Row[];
    last: boolean;
  }
  | { type: "judged"; halts: Row[] }
  /** Content for beta's folder would need so many bytes more than there is room, the least of it `least` in all, both 0 where only
   * disks `inside` have too little for what waits for them; what room there is once versions have made way, and what those take that are
   * left. */
  | { type: "short"; missing: number; least: number; inside: Row[] }
  | { type: "room"; room: number | null; kept: number }
  /** `counts`: those of the plan and of beta's tasks (rows.ts). `paths`: the first it does something at. `goesOn`: with what an earlier
   * plan left to do. So many files and bytes of it are `done`, for people. */
  | { type: "plan"; counts: number[]; goesOn: boolean; done: number[]; paths: string[]; problems: Row[] }
  /** `number` is that of the question; `counts` the plan's alone; `open`: it can be answered; `needs`: whose yes it
   * takes. `reason` and `paths` without what beta said itself. */
  | {
    type: "halted";
    number: number;
    asks: "mass" | "merge" | "nothing";
    reason: string;
    counts: number[];
    paths: string[];
    open: boolean;
    needs: string[];
  }
  | { type: "answer"; number: number; yes: boolean }
  | { type: "resumed"; how: "over" | "approved" | "back" | "merged" }
  /** `batch`: the number of the plan; `chunk`: a name that no other part of it has, nor of any other. `idle`: neither side has a task
   * in this chunk, it only agrees. `begins`: alpha has nothing to do in it, so transition follows at once. */
  | {
    type: "orders";
    batch: number;
    chunk: string;
    lineage: Row[];
    moves: Row[];
    removals: Row[];
    directories: Row[];
    contents: Row[];
    idle: boolean;
    begins: boolean;
    last: boolean;
  }
  /** A batch of what the orders after it want, before anybody asks for it. */
  | { type: "push"; bytes: Uint8Array }
  /** `packs`: content may come without its zeros, which an older program does not know. */
  | { type: "want"; packs: boolean; rows: Row[]; last: boolean }
  | { type: "batch"; bytes: Uint8Array }
  | { type: "supplied" }
  | { type: "staged"; halts: Row[] }
  | { type: "transition" }
  | { type: "results"; rows: Row[]; last: boolean }
  | { type: "commit"; generation: number; moves: Row[]; rows: Row[]; conflicts: Row[]; last: boolean }
  | { type: "committed"; generation: number; digest: string }
  | { type: "insync"; digest: string; conflicts: number; problems: Row[] }
  /** Not in sync, and nothing can be done about it now: what failed is tried again in `retry` ms, 0 when nothing failed. */
  | { type: "wait"; retry: number; problems: Row[]; writing: Row[] }
  | {
    type: "holding";
    generation: number;
    digest: string;
    apart: number;
    looked: number;
    read: number | null;
    mute: number | null;
  }
  /** This side's person asks that the other reads everything and compares it with what is agreed, `rate` bytes a second at most (0: as
   * fast as it can); or that it stops. */
  | { type: "prove"; on: boolean; rate: number }
  /** How far that has come: files and bytes, done and in all; and what differs since it was last told. */
  | { type: "proof"; state: "reading" | "done" | "stopped"; counts: number[]; rows: Row[] }
  /** A look at the folder takes longer than a moment: so many files and folders so far. For a peer alone whose hello says `looks`. */
  | { type: "looking"; files: number; over: boolean }
  /** Files are read because their digests decide something: how far that is. */
  | { type: "digesting"; counts: number[] }
  /** Files that hold what nobody wrote there; and those of them that hold the same on the other side. */
  | { type: "doubt"; rows: Row[] }
  | { type: "vouch"; rows: Row[] }
  | { type: "bye"; how: "done" | "left" | "halted" | "distrust" | "error"; reason: string };

/** The message of one type. */
export type MessageOf<T extends Message["type"]> = Message & { type: T };

/** The first byte: for the main thread, a batch for the engine that was asked for or was not, another long message for the engine, or a
 * batch that was compressed. */
const PACKED = 0, BATCH = 1, BULK = 2, PUSH = 3, COMPRESSED = 4;

/** Messages that only the engine needs to open. */
export type BulkType =
  | "changes"
  | "digests"
  | "digested"
  | "judge"
  | "orders"
  | "push"
  | "want"
  | "batch"
  | "results"
  | "commit";
const BULK_NAMES: Record<BulkType, true> = {
  ...{ changes: true, digests: true, digested: true, judge: true, orders: true, push: true },
  ...{ want: true, batch: true, results: true, commit: true },
};
const BULK_TYPES: ReadonlySet<string> = new Set(Object.keys(BULK_NAMES));

/** Whether these bytes are for the engine, once they are decompressed. */
export function isBulk(bytes: Uint8Array): boolean {
  return bytes[0] === BATCH || bytes[0] === BULK || bytes[0] === PUSH || bytes[0] === COMPRESSED;
}

/** The bytes of a batch's message compressed, for a peer whose hello says `zstd`. */
export function compressed(batch: Uint8Array, level: Exclude<CompressionLevel, 0>): Uint8Array {
  const bytes = compress(batch, level);
  bytes[0] = COMPRESSED;
  return bytes;
}

/** The bytes of a message as they were before they were compressed, if they were. Throws Breach. */
export function decompressed(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== COMPRESSED) return bytes;
  const batch = decompress(bytes);
  batch[0] = BATCH;
  return batch;
}

/** Bytes of a message. A batch is passed on as it is: its first byte is kept free for the tag (see batch.ts). */
export function encodeMessage(message: Message): Uint8Array {
  if (message.type === "batch" || message.type === "push") {
    message.bytes[0] = message.type === "batch" ? BATCH : PUSH;
    return message.bytes;
  }
  const packed = encode(message);
  const bytes = new Uint8Array(packed.length + 1);
  bytes[0] = BULK_TYPES.has(message.type) ? BULK : PACKED;
  bytes.set(packed, 1);
  return bytes;
}

/** The message in these bytes, which are not compressed; throws Breach when it is none. */
export function decodeMessage(bytes: Uint8Array): Message {
  if (bytes[0] === BATCH) return { type: "batch", bytes };
  if (bytes[0] === PUSH) return { type: "push", bytes };
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
const texts = (value: unknown): string[] => asList(value).map((text) => asText(text));

type Readers = { [T in Message["type"]]: (record: Record<string, unknown>) => Omit<MessageOf<T>, "type"> };

const READERS: Readers = {
  hello: (r) => ({
    root: asText(r.root, 64),
    ability: asAbility(r.ability),
    strange: asOneOf(r.strange, ["", "none", "other"]),
    once: asFlag(r.once),
    asks: asFlag(r.asks),
    approves: asFlag(r.approves),
    mode: asOneOf(r.mode ?? "", ["", ...MODES]),
    looks: asFlag(r.looks ?? false),
    pushes: asFlag(r.pushes ?? false),
    cuts: asFlag(r.cuts ?? false),
    zstd: asFlag(r.zstd ?? false),
  }),
  acquainted: () => ({}),
  history: (r) => ({
    history: asText(r.history, 64),
    generation: asCount(r.generation),
    oldest: asCount(r.oldest),
    batch: asCount(r.batch),
  }),
  begin: (r) => ({ history: asText(r.history, 64), generation: asCount(r.generation) }),
  begun: () => ({}),
  dirty: () => ({}),
  look: (r) => ({ unwatched: rows(r.unwatched), wishes: rows(r.wishes), heard: rows(r.heard) }),
  scan: (r) => ({ ignore: asText(r.ignore, LONGEST_RULES) }),
  changes: (r) => ({
    ancestor: asText(r.ancestor, 64),
    chunk: asText(r.chunk, 64),
    done: rows(r.done),
    lineage: rows(r.lineage),
    moves: rows(r.moves),
    rows: rows(r.rows),
    problems: rows(r.problems),
    damaged: rows(r.damaged),
    last: asFlag(r.last),
  }),
  scanned: (r) => ({
    time: asTime(r.time),
    ignore: asText(r.ignore, LONGEST_RULES),
    waiting: asCount(r.waiting),
    writing: texts(r.writing),
    reads: asFlag(r.reads),
    parts: rows(r.parts),
    gone: asFlag(r.gone),
    setBack: asFlag(r.setBack),
    halts: rows(r.halts),
    unwatched: rows(r.unwatched),
    room: asRoom(r.room ?? null),
    rooms: rows(r.rooms ?? []),
    full: texts(r.full ?? []),
    closed: rows(r.closed ?? []), // Programs of before tell of none of these.
    wishes: rows(r.wishes),
    heard: rows(r.heard),
  }),
  digests: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  digested: (r) => ({ rows: rows(r.rows), last: asFlag(r.last) }),
  judge: (r) => ({
    setBack: asFlag(r.setBack),
    moves: rows(r.moves),
    removals: rows(r.removals),
    directories: rows(r.directories),
    contents: rows(r.contents),
    last: asFlag(r.last),
  }),
  judged: (r) => ({ halts: rows(r.halts) }),
  short: (r) => ({ missing: asSize(r.missing), least: asSize(r.least), inside: rows(r.inside ?? []) }),
  room: (r) => ({ room: asRoom(r.room), kept: asSize(r.kept) }),
  plan: (r) => ({
    counts: asCounts(r.counts, PLAN_COUNTS),
    goesOn: asFlag(r.goesOn),
    done: asCounts(r.done, 2),
    paths: texts(r.paths),
    problems: rows(r.problems),
  }),
  halted: (r) => ({
    number: asCount(r.number),
    asks: asOneOf(r.asks, ["mass", "merge", "nothing"]),
    reason: asText(r.reason, 1000),
    counts: asCounts(r.counts, COUNTS),
    paths: texts(r.paths),
    open: asFlag(r.open),
    needs: texts(r.needs),
  }),
  answer: (r) => ({ number: asCount(r.number), yes: asFlag(r.yes) }),
  resumed: (r) => ({ how: asOneOf(r.how, ["over", "approved", "back", "merged"]) }),
  orders: (r) => ({
    batch: asCount(r.batch),
    chunk: asText(r.chunk, 64),
    lineage: rows(r.lineage),
    moves: rows(r.moves),
    removals: rows(r.removals),
    directories: rows(r.directories),
    contents: rows(r.contents),
    idle: asFlag(r.idle),
    begins: asFlag(r.begins ?? false),
    last: asFlag(r.last),
  }),
  want: (r) => ({ packs: asFlag(r.packs ?? false), rows: rows(r.rows), last: asFlag(r.last) }),
  batch: (r) => ({ bytes: asBytes(r.bytes) }),
  push: (r) => ({ bytes: asBytes(r.bytes) }),
  supplied: () => ({}),
  staged: (r) => ({ halts: rows(r.halts) }),
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
  wait: (r) => ({ retry: asCount(r.retry), problems: rows(r.problems), writing: rows(r.writing) }),
  holding: (r) => ({
    generation: asCount(r.generation),
    digest: asText(r.digest, 64),
    apart: asCount(r.apart),
    looked: asCount(r.looked),
    read: r.read === null ? null : asCount(r.read),
    mute: (r.mute ?? null) === null ? null : asCount(r.mute), // Programs of before say nothing of it.
  }),
  prove: (r) => ({ on: asFlag(r.on), rate: asSize(r.rate) }),
  proof: (r) => ({
    state: asOneOf(r.state, ["reading", "done", "stopped"]),
    counts: asCounts(r.counts, 4),
    rows: rows(r.rows),
  }),
  looking: (r) => ({ files: asCount(r.files), over: asFlag(r.over) }),
  digesting: (r) => ({ counts: asCounts(r.counts, 4) }),
  doubt: (r) => ({ rows: rows(r.rows) }),
  vouch: (r) => ({ rows: rows(r.rows) }),
  bye: (r) => ({
    how: asOneOf(r.how, ["done", "left", "halted", "distrust", "error"]),
    reason: asText(r.reason, 1000),
  }),
};

/** Counts of files, and sums of their bytes. */
function asCounts(value: unknown, count: number): number[] {
  const list = asList(value);
  return list.length === count ? list.map(asSize) : breach(`${count} counts expected`);
}

function asRoom(value: unknown): number | null {
  return value === null ? null : asSize(value);
}

/** What a later program may tell besides is none of this one's. */
function asNameKinds(value: unknown): NameKind[] {
  const told = asList(value);
  if (told.length > MOST_NAME_KINDS) breach("kinds of names");
  return NAME_KINDS.filter((kind) => told.includes(kind));
}

/** More than there will ever be. */
const MOST_NAME_KINDS = 100;

function asAbility(value: unknown): Ability {
  const record = asRecord(value);
  return {
    foldsCase: asFlag(record.foldsCase),
    executable: asFlag(record.executable),
    links: asFlag(record.links),
    windowsNames: asFlag(record.windowsNames),
    longestPath: asCount(record.longestPath),
    // Older programs tell nothing of that.
    ...(record.unkept !== undefined && { unkept: asNameKinds(record.unkept) }),
  };
}
