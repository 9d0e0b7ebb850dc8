// One pair's trees in the engine: view, changes against the ancestor, and what a commit leads to. No disk here.

import type { Archive, Commit } from "../archive/archive.ts";
import type { HistoryEntry } from "../archive/history/history_entry.ts";
import type { Ability } from "../core/ability.ts";
import type { RootEngine } from "../engine/engine.ts";
import { diff, share } from "../core/tree/diff.ts";
import { TreeDigest, type TreeSum } from "../core/tree/digest.ts";
import { type DirectoryEntry, type Entry, shallow } from "../core/tree/entry.ts";
import { eitherIgnores, ignoreRules, type Ignores, rulesProblem } from "../core/ignore/ignore.ts";
import { type Circumstances, findMoves } from "../core/moves/moves.ts";
import { comparePath, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import type { Problem } from "../core/failure.ts";
import { SpelledAs } from "../core/tree/spelled_as.ts";
import { apply, applyMoves, type Change, entryAt, type Move, TreeEditor } from "../core/tree/tree.ts";
import { agreedNames, Viewer } from "../core/ignore/view.ts";
import type { Doings } from "../core/ignore/withheld.ts";
import type { Conflict } from "../core/plan/conflict.ts";
import { textDigest } from "../fs/digest.ts";
import { breach } from "../wire/shape.ts";
import { isFresh, KEPT_MS, type Remade } from "../scan/remade.ts";
import { Renamed } from "../plan/renamed.ts";

/** One pair's ancestor, and this side's folder held against it. */
export class Pairing {
  readonly #digest = new TreeDigest(textDigest);
  /** Without what is ignored by now; the archive may still hold that, until the next commit. */
  ancestor: DirectoryEntry;
  #viewer: Viewer;
  /** Those that were told last; null before that, when the ancestor is as other rules, or other defaults, left it. */
  #rules: { own: string; peer: string } | null = null;
  #apart: { ancestor?: DirectoryEntry; tree?: DirectoryEntry; count: number } = { count: 0 };
  #ignores: Ignores = () => false;
  #told: Ignores = () => false;
  #leftovers: Set<Path>;
  /** What the archive holds and the ancestor does not any more. */
  #ignored: Change[] = [];
  readonly #renamed = new Renamed();
  readonly #spelledAs = new SpelledAs();
  readonly #archive: Archive;
  /** What this side's disk can hold. */
  readonly #own: Ability;
  /** Names that were made anew lately (M8). */
  readonly #remade: Pick<Remade, "paths">;
  /** The disk keeps the numbers of files for good. */
  readonly numbersLast: boolean;

  /** `pair`: its number in the archive; `folds`: either side's disk folds case. */
  constructor(
    { archive, ability, remade, numbersLast }: Pick<
      RootEngine,
      "archive" | "ability" | "remade" | "numbersLast"
    >,
    readonly pair: number,
    readonly folds: boolean,
  ) {
    this.#archive = archive;
    this.#own = ability;
    this.#remade = remade;
    this.numbersLast = numbersLast;
    this.ancestor = archive.ancestor(pair);
    this.#leftovers = new Set(archive.leftovers.paths(pair));
    this.#viewer = this.#makeViewer();
  }

  /** Takes the ancestor from the archive again, after it was taken back or started anew. */
  reload() {
    this.ancestor = this.#archive.ancestor(this.pair);
    this.#ignored = [];
    this.#rules = null;
    this.#viewer = this.#makeViewer();
  }

  /** The ignore rules of both sides; what either ignores leaves this pair's trees (I1, I2). Throws Breach. */
  setRules(own: string, peer: string) {
    if (own === this.#rules?.own && peer === this.#rules.peer) return;
    const problem = rulesProblem(peer);
    if (problem !== null) breach(`of its ignore rules, ${problem}`);
    this.#rules = { own, peer };
    this.#viewer = this.#makeViewer();
    // I2: what became ignored leaves the ancestor, and is deleted nowhere. In the archive with the next commit, as at the peer's:
    // archives of one generation hold one tree, whatever rules came and went before it.
    const all = this.#ignored.length === 0 ? this.ancestor : this.#archive.ancestor(this.pair);
    this.ancestor = this.#viewer.view(all);
    this.#ignored = diff(all, this.ancestor, this.#own.executable);
  }

  /** A snapshot as this pair sees it; the very same one where nothing changed. */
  view(snapshot: DirectoryEntry): DirectoryEntry {
    return this.#viewer.view(snapshot);
  }

  /** Names left out of that view for a twin beside them (N3); their paths as spelled. */
  twins(snapshot: DirectoryEntry): (Problem & { path: Path })[] {
    return this.#viewer.twins(snapshot, this.#own.foldsCase);
  }

  /** `open`: perhaps moves, which is not known yet; until then these files are where they were. */
  doings(snapshot: DirectoryEntry, open: readonly { from: Path; to: Path }[] = []): Doings {
    const tree = this.#asBefore(this.#asAgreed(snapshot), open);
    const moves = this.#moves(tree);
    const changes = diff(applyMoves(this.ancestor, moves), tree, this.#own.executable);
    return { tree, moves, changes };
  }

  /** The view, in which a spelling that this disk did not take is no doing of this side's. */
  #asAgreed(snapshot: DirectoryEntry): DirectoryEntry {
    const view = this.view(snapshot);
    return this.#own.respells === false ? this.#spelledAs.tree(view, this.ancestor) : view;
  }

  #asBefore(tree: DirectoryEntry, moves: readonly { from: Path; to: Path }[]): DirectoryEntry {
    const editor = new TreeEditor(tree);
    for (const { from, to } of moves) {
      if (this.#putBack(editor, from)) editor.set(to, entryAt(this.ancestor, to));
    }
    return editor.done();
  }

  /** With the folders above it, where they are gone as well; of what else was in them nothing comes back. False where there is no place
   * for it any more. */
  #putBack(editor: TreeEditor, path: Path): boolean {
    const missing: Path[] = [];
    for (let at = parentOf(path); at !== ROOT && !editor.get(at); at = parentOf(at)) missing.push(at);
    for (const folder of missing.reverse()) {
      const agreed = entryAt(this.ancestor, folder);
      if (!agreed || !editor.set(folder, shallow(agreed))) return false;
    }
    return editor.set(path, entryAt(this.ancestor, path));
  }

  #moves(tree: DirectoryEntry): Move[] {
    const now = Date.now();
    const circumstances: Circumstances = {
      byContent: !this.numbersLast,
      isFresh: (entry) => isFresh(entry, now),
      isIgnored: (path, name) => this.#ignores(path, name, false) || this.#ignores(path, name, true),
    };
    const find = (base: DirectoryEntry) => findMoves(base, tree, this.#own.executable, circumstances);
    const moves = find(this.ancestor);
    const remade = this.#remade.paths().map((path) => comparePath(path, this.folds));
    const back = this.#renamed.back(remade, this.ancestor, tree).filter(({ to }) => {
      const known = moves.find((move) => move.to === to);
      const entry = known && entryAt(this.ancestor, known.from);
      return !entry || entry.kind === "file" && isFresh(entry, now);
    });
    return back.length === 0 ? moves : [...back, ...find(applyMoves(this.ancestor, back))];
  }

  /** The same by this side's own rules, as they were last told to the peer. */
  told: Ignores = (path, name, directory) => this.#told(path, name, directory);

  /** Whether the rules of either side ignore what is at a path, as spelled. */
  ignores: Ignores = (path, name, directory) => this.#ignores(path, name, directory);

  /** The peer deleted this folder, and it stays for what is ignored in it: from now on it counts as absent (I3). */
  leave(path: Path) {
    this.#archive.leftovers.add(this.pair, path);
    this.#leftovers.add(path);
    this.#viewer = this.#makeViewer();
  }

  /** Leftovers that are gone, or in which something is that takes part, are none any more. */
  reviewLeftovers(snapshot: DirectoryEntry) {
    if (this.#leftovers.size === 0) return;
    const [view, all] = [
      this.view(snapshot),
      new Viewer(this.folds, this.#ignores, undefined, this.#agreedName).view(snapshot),
    ];
    for (const path of this.#leftovers) {
      if (entryAt(all, path) && !entryAt(view, path) && !entryAt(this.ancestor, path)) continue;
      this.#archive.leftovers.remove(this.pair, path);
      this.#leftovers.delete(path);
      this.#viewer = this.#makeViewer();
    }
  }

  /** Paths at which an unclean stop damaged what was agreed, until both sides have forgotten it. What a chunk put in place whose commit
   * is still to come is agreed by that first (M9): else what the stop took would be a deletion. */
  damaged(): Path[] {
    const { unproven, unsettled } = this.#archive;
    const damaged = unproven.damaged(this.pair);
    if (damaged.length === 0) return [];
    const isCommitOwed = unsettled.isBegun(this.pair, this.#archive.history(this.pair).generation + 1);
    return damaged.filter((path) => {
      const isAgreed = entryAt(this.#archive.ancestor(this.pair), path) !== null;
      if (!isAgreed && !isCommitOwed) unproven.mended(this.pair, path);
      return entryAt(this.ancestor, path) !== null;
    });
  }

  /** Makes a commit in the archive and in memory; `historyEntries` is what it tells of. */
  commit(
    commit: Commit,
    conflicts: readonly Conflict[],
    snapshot: DirectoryEntry,
    historyEntries: readonly HistoryEntry[] = [],
  ) {
    const agreed = apply(applyMoves(this.ancestor, commit.moves), commit.rows);
    const seen = new Map<Path, Entry>();
    const after = share(
      agreed,
      this.view(snapshot),
      this.#own.executable,
      (path, entry) => seen.set(path, entry),
    );
    const ignored = this.#ignored;
    this.#archive.commit(this.pair, commit, this.ancestor, after, { ignored, conflicts, historyEntries });
    this.#ignored = [];
    this.#renamed.note(commit.moves, this.ancestor, Date.now(), KEPT_MS);
    for (const { path } of commit.rows) seen.delete(path);
    if (seen.size > 0) this.#archive.refresh(this.pair, seen);
    this.ancestor = after;
  }

  /** Takes over what was seen of unchanged entries since, so that the next start need not digest them. */
  refresh(snapshot: DirectoryEntry) {
    const seen = new Map<Path, Entry>();
    this.ancestor = share(
      this.ancestor,
      this.#asAgreed(snapshot),
      this.#own.executable,
      (path, entry) => seen.set(path, entry),
    );
    if (seen.size > 0) this.#archive.refresh(this.pair, seen);
  }

  /** The root digest of the ancestor, its files and their bytes. */
  sum(): TreeSum {
    return this.#digest.sum(this.ancestor);
  }

  /** How many changes make the ancestor into this folder. Counted once for each pair of trees. */
  apart(snapshot: DirectoryEntry): number {
    const tree = this.view(snapshot);
    const { ancestor, tree: counted } = this.#apart;
    if (ancestor !== this.ancestor || counted !== tree) {
      const { moves, changes } = this.doings(snapshot);
      this.#apart = { ancestor: this.ancestor, tree, count: moves.length + changes.length };
    }
    return this.#apart.count;
  }

  /** Those that are listed, in the compared form. */
  conflicts(): Conflict[] {
    return this.#archive.conflicts.of(this.pair).map(({ path, kept, of }) => ({ path, kept, of }));
  }

  readonly #agreedName = agreedNames(() => this.ancestor);

  #makeViewer(): Viewer {
    const { own, peer } = this.#rules ?? { own: "", peer: "" };
    this.#told = ignoreRules(own, this.folds);
    this.#ignores = own === peer ? this.#told : eitherIgnores(this.#told, ignoreRules(peer, this.folds));
    return new Viewer(this.folds, this.#ignores, (path) => this.#leftovers.has(path), this.#agreedName);
  }
}
