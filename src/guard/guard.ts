// Guards this side's folder (RULES S1, S2): judges what the peer's orders and undo requests would do to it, before the first of them is
// carried out. What people approved, and what was lost lately, the archive remembers; what is being asked about is forgotten with the
// session, and asked again.
// Invariant: what counts here is known here. Nothing that the peer says makes a loss smaller.

import type { Losses } from "../archive/history/losses.ts";
import { type ContentEntry, type DirectoryEntry, isContent } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import type { Orders } from "../core/plan/plan.ts";
import { contentsIn, emptiedOf, isTooMuch, type Loss, lossesOf, MOST_FILES } from "../core/plan/safety.ts";
import type { SideName } from "../core/side.ts";
import { entryAt } from "../core/tree/tree.ts";
import type { Added } from "./added.ts";
import { FormerPlaces } from "./former_places.ts";

/** Why nothing is done before people have said so. */
export interface Halt {
  /** The same as long as it is the same question. */
  key: string;
  reason: string;
  /** What people are asked: whether a mass change is meant (no takes it back), whether the two folders are to be merged like
   * new ones, or nothing, since the folder itself has to come back. */
  asks: "mass" | "merge" | "nothing";
  /** Whose disk it touches: without a yes from there it stays halted (S3). */
  needs: SideName[];
  /** Some of the paths that would be lost. */
  paths: string[];
}

/** What this side has said yes to: the questions of its own guard that were shown, by their keys; "*": a flag said it to all. */
export type Consent = readonly string[] | "*";

/** What is known of this side's folder: as it is, and what is agreed. */
export interface Ground {
  view: DirectoryEntry;
  ancestor: DirectoryEntry;
  now: number;
}

/** Who is guarded, and against whom. */
export interface Sides {
  role: SideName;
  self: string;
  peer: string;
}

/** What the history tells of what the peer's orders did to this folder lately, before a time in ms. */
export interface Lately {
  /** The files that the peer added. */
  added(now: number): Pick<Added, "has" | "had" | "countIn">;
  /** Where files were at first that the peer moved. */
  formerPlaces(now: number): Pick<FormerPlaces, "of">;
  /** Lets go of what was read of the history, until something is judged again. */
  forget(): void;
}

/** So many paths are shown. */
export const MOST_SHOWN = 20;

/** What is judged: the plan, or the request to undo the batch of that number. */
export type Subject = "plan" | number;

/** A question: its key, the losses it is about, and when it was first asked, in ms. */
interface GuardQuestion {
  key: string;
  losses: ReadonlyMap<Path, Loss>;
  time: number;
}

export class Guard {
  /** What people are asked, by what would lead to it. A few losses that come to it change nothing about the question, nor are they
   * approved with it; what is not planned any more is asked about no more. So a yes never covers more than what was shown. */
  readonly #asked = new Map<Subject, GuardQuestion>();
  #questions = 0;

  constructor(
    private readonly losses: Losses,
    private readonly lately: Lately,
    private readonly sides: Sides,
  ) {}

  /** What a no keeps of this folder: the losses people are asked about, and what went on meanwhile in the same way. Null where the
   * plan is not asked about. */
  kept(orders: Orders, view: DirectoryEntry): ReadonlySet<Path> | null {
    const asked = this.#asked.get("plan")?.losses;
    return asked ? withSameWay(asked, this.#unapproved(lossesOf(orders, view))) : null;
  }

  /** Why a plan has to wait for people, or null. `isSetBack`: the peer's folder is older than it was, so that what it would replace or
   * delete is no edit of today. */
  judgePlan(orders: Orders, ground: Ground, isSetBack = false): Halt | null {
    const { self, role } = this.sides;
    const gone = emptiedOf(ground.view, ground.ancestor);
    if (gone > 0) return emptied(self, role, gone);
    return this.#judge("plan", orders, ground, isSetBack);
  }

  /** Why a request to undo a batch has to wait, or null. */
  judgeUndo(batch: number, orders: Orders, ground: Ground): Halt | null {
    return this.#judge(batch, orders, ground, false);
  }

  /** What would be lost by these orders counts for a minute from now on, unless people have approved it: in the archive before the
   * first of it is done. */
  note(orders: Orders, { view, now }: Pick<Ground, "view" | "now">) {
    const lost = this.#unapproved(lossesOf(orders, view));
    if (lost.size === 0) return;
    const [here, former] = [placesBefore(orders, view), this.lately.formerPlaces(now)];
    const byPlace = lost.values().flatMap((loss) =>
      here(loss).map((place) => ({ ...loss, path: former.of(place) }))
    );
    this.losses.note(byPlace, now);
  }

  /** This side wants what these questions are about, and no other. What was lost before they were asked is settled with that. */
  approve(consent: Consent) {
    for (const [subject, { key, losses, time }] of this.#asked) {
      if (consent !== "*" && !consent.includes(key)) continue;
      this.approveLossOf([...losses].map(([path, { old }]) => [path, old]));
      this.losses.forget(time);
      this.#asked.delete(subject);
    }
  }

  /** That this content is lost at these paths is meant: another one comes back there. */
  approveLossOf(files: readonly [Path, { digest: string }][]) {
    if (files.length > 0) this.losses.approve(files);
  }

  /** Drops all questions. */
  drop() {
    this.#asked.clear();
  }

  /** Of the requests to undo a batch only these are still made. */
  retain(batches: readonly number[]) {
    for (const subject of this.#asked.keys()) {
      if (subject !== "plan" && !batches.includes(subject)) this.#asked.delete(subject);
    }
  }

  /** Both sides are in sync: what was approved is done. */
  settle() {
    this.lately.forget();
    if (this.losses.anyApproved) this.losses.settle();
  }

  #judge(subject: Subject, orders: Orders, ground: Ground, isSetBack: boolean): Halt | null {
    const planned = this.#unapproved(lossesOf(orders, ground.view));
    if (planned.size === 0) return this.#pass(subject);
    const recent = this.#recent(ground);
    if (planned.size + recent.size <= MOST_FILES && !isSetBack) return this.#pass(subject);
    const added = isSetBack ? null : this.lately.added(ground.now);
    const [here, former] = [placesBefore(orders, ground.view), this.lately.formerPlaces(ground.now)];
    const isOwn = (loss: Loss) => here(loss).every((place) => added?.has(place, loss.old.digest));
    const lost = new Map([...planned].filter(([, loss]) => !isOwn(loss)));
    const before = new Set(
      [...recent].filter(([path, digest]) => !added?.had(path, digest)).map(([path]) => path),
    );
    const agreed = agreedFiles(ground, before, added);
    const placesOf = (losses: Iterable<Loss>) =>
      new Set([...losses].flatMap((loss) => here(loss).map((place) => former.of(place))));
    const isMass = (losses: Iterable<Loss>) => {
      const all = placesOf(losses);
      return all.size > 0 && isTooMuch(all.union(before).size, agreed);
    };
    if (lost.size === 0 || !isSetBack && !isMass(lost.values())) return this.#pass(subject);
    const known = this.#asked.get(subject);
    const isSame = known && !isMass(lost.values().filter(({ path }) => !known.losses.has(path)));
    const asked: GuardQuestion = isSame
      ? { ...known, losses: new Map([...known.losses].filter(([path]) => lost.has(path))) }
      : { key: `${subject} ${++this.#questions}`, losses: lost, time: ground.now };
    this.#asked.set(subject, asked);
    const others = before.difference(placesOf(lost.values())).size;
    const earlier = others > 0
      ? `, and ${others} more were lost within the last minute: /undo brings those back`
      : "";
    const { role, peer } = this.sides;
    const old = isSetBack ? `${peer}'s folder is older than it was, as from a backup: ` : "";
    return {
      key: asked.key,
      reason: `${old}${saidOf(subject, peer, lost.values())} of the ${agreed} agreed files${earlier}`,
      asks: "mass",
      needs: [role],
      paths: [...lost.keys()].sort().slice(0, MOST_SHOWN),
    };
  }

  #pass(subject: Subject): null {
    this.#asked.delete(subject);
    return null;
  }

  #unapproved(losses: ReadonlyMap<Path, Loss>): ReadonlyMap<Path, Loss> {
    if (losses.size === 0 || !this.losses.anyApproved) return losses;
    return new Map([...losses].filter(([path, { old }]) => !this.losses.isApproved(path, old.digest)));
  }

  /** What was lost within the last minute, where it still is. */
  #recent({ view, now }: Ground): Map<Path, string> {
    return new Map([...this.losses.recent(now)].filter(([path, digest]) => {
      const entry = entryAt(view, path);
      return !isContent(entry) || entry.digest !== digest;
    }));
  }
}

/** Where what is lost by these orders is before them. Moves may fail: so it can be where it is said to go from as well as where they take
 * it from, if the content in question is there. */
function placesBefore({ moves }: Orders, view: DirectoryEntry): (loss: Loss) => Path[] {
  const former = FormerPlaces.before(moves, view);
  return ({ path, old }) => {
    const places = [...new Set([path, former.of(path)])].filter((place) => {
      const entry = entryAt(view, place);
      return isContent(entry) && entry.digest === old.digest;
    });
    return places.length > 0 ? places : [path];
  };
}

/** How many agreed files and links there were before the first was lost. The peer's program has the last word on what is agreed: so those
 * alone count that are here, or were once seen here. */
function agreedFiles(
  { view, ancestor }: Ground,
  before: ReadonlySet<Path>,
  added: Pick<Added, "countIn"> | null,
): number {
  const wasHere = (path: Path, agreed: ContentEntry) => {
    if (agreed.kind === "file" && agreed.id !== 0) return true;
    const entry = entryAt(view, path);
    return isContent(entry) && entry.digest === agreed.digest;
  };
  let files = before.values().filter((path) => !isContent(entryAt(ancestor, path))).toArray().length;
  for (const [path, entry] of contentsIn(ancestor)) if (wasHere(path, entry)) files++;
  return files - (added?.countIn(ancestor) ?? 0);
}

/** S2: all that was agreed is gone from `name`'s folder. */
export function emptied(name: string, side: SideName, files: number): Halt {
  const reason = `${name}'s folder is empty, where ${files} files were agreed`;
  return { key: `emptied ${side}`, reason, asks: "merge", needs: [side], paths: [] };
}

/** The paths of what is asked about, and of what would be lost in a way that is asked about. */
export function withSameWay(asked: ReadonlyMap<Path, Loss>, planned: ReadonlyMap<Path, Loss>): Set<Path> {
  const ways = new Set(asked.values().map(({ how }) => how));
  return new Set([
    ...asked.keys(),
    ...planned.values().filter(({ how }) => ways.has(how)).map(({ path }) => path),
  ]);
}

/** `alice deleted 58 and rewrote 2`, `alice wants batch 7 undone, which deletes 60`. */
function saidOf(subject: Subject, peer: string, losses: Iterable<Loss>): string {
  const all = [...losses];
  const verbs = subject === "plan"
    ? { deleted: "deleted", rewritten: "rewrote" }
    : { deleted: "deletes", rewritten: "rewrites" };
  const done = (["deleted", "rewritten"] as const).flatMap((how) => {
    const count = all.filter((loss) => loss.how === how).length;
    return count > 0 ? [`${verbs[how]} ${count}`] : [];
  }).join(" and ");
  return subject === "plan" ? `${peer} ${done}` : `${peer} wants batch ${subject} undone, which ${done}`;
}
