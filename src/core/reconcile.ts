// The one decision of the program: ancestor, alpha and beta in; what each side has to do out (RULES C, N2, N4–N6).
// Pure, and symmetric: swapping the sides mirrors the plan. Cost: what the three trees do not share.

import { type Ability, namingProblem } from "./ability.ts";
import { conflictName, winner } from "./conflict.ts";
import { hasNews } from "./diff.ts";
import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  isSpelledAlike,
  knownDigest,
  shallow,
} from "./entry.ts";
import { followable, Touched } from "./moves.ts";
import { compareKey, joinPath, parentOf, type Path, ROOT } from "./path.ts";
import { emptyPlan, type Plan, type Task } from "./plan.ts";
import { applyMoves, entryAt, type Move } from "./tree.ts";

/** One side of the meeting. */
export interface Side {
  readonly tree: DirectoryEntry;
  /** What this side did since the ancestor: the topmost changes that remain after its moves. */
  readonly changes: readonly { path: Path }[];
  readonly moves: readonly Move[];
  readonly ability: Ability;
  /** The user's name, for conflict copies. */
  readonly owner: string;
}

type SideName = "alpha" | "beta";
type Pair = Record<SideName, Entry | null>;
type Both = Record<SideName, Entry>;
/** The directories that hold the path in question. */
type Siblings = Record<SideName, ReadonlyMap<string, Entry>>;

const SIDES = ["alpha", "beta"] as const;
const OTHER = { alpha: "beta", beta: "alpha" } as const;

/** Decides. `offset` is beta's clock minus alpha's, in ms. */
export function reconcile(ancestor: DirectoryEntry, alpha: Side, beta: Side, offset: number): Plan {
  const plan = emptyPlan();
  plan.beta.moves = followable(
    ancestor,
    alpha.moves,
    new Touched(beta.changes, beta.moves),
    (name) => namingProblem(name, beta.ability) === null,
  );
  plan.alpha.moves = followable(
    ancestor,
    beta.moves,
    new Touched(alpha.changes, alpha.moves),
    (name) => namingProblem(name, alpha.ability) === null,
  );
  const base = applyMoves(applyMoves(ancestor, plan.beta.moves), plan.alpha.moves);
  const here = applyMoves(alpha.tree, plan.alpha.moves);
  const there = applyMoves(beta.tree, plan.beta.moves);
  new Reconciler(plan, base, { alpha, beta }, offset).directories(ROOT, base, here, there);
  for (const side of SIDES) {
    plan[side].removals.sort((one, other) => other.path.length - one.path.length);
    plan[side].directories.sort((one, other) => one.path.length - other.path.length);
  }
  return plan;
}

class Reconciler {
  readonly #fold: boolean;
  /** Where nothing is agreed before the moves that are repeated have succeeded. */
  readonly #moved: Touched;
  /** Compared paths given to conflict copies by this plan. */
  readonly #given = new Set<string>();

  constructor(
    private readonly plan: Plan,
    private readonly base: DirectoryEntry,
    private readonly sides: Record<SideName, Side>,
    private readonly offset: number,
  ) {
    this.#moved = new Touched([], [...plan.alpha.moves, ...plan.beta.moves]);
    this.#fold = sides.alpha.ability.foldsCase || sides.beta.ability.foldsCase;
  }

  /** Both sides hold a directory here: their union (C6), child by child. */
  directories(path: Path, base: Entry | null, alpha: DirectoryEntry, beta: DirectoryEntry) {
    if (alpha === beta && alpha === base) return;
    const bases = childrenOf(base);
    if (path !== ROOT) this.#agreeOn(path, base, { alpha, beta });
    const siblings = { alpha: alpha.children, beta: beta.children };
    for (const key of keysOf(bases, alpha.children, beta.children)) {
      const [was, one, other] = [bases.get(key), alpha.children.get(key), beta.children.get(key)];
      if (was === one && was === other) continue;
      this.#entry(joinPath(path, key), was ?? null, { alpha: one ?? null, beta: other ?? null }, siblings);
    }
  }

  /** Decides one path. Returns whether anything stays there. */
  #entry(
    path: Path,
    base: Entry | null,
    pair: Pair,
    siblings: Siblings,
  ): boolean {
    const { alpha, beta } = pair;
    if (alpha?.kind === "problem" || beta?.kind === "problem") {
      // N6: what a problem hides is frozen; its ancestor stays as it is, so nothing is deleted on the other side.
      for (const entry of [alpha, beta]) {
        if (entry?.kind === "problem") {
          this.plan.problems.push({ path, reason: entry.reason, lasting: entry.lasting });
        }
      }
      return true;
    }
    if (!alpha && !beta) {
      this.plan.agreed.push({ path, new: null });
      return false;
    }
    if (alpha?.kind === "directory" && beta?.kind === "directory") {
      this.directories(path, base, alpha, beta);
      return true;
    }
    if (alpha?.kind === "directory") {
      return this.#directoryAgainst("alpha", path, base, alpha, beta, siblings);
    }
    if (beta?.kind === "directory") return this.#directoryAgainst("beta", path, base, beta, alpha, siblings);
    if (!alpha) return this.#only("beta", path, base, beta!);
    if (!beta) return this.#only("alpha", path, base, alpha);
    this.#both(path, base, { alpha, beta }, siblings);
    return true;
  }

  /** `side` holds a file or link where the other holds nothing. */
  #only(side: SideName, path: Path, base: Entry | null, entry: Entry): boolean {
    const change = base === null ? "different" : this.#compareToBase(side, entry, base);
    if (change === "unknown") {
      this.plan.unknown[side].push(path);
      return true;
    }
    if (change === "same") {
      this.#remove(side, path, entry);
      return false;
    }
    this.#create(OTHER[side], path, base, entry); // C4: an edit beats a deletion
    return true;
  }

  /** `side` holds a directory, the other nothing, a file or a link. */
  #directoryAgainst(
    side: SideName,
    path: Path,
    base: Entry | null,
    directory: DirectoryEntry,
    opposite: Entry | null,
    siblings: Siblings,
  ): boolean {
    const other = OTHER[side];
    if (!opposite) {
      if (base?.kind === "directory") return this.#deletedDirectory(side, path, base, directory);
      this.#create(other, path, base, directory);
      return true;
    }
    const bases = base && base.kind !== "directory"
      ? this.#compareToBase(other, opposite, base)
      : "different";
    if (bases === "unknown") {
      this.plan.unknown[other].push(path);
    } else if (bases === "same") {
      this.#create(other, path, base, directory, opposite);
    } else if (
      base?.kind === "directory" && !hasNews(base, directory, this.sides[side].ability.executable)
    ) {
      this.#yieldTo(side, path, directory, opposite);
    } else {
      // What was agreed inside is forgotten first: what then cannot be made anew must not look deleted.
      if (base?.kind === "directory") this.plan.agreed.push({ path, new: null });
      const kept = this.#conflict(other, path, opposite, siblings);
      const copy = { ...this.#asOwned(other, base, opposite), name: kept.name };
      this.plan[other].moves.push({ from: path, to: kept.path, name: kept.name, aside: true });
      if (this.#possible(side, kept.path, copy)) {
        this.#put(side, kept.path, null, copy, { source: { at: "there", path } });
      }
      this.#create(other, path, base, directory);
    }
    return true;
  }

  /** C5: the directory on `side`, in which things were only deleted, makes way for a file or link. */
  #yieldTo(side: SideName, path: Path, directory: DirectoryEntry, opposite: Entry) {
    if (!this.#possible(side, path, opposite)) return;
    for (const [key, child] of directory.children) this.#removeAll(side, joinPath(path, key), child);
    this.#put(side, path, directory, opposite);
  }

  /** A directory agreed before, deleted on the other side: edited files and their parents stay, the rest goes (C4). */
  #deletedDirectory(side: SideName, path: Path, base: DirectoryEntry, directory: DirectoryEntry): boolean {
    let stays = false;
    const empty = new Map<string, Entry>();
    for (const key of keysOf(base.children, directory.children)) {
      const entry = directory.children.get(key) ?? null;
      const pair = side === "alpha" ? { alpha: entry, beta: null } : { alpha: null, beta: entry };
      const siblings = side === "alpha"
        ? { alpha: directory.children, beta: empty }
        : { alpha: empty, beta: directory.children };
      if (this.#entry(joinPath(path, key), base.children.get(key) ?? null, pair, siblings)) stays = true;
    }
    if (stays) this.plan[OTHER[side]].directories.push({ path, old: null, new: shallow(directory) });
    else this.#remove(side, path, directory);
    return stays;
  }

  /** Both sides hold a file or a link. */
  #both(path: Path, base: Entry | null, both: Both, siblings: Siblings) {
    const { alpha, beta } = both;
    const content = compareContent(alpha, beta);
    if (content === "unknown") return this.#need(path, alpha, beta);
    if (content === "same") return this.#agreeOn(path, base, both);
    if (!this.#possible("alpha", path, beta) || !this.#possible("beta", path, alpha)) return;
    const news = {
      alpha: base ? compareContent(alpha, base) : "different",
      beta: base ? compareContent(beta, base) : "different",
    };
    if (news.alpha === "unknown" || news.beta === "unknown") return this.#need(path, alpha, beta);
    if (news.alpha === "same") return this.#prevail("beta", path, base, both);
    if (news.beta === "same") return this.#prevail("alpha", path, base, both);
    // Both digests must be known: a copy made by a cycle that was cut short is recognized by its content.
    const won = isDigested(alpha) && isDigested(beta) ? winner(alpha, beta, this.offset) : "unknown";
    if (won === "unknown") return this.#need(path, alpha, beta);
    const kept = this.#keepCopy(OTHER[won], path, base, both, siblings);
    this.#prevail(won, path, base, both, kept);
  }

  /** The content of `won` takes the name on both sides; spelling and bit are merged by themselves (N4, C7). */
  #prevail(won: SideName, path: Path, base: Entry | null, both: Both, requires?: Path) {
    const settled = this.#settleName(path, base, both);
    const [best, rest] = [settled[won], settled[OTHER[won]]];
    const bit = this.#bit(base, both);
    const entry = best.kind === "file" ? { ...best, executable: bit } : best;
    this.#put(OTHER[won], path, rest, { ...entry, name: rest.name }, requires ? { requires } : {});
    this.#putBit(won, path, best, bit);
  }

  /** C3: what `lost` holds is copied beside it on both sides, before its name is given to the other content. */
  #keepCopy(lost: SideName, path: Path, base: Entry | null, both: Both, siblings: Siblings): Path {
    const kept = this.#conflict(lost, path, both[lost], siblings, true);
    if (kept.isThere) return kept.path;
    const copy = { ...this.#asOwned(lost, base, both[lost]), name: kept.name };
    this.#put(OTHER[lost], kept.path, null, copy, { source: { at: "there", path } });
    this.#put(lost, kept.path, null, copy, { source: { at: "here", path } });
    return kept.path;
  }

  /** Both sides hold the same content, or both a directory: bit and spelling may still differ (C7, N4). */
  #agreeOn(path: Path, base: Entry | null, both: Both) {
    const settled = this.#settleName(path, base, both);
    let waits = settled.alpha !== both.alpha || settled.beta !== both.beta;
    const bit = this.#bit(base, both);
    for (const side of SIDES) waits = this.#putBit(side, path, settled[side], bit) || waits;
    const entry = both.alpha.kind === "file" ? { ...both.alpha, executable: bit } : both.alpha;
    if (waits || this.#moved.near(path) || this.#isAgreed(base, entry)) return;
    this.plan.agreed.push({ path, new: shallow(entry) });
  }

  #isAgreed(base: Entry | null, entry: Entry): boolean {
    return base !== null && compareContent(base, entry) === "same" && isSpelledAlike(base, entry) &&
      (base.kind !== "file" || base.executable === (entry as FileEntry).executable);
  }

  /** N4: the spelling of the side that respelled the name; when both did, or at a first meeting, the first in byte order.
   * Returns what is then on each side. Names that differ only in normal form stay as their owners made them (N3). */
  #settleName(path: Path, base: Entry | null, { alpha, beta }: Both): Both {
    if (isSpelledAlike(alpha, beta)) return { alpha, beta };
    const loser = base && isSpelledAlike(base, alpha)
      ? "alpha"
      : base && isSpelledAlike(base, beta)
      ? "beta"
      : alpha.name < beta.name
      ? "beta"
      : "alpha";
    const name = loser === "alpha" ? beta.name : alpha.name;
    this.plan[loser].moves.push({ from: path, to: path, name });
    return loser === "alpha" ? { alpha: { ...alpha, name }, beta } : { alpha, beta: { ...beta, name } };
  }

  /** Plans the executable bit alone. Returns whether there is anything to do. */
  #putBit(side: SideName, path: Path, present: Entry, executable: boolean): boolean {
    if (present.kind !== "file" || present.executable === executable) return false;
    if (!this.sides[side].ability.executable) return false;
    this.#put(side, path, present, { ...present, executable }, { source: { at: "here", path } });
    return true;
  }

  /** The bit merged by itself: who changed it wins, at a first meeting executable (C7). */
  #bit(base: Entry | null, pair: Pair): boolean {
    const was = base?.kind === "file" ? base.executable : null;
    const bits: boolean[] = [];
    for (const side of SIDES) {
      const entry = pair[side];
      if (entry?.kind === "file" && this.sides[side].ability.executable) bits.push(entry.executable);
    }
    if (bits.length === 0) return was ?? false;
    if (was === null) return bits.includes(true);
    return bits.includes(!was) ? !was : was;
  }

  /** What `side` holds, with the agreed bit where its system has none (C7). */
  #asOwned(side: SideName, base: Entry | null, entry: Entry): Entry {
    if (entry.kind !== "file" || base?.kind !== "file" || this.sides[side].ability.executable) return entry;
    return { ...entry, executable: base.executable };
  }

  /** Content and bit against the ancestor's: an own bit that changed is an edit (C4). */
  #compareToBase(side: SideName, entry: Entry, base: Entry): "same" | "different" | "unknown" {
    const content = compareContent(entry, base);
    if (content !== "same" || entry.kind !== "file" || base.kind !== "file") return content;
    return this.sides[side].ability.executable && entry.executable !== base.executable ? "different" : "same";
  }

  #need(path: Path, alpha: Entry, beta: Entry) {
    if (alpha.kind === "file" && knownDigest(alpha) === "") this.plan.unknown.alpha.push(path);
    if (beta.kind === "file" && knownDigest(beta) === "") this.plan.unknown.beta.push(path);
  }

  /** Plans the other side's `entry`, with all in it, on `side`, where `old` is in its place.
   * What cannot be there is a problem (N2, N5). */
  #create(side: SideName, path: Path, base: Entry | null, entry: Entry, old: Entry | null = null) {
    if (!this.#possible(side, path, entry)) return;
    this.#put(side, path, old, this.#asOwned(OTHER[side], base, entry));
    for (const [key, child] of childrenOf(entry)) {
      this.#create(side, joinPath(path, key), childrenOf(base).get(key) ?? null, child);
    }
  }

  #possible(side: SideName, path: Path, entry: Entry): boolean {
    const ability = this.sides[side].ability;
    const reason = entry.kind === "problem" ? entry.reason : namingProblem(entry.name, ability) ??
      (entry.kind === "link" && !ability.links
        ? `${this.sides[side].owner}'s system cannot make links: it stays where it is`
        : null);
    if (reason !== null) this.plan.problems.push({ path, reason, lasting: true });
    return reason === null;
  }

  #put(
    side: SideName,
    path: Path,
    old: Entry | null,
    entry: Entry,
    extra?: Pick<Task, "source" | "requires">,
  ) {
    const task: Task = {
      path,
      old: old && shallow(old),
      new: shallow(entry),
      ...extra,
    };
    this.plan[side][entry.kind === "directory" ? "directories" : "contents"].push(task);
  }

  #remove(side: SideName, path: Path, entry: Entry) {
    this.plan[side].removals.push({ path, old: shallow(entry), new: null });
  }

  #removeAll(side: SideName, path: Path, entry: Entry) {
    for (const [key, child] of childrenOf(entry)) this.#removeAll(side, joinPath(path, key), child);
    this.#remove(side, path, entry);
  }

  #conflict(
    owner: SideName,
    path: Path,
    entry: Entry,
    siblings: Siblings,
    reuse = false,
  ): { path: Path; name: string; isThere: boolean } {
    const parent = parentOf(path);
    const mtime = entry.kind === "file" ? entry.mtime : 0;
    const user = this.sides[owner].owner;
    const name = conflictName(
      entry.name,
      user,
      mtime,
      this.#fold,
      (key) => {
        if (this.#given.has(joinPath(parent, key))) return true;
        const [own, other] = [siblings[owner].get(key), siblings[OTHER[owner]].get(key)];
        if (!own && !other) return false;
        const stays = other
          ? compareContent(other, entry) === "same"
          : !entryAt(this.base, joinPath(parent, key));
        return !(reuse && own && stays && compareContent(own, entry) === "same");
      },
    );
    const key = compareKey(name, this.#fold);
    const kept = joinPath(parent, key);
    this.#given.add(kept);
    this.plan.conflicts.push({ path, kept, of: user });
    return { path: kept, name, isThere: siblings[owner].has(key) };
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
