// Orders: how they cross the wire, and what they and their results amount to.

import { parentOf, type Path, type Separator } from "../core/tree/path.ts";
import {
  emptyPlan,
  firstContent,
  numberedIn,
  type Orders,
  type Plan,
  type Result,
  tasksOf,
} from "../core/plan/plan.ts";
import { type Problem } from "../core/failure.ts";
import { judged } from "../core/plan/safety.ts";
import { type SideName, SIDES } from "../core/side.ts";
import { wantsContent } from "../stage/staging.ts";
import { WHOLE_BYTES } from "../wire/batch.ts";
import { inMessages, type MessageOf } from "../wire/message.ts";
import { moveFromWire, moveToWire, type Row, taskFromWire, taskToWire } from "../wire/rows.ts";
import type { Amount, PlanCounts } from "../core/event.ts";
import type { Spelling } from "./spelling.ts";

/** `batch` is the number of the plan, `chunk` the name of this part of it; `idle`: neither side has a task in it; `begins`: alpha has
 * none, and beta begins at once. */
export function ordersToWire(
  { moves, removals, directories, contents }: Orders,
  head: { batch: number; chunk: string; idle: boolean; begins: boolean },
  lineage: readonly Row[] = [],
): Uint8Array[] {
  const lists = {
    lineage,
    moves: moves.map(moveToWire),
    removals: removals.map(taskToWire),
    directories: directories.map(taskToWire),
    contents: contents.map(taskToWire),
  };
  return inMessages(lists, (part) => ({ type: "orders", ...head, ...part }));
}

/** What beta is to judge before any of it is ordered. */
export function judgeToWire(orders: Orders, setBack: boolean): Uint8Array[] {
  const { moves, removals, directories, contents } = judged(orders);
  const lists = {
    moves: moves.map(moveToWire),
    removals: removals.map(taskToWire),
    directories: directories.map(taskToWire),
    contents: contents.map(taskToWire),
  };
  return inMessages(lists, (part) => ({ type: "judge", setBack, ...part }));
}

/** Throws Breach. */
export function ordersFromWire(
  messages: readonly MessageOf<"orders" | "judge">[],
  separator: Separator,
): Orders {
  const orders = emptyPlan().beta;
  for (const message of messages) {
    for (const row of message.moves) orders.moves.push(moveFromWire(row, separator));
    for (const kind of ["removals", "directories", "contents"] as const) {
      for (const row of message[kind]) orders[kind].push(taskFromWire(row, separator));
    }
  }
  return orders;
}

/** Where one task or move does something: its path, the folders in which something changes by that, and how many bytes it puts there; null:
 * that is not known of a move. */
export interface TaskPlace {
  path: Path;
  folders: Path[];
  size: number | null;
}

/** The place of each move and task of an order; a result names it by its index in this list. */
export function placesOf(orders: Orders): TaskPlace[] {
  return [
    ...orders.moves.map(({ from, to }) => ({
      path: to,
      folders: [parentOf(from), parentOf(to)],
      size: null,
    })),
    ...tasksOf(orders).map(({ path, new: entry }) => ({
      ...{ path, folders: [parentOf(path)] },
      size: entry?.kind === "file" ? entry.size : 0,
    })),
  ];
}

/** What of an order failed, by path, or where many failed of one cause, by that; `own` is the person in whose folder it was to be done. */
export function failuresOf(
  orders: Orders,
  results: readonly Result[],
  own: string,
  other: string,
): Problem[] {
  const places = placesOf(orders);
  const told = new Set<string>();
  return results.flatMap((result): Problem[] => {
    if (result.done) return [];
    const { index, reason, lasting, theirs, at } = result;
    const problem = { path: at ?? places[index]?.path ?? "", reason, lasting, whose: theirs ? other : own };
    if (at === undefined) return [problem];
    const isMove = index < orders.moves.length;
    const key = `${at}\0${reason}\0${isMove}`;
    if (told.has(key)) return [];
    told.add(key);
    return [{ ...problem, stuck: true, ...(isMove && { repeats: true }) }];
  });
}

/** Paths (as spelled) of failed tasks: what is there may not be what was scanned, so they are scanned again even if no watch tells of
 * them. */
export function doubtfulAfter(orders: Orders, results: readonly Result[], spelling: Spelling): Path[] {
  const numbered = numberedIn(orders);
  const doubtful: (Path | null)[] = [];
  for (const { index, done } of results) {
    if (done) continue;
    const { move, task } = numbered(index);
    if (move) doubtful.push(spelling.here(move.from), spelling.fresh(move.to, move.name));
    if (!task) continue;
    doubtful.push(spelling.here(task.path) ?? spelling.fresh(task.path, task.new?.name));
    if (task.source?.at === "here") doubtful.push(spelling.here(task.source.path));
    if (task.requires) doubtful.push(spelling.here(task.requires));
  }
  return doubtful.filter((path) => path !== null);
}

/** The files and links that were put in place, and their bytes. */
export function doneOf(orders: Orders, results: readonly Result[]): Amount {
  const first = firstContent(orders);
  let files = 0;
  let bytes = 0;
  for (const { index, done } of results) {
    const entry = orders.contents[index - first]?.new;
    if (!done || !entry) continue;
    files++;
    bytes += entry.kind === "file" ? entry.size : 0;
  }
  return { files, bytes };
}

/** The first paths a plan does something at, on either side. */
export function firstPaths(plan: Plan, most: number): string[] {
  const paths = new Set<string>();
  for (const { moves, removals, directories, contents } of [plan.alpha, plan.beta]) {
    for (const { to } of moves.slice(0, most)) paths.add(to);
    for (const tasks of [contents, removals, directories]) {
      for (const { path } of tasks.slice(0, most)) paths.add(path);
    }
  }
  return [...paths].slice(0, most);
}

/** What a plan amounts to, for the screens. `here`: so much of the content at a path has come to that side already. */
export function countsOf(plan: Plan, here: (side: SideName, path: Path) => number = () => 0): PlanCounts {
  const counts = { create: 0, update: 0, delete: 0, move: 0, conflict: plan.conflicts.length, bytes: 0 };
  for (const side of SIDES) {
    const { moves, removals, directories, contents } = plan[side];
    const made = moves.filter((move) => move.made).length;
    counts.move += moves.length - made;
    counts.create += made;
    counts.delete += removals.length;
    for (const task of [...directories, ...contents]) {
      if (task.old) counts.update++;
      else counts.create++;
      if (!wantsContent(task)) continue;
      const { size } = task.new;
      counts.bytes += size > WHOLE_BYTES ? Math.max(0, size - here(side, task.path)) : size;
    }
  }
  return counts;
}
