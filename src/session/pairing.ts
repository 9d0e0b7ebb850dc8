// One pair's trees in the hands: view, changes against the ancestor, and what a commit leads to. No disk here.

import type { Archive, Commit } from "../archive/archive.ts";
import type { Ability } from "../core/ability.ts";
import { diff, share } from "../core/diff.ts";
import { TreeDigest, type TreeSum } from "../core/digest.ts";
import type { DirectoryEntry, Entry } from "../core/entry.ts";
import { eitherIgnores, ignoreRules } from "../core/ignore.ts";
import { findMoves } from "../core/moves.ts";
import type { Path } from "../core/path.ts";
import type { Problem } from "../core/plan.ts";
import { apply, applyMoves, type Change, entryAt, type Move } from "../core/tree.ts";
import { Viewer } from "../core/view.ts";
import type { Conflict } from "../core/conflict.ts";
import { textDigest } from "../scan/digest.ts";

/** What a side did since the ancestor. */
export interface Doings {
  tree: DirectoryEntry;
  moves: Move[];
  changes: Change[];
}

export class Pairing {
  readonly #digest = new TreeDigest(textDigest);
  ancestor: DirectoryEntry;
  #viewer: Viewer;
  #rules = { own: "", peer: "" };

  constructor(
    private readonly archive: Archive,
    readonly pair: number,
    private readonly own: Ability,
    readonly folds: boolean,
  ) {
    this.ancestor = archive.ancestor(pair);
    this.#viewer = this.#makeViewer();
  }

  /** Takes the ancestor from the archive again, after it was taken back or started anew. */
  reload() {
    this.ancestor = this.archive.ancestor(this.pair);
    this.#rules = { own: "", peer: "" };
    this.#viewer = this.#makeViewer();
  }

  /** The ignore rules of both sides; what either ignores leaves this pair's trees (I1, I2). */
  setRules(own: string, peer: string) {
    if (own === this.#rules.own && peer === this.#rules.peer) return;
    this.#rules = { own, peer };
    this.#viewer = this.#makeViewer();
    // I2: what became ignored leaves the ancestor, and is deleted nowhere.
    const kept = this.#viewer.view(this.ancestor);
    this.archive.forget(this.pair, diff(this.ancestor, kept, this.own.executable));
    this.ancestor = kept;
  }

  view(snapshot: DirectoryEntry): DirectoryEntry {
    return this.#viewer.view(snapshot);
  }

  twins(snapshot: DirectoryEntry): Problem[] {
    return this.#viewer.twins(snapshot);
  }

  doings(snapshot: DirectoryEntry): Doings {
    const tree = this.view(snapshot);
    const moves = findMoves(this.ancestor, tree, this.own.executable);
    const changes = diff(applyMoves(this.ancestor, moves), tree, this.own.executable);
    return { tree, moves, changes };
  }

  /** Makes a commit in the archive and in memory. */
  commit(commit: Commit, conflicts: readonly Conflict[], snapshot: DirectoryEntry) {
    const agreed = apply(applyMoves(this.ancestor, commit.moves), commit.rows);
    const seen = new Map<Path, Entry>();
    const after = share(
      agreed,
      this.view(snapshot),
      this.own.executable,
      (path, entry) => seen.set(path, entry),
    );
    this.archive.commit(this.pair, commit, this.ancestor, after);
    for (const { path } of commit.rows) seen.delete(path);
    if (seen.size > 0) this.archive.refresh(this.pair, seen);
    this.ancestor = after;
    for (const conflict of conflicts) {
      this.archive.listConflict(this.pair, { ...conflict, pathDigest: null, keptDigest: null });
    }
    this.#reviewConflicts();
  }

  /** Takes over what was seen of unchanged entries since, so that the next start need not digest them. */
  refresh(snapshot: DirectoryEntry) {
    const seen = new Map<Path, Entry>();
    this.ancestor = share(
      this.ancestor,
      this.view(snapshot),
      this.own.executable,
      (path, entry) => seen.set(path, entry),
    );
    if (seen.size > 0) this.archive.refresh(this.pair, seen);
  }

  sum(): TreeSum {
    return this.#digest.sum(this.ancestor);
  }

  conflicts(): Conflict[] {
    return this.archive.conflicts(this.pair).map(({ path, kept, of }) => ({ path, kept, of }));
  }

  /** C9: a conflict is settled once one of its two files was edited, renamed or deleted. */
  #reviewConflicts() {
    for (const listed of this.archive.conflicts(this.pair)) {
      const now = {
        pathDigest: digestAt(this.ancestor, listed.path as Path),
        keptDigest: digestAt(this.ancestor, listed.kept as Path),
      };
      const was = listed;
      const isNew = was.pathDigest === null || was.keptDigest === null;
      const changed = was.pathDigest !== null && was.pathDigest !== now.pathDigest ||
        was.keptDigest !== null && was.keptDigest !== now.keptDigest;
      if (changed) this.archive.unlistConflict(this.pair, listed);
      else if (isNew && (now.pathDigest !== null || now.keptDigest !== null)) {
        this.archive.listConflict(this.pair, { ...listed, ...now });
      }
    }
  }

  #makeViewer(): Viewer {
    return new Viewer(this.folds, eitherIgnores(ignoreRules(this.#rules.own), ignoreRules(this.#rules.peer)));
  }
}

function digestAt(tree: DirectoryEntry, path: Path): string | null {
  const entry = entryAt(tree, path);
  if (!entry || entry.kind === "problem") return null;
  return entry.kind === "directory" ? "directory" : entry.digest;
}
