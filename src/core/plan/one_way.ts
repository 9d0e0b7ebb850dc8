// One way (RULES W): where one side's changes alone travel. That side is the giver; its folder is never changed, and what the other
// side, the taker, changed by itself stays with the taker.

import { parentOf } from "../tree/path.ts";
import { emptyPlan, goalsIn, type Plan } from "./plan.ts";
import { OTHER, type Side, type SideName, SIDES } from "../side.ts";
import { Touched } from "../tree/touched.ts";

/** What a side's person wants of a session. send: only own changes travel; receive: only the other's. */
export type Mode = typeof MODES[number];
/** All modes, as flags and the wire spell them. */
export const MODES = ["two-way", "send", "receive"] as const;

/** The sides that give, and take nothing: none where changes travel both ways; both where the two modes contradict each other. */
export function givers(modes: Readonly<Record<SideName, Mode>>): SideName[] {
  return SIDES.filter((side) => modes[side] === "send" || modes[OTHER[side]] === "receive");
}

/** Takes out of a plan all that it would do in the giver's folder. Those paths are not the same, and stay so: they are listed, of a folder
 * with all in it the topmost. */
export function keepOneWay(plan: Plan, giver: SideName, sides: Record<SideName, Pick<Side, "owner">>) {
  const paths = new Set(goalsIn(plan[giver]));
  const listed = new Touched(paths);
  const whose = sides[OTHER[giver]].owner;
  const reason = `what ${whose} did there is not sent: only ${sides[giver].owner}'s changes travel`;
  for (const path of paths) {
    if (!listed.covers(parentOf(path))) plan.problems.push({ path, reason, lasting: true, whose });
  }
  plan[giver] = emptyPlan()[giver];
}
