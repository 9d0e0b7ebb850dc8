// After an unclean stop: what it damaged on either side is forgotten on both, in a cycle of its own. The next one finds the content new
// on the side that has it, and brings it.

import type { Path } from "../core/path.ts";
import { forgettingPlan } from "../core/placing.ts";
import { emptyPlan, type Plan, type Problem } from "../core/plan.ts";
import type { Decision } from "./deciding.ts";
import { countsOf } from "./orders.ts";

/** What one side found damaged, and whose side that is. */
export interface Damage {
  whose: string;
  paths: readonly Path[];
}

/** What there is to forget; null when neither side found damage. */
export function forget(damage: readonly Damage[]): { plan: Plan; decision: Decision } | null {
  const plan = forgettingPlan(damage.flatMap(({ paths }) => paths));
  if (plan.agreed.length === 0) return null;
  return { plan, decision: toAgreeFirst(damage.flatMap(problemOf)) };
}

/** Nothing is to be done on either side: once both agree there is more to decide. */
export function toAgreeFirst(problems: Problem[]): Decision {
  return {
    counts: countsOf(emptyPlan()),
    paths: [],
    problems,
    unread: [],
    digests: [],
    short: null,
    own: 0,
    peer: 0,
    halts: [],
    mayBeMuch: false,
    again: true,
    held: false,
    goesOn: false,
    reads: false,
  };
}

/** Told once for all of a side's files. */
function problemOf({ whose, paths: [path, ...others] }: Damage): Problem[] {
  if (path === undefined) return [];
  const more = others.length > 0 ? `, as were ${others.length} more` : "";
  const reason =
    `damaged when tcpsync or the computer was stopped${more}: what was left of it is in .tcpsync/versions, ` +
    "and it is fetched again";
  return [{ path, reason, lasting: false, whose }];
}
