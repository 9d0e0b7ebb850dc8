// What orders take away from the folder they are carried out in, and whether that is too much to be done before a person has said yes
// (RULES S1, S2). Nothing here rests on what the other side says is agreed.

import {
  compareContent,
  type ContentEntry,
  type DirectoryEntry,
  type Entry,
  isContent,
  shallow,
} from "../tree/entry.ts";
import { whereBefore } from "../moves/moved_paths.ts";
import { type Path, ROOT } from "../tree/path.ts";
import { movesInAncestor, type Orders, type Plan, type Task, tasksOf } from "./plan.ts";
import { OTHER, type SideName, SIDES } from "../side.ts";
import { applyMoves, entryAt, walk } from "../tree/tree.ts";

/** S1: more agreed files than this, and more than this share of them, are not taken away without asking. */
export const MOST_FILES = 50;
const MOST_SHARE = 0.25;

/** A file or link whose content goes: its path after the moves, and what was there. */
export interface Loss {
  /** In the compared form. */
  readonly path: Path;
  /** What the order says is there: where something else is, it is not done. */
  readonly old: ContentEntry;
  /** Rewritten: a file or a link of the same kind takes its place. */
  readonly how: "deleted" | "rewritten";
}

/** S1. `lost`: agreed files that go; `agreed`: how many there were before. */
export function isTooMuch(lost: number, agreed: number): boolean {
  return lost > MOST_FILES && lost > agreed * MOST_SHARE;
}

/** S2: all that was agreed is gone from a side: how many files and links that were, 0 where it is not so. A single one deleted is just
 * that. */
export function emptiedOf(tree: DirectoryEntry, ancestor: DirectoryEntry): number {
  if (tree.children.size > 0) return 0;
  const agreed = [...contentsIn(ancestor)].length;
  return agreed > 1 ? agreed : 0;
}

/** The files and links in a tree. */
export function* contentsIn(tree: DirectoryEntry): Generator<[Path, ContentEntry]> {
  for (const [path, entry] of walk(ROOT, tree)) if (isContent(entry)) yield [path, entry];
}

/** What orders delete or rewrite of the files and links in `tree`, by path. What they first copy beside it, as in a conflict, is kept. A
 * task is done only where what it names is there, whatever became of the moves before it: so that is what goes. */
export function lossesOf(orders: Orders, tree: DirectoryEntry): Map<Path, Loss> {
  const trees = [tree, applyMoves(tree, orders.moves)];
  let makers: ReadonlyMap<Path, readonly Task[]> | null = null; // Made only where it is asked for: a first copy may have millions.
  const makersAt = (path: Path) => {
    makers ??= Map.groupBy([...orders.directories, ...orders.contents], (task) => task.path);
    return makers.get(path) ?? [];
  };
  const losses = new Map<Path, Loss>();
  for (const task of replacing(orders)) {
    const { path, old, new: entry } = task;
    if (!isContent(old) || entry && compareContent(old, entry) === "same") continue;
    if (entry && isKept(task, old, makersAt, trees)) continue;
    losses.set(path, { path, old, how: entry?.kind === old.kind ? "rewritten" : "deleted" });
  }
  return losses;
}

/** Whether the copy that a task requires holds, or will hold before, what it replaces: whoever gives the order may name anything, and moves
 * that fail. `makersAt`: what puts something at a path; `trees`: before the moves and after. */
function isKept(
  { path, requires }: Task,
  old: ContentEntry,
  makersAt: (path: Path) => readonly Task[],
  trees: readonly DirectoryEntry[],
): boolean {
  if (requires === undefined) return false;
  const isCopy = (entry: Entry | null) => entry !== null && compareContent(entry, old) === "same";
  const present = trees.flatMap((tree) => entryAt(tree, requires) ?? []);
  const made = makersAt(requires);
  const isMade = made.every(({ new: entry, source }) =>
    source?.at === "here" && source.path === path && isCopy(entry)
  );
  return present.length + made.length > 0 && made.length <= 1 && isMade && present.every(isCopy);
}

/** A change to the ancestor that takes a loss back: `path` in the ancestor now holds what `by`, who did it, holds at `present`.
 * In the plan the path is `planned`. */
export interface Restored {
  /** In the ancestor as it is, before the moves of the plan. */
  readonly path: Path;
  /** In the paths that the plan's moves lead to. */
  readonly planned: Path;
  /** In the tree of `by`, as it is. */
  readonly present: Path;
  /** The side whose doing led to the loss; the other one's disk has it. */
  readonly by: SideName;
  /** Without children; null: nothing is there, so that a file of the other side is new to it. */
  readonly new: Entry | null;
}

/** What is not to be taken away, by whose disk it is on; null: nothing is asked about there. */
export type Kept = Record<SideName, ReadonlySet<Path> | null>;

/** The changes to the ancestor after which the same trees lead back to what was agreed, wherever the plan would repeat one of
 * `losses`, or there the removal of a folder: against such an ancestor the other side's content is the newer. `trees`: both
 * sides as they are. */
export function takingBack(
  plan: Plan,
  losses: Kept,
  ancestor: DirectoryEntry,
  trees: Record<SideName, DirectoryEntry>,
): Restored[] {
  const moves = movesInAncestor(plan);
  const base = applyMoves(ancestor, moves);
  const conflicts = new Set(plan.conflicts.map(({ path }) => path));
  const taken = new Map<Path, Restored>();
  const agreedBefore = whereBefore(moves);
  for (const side of SIDES) {
    const by = OTHER[side];
    const presentBefore = whereBefore(plan[by].moves);
    const lost = losses[side];
    if (!lost) continue;
    for (const { path: planned } of replacing(plan[side])) {
      if (conflicts.has(planned) || isContent(entryAt(base, planned)) && !lost.has(planned)) continue;
      const present = presentBefore(planned);
      const entry = entryAt(trees[by], present);
      const path = agreedBefore(planned);
      taken.set(path, { path, planned, present, by, new: entry && shallow(entry) });
    }
  }
  return [...taken.values()];
}

/** The tasks that replace or remove something. */
function replacing(orders: Orders): Task[] {
  return tasksOf(orders).filter(({ old }) => old !== null);
}

/** The part of orders by which they are judged. */
export function judged(orders: Orders): Orders {
  const replaces = ({ old, source }: Task) => old !== null || source?.at === "here";
  const { moves, removals, directories, contents } = orders;
  return {
    moves,
    removals,
    directories: directories.filter(replaces),
    contents: contents.filter(replaces),
  };
}
