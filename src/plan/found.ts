// What of an order was carried out by a program that was stopped in the midst of it, as its folder shows afterwards. Pure. What
// a person did there meanwhile may look the same: then both sides had the same at some time, and that is all it has to mean.

import { compareContent, type DirectoryEntry, type Entry, knownDigest } from "../core/tree/entry.ts";
import { nameOf, type Path } from "../core/tree/path.ts";
import { type Orders, type Result, type Task, tasksOf } from "../core/plan/plan.ts";
import { entryAt, type Move, TreeEditor } from "../core/tree/tree.ts";

/** What is found done. */
export interface FoundDone {
  results: Result[];
  /** Where what was there is gone, and what was to come is not there yet. */
  between: Path[];
  /** The folder as it was before. */
  before: DirectoryEntry;
}

/** `bit`: whether this side has executable bits. */
export function foundDone(
  orders: Orders,
  view: DirectoryEntry,
  bit: boolean,
): FoundDone {
  const { moves } = orders;
  // Backwards: so each is looked for where it was just after it had been done.
  const before = new TreeEditor(view);
  const found: Result[] = [];
  const between: Path[] = [];
  for (const [at, task] of [...tasksOf(orders).entries()].reverse()) {
    const present = before.get(task.path);
    if (isAsOrdered(present, task, bit)) {
      found.push({ index: moves.length + at, done: true, digest: digestOf(present) });
    } else if (!present && isInTwoSteps(task)) between.push(task.path);
    else continue;
    before.set(task.path, task.old);
  }
  for (const [index, move] of [...moves.entries()].reverse()) {
    if (takeBack(before, move)) found.push({ index, done: true, digest: "" });
  }
  return { results: found.reverse(), between, before: before.done() };
}

/** The files on which it depends what is found, and whose digest is not known. */
export function undigested({ contents }: Orders, view: DirectoryEntry): Path[] {
  return contents.flatMap(({ path, new: entry }) => {
    const present = entryAt(view, path);
    return entry && present?.kind === "file" && compareContent(present, entry) === "unknown" ? [path] : [];
  });
}

function isAsOrdered(present: Entry | null, { new: entry }: Task, bit: boolean): boolean {
  if (!present || !entry) return present === entry;
  if (compareContent(present, entry) !== "same") return false;
  return !bit || present.kind !== "file" || entry.kind !== "file" || present.executable === entry.executable;
}

/** A folder does not take the place of a file at one stroke, nor a file that of a folder. */
function isInTwoSteps({ old, new: entry }: Task): boolean {
  return old !== null && entry !== null && (old.kind === "directory") !== (entry.kind === "directory");
}

/** False where the move was not made. */
function takeBack(tree: TreeEditor, { from, to, name, made }: Move): boolean {
  const present = tree.get(to);
  if (made) return present?.kind === "directory" && tree.set(to, null);
  if (from === to) return present?.name === name;
  return present !== null && !tree.get(from) && tree.move({ from: to, to: from, name: nameOf(from) });
}

function digestOf(entry: Entry | null): string {
  return entry?.kind === "file" || entry?.kind === "link" ? knownDigest(entry) : "";
}
