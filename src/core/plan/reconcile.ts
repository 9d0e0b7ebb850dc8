// The one decision of the program: ancestor, alpha and beta in; what each side has to do out (RULES C, N2, N4–N6).
// Pure, and symmetric: swapping the sides mirrors the plan. Cost: what the three trees do not share.

import { winner } from "./conflict.ts";
import { hasNews, passingProblem } from "../tree/diff.ts";
import { type Deep, run } from "../tree/deep.ts";
import { Draft } from "./draft.ts";
import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  type FileEntry,
  isSpelledAlike,
  knownDigest,
  type ProblemEntry,
  shallow,
} from "../tree/entry.ts";
import { follow } from "../moves/following.ts";
import type { Ignores } from "../ignore/ignore.ts";
import { isOlder } from "../lineage.ts";
import { keepOneWay } from "./one_way.ts";
import { joinPath, type Path, ROOT } from "../tree/path.ts";
import { emptyPlan, type Plan } from "./plan.ts";
import { postpone } from "./postpone.ts";
import { type Both, OTHER, type Pair, type Siblings, type Side, type SideName, SIDES } from "../side.ts";
import { Touched } from "../tree/touched.ts";
import { applyMoves } from "../tree/tree.ts";

/** What a decision goes by beside the trees. */
export interface ReconcileTerms {
  /** beta's clock minus alpha's, in ms. */
  offset: number;
  /** Whose changes alone travel; null where both sides' do. */
  giver?: SideName | null | undefined;
  /** What takes no part on either side, whose trees have nothing of it, but may be led there by the other's renames. */
  ignores?: Ignores;
}

/** Decides. */
export function reconcile(ancestor: DirectoryEntry, alpha: Side, beta: Side, terms: ReconcileTerms): Plan {
  const { offset, giver = null, ignores = () => false } = terms;
  const plan = emptyPlan();
  // A rename that nobody follows is a deletion and a creation.
  const movesOf = (side: SideName, { moves }: Side) => giver === OTHER[side] ? [] : moves;
  const movers = {
    alpha: { ...alpha, moves: movesOf("alpha", alpha) },
    beta: { ...beta, moves: movesOf("beta", beta) },
  };
  const following = follow(ancestor, movers, ignores);
  for (const side of SIDES) {
    plan[side].moves = following[side].map(({ move }) => move);
    for (const { move, step } of following[side]) plan.steps.set(move, step);
  }
  plan.shared = following.shared;
  const base = applyMoves(ancestor, following.base);
  const here = applyMoves(alpha.tree, plan.alpha.moves);
  const there = applyMoves(beta.tree, plan.beta.moves);
  const moved = new Touched(following.base.map(({ to }) => to));
  const sides = { alpha, beta };
  const draft = new Draft(plan, base, sides, giver, ignores);
  run(new Reconciler({ plan, draft, sides, offset, moved, giver }).directories(ROOT, base, here, there));
  for (const { alpha: path, beta: kept } of following.parted) {
    plan.conflicts.push({ path, kept, of: beta.owner });
  }
  postpone(plan, following.goals);
  for (const side of SIDES) {
    plan[side].removals.sort((one, other) => other.path.length - one.path.length);
    plan[side].directories.sort((one, other) => one.path.length - other.path.length);
  }
  if (giver) keepOneWay(plan, giver, sides);
  return plan;
}

/** What a reconciler works with. */
interface ReconcileGround {
  plan: Plan;
  draft: Draft;
  sides: Record<SideName, Side>;
  offset: number;
  /** Where nothing is agreed before the moves that are repeated have succeeded. */
  moved: Touched;
  /** What this side changed holds, and what the other changed stays there (W2); null: as the rules C have it. */
  giver: SideName | null;
}

/** `side` holds a directory, the other nothing, a file or a link (`opposite`). */
interface Unequal {
  side: SideName;
  path: Path;
  base: Entry | null;
  directory: DirectoryEntry;
  opposite: Entry | null;
  siblings: Siblings;
}

class Reconciler {
  private readonly plan: Plan;
  private readonly draft: Draft;
  private readonly sides: Record<SideName, Side>;
  private readonly offset: number;
  private readonly moved: Touched;
  private readonly giver: SideName | null;

  constructor(ground: ReconcileGround) {
    ({ plan: this.plan, draft: this.draft, sides: this.sides } = ground);
    ({ offset: this.offset, moved: this.moved, giver: this.giver } = ground);
  }

  /** Both sides hold a directory here: their union (C6), child by child. */
  *directories(
    path: Path,
    base: Entry | null,
    alpha: DirectoryEntry,
    beta: DirectoryEntry,
  ): Deep<true> {
    if (alpha === beta && alpha === base) return true;
    const bases = childrenOf(base);
    if (path !== ROOT) this.#agreeOn(path, base, { alpha, beta });
    const siblings = { alpha: alpha.children, beta: beta.children };
    for (const key of keysOf(bases, alpha.children, beta.children)) {
      const [was, one, other] = [bases.get(key), alpha.children.get(key), beta.children.get(key)];
      if (was === one && was === other) continue;
      yield this.#entry(
        joinPath(path, key),
        was ?? null,
        { alpha: one ?? null, beta: other ?? null },
        siblings,
      );
    }
    return true;
  }

  /** Decides one path. The result tells whether anything stays there. */
  #entry(
    path: Path,
    base: Entry | null,
    pair: Pair,
    siblings: Siblings,
  ): boolean | Deep<boolean> {
    const { alpha, beta } = pair;
    // I2: what a rename led to where it is ignored is deleted nowhere, and nothing comes there.
    if (this.draft.isIgnored(path, alpha ?? beta)) return true;
    if (alpha?.kind === "problem" || beta?.kind === "problem") {
      // N6: what a problem hides is frozen; its ancestor stays as it is, so nothing is deleted on the other side.
      for (const side of SIDES) {
        const entry = pair[side];
        if (entry?.kind === "problem") this.#freeze(side, path, entry);
      }
      return true;
    }
    if (!alpha && !beta) {
      this.plan.agreed.push({ path, new: null });
      return false;
    }
    if (alpha?.kind === "directory" && beta?.kind === "directory") {
      return this.directories(path, base, alpha, beta);
    }
    if (alpha?.kind === "directory") {
      return this.#directoryAgainst({
        side: "alpha",
        path,
        base,
        directory: alpha,
        opposite: beta,
        siblings,
      });
    }
    if (beta?.kind === "directory") {
      return this.#directoryAgainst({ side: "beta", path, base, directory: beta, opposite: alpha, siblings });
    }
    if (!alpha) return this.#only("beta", path, base, beta!);
    if (!beta) return this.#only("alpha", path, base, alpha);
    this.#both(path, base, { alpha, beta }, siblings);
    return true;
  }

  /** `side` holds a file or link where the other holds nothing. */
  #only(side: SideName, path: Path, base: Entry | null, entry: Entry): boolean {
    if (base !== null && this.#isOlder(OTHER[side], path)) {
      this.draft.create(OTHER[side], path, base, entry);
      return true;
    }
    if (this.#isOlder(side, path)) {
      this.draft.remove(side, path, entry);
      return false;
    }
    const change = base === null ? "different" : this.draft.compareToBase(side, entry, base);
    if (change === "unknown") {
      this.plan.unknown[side].push(path);
      return true;
    }
    if (change === "same") {
      this.draft.remove(side, path, entry);
      return false;
    }
    this.draft.create(OTHER[side], path, base, entry); // C4: an edit beats a deletion
    return true;
  }

  /** What `side` has there, or has not, is what the other's was made of: it was not done here (M9). Renames are followed by themselves. */
  #isOlder(side: SideName, path: Path): boolean {
    const [own, other] = [this.sides[side].lineage, this.sides[OTHER[side]].lineage];
    return own !== undefined && other !== undefined && !this.moved.near(path) &&
      isOlder(own(path), other(path));
  }

  #freeze(side: SideName, path: Path, { reason, lasting }: ProblemEntry) {
    this.plan.problems.push({ path, reason, lasting, whose: this.sides[side].owner });
  }

  #directoryAgainst(unequal: Unequal): boolean | Deep<boolean> {
    const { side, path, base, directory, opposite } = unequal;
    const unclear = passingProblem(path, base, directory);
    if (unclear) {
      this.#freeze(side, unclear.path, unclear.problem);
      return true;
    }
    if (opposite) return this.#directoryAgainstFile({ ...unequal, opposite });
    if (base?.kind === "directory") return this.#deletedDirectory(side, path, base, directory);
    if (this.#isOlder(side, path)) return this.#deletedDirectory(side, path, EMPTY_ROOT, directory);
    this.draft.create(OTHER[side], path, base, directory);
    return true;
  }

  #directoryAgainstFile(unequal: Unequal & { opposite: Entry }): boolean | Deep<boolean> {
    const { side, path, base, directory, opposite } = unequal;
    const other = OTHER[side];
    const bases = base && base.kind !== "directory"
      ? this.draft.compareToBase(other, opposite, base)
      : "different";
    if (bases === "unknown") {
      this.plan.unknown[other].push(path);
    } else if (bases === "same") {
      this.draft.create(other, path, base, directory, opposite);
    } else if (
      base?.kind === "directory" && !hasNews(base, directory, this.sides[side].ability.executable)
    ) {
      this.#yieldTo(side, path, directory, opposite);
    } else if (this.giver) {
      return this.#outdo(side, path, base, directory, opposite);
    } else return this.#setAside(unequal);
    return true;
  }

  /** C5: both sides did something there. The directory keeps the name, and the other becomes a conflict copy. */
  #setAside({ side, path, base, directory, opposite, siblings }: Unequal & { opposite: Entry }) {
    const other = OTHER[side];
    const kept = this.draft.conflict(other, path, opposite, siblings)!;
    const copy = { ...this.draft.asOwned(other, base, opposite), name: kept.name };
    this.plan[other].moves.push({ from: path, to: kept.path, name: kept.name, aside: true });
    if (this.draft.isPossible(side, kept.path, copy)) {
      this.draft.put(side, kept.path, null, copy, { source: { at: "there", path } });
    }
    if (base?.kind === "directory") return this.#keepEdited(side, path, base, directory);
    this.draft.create(other, path, base, directory);
    return true;
  }

  /** W2: what the giver has takes the place of the taker's file; a directory that the taker made, or worked in, stays in its way. */
  *#outdo(
    side: SideName,
    path: Path,
    base: Entry | null,
    directory: DirectoryEntry,
    opposite: Entry,
  ): Deep<true> {
    const other = OTHER[side];
    if (side !== this.giver) {
      const [taker, giver] = [this.sides[side].owner, this.sides[other].owner];
      const reason =
        `a folder that ${taker} made or worked in is in the way of ${giver}'s file: rename it, or the file`;
      this.plan.problems.push({ path, reason, lasting: true, whose: taker });
    } else if (!this.#isKnown(other, path, opposite)) {
      return true;
    } else if (base?.kind === "directory") {
      this.draft.put(other, path, opposite, shallow(directory));
      yield this.#inDeleted(side, path, base, directory);
    } else this.draft.create(other, path, base, directory, opposite);
    return true;
  }

  /** What is replaced has to be known by its content; asks for that where it is not. */
  #isKnown(side: SideName, path: Path, entry: Entry): boolean {
    const isKnown = isDigested(entry);
    if (!isKnown) this.plan.unknown[side].push(path);
    return isKnown;
  }

  /** C5: the directory on `side`, in which things were only deleted, makes way for a file or link. */
  #yieldTo(side: SideName, path: Path, directory: DirectoryEntry, opposite: Entry) {
    if (!this.draft.isPossible(side, path, opposite)) return;
    for (const [key, child] of directory.children) this.draft.removeAll(side, joinPath(path, key), child);
    this.draft.put(side, path, directory, opposite);
  }

  /** A directory agreed before, deleted on the other side: edited files and their parents stay, the rest goes (C4). */
  *#deletedDirectory(
    side: SideName,
    path: Path,
    base: DirectoryEntry,
    directory: DirectoryEntry,
  ): Deep<boolean> {
    const stays = (yield this.#inDeleted(side, path, base, directory)) as boolean;
    if (stays) this.#makeDirectory(OTHER[side], path, directory);
    else this.draft.remove(side, path, directory);
    return stays;
  }

  /** C5: a directory agreed before, in whose place the other side has made a file, keeps its name for what was made or edited in it. */
  *#keepEdited(side: SideName, path: Path, base: DirectoryEntry, directory: DirectoryEntry): Deep<true> {
    this.#makeDirectory(OTHER[side], path, directory);
    yield this.#inDeleted(side, path, base, directory);
    return true;
  }

  #makeDirectory(side: SideName, path: Path, directory: DirectoryEntry) {
    this.plan[side].directories.push({ path, old: null, new: shallow(directory) });
  }

  /** What becomes of all that is in a directory of `side` which the other side has not got. The result tells whether any of it stays. */
  *#inDeleted(
    side: SideName,
    path: Path,
    base: DirectoryEntry,
    directory: DirectoryEntry,
  ): Deep<boolean> {
    let stays = false;
    const empty = new Map<string, Entry>();
    for (const key of keysOf(base.children, directory.children)) {
      const entry = directory.children.get(key) ?? null;
      const pair = side === "alpha" ? { alpha: entry, beta: null } : { alpha: null, beta: entry };
      const siblings = side === "alpha"
        ? { alpha: directory.children, beta: empty }
        : { alpha: empty, beta: directory.children };
      if (yield this.#entry(joinPath(path, key), base.children.get(key) ?? null, pair, siblings)) {
        stays = true;
      }
    }
    return stays;
  }

  /** Both sides hold a file or a link. */
  #both(path: Path, base: Entry | null, both: Both, siblings: Siblings) {
    const { alpha, beta } = both;
    const content = compareContent(alpha, beta);
    if (content === "unknown") return this.draft.need(path, alpha, beta);
    if (content === "same") return this.#agreeOn(path, base, both);
    if (!this.draft.isPossible("alpha", path, beta) || !this.draft.isPossible("beta", path, alpha)) return;
    for (const side of SIDES) {
      if (this.#isOlder(side, path)) return this.#prevail(OTHER[side], path, base, both);
    }
    const news = {
      alpha: base ? compareContent(alpha, base) : "different",
      beta: base ? compareContent(beta, base) : "different",
    };
    if (news.alpha === "unknown" || news.beta === "unknown") return this.draft.need(path, alpha, beta);
    if (news.alpha === "same") return this.#prevail("beta", path, base, both);
    if (news.beta === "same") return this.#prevail("alpha", path, base, both);
    if (this.giver) {
      if (this.#isKnown(OTHER[this.giver], path, both[OTHER[this.giver]])) {
        this.#prevail(this.giver, path, base, both);
      }
      return;
    }
    // Both digests must be known: a copy made by a cycle that was cut short is recognized by its content.
    const won = isDigested(alpha) && isDigested(beta) ? winner(alpha, beta, this.offset) : "unknown";
    if (won === "unknown") return this.draft.need(path, alpha, beta);
    const kept = this.#keepCopy(OTHER[won], path, base, both, siblings);
    if (kept !== null) this.#prevail(won, path, base, both, kept);
  }

  /** The content of `won` takes the name on both sides; spelling and bit are merged by themselves (N4, C7). */
  #prevail(won: SideName, path: Path, base: Entry | null, both: Both, requires?: Path) {
    const settled = this.draft.settleName(path, base, both);
    const [best, rest] = [settled[won], settled[OTHER[won]]];
    const bit = this.draft.bit(base, both, true);
    const entry = best.kind === "file" ? { ...best, executable: bit } : best;
    this.draft.put(OTHER[won], path, rest, { ...entry, name: rest.name }, requires ? { requires } : {});
    if (this.giver !== OTHER[won]) this.draft.putBit(won, path, best, bit); // Else the two are not agreed.
  }

  /** C3: what `lost` holds is copied beside it on both sides, before its name is given to the other content. */
  #keepCopy(lost: SideName, path: Path, base: Entry | null, both: Both, siblings: Siblings): Path | null {
    const kept = this.draft.conflict(lost, path, both[lost], siblings, true);
    if (!kept || kept.isThere) return kept && kept.path;
    const copy = { ...this.draft.asOwned(lost, base, both[lost]), name: kept.name };
    this.draft.put(OTHER[lost], kept.path, null, copy, { source: { at: "there", path } });
    this.draft.put(lost, kept.path, null, copy, { source: { at: "here", path } });
    return kept.path;
  }

  /** Both sides hold the same content, or both a directory: bit and spelling may still differ (C7, N4). */
  #agreeOn(path: Path, base: Entry | null, both: Both) {
    const settled = this.draft.settleName(path, base, both);
    const bit = this.draft.bit(base, both);
    const changes = SIDES.filter((side) =>
      this.draft.putBit(side, path, settled[side], bit) || settled[side] !== both[side]
    );
    const { giver } = this;
    const waits = giver
      ? changes.includes(OTHER[giver])
      : changes.length > 0 || !isSpelledAlike(both.alpha, both.beta);
    // What only the taker has otherwise stays so: it is what the giver has that is agreed (W2).
    const told = both[giver ?? "alpha"];
    const isGivers = giver !== null && this.sides[giver].ability.executable;
    const entry = told.kind === "file" && !isGivers ? { ...told, executable: bit } : told;
    if (waits || this.moved.near(path) || this.#isAgreed(base, entry)) return;
    this.plan.agreed.push({ path, new: shallow(entry) });
  }

  #isAgreed(base: Entry | null, entry: Entry): boolean {
    return base !== null && compareContent(base, entry) === "same" && isSpelledAlike(base, entry) &&
      (base.kind !== "file" || base.executable === (entry as FileEntry).executable);
  }
}

function isDigested(entry: Entry): boolean {
  return entry.kind !== "file" || knownDigest(entry) !== "";
}

function keysOf(...maps: ReadonlyMap<string, Entry>[]): Set<string> {
  const keys = new Set<string>();
  for (const map of maps) for (const key of map.keys()) keys.add(key);
  return keys;
}
