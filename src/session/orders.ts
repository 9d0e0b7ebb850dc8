// Orders: how they cross the wire, and what they and their results amount to.

import { emptyPlan, type Orders, type Plan, type Problem } from "../core/plan.ts";
import { wantsContent } from "../stage/staging.ts";
import { inMessages, type MessageOf } from "../wire/message.ts";
import {
  moveFromWire,
  moveToWire,
  type Result,
  type Separator,
  taskFromWire,
  taskToWire,
} from "../wire/rows.ts";
import type { PlanCounts } from "./event.ts";

/** `idle`: neither side has a task in this chunk. */
export function ordersToWire(
  { moves, removals, directories, contents }: Orders,
  idle: boolean,
): Uint8Array[] {
  const lists = {
    moves: moves.map(moveToWire),
    removals: removals.map(taskToWire),
    directories: directories.map(taskToWire),
    contents: contents.map(taskToWire),
  };
  return inMessages(lists, (part) => ({ type: "orders", idle, ...part }));
}

/** Throws Breach. */
export function ordersFromWire(messages: readonly MessageOf<"orders">[], separator: Separator): Orders {
  const orders = emptyPlan().beta;
  for (const message of messages) {
    orders.moves.push(...message.moves.map((row) => moveFromWire(row, separator)));
    for (const kind of ["removals", "directories", "contents"] as const) {
      for (const row of message[kind]) orders[kind].push(taskFromWire(row, separator));
    }
  }
  return orders;
}

/** What of an order failed, by path. */
export function failuresOf(
  { moves, removals, directories, contents }: Orders,
  results: readonly Result[],
): Problem[] {
  const paths = [
    ...moves.map(({ to }) => to),
    ...[...removals, ...directories, ...contents].map(({ path }) => path),
  ];
  return results.flatMap((result) =>
    result.done ? [] : [{ path: paths[result.index] ?? "", reason: result.reason, lasting: result.lasting }]
  );
}

/** The files and links that were put in place, and their bytes. */
export function doneOf(
  { moves, removals, directories, contents }: Orders,
  results: readonly Result[],
): { files: number; bytes: number } {
  const first = moves.length + removals.length + directories.length;
  let files = 0;
  let bytes = 0;
  for (const { index, done } of results) {
    const entry = index >= first ? contents[index - first]?.new : null;
    if (!done || !entry) continue;
    files++;
    bytes += entry.kind === "file" ? entry.size : 0;
  }
  return { files, bytes };
}

/** What a plan amounts to, for the screens. */
export function countsOf(plan: Plan): PlanCounts {
  const counts = { create: 0, update: 0, delete: 0, move: 0, conflict: plan.conflicts.length, bytes: 0 };
  for (const { moves, removals, directories, contents } of [plan.alpha, plan.beta]) {
    const made = moves.filter((move) => move.made).length;
    counts.move += moves.length - made;
    counts.create += made;
    counts.delete += removals.length;
    for (const task of [...directories, ...contents]) {
      if (task.old) counts.update++;
      else counts.create++;
      if (wantsContent(task)) counts.bytes += task.new.size;
    }
  }
  return counts;
}
