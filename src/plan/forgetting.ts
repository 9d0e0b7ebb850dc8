// After an unclean stop: what it damaged on either side is forgotten on both, in a cycle of its own. The next one finds the content new
// on the side that has it, and brings it.

import { type Halt } from "../guard/guard.ts";
import { type PlanCounts } from "../core/event.ts";
import type { Path } from "../core/tree/path.ts";
import { forgettingPlan } from "../core/placing.ts";
import { emptyPlan, type Plan } from "../core/plan/plan.ts";
import { type Problem } from "../core/failure.ts";
import { countsOf } from "./orders.ts";

/** What one side found damaged, and whose side that is. */
export interface Damage {
  whose: string;
  paths: readonly Path[];
}

/** What there is to forget; null when neither side found damage. */
export function forget(damage: readonly Damage[]): { plan: Plan; decision: DecidedPlan } | null {
  const plan = forgettingPlan(damage.flatMap(({ paths }) => paths));
  if (plan.agreed.length === 0) return null;
  return { plan, decision: toAgreeFirst(damage.flatMap(problemOf)) };
}

/** Nothing is to be done on either side: once both agree there is more to decide. */
export function toAgreeFirst(problems: Problem[]): DecidedPlan {
  return {
    kind: "plan",
    counts: countsOf(emptyPlan()),
    come: 0,
    paths: [],
    problems,
    unread: [],
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

/** A plan as the screens need it. */
export interface DecidedPlan {
  kind: "plan";
  counts: PlanCounts;
  /** So many bytes of what is to come have come already, as parts of large files. */
  come: number;
  /** The first paths it does something at. */
  paths: string[];
  problems: Problem[];
  /** Those of them whose file could not be read to decide: to be tried again. */
  unread: Problem[];
  /** Tasks for this side and for the other. */
  own: number;
  peer: number;
  /** Why nothing of it may be done before people have said so, as far as this side knows. */
  halts: Halt[];
  /** It might be too much for the other side's folder: that judges it first. */
  mayBeMuch: boolean;
  /** Once this is agreed there is more to decide. */
  again: boolean;
  /** Some edits wait until it is known what was renamed, and what was saved (renamed.ts). */
  held: boolean;
  /** It is what an earlier plan left to do, and perhaps something beside that (underway.ts). */
  goesOn: boolean;
  /** Some files wait until they are read, on either side: until then nothing is planned for them. */
  reads: boolean;
}
