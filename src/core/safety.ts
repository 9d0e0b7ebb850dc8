// What a plan takes away, and whether that is too much to be done before a person has said yes (RULES S1, S2).

import { compareContent, type DirectoryEntry, type Entry, type FileEntry, shallow } from "./entry.ts";
import { isWithin, type Path } from "./path.ts";
import { movesInAncestor, type Orders, type Plan, type Task } from "./plan.ts";
import { OTHER, type SideName, SIDES } from "./side.ts";
import { applyMoves, entryAt, type Move } from "./tree.ts";

/** S1: more agreed files than this, and more than this share of them, are not taken away without asking. */
const MOST_FILES = 50;
const MOST_SHARE = 0.25;

/** An agreed file whose content goes: its path after the moves, and what was agreed there. */
export interface Loss {
  readonly path: Path;
  readonly old: FileEntry;
  readonly how: "deleted" | "rewritten";
}

/** A loss a plan leads to, and the side on which it was done before. */
export type PlannedLoss = Loss & { readonly by: SideName };

/** S1. `lost`: agreed files that go; `agreed`: how many there were before. */
export function isTooMuch(lost: number, agreed: number): boolean {
  return lost > MOST_FILES && lost > agreed * MOST_SHARE;
}

/** S2: all that was agreed is gone from a side. A single file deleted is just that. `files`: how many were agreed. */
export function isEmptied(tree: DirectoryEntry, files: number): boolean {
  return tree.children.size === 0 && files > 1;
}

/** The agreed files in `base` that changes delete or rewrite, by path; the paths of `conflicts` keep their content in a copy. */
export function lossesIn(
  base: DirectoryEntry,
  changes: Iterable<{ path: Path; new: Entry | null }>,
  conflicts: Iterable<{ path: string }>,
): Map<Path, Loss> {
  const kept = new Set<string>();
  for (const { path } of conflicts) kept.add(path);
  const losses = new Map<Path, Loss>();
  for (const { path, new: entry } of changes) {
    const old = entryAt(base, path);
    if (old?.kind !== "file" || kept.has(path)) continue;
    if (entry?.kind !== "file") losses.set(path, { path, old, how: "deleted" });
    else if (compareContent(old, entry) !== "same") losses.set(path, { path, old, how: "rewritten" });
  }
  return losses;
}

/** What a plan takes away on either side. */
export function lossesOf(plan: Plan, ancestor: DirectoryEntry): Map<Path, PlannedLoss> {
  const base = applyMoves(ancestor, movesInAncestor(plan));
  const losses = new Map<Path, PlannedLoss>();
  for (const side of SIDES) {
    for (const [path, loss] of lossesIn(base, tasksOf(plan[side]), plan.conflicts)) {
      losses.set(path, { ...loss, by: OTHER[side] });
    }
  }
  return losses;
}

/** A change to the ancestor that takes a loss back: `path` in the ancestor now holds what `by`, who did it, holds at `present`.
 * In the plan the path is `planned`. */
export interface TakenBack {
  readonly path: Path;
  readonly planned: Path;
  readonly present: Path;
  readonly by: SideName;
  readonly new: Entry | null;
}

/** The changes to the ancestor after which the same trees lead back to what was agreed, wherever the plan would repeat one of
 * `losses`, or the removal of a folder or link: against such an ancestor the other side's content is the newer. `trees`: both
 * sides as they are. */
export function takingBack(
  plan: Plan,
  losses: ReadonlySet<Path>,
  ancestor: DirectoryEntry,
  trees: Record<SideName, DirectoryEntry>,
): TakenBack[] {
  const moves = movesInAncestor(plan);
  const base = applyMoves(ancestor, moves);
  const conflicts = new Set(plan.conflicts.map(({ path }) => path));
  const taken = new Map<Path, TakenBack>();
  for (const side of SIDES) {
    const by = OTHER[side];
    for (const { path: planned } of tasksOf(plan[side])) {
      const isFile = entryAt(base, planned)?.kind === "file";
      if (conflicts.has(planned) || isFile && !losses.has(planned)) continue;
      const present = placeBefore(planned, plan[by].moves);
      const entry = entryAt(trees[by], present);
      const path = placeBefore(planned, moves);
      taken.set(path, { path, planned, present, by, new: entry && shallow(entry) });
    }
  }
  return [...taken.values()];
}

/** The tasks that replace or remove something. */
function tasksOf({ removals, directories, contents }: Orders): Task[] {
  return [...removals, ...directories, ...contents].filter(({ old }) => old !== null);
}

/** Where what is at `path` after the moves was before them. */
function placeBefore(path: Path, moves: readonly Move[]): Path {
  for (const { from, to } of moves.toReversed()) {
    if (isWithin(path, to)) path = from + path.slice(to.length) as Path;
  }
  return path;
}
