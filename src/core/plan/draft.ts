// A plan being written: how each decision becomes tasks for the two sides, and the small things that are settled on the way: who may
// hold what (N2, N5), spelling (N4), executable bits (C7), names of conflict copies (C3).

import { byteLength, lengthProblem, namingProblem } from "../ability.ts";
import { conflictName, LONGEST_BYTES, mtimeOf } from "./conflict.ts";
import { type Deep, run } from "../tree/deep.ts";
import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  type Entry,
  isSpelledAlike,
  knownDigest,
  shallow,
} from "../tree/entry.ts";
import type { Ignores } from "../ignore/ignore.ts";
import { compareKey, joinPath, parentOf, type Path, precedes } from "../tree/path.ts";
import type { Plan, Task } from "./plan.ts";
import {
  type Both,
  isTaken,
  OTHER,
  type Pair,
  type Siblings,
  type Side,
  type SideName,
  SIDES,
} from "../side.ts";
import { entryAt, walk } from "../tree/tree.ts";

/** Takes decisions path by path and writes them into `plan`; of what it was given it changes nothing else. */
export class Draft {
  readonly #fold: boolean;
  /** Compared paths given to conflict copies by this plan. */
  readonly #given = new Set<string>();

  /** `base`: the ancestor after the renames of the plan; `ignores`: what takes no part on either side. */
  constructor(
    readonly plan: Plan,
    private readonly base: DirectoryEntry,
    private readonly sides: Record<SideName, Side>,
    /** Nothing comes to this side: see reconcile. */
    private readonly giver: SideName | null,
    private readonly ignores: Ignores,
  ) {
    this.#fold = sides.alpha.ability.foldsCase || sides.beta.ability.foldsCase;
  }

  /** Plans the other side's `entry`, with all in it, on `side`, where `old` is in its place.
   * What cannot be there is a problem (N2, N5). */
  create(side: SideName, path: Path, base: Entry | null, entry: Entry, old: Entry | null = null) {
    run(this.#create(side, path, base, entry, old));
  }

  *#create(side: SideName, path: Path, base: Entry | null, entry: Entry, old: Entry | null): Deep<void> {
    if (this.isIgnored(path, entry) || !this.isPossible(side, path, entry)) return;
    this.put(side, path, old, this.asOwned(OTHER[side], base, entry));
    for (const [key, child] of childrenOf(entry)) {
      yield this.#create(side, joinPath(path, key), childrenOf(base).get(key) ?? null, child, null);
    }
  }

  /** Plans one entry, without what is in it, where `old` is now. */
  put(
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

  /** Plans the removal of one entry, without what is in it. */
  remove(side: SideName, path: Path, entry: Entry) {
    this.plan[side].removals.push({ path, old: shallow(entry), new: null });
  }

  /** Plans the removal of an entry with all in it. */
  removeAll(side: SideName, path: Path, entry: Entry) {
    for (const [at, inner] of [...walk(path, entry)].reverse()) this.remove(side, at, inner);
  }

  /** Asks for the digests that are missing of two files. */
  need(path: Path, alpha: Entry, beta: Entry) {
    if (alpha.kind === "file" && knownDigest(alpha) === "") this.plan.unknown.alpha.push(path);
    if (beta.kind === "file" && knownDigest(beta) === "") this.plan.unknown.beta.push(path);
  }

  /** Lists a conflict and finds the name of the copy of what `owner` holds (C3). `reuse`: a copy that a cycle which failed or was
   * cut short made on either side is taken for it; the side that lacks it gets it as any new file. Null: digests are asked for that
   * tell whether it is one. */
  conflict(
    owner: SideName,
    path: Path,
    entry: Entry,
    siblings: Siblings,
    reuse = false,
  ): { path: Path; name: string; isThere: boolean } | null {
    const parent = parentOf(path);
    const undigested: SideName[] = [];
    const user = this.sides[owner].owner;
    const name = conflictName(entry.name, {
      ...{ owner: user, mtime: mtimeOf(entry) ?? 0, fold: this.#fold },
      longest: this.#longestNameIn(parent),
      taken: (key) => {
        if (this.#given.has(joinPath(parent, key))) return true;
        const sides = SIDES.filter((side) => siblings[side].has(key));
        if (sides.length === 0) return false;
        // On one side alone it stays only if it was never agreed: else the other side has deleted it.
        const stays = sides.length === 2 || !entryAt(this.base, joinPath(parent, key));
        const compared = sides.map((side) => compareContent(siblings[side].get(key)!, entry));
        if (!reuse || !stays || compared.includes("different")) return true;
        sides.forEach((side, at) => compared[at] === "unknown" && undigested.push(side));
        return false;
      },
    });
    const key = compareKey(name, this.#fold);
    const kept = joinPath(parent, key);
    for (const side of undigested) this.plan.unknown[side].push(kept);
    if (undigested.length > 0) return null;
    this.#given.add(kept);
    this.plan.conflicts.push({ path, kept, of: user });
    return { path: kept, name, isThere: SIDES.some((side) => siblings[side].has(key)) };
  }

  /** How many bytes a name in that folder may have, on both sides. */
  #longestNameIn(folder: Path): number {
    const { alpha, beta } = this.sides;
    const path = Math.min(alpha.ability.longestPath, beta.ability.longestPath);
    return Math.min(LONGEST_BYTES, path - byteLength(folder) - 1);
  }

  /** Whether what is at a path takes no part (I2, I4). */
  isIgnored(path: Path, entry: Entry | null): boolean {
    if (!entry) return false;
    return this.ignores(joinPath(parentOf(path), entry.name), entry.name, entry.kind === "directory");
  }

  /** Whether `side` can hold the other side's entry; tells why not. */
  isPossible(side: SideName, path: Path, entry: Entry): boolean {
    if (side === this.giver) return true;
    const ability = this.sides[side].ability;
    const reason = entry.kind === "problem" ? entry.reason : namingProblem(entry.name, ability) ??
      lengthProblem(path, ability) ??
      (entry.kind === "link" && !ability.links
        ? `${this.sides[side].owner}'s system cannot make links: it stays where it is`
        : null);
    const whose = this.sides[OTHER[side]].owner;
    if (reason !== null) this.plan.problems.push({ path, reason, lasting: true, whose });
    return reason === null;
  }

  /** N4: the spelling of the side that respelled the name; when both did, or at a first meeting, the first in byte order.
   * Returns what is then on each side. Names that differ only in normal form stay as their owners made them, and a name whose new
   * spelling a twin has waits until a person renamed one of them (N3). */
  settleName(path: Path, base: Entry | null, { alpha, beta }: Both): Both {
    if (isSpelledAlike(alpha, beta)) return { alpha, beta };
    const loser = base && isSpelledAlike(base, alpha)
      ? "alpha"
      : base && isSpelledAlike(base, beta)
      ? "beta"
      : this.giver
      ? OTHER[this.giver]
      : precedes(alpha.name, beta.name)
      ? "beta"
      : "alpha";
    const name = loser === "alpha" ? beta.name : alpha.name;
    if (isTaken(this.sides[loser], path, name)) return { alpha, beta };
    this.plan[loser].moves.push({ from: path, to: path, name });
    return loser === "alpha" ? { alpha: { ...alpha, name }, beta } : { alpha, beta: { ...beta, name } };
  }

  /** The bit merged by itself: who changed it wins, at a first meeting executable (C7). What the giver has is all that counts where its
   * content `prevails`, or nothing was agreed. */
  bit(base: Entry | null, pair: Pair, prevails = false): boolean {
    const was = base?.kind === "file" ? base.executable : null;
    const bits: boolean[] = [];
    for (const side of SIDES) {
      if (this.giver === OTHER[side] && (prevails || was === null)) continue;
      const entry = pair[side];
      if (entry?.kind === "file" && this.sides[side].ability.executable) bits.push(entry.executable);
    }
    if (bits.length === 0) return was ?? false;
    if (was === null) return bits.includes(true);
    return bits.includes(!was) ? !was : was;
  }

  /** Plans the executable bit alone. Returns whether there is anything to do. */
  putBit(side: SideName, path: Path, present: Entry, executable: boolean): boolean {
    if (present.kind !== "file" || present.executable === executable) return false;
    if (!this.sides[side].ability.executable) return false;
    this.put(side, path, present, { ...present, executable }, { source: { at: "here", path } });
    return true;
  }

  /** What `side` holds, with the agreed bit where its system has none (C7). */
  asOwned(side: SideName, base: Entry | null, entry: Entry): Entry {
    if (entry.kind !== "file" || base?.kind !== "file" || this.sides[side].ability.executable) return entry;
    return { ...entry, executable: base.executable };
  }

  /** Content and bit against the ancestor's: an own bit that changed is an edit (C4). */
  compareToBase(side: SideName, entry: Entry, base: Entry): "same" | "different" | "unknown" {
    const content = compareContent(entry, base);
    if (content !== "same" || entry.kind !== "file" || base.kind !== "file") return content;
    return this.sides[side].ability.executable && entry.executable !== base.executable ? "different" : "same";
  }
}
