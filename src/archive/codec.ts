// Entries, orders and what came of them as rows hold them: lists of values, which nobody but this program reads. Whatever is read is
// checked, and its paths pass the gate, since what a failing disk made of one could lead anywhere: each reader throws for what is none.
// What was written before rows told their form (form.ts) holds the same lists, but that some lack their last value.

import type { Conflict } from "../core/plan/conflict.ts";
import { EMPTY_ROOT, type Entry } from "../core/tree/entry.ts";
import { gateName, gatePath, type Path, ROOT } from "../core/tree/path.ts";
import type { Orders, Result, Task, Terms } from "../core/plan/plan.ts";
import type { Node, Step } from "../core/moves/places.ts";
import type { Move } from "../core/tree/tree.ts";
import { textDigest } from "../fs/digest.ts";
import { asCount, asFlag, asList, asText, asTime, expect, isDigest } from "./checks.ts";
import { packed, unpacked } from "./form.ts";
import { fromBlob, toBlob } from "./row.ts";

type List = unknown[];

const KINDS = { file: 0, directory: 1, link: 2, problem: 3 } as const;

/** An entry without its children, and without what only this machine knows of it. */
export function entryToBytes(entry: Entry): Uint8Array {
  return packed(entryToList(entry));
}

/** Throws for what is no entry. Of a folder without children. */
export function entryFromBytes(bytes: unknown): Entry {
  return entryFromList(unpacked(bytes));
}

/** One side's orders, whole. */
export function ordersToBytes(orders: Orders): Uint8Array {
  return packed(ordersToList(orders));
}

/** Throws for what are no orders. */
export function ordersFromBytes(bytes: unknown): Orders {
  return ordersFromList(unpacked(bytes));
}

/** What became of the tasks of an order. */
export function resultsToBytes(results: readonly Result[]): Uint8Array {
  return packed(results.map(resultToList));
}

/** Throws for what are no results. */
export function resultsFromBytes(bytes: unknown): Result[] {
  return asList(unpacked(bytes)).map(resultFromList);
}

/** What alpha knows besides its own orders: see `Terms`. */
export function termsToBytes(terms: Terms): Uint8Array {
  return packed(termsToList(terms));
}

/** Throws for what are no terms. */
export function termsFromBytes(bytes: unknown): Terms {
  return termsFromList(unpacked(bytes));
}

function entryToList(entry: Entry): List {
  const { name, kind } = entry;
  switch (kind) {
    case "file":
      return [KINDS.file, name, entry.size, entry.mtime, entry.executable, digestToBytes(entry.digest)];
    case "directory":
      return [KINDS.directory, name];
    case "link":
      return [KINDS.link, name, entry.target, entry.mtime ?? null];
    case "problem":
      return [KINDS.problem, name, entry.reason, entry.lasting];
  }
}

function entryFromList(value: unknown): Entry {
  const [kind, label, ...rest] = asList(value);
  const name = gateName(label, "/");
  switch (kind) {
    case KINDS.file: {
      const [size, mtime, executable, digest] = rest;
      const seen = { size: asCount(size), mtime: asTime(mtime), executable: asFlag(executable) };
      return { kind: "file", name, ...seen, digest: digestFromBytes(digest), id: 0, born: 0 };
    }
    case KINDS.directory:
      return { ...EMPTY_ROOT, name, children: new Map() };
    case KINDS.link: {
      const target = asText(rest[0]);
      const mtime = rest[1] ?? null; // Links of before were written without a time.
      const time = mtime === null ? {} : { mtime: asTime(mtime) };
      return { kind: "link", name, target, digest: textDigest(target), ...time };
    }
    default:
      expect(kind === KINDS.problem, "an entry");
      return { kind: "problem", name, reason: asText(rest[0]), lasting: asFlag(rest[1]) };
  }
}

/** An unknown digest as null. */
function digestToBytes(digest: string): Uint8Array | null {
  return digest === "" ? null : toBlob(digest);
}

function digestFromBytes(value: unknown): string {
  if (value === null) return "";
  expect(isDigest(value), "a digest");
  return fromBlob(value as Uint8Array);
}

function ordersToList({ moves, removals, directories, contents }: Orders): List {
  return [moves.map(moveToList), ...[removals, directories, contents].map((tasks) => tasks.map(taskToList))];
}

function ordersFromList(value: unknown): Orders {
  const [moves, removals, directories, contents] = asList(value).map(asList);
  expect(contents !== undefined, "an order");
  return {
    moves: moves!.map(moveFromList),
    removals: removals!.map(taskFromList),
    directories: directories!.map(taskFromList),
    contents: contents!.map(taskFromList),
  };
}

function moveToList({ from, to, name, aside, made }: Move): List {
  return [from, to, name, aside === true, made === true];
}

function moveFromList(value: unknown): Move {
  const [from, to, name, aside, made] = asList(value);
  return {
    from: innerPath(from),
    to: innerPath(to),
    name: gateName(name, "/"),
    ...(asFlag(aside) && { aside: true }),
    ...(asFlag(made) && { made: true }),
  };
}

function taskToList({ path, old, new: entry, source, requires }: Task): List {
  return [
    path,
    old && entryToList(old),
    entry && entryToList(entry),
    source ? [source.at === "here", source.path] : null,
    requires ?? null,
  ];
}

function taskFromList(value: unknown): Task {
  const [path, old, entry, source, requires] = asList(value);
  return {
    path: innerPath(path),
    old: entryOrNull(old),
    new: entryOrNull(entry),
    ...(source !== null && { source: sourceFromList(source) }),
    ...(requires !== null && { requires: innerPath(requires) }),
  };
}

function sourceFromList(value: unknown): NonNullable<Task["source"]> {
  const [here, path] = asList(value);
  return { at: asFlag(here) ? "here" : "there", path: innerPath(path) };
}

function resultToList(result: Result): List {
  return result.done
    ? [result.index, digestToBytes(result.digest)]
    : [result.index, result.reason, result.lasting, result.theirs === true, result.at ?? null];
}

function resultFromList(value: unknown): Result {
  const list = asList(value);
  const index = asCount(list[0]);
  if (list.length === 2) return { index, done: true, digest: digestFromBytes(list[1]) };
  const [, reason, lasting, theirs, at = null] = list; // What failed before was written without a place.
  return {
    ...{ index, done: false, reason: asText(reason), lasting: asFlag(lasting) },
    ...(asFlag(theirs) && { theirs: true }),
    ...(at !== null && { at: asText(at) }),
  };
}

function termsToList(
  { peer, steps, before, both, shared, halfDone, undone, agreed, conflicts }: Terms,
): List {
  return [
    ordersToList(peer),
    [steps.alpha, steps.beta].map((list) => list.map((step) => step && stepToList(step))),
    before.map(stepToList),
    both.map(stepToList),
    shared,
    halfDone.map(([path, entry]) => changeToList({ path, new: entry })),
    agreed.map(changeToList),
    conflicts.map(({ conflict: { path, kept, of }, open }) => [[path, kept, of], open]),
    [undone.alpha, undone.beta],
  ];
}

function termsFromList(value: unknown): Terms {
  const [peer, steps, before, both, shared, halfDone, agreed, conflicts, undone] = asList(value).map(asList);
  expect(undone !== undefined, "the terms of a chunk");
  const [alpha, beta] = steps!.map((list) => asList(list).map(stepOrNull));
  return {
    peer: ordersFromList(peer),
    steps: { alpha: alpha!, beta: beta! },
    before: before!.map(stepFromList),
    both: both!.map(stepFromList),
    shared: shared!.map(innerPath),
    undone: { alpha: asList(undone![0]).map(innerPath), beta: asList(undone![1]).map(innerPath) },
    halfDone: halfDone!.map(changeFromList).map(({ path, new: entry }) => [path, entry]),
    agreed: agreed!.map(changeFromList),
    conflicts: conflicts!.map((row) => {
      const [conflict, open] = asList(row);
      return { conflict: conflictFromList(conflict), open: asList(open).map(asText) };
    }),
  };
}

function changeToList({ path, new: entry }: { path: Path; new: Entry | null }): List {
  return [path, entry && entryToList(entry)];
}

function changeFromList(value: unknown): { path: Path; new: Entry | null } {
  const [path, entry] = asList(value);
  return { path: innerPath(path), new: entryOrNull(entry) };
}

function conflictFromList(value: unknown): Conflict {
  const [path, kept, of] = asList(value);
  return { path: innerPath(path), kept: innerPath(kept), of: asText(of) };
}

function stepToList({ node, parent, key, name, made }: Step): List {
  return [node, parent, key, name, made];
}

function stepFromList(value: unknown): Step {
  const [node, parent, key, name, made] = asList(value);
  return {
    node: asText(node) as Node,
    parent: asText(parent) as Node,
    ...{ key: asText(key), name: asText(name), made: asFlag(made) },
  };
}

function stepOrNull(value: unknown): Step | null {
  return value === null ? null : stepFromList(value);
}

function entryOrNull(value: unknown): Entry | null {
  return value === null ? null : entryFromList(value);
}

/** A path that is not the root. */
function innerPath(value: unknown): Path {
  const path = gatePath(value, "/");
  expect(path !== ROOT, "a path");
  return path;
}
