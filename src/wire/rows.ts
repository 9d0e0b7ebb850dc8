// Rows: entries, tasks, moves and results as they cross the wire. Whatever is decoded has passed the gate (RULES N1).
// An entry travels without its children; a file's ID stays at home.

import { type Differing, type PlanCounts, WHATS, type Writing } from "../core/event.ts";
import { createHash } from "node:crypto";
import type { Conflict } from "../core/plan/conflict.ts";
import { EMPTY_ROOT, type Entry, type FileEntry } from "../core/tree/entry.ts";
import type { Closed } from "../core/plan/hindrance.ts";
import { MOST_AUTHORS, type Origin } from "../core/lineage.ts";
import { gateName, gatePath, type Path, type Separator } from "../core/tree/path.ts";
import type { Result, Task } from "../core/plan/plan.ts";
import type { Heard, PeerRequest } from "../core/peer_request.ts";
import type { Doubt } from "../core/soundness.ts";
import type { Problem } from "../core/failure.ts";
import type { Move } from "../core/tree/tree.ts";
import { type Unwatched, UNWATCHED_WHY } from "../core/unwatched.ts";
import { type Blocks, CutBlocks, DIGEST_BYTES } from "./blocks.ts";
import { FixedBlocks } from "./fixed_blocks.ts";
import {
  asBytes,
  asCount,
  asFlag,
  asList,
  asOneOf,
  asSize,
  asText,
  asTime,
  breach,
  LONGEST_REASON,
} from "./shape.ts";

/** What one row of a message is: values that msgpack knows, checked by whoever takes it. */
export type Row = unknown[];

/** See `Unwatched`. */
export function unwatchedToWire({ why, watched, folders }: Unwatched): Row {
  return [why, watched, folders];
}

/** Throws Breach. */
export function unwatchedFromWire(value: unknown): Unwatched {
  const [why, watched, folders] = asList(value);
  return { why: asOneOf(why, UNWATCHED_WHY), watched: asCount(watched), folders: asCount(folders) };
}

const FILE = 0, DIRECTORY = 1, LINK = 2, PROBLEM = 3;

/** A digest in hex as bytes; an unknown one as null. */
export function digestToWire(digest: string): Uint8Array | null {
  return digest === "" ? null : Uint8Array.fromHex(digest);
}

/** In hex, "" for an unknown one. Throws Breach. */
export function digestFromWire(value: unknown): string {
  if (value === null) return "";
  const bytes = asBytes(value);
  if (bytes.length !== DIGEST_BYTES) breach("digest of another length");
  return bytes.toHex();
}

/** Without children, and without what only this disk knows of it. */
export function entryToWire(entry: Entry): Row {
  const { name } = entry;
  switch (entry.kind) {
    case "file":
      return [FILE, name, entry.size, entry.mtime, entry.executable, digestToWire(entry.digest)];
    case "directory":
      return [DIRECTORY, name];
    case "link":
      return [LINK, name, entry.target, entry.mtime ?? null];
    case "problem":
      return [PROBLEM, name, entry.reason, entry.lasting];
  }
}

/** What came is made anew: no ID, no birth time, an empty folder. Throws Breach. */
export function entryFromWire(value: unknown, separator: Separator): Entry {
  const row = asList(value);
  const name = gateName(row[1], separator);
  switch (row[0]) {
    case FILE:
      return fileFromWire(name, row);
    case DIRECTORY:
      return { ...EMPTY_ROOT, name, children: new Map() };
    case LINK: {
      const target = asText(row[2]);
      const digest = createHash("sha256").update(target).digest("hex");
      const mtime = row[3] ?? null; // Programs of before links had a time tell none.
      return { kind: "link", name, target, digest, ...(mtime !== null && { mtime: asTime(mtime) }) };
    }
    case PROBLEM:
      return { kind: "problem", name, reason: asText(row[2]), lasting: asFlag(row[3]) };
    default:
      return breach("unknown kind of entry");
  }
}

function fileFromWire(name: string, row: Row): FileEntry {
  return {
    kind: "file",
    name,
    size: asSize(row[2]),
    mtime: asTime(row[3]),
    executable: asFlag(row[4]),
    digest: digestFromWire(row[5]),
    id: 0,
    born: 0,
  };
}

/** A change to a tree, without children. */
export function changeToWire({ path, new: entry }: { path: Path; new: Entry | null }): Row {
  return [path, entry && entryToWire(entry)];
}

/** Throws Breach, also where the name is none that may be here (N1). */
export function changeFromWire(value: unknown, separator: Separator): { path: Path; new: Entry | null } {
  const [path, entry] = asList(value);
  return {
    path: gateInner(path, separator),
    new: entry === null ? null : entryFromWire(entry, separator),
  };
}

/** What a commit agrees: a change, and whether each side had made it by itself. */
export function agreedToWire({ both, ...change }: { path: Path; new: Entry | null; both: boolean }): Row {
  return [...changeToWire(change), both];
}

/** Throws Breach. */
export function agreedFromWire(
  value: unknown,
  separator: Separator,
): { path: Path; new: Entry | null; both: boolean } {
  return { ...changeFromWire(value, separator), both: asFlag(asList(value)[2]) };
}

/** A path by itself. */
export function pathToWire(path: Path): Row {
  return [path];
}

/** Throws Breach, also for the root. */
export function pathFromWire(value: unknown, separator: Separator): Path {
  return gateInner(asList(value)[0], separator);
}

/** See `Move`. */
export function moveToWire({ from, to, name, aside, made }: Move): Row {
  return [from, to, name, aside === true, made === true];
}

/** Throws Breach, also for the root. */
export function moveFromWire(value: unknown, separator: Separator): Move {
  const [from, to, name, aside, made] = asList(value);
  return {
    from: gateInner(from, separator),
    to: gateInner(to, separator),
    name: gateName(name, separator),
    ...(asFlag(aside) && { aside: true }),
    ...(asFlag(made) && { made: true }),
  };
}

/** Without children on either side of it. */
export function taskToWire({ path, old, new: entry, source, requires }: Task): Row {
  return [
    path,
    old && entryToWire(old),
    entry && entryToWire(entry),
    source ? [source.at === "here", source.path] : null,
    requires ?? null,
  ];
}

/** Throws Breach. */
export function taskFromWire(value: unknown, separator: Separator): Task {
  const [path, old, entry, source, requires] = asList(value);
  const place = source === null ? null : asList(source);
  return {
    path: gateInner(path, separator),
    old: old === null ? null : entryFromWire(old, separator),
    new: entry === null ? null : entryFromWire(entry, separator),
    ...(place && {
      source: { at: asFlag(place[0]) ? "here" : "there", path: gateInner(place[1], separator) },
    }),
    ...(requires !== null && { requires: gateInner(requires, separator) }),
  };
}

/** `holds` in full. */
export function lineageToWire({ path, isThere, mtime, author, number, holds }: Origin): Row {
  return [path, isThere, mtime, author, number, [...holds]];
}

/** Throws Breach, also for more authors than there are people. */
export function lineageFromWire(value: unknown, separator: Separator): Origin {
  const [path, isThere, mtime, author, number, rows] = asList(value);
  const holds = asList(rows).map((row) => {
    const [author, number] = asList(row);
    return [asText(author, 64), asCount(number)] as const;
  });
  if (holds.length > MOST_AUTHORS) breach("a content of too many people");
  return {
    path: gateInner(path, separator),
    isThere: asFlag(isThere),
    mtime: asTime(mtime),
    author: asText(author, 64),
    number: asCount(number),
    holds: new Map(holds),
  };
}

/** See `Conflict`. */
export function conflictToWire({ path, kept, of }: Conflict): Row {
  return [path, kept, of];
}

/** Throws Breach. */
export function conflictFromWire(value: unknown, separator: Separator): Conflict {
  const [path, kept, of] = asList(value);
  return { path: gateInner(path, separator), kept: gateInner(kept, separator), of: asText(of, 256) };
}

/** `whose` as null where it is nobody's alone. */
export function problemToWire({ path, reason, lasting, whose }: Problem): Row {
  return [path, reason, lasting, whose ?? null];
}

/** So many problems a side takes from the other one, and so much of each: they are kept for as long as they are shown. */
export const MOST_PROBLEMS = 20_000;
const LONGEST_SHOWN = 4096;

const LONGEST_PATH = 4096;

/** A problem's path is only shown, never used. */
export function problemFromWire(value: unknown): Problem {
  const [path, reason, lasting, whose] = asList(value);
  return {
    path: asText(path).slice(0, LONGEST_SHOWN).toWellFormed(),
    reason: asText(reason).slice(0, LONGEST_REASON).toWellFormed(),
    lasting: asFlag(lasting),
    ...(whose !== null && { whose: asText(whose, 256) }),
  };
}

/** See `Closed`. */
export function closedToWire({ path, isFolder, reason, lasting, from }: Closed): Row {
  return [path, isFolder, reason, lasting, from ?? null];
}

/** Its path, which may be the root's, is only looked up and shown. */
export function closedFromWire(value: unknown): Closed {
  const [path, isFolder, reason, lasting, from = null] = asList(value); // Programs of before tell no size.
  return {
    path: gatePath(path, "/"),
    isFolder: asFlag(isFolder),
    reason: asText(reason).slice(0, LONGEST_REASON).toWellFormed(),
    lasting: asFlag(lasting),
    ...(from !== null && { from: asSize(from) }),
  };
}

/** How much room a disk inside the root has, by the folder it is mounted at. */
export function roomToWire([path, room]: [Path, number | null]): Row {
  return [path, room];
}

/** Its path is only looked up and shown. Throws Breach, also for the root. */
export function roomFromWire(value: unknown): [Path, number | null] {
  const [path, room] = asList(value);
  return [gateInner(path, "/"), room === null ? null : asSize(room)];
}

/** How much the least needs that waits for such a disk. */
export function needToWire([path, least]: [Path, number]): Row {
  return [path, least];
}

/** Its path is only looked up. Throws Breach, also for the root. */
export function needFromWire(value: unknown): [Path, number] {
  const [path, least] = asList(value);
  return [gateInner(path, "/"), asSize(least)];
}

/** See `Differing`. */
export function differingToWire({ path, what, reason }: Differing): Row {
  return [path, what, reason];
}

/** Its path is only shown, never used. */
export function differingFromWire(value: unknown): Differing {
  const [path, what, reason] = asList(value);
  return { path: asText(path), what: asOneOf(what, WHATS), reason: asText(reason) };
}

/** By path and digest. */
export function doubtToWire({ path, content }: Doubt): Row {
  return [path, digestToWire(content)];
}

/** Throws Breach. */
export function doubtFromWire(value: unknown, separator: Separator): Doubt {
  const [path, content] = asList(value);
  return { path: gateInner(path, separator), content: digestFromWire(content) };
}

/** Two values of an undo, three of a settled conflict. */
export function requestToWire(request: PeerRequest): Row {
  return "undo" in request
    ? [request.id, request.undo]
    : [request.id, request.settled.path, request.settled.kept];
}

/** Paths of a request are only looked up, never used. */
export function requestFromWire(value: unknown): PeerRequest {
  const row = asList(value);
  const id = asText(row[0], 64);
  if (row.length === 2) return { id, undo: asCount(row[1]) };
  return { id, settled: { path: asText(row[1]), kept: asText(row[2]) } };
}

/** See `Heard`. */
export function heardToWire({ id, batch, back, left }: Heard): Row {
  return [id, batch, back, left.map(({ path, reason }) => [path, reason])];
}

/** Throws Breach. Its paths are only shown. */
export function heardFromWire(value: unknown): Heard {
  const [id, batch, back, left] = asList(value);
  return {
    id: asText(id, 64),
    batch: asCount(batch),
    back: asCount(back),
    left: asList(left).map((row) => {
      const [path, reason] = asList(row);
      return { path: asText(path), reason: asText(reason) };
    }),
  };
}

const COUNTED = ["create", "update", "delete", "move", "conflict", "bytes"] as const;

/** So many numbers are the counts of a plan. */
export const COUNTS: number = COUNTED.length;
/** So many go with the plan itself: beta's tasks as well. */
export const PLAN_COUNTS: number = COUNTS + 1;

/** In the order of `COUNTED`. */
export function countsToWire(counts: PlanCounts): number[] {
  return COUNTED.map((kind) => counts[kind]);
}

/** `counts`: at least as many as `countsToWire` gives. */
export function countsFromWire(counts: readonly number[]): PlanCounts {
  return Object.fromEntries(COUNTED.map((kind, number) => [kind, counts[number]!])) as unknown as PlanCounts;
}

/** What a plan amounts to, and how many of its tasks are beta's. */
export interface ToldCounts {
  /** Of both sides together. */
  counts: PlanCounts;
  /** Beta's alone. */
  tasks: number;
}

/** The counts, and beta's tasks after them. */
export function planCountsToWire({ counts, tasks }: ToldCounts): number[] {
  return [...countsToWire(counts), tasks];
}

/** `numbers`: as many as `planCountsToWire` gives. */
export function planCountsFromWire(numbers: readonly number[]): ToldCounts {
  return { counts: countsFromWire(numbers), tasks: numbers[COUNTS]! };
}

/** See `Writing`. */
export function writingToWire({ path, whose }: Writing): Row {
  return [path, whose];
}

/** Its path is only shown, never used. Throws Breach. */
export function writingFromWire(value: unknown): Writing {
  const [path, whose] = asList(value);
  return { path: asText(path), whose: asText(whose, 256) };
}

/** Without `cause`, which is this disk's own. */
export function resultToWire(result: Result): Row {
  return result.done
    ? [result.index, digestToWire(result.digest)]
    : [result.index, result.reason, result.lasting, result.theirs === true, result.at ?? null];
}

/** `at` is only shown, never used. Throws Breach. */
export function resultFromWire(value: unknown): Result {
  const row = asList(value);
  const index = asCount(row[0]);
  if (row.length === 2) return { index, done: true, digest: digestFromWire(row[1]) };
  const failure = { reason: asText(row[1]), lasting: asFlag(row[2]) };
  const at = row[4] ?? null; // Programs of before know of no such place.
  return {
    ...{ index, done: false, ...failure },
    ...(asFlag(row[3]) && { theirs: true }),
    ...(at !== null && { at: asText(at, LONGEST_PATH) }),
  };
}

/** A file whose content is wanted from where it is, starting at `offset`, as it was when this was planned. `part`: so much of it has
 * come before. `blocks` are here already, unless they changed since. */
export interface Want {
  /** Its number in the message, by which its content comes. */
  index: number;
  /** In the compared form. */
  path: Path;
  /** As the plan saw it, in bytes. */
  size: number;
  /** As the plan saw it, in ms. */
  mtime: number;
  /** As the plan saw it, in hex; "" where it is not known. */
  digest: string;
  /** From here on, in bytes: more it has already. */
  offset: number;
  /** So much has come before, in bytes. */
  part: number;
  /** What of it is here, unless it changed since; null: what was told before, when this was the last file of which something came. */
  blocks: Blocks | null;
}

/** `blocks` as their digests, one after the other: those at fixed places where programs of before look for them. */
export function wantToWire({ index, path, size, mtime, digest, offset, part, blocks }: Want): Row {
  const row = (fixed: Uint8Array) => [index, path, size, mtime, offset, fixed, part, digestToWire(digest)];
  if (blocks === null) return [...row(NOTHING), AS_TOLD];
  if (blocks instanceof CutBlocks) return [...row(NOTHING), blocks.digests, blocks.lengths];
  return row(blocks instanceof FixedBlocks ? blocks.digests : NOTHING);
}

const NOTHING = new Uint8Array();
const AS_TOLD = true;

/** Throws Breach. */
export function wantFromWire(value: unknown, separator: Separator): Want {
  // Programs of before tell no digest, and no blocks but those at fixed places.
  const [index, path, size, mtime, offset, fixed, part, digest = null, cut = null, lengths] = asList(value);
  return {
    index: asCount(index),
    path: gateInner(path, separator),
    size: asSize(size),
    mtime: asTime(mtime),
    digest: digestFromWire(digest),
    offset: asSize(offset),
    part: asSize(part),
    blocks: cut === AS_TOLD
      ? null
      : cut === null
      ? new FixedBlocks(asBytes(fixed), asSize(size))
      : new CutBlocks(asBytes(cut), asBytes(lengths), asSize(size)),
  };
}

/** The name of a part of a large file (staging.ts), and its bytes. */
export function partToWire([name, bytes]: [string, number]): Row {
  return [name, bytes];
}

/** Throws Breach. */
export function partFromWire(value: unknown): [string, number] {
  const [name, bytes] = asList(value);
  return [asText(name, 32), asSize(bytes)];
}

/** The gate, for paths that must not be the root. */
function gateInner(path: unknown, separator: Separator): Path {
  const passed = gatePath(path, separator);
  return passed === "" ? breach("the root itself is no place for an entry") : passed;
}
