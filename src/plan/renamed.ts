// What was renamed a moment ago may turn out to be a backup that a program made while it saved (RULES M8): then its name is made anew.
// Agreed renames are remembered, so that such a one can be taken back; meanwhile no edit of the other side follows into the backup, and
// nothing of it comes to the name, where the save would replace it unseen.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { leaveOut, type Plan } from "../core/plan/plan.ts";
import { OTHER, type SideName, SIDES } from "../core/side.ts";
import { entryAt, type Move } from "../core/tree/tree.ts";

/** Which of a pair's agreed names a rename has taken elsewhere. */
export class Renamed {
  #goals = new Map<Path, { to: Path; at: number }>();

  /** Notes what a commit at time `now`, in ms, renames in `ancestor`; what is older than `kept` is forgotten. */
  note(moves: readonly Move[], ancestor: DirectoryEntry, now: number, kept: number) {
    for (const [from, { at }] of this.#goals) if (at > now || now - at > kept) this.#goals.delete(from);
    for (const { from, to } of moves) {
      this.#goals.delete(to);
      if (from !== to && entryAt(ancestor, from)?.kind === "file") this.#goals.set(from, { to, at: now });
    }
  }

  /** The renames that take back what was renamed, where the name is one of those `remade` in `tree`. */
  back(remade: readonly Path[], ancestor: DirectoryEntry, tree: DirectoryEntry): Move[] {
    return remade.flatMap((from) => {
      const goal = this.#goals.get(from);
      const entry = entryAt(tree, from);
      const isLeft = goal && !entryAt(ancestor, from) && entryAt(ancestor, goal.to)?.kind === "file";
      return isLeft && entry?.kind === "file" ? [{ from: goal.to, to: from, name: entry.name }] : [];
    });
  }
}

/** Alpha's memory of what either side renamed. */
export class RenamedLately {
  /** Names, and since when. */
  readonly #renamed: Record<SideName, Map<Path, number>> = { alpha: new Map(), beta: new Map() };

  /** Takes out of a plan what the other side put to the names, the old ones and the new, of what a side renamed less than `ms` ago.
   * Returns whether there was anything. */
  hold(plan: Plan, now: number, ms: number): boolean {
    let held = false;
    for (const side of SIDES) {
      const renamed = this.#renamed[side];
      for (const [path, at] of renamed) if (at > now || now - at >= ms) renamed.delete(path);
      for (const move of plan[OTHER[side]].moves) {
        if (plan.steps.has(move) && !move.made) renamed.set(move.from, now).set(move.to, now);
      }
      if (renamed.size === 0) continue;
      const isHeld = leaveOut(
        plan,
        side,
        ({ path, old, source, requires }) =>
          renamed.has(path) && old?.kind !== "directory" && source === undefined && requires === undefined,
      );
      held ||= isHeld;
    }
    return held;
  }
}
