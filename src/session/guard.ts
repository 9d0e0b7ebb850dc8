// Judges each plan before it is carried out (RULES S1, S2). What people approved, and what was lost lately, the archive remembers;
// what is being asked about is forgotten with the session, and asked again.

import type { Losses } from "../archive/losses.ts";
import type { Conflict } from "../core/conflict.ts";
import type { DirectoryEntry, FileEntry } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import type { Plan } from "../core/plan.ts";
import {
  isEmptied,
  isTooMuch,
  lossesIn,
  lossesOf,
  type PlannedLoss,
  type TakenBack,
  takingBack,
} from "../core/safety.ts";
import { type SideName, SIDES } from "../core/side.ts";
import { applyMoves, entryAt } from "../core/tree.ts";
import type { Agreed } from "./planned.ts";

/** Why nothing is done before people have said so. */
export interface Halt {
  /** The same as long as it is the same question. */
  key: string;
  reason: string;
  /** What people are asked: whether a mass change is meant (no takes it back), whether the two folders are to be merged like
   * new ones, or nothing, since the folder itself has to come back. */
  asks: "mass" | "merge" | "nothing";
  /** Some of the paths that would be lost. */
  paths: string[];
}

/** What a plan is judged by. `files` counts the agreed ones; `names` are those of the two users. */
export interface Case {
  plan: Plan;
  ancestor: DirectoryEntry;
  files: number;
  trees: Record<SideName, DirectoryEntry>;
  names: Record<SideName, string>;
  /** Whose folder is older than it was: what it would replace or delete is no edit of today. */
  setBack: Record<SideName, boolean>;
  now: number;
}

/** So many paths are shown. */
export const MOST_SHOWN = 20;

export class Guard {
  /** The losses people are asked about. A few that come to them change nothing about the question. */
  #asked: ReadonlyMap<Path, PlannedLoss> | null = null;
  #questions = 0;
  /** People have answered: until both sides are in sync, what is lost counts for nothing later. */
  #answered = false;

  constructor(private readonly losses: Losses) {}

  /** Why the plan has to wait for people, or null. */
  judge(at: Case): Halt | null {
    for (const side of SIDES) {
      if (isEmptied(at.trees[side], at.files)) return emptied(at.names[side], at.files);
    }
    const planned = this.#unapproved(lossesOf(at.plan, at.ancestor));
    const recent = this.#recent(at);
    const goneBefore = recent.filter((path) => entryAt(at.ancestor, path)?.kind !== "file").length;
    const agreed = at.files + goneBefore;
    const isMass = (paths: Iterable<Path>) => {
      const lost = new Set(paths);
      return lost.size > 0 && isTooMuch(lost.union(new Set(recent)).size, agreed);
    };
    const asked = this.#asked;
    const isOld = planned.values().some(({ by }) => at.setBack[by]);
    if (!isOld && !isMass(planned.keys())) this.#asked = null;
    else if (!asked || isMass(planned.keys().filter((path) => !asked.has(path)))) {
      this.#asked = planned;
      this.#questions++;
    }
    if (!this.#asked) return null;
    const others = recent.filter((path) => !planned.has(path)).length;
    return {
      key: `mass ${this.#questions}`,
      reason: `${isOld ? wasSetBack(at) : ""}${doneBy(planned, at.names)} of the ${agreed} agreed files` +
        (others > 0 ? `, and ${others} more were lost within the last minute: /undo brings those back` : ""),
      asks: "mass",
      paths: [...planned.keys()].sort().slice(0, MOST_SHOWN),
    };
  }

  /** People want what is asked about. What was lost before is settled with that. */
  approve() {
    this.#answered = true;
    if (this.#asked) this.losses.approve(oldOf(this.#asked));
    this.losses.forget();
    this.#asked = null;
  }

  /** People do not want what is asked about, nor what went on meanwhile, done by the same people in the same way: what leads back,
   * once it is in the ancestor. */
  takingBack({ plan, ancestor, trees }: Case): TakenBack[] {
    const wayOf = ({ by, how }: PlannedLoss) => `${by} ${how}`;
    const asked = this.#asked ?? new Map<Path, PlannedLoss>();
    const ways = new Set(asked.values().map(wayOf));
    const since = [...this.#unapproved(lossesOf(plan, ancestor))].filter(([, loss]) => ways.has(wayOf(loss)));
    return takingBack(plan, new Set([...asked.keys(), ...since.map(([path]) => path)]), ancestor, trees);
  }

  /** These are going to be committed: that the changed content is lost again is meant. */
  takeBack(taken: readonly TakenBack[]) {
    this.#answered = true;
    this.losses.approve(
      taken.flatMap(({ planned, new: entry }) => entry?.kind === "file" ? [[planned, entry] as const] : []),
    );
    this.#asked = null;
  }

  /** What is lost by a commit counts for a minute. */
  note(
    ancestor: DirectoryEntry,
    { moves, rows, conflicts }: Agreed & { conflicts: readonly Conflict[] },
    now: number,
  ) {
    if (this.#answered) return;
    const losses = lossesIn(applyMoves(ancestor, moves), rows.filter(({ both }) => !both), conflicts);
    if (losses.size > 0) this.losses.note(losses.values(), now);
  }

  /** Both sides are in sync: what was approved is done. */
  settle() {
    if (this.#answered || this.losses.approved().size > 0) this.losses.settle();
    this.#answered = false;
  }

  #unapproved(losses: ReadonlyMap<Path, PlannedLoss>): ReadonlyMap<Path, PlannedLoss> {
    const approved = this.losses.approved();
    if (approved.size === 0) return losses;
    return new Map([...losses].filter(([path, { old }]) => approved.get(path) !== old.digest));
  }

  /** The paths of the last minute at which what was agreed is still lost. */
  #recent({ ancestor, now }: Case): Path[] {
    return [...this.losses.recent(now)].filter(([path, digest]) => {
      const entry = entryAt(ancestor, path);
      return entry?.kind !== "file" || entry.digest !== digest;
    }).map(([path]) => path);
  }
}

function emptied(name: string, files: number): Halt {
  const reason = `${name}'s folder is empty, where ${files} files were agreed`;
  return { key: `emptied ${name}`, reason, asks: "merge", paths: [] };
}

function wasSetBack({ setBack, names }: Case): string {
  const whose = SIDES.filter((side) => setBack[side]).map((side) => `${names[side]}'s`);
  return `${whose.join(" and ")} folder is older than it was, as from a backup: `;
}

/** `alice deleted 58 and rewrote 2, bob deleted 7`. */
function doneBy(losses: ReadonlyMap<Path, PlannedLoss>, names: Record<SideName, string>): string {
  const all = [...losses.values()];
  return SIDES.flatMap((side) => {
    const done = ([["deleted", "deleted"], ["rewrote", "rewritten"]] as const).flatMap(([verb, how]) => {
      const count = all.filter((loss) => loss.by === side && loss.how === how).length;
      return count > 0 ? [`${verb} ${count}`] : [];
    });
    return done.length > 0 ? [`${names[side]} ${done.join(" and ")}`] : [];
  }).join(", ");
}

function oldOf(losses: ReadonlyMap<Path, PlannedLoss>): [Path, FileEntry][] {
  return [...losses].map(([path, { old }]) => [path, old]);
}
