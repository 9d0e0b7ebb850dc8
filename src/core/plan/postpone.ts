// What a plan leaves to the next one, because what it needs still has to be renamed.

import type { Path } from "../tree/path.ts";
import type { Plan } from "./plan.ts";
import { OTHER, type SideName, SIDES } from "../side.ts";
import { Touched } from "../tree/touched.ts";

/** Content and digests are looked for where files are before the moves of this plan: what a move of its own side takes elsewhere
 * waits for the next plan. So does a conflict there, whole. */
export function postpone(plan: Plan, goals: Record<SideName, Path[]>) {
  if (goals.alpha.length + goals.beta.length === 0) return;
  const taken = { alpha: new Touched(goals.alpha), beta: new Touched(goals.beta) };
  const isTaken = (path: Path) => SIDES.some((side) => taken[side].covers(path));
  const waits = new Set<string>();
  plan.conflicts = plan.conflicts.filter(({ path, kept }) => {
    const isWaiting = isTaken(path as Path) || isTaken(kept as Path);
    if (isWaiting) waits.add(path).add(kept);
    return !isWaiting;
  });
  for (const side of SIDES) {
    plan.unknown[side] = plan.unknown[side].filter((path) => !taken[side].covers(path));
    plan[side].contents = plan[side].contents.filter(({ path, source }) => {
      const from = source?.at === "here" ? side : OTHER[side];
      return !waits.has(path) && !taken[from].covers(source?.path ?? path);
    });
  }
}
