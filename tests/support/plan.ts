// Plans as text: made from three trees the way two sides make them, one line an order.

import { assertEquals } from "@std/assert";
import type { Ability } from "../../src/core/ability.ts";
import type { DirectoryEntry, Entry } from "../../src/core/tree/entry.ts";
import { findMoves } from "../../src/core/moves/moves.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { type Orders, type Plan, type Task, tasksOf } from "../../src/core/plan/plan.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { OTHER, type Side, type SideName } from "../../src/core/side.ts";
import { contentOf, posix } from "./trees.ts";

/** A side as it presents itself: its tree and its moves. */
export function sideOf(
  ancestor: DirectoryEntry,
  tree: DirectoryEntry,
  owner: string,
  ability: Ability = posix,
  taken: string[] = [],
): Side {
  const moves = findMoves(ancestor, tree, ability.executable);
  return { tree, moves, ability, owner, taken: new Set(taken as Path[]) };
}

/** Three trees, and what may differ from two POSIX systems with the same time. */
export interface PlanSetting {
  ancestor: DirectoryEntry;
  alpha: DirectoryEntry;
  beta: DirectoryEntry;
  abilities?: { alpha?: Ability; beta?: Ability };
  offset?: number;
  /** What takes no part on a side. */
  taken?: { alpha?: string[]; beta?: string[] };
  /** Whose changes alone travel. */
  giver?: SideName;
}

/** A rule as three trees, and all that is planned; `swapped`: what is planned when bob invites, where that differs. */
export interface Row extends PlanSetting {
  row: string;
  plan: string[];
  swapped?: string[];
}

/** A test for each row. */
export function checkRows(rows: readonly Row[]) {
  for (const { row, plan, swapped = plan, ...scene } of rows) {
    Deno.test(row, () => {
      assertEquals(planned(scene), [...plan].sort());
      assertEquals(plannedSwapped(scene), [...swapped].sort(), "with the sides swapped");
    });
  }
}

/** What is planned, sorted. Alice is alpha and bob is beta. */
export function planned(
  { ancestor, alpha, beta, abilities = {}, offset = 0, taken = {}, giver }: PlanSetting,
): string[] {
  const alice = sideOf(ancestor, alpha, "alice", abilities.alpha, taken.alpha);
  const bob = sideOf(ancestor, beta, "bob", abilities.beta, taken.beta);
  return told(reconcile(ancestor, alice, bob, { offset, giver }));
}

/** The same with bob as alpha and alice as beta, told as if they were not swapped. */
export function plannedSwapped(
  { ancestor, alpha, beta, abilities = {}, offset = 0, taken = {}, giver }: PlanSetting,
): string[] {
  const alice = sideOf(ancestor, alpha, "alice", abilities.alpha, taken.alpha);
  const bob = sideOf(ancestor, beta, "bob", abilities.beta, taken.beta);
  const plan = reconcile(ancestor, bob, alice, { offset: -offset, giver: giver && OTHER[giver] });
  const unknown = { alpha: plan.unknown.beta, beta: plan.unknown.alpha };
  return told({ ...plan, alpha: plan.beta, beta: plan.alpha, unknown });
}

/** All of a plan, sorted. */
export function told(plan: Plan): string[] {
  return [
    ...orders("alpha", plan.alpha),
    ...orders("beta", plan.beta),
    ...plan.shared.map(({ node, key, parent }) => `shared: ${node} is ${parent ? `${parent}/` : ""}${key}`),
    ...plan.unknown.alpha.map((path) => `alpha: digest ${path}`),
    ...plan.unknown.beta.map((path) => `beta: digest ${path}`),
    ...plan.agreed.map(({ path, new: entry }) => `agreed: ${path} ${shown(entry)}`),
    ...plan.conflicts.map(({ path, kept, of }) => `conflict: ${path}, ${kept} of ${of}`),
    ...plan.problems.map(({ path, reason }) => `problem: ${path}: ${reason}`),
  ].sort();
}

function orders(side: string, orders: Orders): string[] {
  return [
    ...orders.moves.map(({ from, to, name }) =>
      `${side}: move ${from} to ${to}${to.endsWith(name) ? "" : ` as ${name}`}`
    ),
    ...tasksOf(orders).map((task) => `${side}: ${toldTask(task)}`),
  ];
}

function toldTask({ path, old, new: entry, source }: Task): string {
  const from = source ? ` from ${source.at} ${source.path}` : "";
  return `${path} ${shown(old)} becomes ${shown(entry)}${from}`;
}

function shown(entry: Entry | null): string {
  switch (entry?.kind) {
    case undefined:
      return "nothing";
    case "file":
      return `"${contentOf(entry)}"${entry.executable ? " x" : ""}`;
    case "link":
      return `link to ${entry.target}`;
    case "directory":
      return "folder";
    case "problem":
      return `problem ${entry.reason}`;
  }
}
