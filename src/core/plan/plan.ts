// What a cycle is going to do: the outcome of reconcile.

import { type Problem } from "../failure.ts";
import type { Conflict } from "./conflict.ts";
import type { Cause } from "./hindrance.ts";
import type { Entry } from "../tree/entry.ts";
import type { Path } from "../tree/path.ts";
import { AgreedMoves, type Step } from "../moves/places.ts";
import { type SideName, SIDES } from "../side.ts";
import type { Change, Move } from "../tree/tree.ts";

/** A change to make on one side. `old` and `new` are without children; `old` is what must be there just before, though its
 * name can differ from the one on the disk in normal form, which then stays as it is. */
export interface Task extends Change {
  /** Where the content of `new` is before the transition, when not at `path` on the other side.
   * Here, at `path` itself: the content is in place and only the bit changes. */
  readonly source?: { readonly at: "here" | "there"; readonly path: Path };
  /** A path of the same side that must be there first: the copy that saves what this task replaces. */
  readonly requires?: Path;
}

/** What one side has to do. Order: moves as listed; then removals, deepest first; directories, outermost first; the rest. */
export interface Orders {
  /** In the paths that each finds when those before it are done. */
  moves: Move[];
  /** Tasks whose `new` is null. */
  removals: Task[];
  /** Folders to make, or to put in the place of something else. */
  directories: Task[];
  /** Files and links to put in place, and executable bits. */
  contents: Task[];
}

/** What became of one task or move of an order. `digest` is that of content put in place; `theirs`: it failed where the content
 * comes from, on the other side; `at`: where what it failed of lies, a folder or "" for all, and others fail of it as well. `cause` stays
 * at home. */
export type Result =
  | { index: number; done: true; digest: string }
  | {
    index: number;
    done: false;
    reason: string;
    lasting: boolean;
    theirs?: boolean;
    at?: string;
    cause?: Cause;
  };

/** All that follows from three trees. */
export interface Plan {
  /** What alpha's side has to do. */
  alpha: Orders;
  /** What beta's side has to do. */
  beta: Orders;
  /** Both sides hold this already; parents come first. */
  agreed: { path: Path; new: Entry | null }[];
  /** Those that arise; what was listed before is in the archive. */
  conflicts: Conflict[];
  /** Paths at which nothing is done, and why. */
  problems: Problem[];
  /** What the moves that repeat the other side's come to in the ancestor. */
  steps: Map<Move, Step>;
  /** The steps both sides made already: they need no order, and are agreed with the plan. */
  shared: Step[];
  /** Files whose digest decides: nothing is planned for them before it is known. */
  unknown: { alpha: Path[]; beta: Path[] };
}

/** What follows from what both sides did of one chunk of a plan, with all that takes; alpha's orders are not in it. */
export interface Terms {
  /** beta's orders. */
  readonly peer: Orders;
  /** What the moves of both come to in the ancestor, in their order; null for those that are no steps. */
  readonly steps: Record<SideName, (Step | null)[]>;
  /** Steps that are agreed already, on which depends where others lead. */
  readonly before: readonly Step[];
  /** Steps that both sides made by themselves before the plan. */
  readonly both: readonly Step[];
  /** Paths that both sides do something at. */
  readonly shared: readonly Path[];
  /** Those of them at which one side has done it, and what it has there now. */
  readonly halfDone: readonly (readonly [Path, Entry | null])[];
  /** Where renames of each side lead to that are not done, of what lies at these paths, and above them. */
  readonly undone: Record<SideName, readonly Path[]>;
  /** What both hold already of what lies at these paths, and above them. */
  readonly agreed: Plan["agreed"];
  /** The conflicts that belong to it, and which of their files are not agreed yet. */
  readonly conflicts: readonly { conflict: Conflict; open: readonly string[] }[];
}

function emptyOrders(): Orders {
  return { moves: [], removals: [], directories: [], contents: [] };
}

/** Nothing to do: each call makes a new one, which may be written into. */
export function emptyPlan(): Plan {
  return {
    alpha: emptyOrders(),
    beta: emptyOrders(),
    agreed: [],
    conflicts: [],
    problems: [],
    steps: new Map(),
    shared: [],
    unknown: { alpha: [], beta: [] },
  };
}

/** How many tasks an order holds. */
export function taskCount(orders: Orders): number {
  return orders.moves.length + orders.removals.length + orders.directories.length + orders.contents.length;
}

/** The tasks of an order beside its moves, in their order. */
export function tasksOf({ removals, directories, contents }: Orders): Task[] {
  return [...removals, ...directories, ...contents];
}

/** The move or the task that results mean by a number: they count the moves of an order, and its tasks after them. */
export function numberedIn(
  orders: Orders,
): (index: number) => { move: Move | undefined; task: Task | undefined } {
  const { moves } = orders;
  const tasks = tasksOf(orders);
  return (index) => ({ move: moves[index], task: tasks[index - moves.length] });
}

/** The number of an order's first content. */
export function firstContent(orders: Orders): number {
  return taskCount(orders) - orders.contents.length;
}

/** Where an order leads to, number by number. */
export function goalsIn(orders: Orders): Path[] {
  return [...orders.moves.map(({ to }) => to), ...tasksOf(orders).map(({ path }) => path)];
}

/** What all renames of a plan come to in the ancestor, one after the other. */
export function movesInAncestor({ alpha, beta, steps, shared }: Plan): Move[] {
  const respelled = [...beta.moves, ...alpha.moves].filter((move) => !steps.has(move) && !move.aside);
  return [...new AgreedMoves().of([...shared, ...steps.values()]), ...respelled];
}

/** Takes out of a plan what `side` would have been given at the paths of these tasks, and what the other side does at the same paths: done
 * alone that would be agreed, and what was left out counted as done otherwise. Returns whether there was any. */
export function leaveOut(plan: Plan, side: SideName, isLeft: (task: Task) => boolean): boolean {
  const left = new Set(plan[side].contents.filter(isLeft).map(({ path }) => path));
  if (left.size === 0) return false;
  for (const at of SIDES) plan[at].contents = plan[at].contents.filter(({ path }) => !left.has(path));
  return true;
}
