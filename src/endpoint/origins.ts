// Where contents come from, in a root that is kept with several people (core/lineage.ts): notes what this side's person did and what
// came by orders, tells the peer of it, and answers for both sides when it is decided.

import { isFor } from "../archive/history/lineages.ts";
import { diff } from "../core/tree/diff.ts";
import type { DirectoryEntry, Entry } from "../core/tree/entry.ts";
import { edited, type Lineage, type Link, ordered, type Origin } from "../core/lineage.ts";
import {
  comparePath,
  joinPath,
  nameOf,
  parentOf,
  type Path,
  ROOT,
  type Separator,
} from "../core/tree/path.ts";
import { numberedIn, type Orders, type Result, tasksOf } from "../core/plan/plan.ts";
import { entryAt, isHidden, type Move, spelledAt, TreeEditor, walk } from "../core/tree/tree.ts";
import { Viewer } from "../core/ignore/view.ts";
import type { Doings } from "../core/ignore/withheld.ts";
import { lineageFromWire, lineageToWire, type Row } from "../wire/rows.ts";
import type { RootEngine } from "../engine/engine.ts";
import type { Pairing } from "./pairing.ts";

/** At most this many edits are noted at once: more come of a first meeting, or of a new program's folder, and nobody makes them by hand. */
const MOST = 10_000;
/** How many of a peer's links are kept: the latest. */
const MOST_HEARD = 100_000;

/** A link to be noted. */
interface FoundLink {
  path: Path;
  link: Link;
  entry: Entry | null;
}

/** Links of the root's contents, with one peer. Where the root is kept with that one alone it does nothing. */
export class Origins {
  /** The whole folder, as it was last looked at here. */
  readonly #viewer = new Viewer(false, () => false);
  #seen: DirectoryEntry | null = null;
  /** The number of the last own link that the peer was told of. */
  #told = 0;
  readonly #peers = new Map<Path, Omit<Origin, "path">>();
  /** The links of what the orders at hand put in place or remove here. */
  #arriving = new Map<Path, Link>();

  /** What the peer is told begins anew with each session. */
  constructor(private readonly engine: RootEngine, private readonly pairing: Pairing) {}

  /** Notes what this side's person did: since the ancestor, and to what there is a link of. */
  notice({ tree, moves, changes }: Doings) {
    if (!this.#isNeeded) return;
    this.#note(this.#moved(moves, tree));
    const damaged = new Set<string>(this.engine.archive.unproven.damaged(this.pairing.pair));
    const isNews = (path: Path) => !damaged.has(comparePath(path, this.pairing.folds));
    const changed = changes.values().flatMap(({ path, old, new: top }) =>
      walk(path, top ?? old!).map(([at, entry]) => ({
        key: this.#key(at, tree),
        entry,
        isThere: top !== null,
      }))
    );
    this.#note([
      ...changed.take(MOST).filter(({ key, entry }) => entry.kind !== "problem" && isNews(key))
        .flatMap(({ key, entry, isThere }) => this.#edited(key, isThere ? entry : null)),
    ]);
    this.#note(this.#touched().slice(0, MOST).flatMap((path) => isNews(path) ? this.#known(path) : []));
  }

  /** beta: what the peer was not told of yet. */
  tell(): Row[] {
    if (!this.#isNeeded) return [];
    const noted = this.#lineages.since(this.#told, MOST);
    this.#told = noted.at(-1)?.at ?? this.#told;
    return noted.map(({ path, ...link }) => {
      const entry = entryAt(this.#seen!, path as Path);
      const mtime = entry?.kind === "file" ? entry.mtime : 0;
      return lineageToWire({ path: comparePath(path, this.pairing.folds), mtime, ...link });
    });
  }

  /** alpha: what beta tells. Throws Breach. */
  hear(rows: readonly Row[]) {
    for (const { path, ...link } of rows.map((row) => lineageFromWire(row, "/"))) {
      this.#peers.delete(path);
      this.#peers.set(path, link);
    }
    const tooMany = Math.max(0, this.#peers.size - MOST_HEARD);
    for (const path of this.#peers.keys().take(tooMany)) this.#peers.delete(path);
  }

  /** alpha: beta's folder with the times that its files have there. Of what did not change since the ancestor only this side's
   * times are known else, and content is asked for by its time. */
  dated(tree: DirectoryEntry): DirectoryEntry {
    const editor = new TreeEditor(tree);
    for (const [path, { isThere, mtime }] of this.#peers) {
      const entry = isThere ? entryAt(tree, path) : null;
      const isUnchanged = entry !== null && entry === entryAt(this.pairing.ancestor, path);
      if (isUnchanged && entry.kind === "file" && entry.mtime !== mtime) {
        editor.set(path, { ...entry, mtime });
      }
    }
    return editor.done();
  }

  /** The links of both sides, of what is in these trees. */
  lineages(own: DirectoryEntry, peers: DirectoryEntry): Record<"own" | "peers", Lineage> | null {
    return this.#isNeeded ? { own: (path) => this.#linkOf(path, own), peers: this.#ofPeer(peers) } : null;
  }

  #ofPeer(tree: DirectoryEntry): Lineage {
    return (path) => {
      const link = this.#peers.get(path);
      return link && link.isThere === (entryAt(tree, path) !== null) ? link : null;
    };
  }

  /** alpha: where what beta is ordered to do comes from; and its own orders. */
  forOrders(beta: Orders, alpha: Orders, trees: { own: DirectoryEntry; peers: DirectoryEntry }): Row[] {
    const lineages = this.lineages(trees.own, trees.peers);
    this.#arriving.clear();
    if (!lineages) return [];
    const { own, peers } = lineages;
    this.#arriving = new Map(
      placesOf(alpha).flatMap((path) => {
        const link = peers(path);
        return link ? [[path, link]] : [];
      }),
    );
    return placesOf(beta).flatMap((path) => {
      const link = own(path);
      const isThere = entryAt(trees.own, path) !== null;
      return link ? [lineageToWire({ path, ...link, isThere, mtime: 0 })] : [];
    });
  }

  /** beta: what alpha tells with its orders. Throws Breach. */
  expect(rows: readonly Row[], separator: Separator) {
    this.#arriving = new Map(
      rows.map((row) => lineageFromWire(row, separator)).map(({ path, ...link }) => [path, link]),
    );
  }

  /** Orders were carried out here. */
  placed(orders: Orders, results: readonly Result[], before: DirectoryEntry, after: DirectoryEntry) {
    if (!this.#isNeeded) return;
    const done = results.filter((result) => result.done).map(({ index }) => index).map(numberedIn(orders));
    const found = this.#moved(done.flatMap(({ move }) => move ?? []), after);
    for (const { task } of done) {
      const link = task && this.#arriving.get(task.path);
      if (!task || !link || task.source?.at === "here") continue; // That is this side's own content.
      const key = this.#key(task.path, task.new ? after : before);
      found.push({
        ...{ path: key, link: ordered(this.#lineages.of(key), link) },
        entry: entryAt(after, task.path),
      });
    }
    this.#note(found);
  }

  /** What was moved keeps its links, and has none that were noted of something else. */
  #moved(moves: readonly Move[], tree: DirectoryEntry): FoundLink[] {
    const found: FoundLink[] = [];
    for (const { from, to, made } of moves) {
      const top = made ? null : entryAt(tree, to);
      for (const [at, entry] of top ? walk(to, top) : []) {
        if (found.length === MOST) return found;
        const source = comparePath(joinPath(from, at.slice(to.length + 1)), false);
        const link = this.#lineages.of(at === to ? comparePath(from, false) : source);
        const path = this.#key(at, tree);
        const known = this.#lineages.of(path);
        const isNews = link !== null && isFor(link, entry) && !(known && isFor(known, entry));
        if (isNews) found.push({ path, link, entry });
      }
    }
    return found;
  }

  /** What may be other than when its link was noted: in the form that all pairs share. */
  #touched(): Path[] {
    const all = this.#viewer.view(this.engine.snapshot);
    const before = this.#seen;
    this.#seen = all;
    if (!before) return this.#lineages.since(0, MOST).map(({ path }) => path as Path);
    return diff(before, all, false).flatMap(({ path, old, new: entry }) =>
      [old, entry].flatMap((top) => top ? [...walk(path, top)].map(([at]) => at) : [])
    );
  }

  /** An edit of what a link is noted of. */
  #known(path: Path): FoundLink[] {
    const all = this.#seen!;
    if (isHidden(all, path) || !this.#lineages.of(path)) return [];
    const entry = entryAt(all, path);
    if (entry || !this.#isIgnored(path)) return this.#edited(path, entry);
    this.#lineages.drop(path); // I2: it is deleted nowhere, and whether it is there is nobody's doing when it is ignored no more.
    return [];
  }

  #isIgnored(path: Path): boolean {
    const isIgnored = (at: Path, directory: boolean) => this.pairing.ignores(at, nameOf(at), directory);
    if (isIgnored(path, false)) return true;
    for (let at = path; at !== ROOT; at = parentOf(at)) if (isIgnored(at, true)) return true;
    return false;
  }

  /** None where what is there is what the last link is of. */
  #edited(key: Path, entry: Entry | null): FoundLink[] {
    const before = this.#lineages.of(key);
    if (before && isFor(before, entry)) return [];
    const { author, number } = this.#lineages.nextEdit(before, Date.now());
    return [{ path: key, link: edited(before, author, number), entry }];
  }

  #note(found: readonly FoundLink[]) {
    this.#lineages.note(found);
  }

  #linkOf(path: Path, tree: DirectoryEntry): Link | null {
    const link = this.#lineages.of(this.#key(path, tree));
    return link && isFor(link, entryAt(tree, path)) ? link : null;
  }

  /** A path in the form that all pairs of the root share. */
  #key(path: Path, tree: DirectoryEntry): Path {
    return comparePath(spelledAt(tree, path) ?? spelledAt(this.pairing.ancestor, path) ?? path, false);
  }

  get #lineages() {
    return this.engine.archive.lineages;
  }

  /** With one other person nothing can come by another way. */
  get #isNeeded(): boolean {
    return this.engine.archive.pairs().length > 1;
  }
}

function placesOf(orders: Orders): Path[] {
  return tasksOf(orders).map(({ path }) => path);
}
