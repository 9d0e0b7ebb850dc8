// Finding what was renamed on one side (RULES M1, M5, M8, N4).

import { compare, compareEntry } from "../tree/diff.ts";
import {
  compareContent,
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  isSpelledAlike,
} from "../tree/entry.ts";
import { foldersByContent, type Placed } from "./moved_folders.ts";
import { inOrder } from "./move_order.ts";
import { parentOf, type Path, ROOT } from "../tree/path.ts";
import { Touched } from "../tree/touched.ts";
import { applyMoves, type Change, entryAt, type Move, walk } from "../tree/tree.ts";

/** Moves can lie in moved folders; each round of the search settles one level of that. */
const DEEPEST_NESTING = 8;

/** What the trees themselves do not tell. */
export interface Circumstances {
  /** Whether an agreed file was made only just now: one that takes the name of another is that one's new content (M8). */
  isFresh?: (entry: FileEntry) => boolean;
  /** Whether a name takes no part, so that nothing can go by way of it. */
  isIgnored?: (path: Path, name: string) => boolean;
  /** Numbers do not last here: folders are known by what they hold, too. */
  byContent?: boolean;
}

/** The renames that lead from `base` to `tree`, to be applied one after the other, by the file IDs in both.
 * What it does not find is a deletion and a creation (M6). */
export function findMoves(
  base: DirectoryEntry,
  tree: DirectoryEntry,
  bit: boolean,
  circumstances: Circumstances = {},
): Move[] {
  const moves: Move[] = [];
  const barred = new Set<Path>();
  for (let round = 0; round < DEEPEST_NESTING; round++) {
    const known = barred.size;
    const found = new Search(base, tree, bit, barred).moves(circumstances);
    if (found.length === 0 && barred.size === known) break;
    for (const move of found) moves.push(move);
    base = applyMoves(base, found);
  }
  return moves;
}

/** An entry that is not where it was. */
interface Gone {
  readonly path: Path;
  readonly entry: Entry;
  /** Something else has its name. */
  readonly replaced: boolean;
}

/** One round: the topmost renames that can be done at once. */
class Search {
  readonly #gone = new Map<number, Gone>();
  /** Folders that are gone, and that are new where nothing was; those in them are in them. */
  readonly #goneFolders: Placed[] = [];
  readonly #madeFolders: Placed[] = [];
  readonly #respelled: Move[] = [];
  readonly #found: Move[] = [];
  /** Those of them whose name something else has now. */
  readonly #replaced = new Set<Move>();

  /** `barred`: paths of folders that are no renamed ones, since what has their name does not leave it; more are added. */
  constructor(
    private readonly base: DirectoryEntry,
    private readonly tree: DirectoryEntry,
    private readonly bit: boolean,
    private readonly barred: Set<Path>,
  ) {}

  moves({ isFresh = () => false, isIgnored = () => false, byContent = false }: Circumstances): Move[] {
    compare(this.base, this.tree, (path, old, entry) => this.#leave(path, old, entry));
    if (this.#respelled.length > 0) return this.#respelled;
    if (this.#gone.size === 0 && this.#goneFolders.length === 0) return [];
    compare(this.base, this.tree, (path, old, entry) => this.#arrive(path, old, entry));
    if (byContent) this.#findByContent();
    const moves = this.#withoutSaves(withoutNested(this.#found), isFresh);
    const isThere = (path: Path) => entryAt(this.base, path) !== null;
    const isFree = (path: Path, name: string) =>
      !isThere(path) && !entryAt(this.tree, path) && !isIgnored(path, name);
    const ordered = inOrder(moves, isThere, isFree);
    this.#bar(moves, ordered);
    return this.#withPlaces(ordered);
  }

  /** Notes what is not there any more. */
  #leave(path: Path, old: Entry | null, entry: Entry | null): boolean {
    if (!old) return false;
    if (!entry) {
      collectIds(this.#gone, path, old);
      if (old.kind === "directory") this.#goneFolders.push([path, old]);
    } else if (old.kind === entry.kind && !isSpelledAlike(old, entry)) {
      this.#respelled.push({ from: path, to: path, name: entry.name });
    } else if (old.kind !== entry.kind) collectIds(this.#gone, path, old, true);
    else if (isReplaced(old, entry, this.bit)) this.#gone.set(old.id, { path, entry: old, replaced: true });
    return true;
  }

  /** Finds where what is new was before. */
  #arrive(path: Path, old: Entry | null, entry: Entry | null): boolean {
    if (!entry) return false;
    if (!old) {
      this.#match(path, entry, false);
      if (entry.kind === "directory") this.#madeFolders.push([path, entry]);
    } else if (old.kind !== entry.kind) this.#match(path, entry, true);
    else if (isReplaced(old, entry, this.bit) && !this.barred.has(path)) {
      return !this.#isFrom(path, entry, true);
    }
    return true;
  }

  #findByContent() {
    const [left, reached] = [
      new Set(this.#found.map(({ from }) => from)),
      new Set(this.#found.map(({ to }) => to)),
    ];
    const gone = this.#goneFolders.filter(([path]) => !left.has(path));
    const made = this.#madeFolders.filter(([path]) => !reached.has(path));
    for (const move of foldersByContent(gone, made)) this.#found.push(move);
  }

  #match(path: Path, entry: Entry, replaces: boolean) {
    let isFound = false;
    for (const [at, inner] of walk(path, entry, () => !isFound)) {
      isFound = this.#isFrom(at, inner, replaces && at === path);
    }
  }

  /** Whether an entry is one that was elsewhere. `replaces`: something else had its name. */
  #isFrom(path: Path, entry: Entry, replaces: boolean): boolean {
    if (entry.kind !== "file" && entry.kind !== "directory") return false;
    const source = this.#gone.get(entry.id);
    if (!source || source.path === path || !isSameThing(source.entry, entry, replaces || source.replaced)) {
      return false;
    }
    this.#gone.delete(entry.id);
    const move = { from: source.path, to: path, name: entry.name };
    this.#found.push(move);
    if (source.replaced) this.#replaced.add(move);
    return true;
  }

  /** M8: a file moved away whose name was made anew was saved: its name stays, what it was moved to is new. */
  #withoutSaves(moves: readonly Move[], isFresh: (entry: FileEntry) => boolean): readonly Move[] {
    if (this.#replaced.size === 0) return moves;
    const arriving = new Map(moves.map((move) => [move.to, move]));
    const saves = new Set<Move>();
    for (const move of this.#replaced) {
      const [old, entry] = [entryAt(this.base, move.from), entryAt(this.tree, move.from)];
      if (old?.kind !== "file" || entry?.kind !== "file") continue;
      const successor = arriving.get(move.from);
      const source = successor && entryAt(this.base, successor.from);
      if (!successor) saves.add(move);
      else if (source?.kind === "file" && isFresh(source) && !entryAt(this.base, move.to)) {
        saves.add(move).add(successor);
      }
    }
    return moves.filter((move) => !saves.has(move));
  }

  /** A folder that cannot have come to where another stays is looked at for what it holds. */
  #bar(moves: readonly Move[], possible: readonly Move[]) {
    if (possible.length >= moves.length) return;
    const reached = new Set(possible.map(({ to }) => to));
    for (const { to } of moves) {
      if (!reached.has(to) && entryAt(this.base, to)?.kind === "directory") this.barred.add(to);
    }
  }

  /** Puts the making of new folders before the moves into them; leaves out moves to where something else was. */
  #withPlaces(moves: readonly Move[]): Move[] {
    const { base, tree } = this;
    const made = new Map<Path, Move>();
    const possible = moves.filter(({ to }) => {
      const missing: Move[] = [];
      let place = parentOf(to);
      for (; place !== ROOT && !made.has(place) && !entryAt(base, place); place = parentOf(place)) {
        missing.push({ from: place, to: place, name: entryAt(tree, place)!.name, made: true });
      }
      if (!made.has(place) && entryAt(base, place)?.kind !== "directory") return false;
      for (const move of missing.reverse()) made.set(move.to, move);
      return true;
    });
    return [...made.values(), ...possible];
  }
}

/** Whether a file or folder has the name of another one of its kind. */
function isReplaced(old: Entry, entry: Entry, bit: boolean): old is FileEntry | DirectoryEntry {
  if (old.kind === "directory" && entry.kind === "directory") return isAnother(old, entry);
  return old.kind === "file" && entry.kind === "file" && old.id !== entry.id && old.id !== 0 &&
    compareEntry(old, entry, bit) !== "same";
}

/** Whether two folders are known to be two. */
function isAnother(old: DirectoryEntry, entry: DirectoryEntry): boolean {
  if (old.id === 0 || entry.id === 0) return false;
  return old.id !== entry.id || isBornApart(old, entry);
}

function isBornApart(old: DirectoryEntry, entry: DirectoryEntry): boolean {
  return old.born !== 0 && entry.born !== 0 && old.born !== entry.born;
}

/** Files that may be moved ones, which only their digest can tell. */
export function doubtfulMoves(changes: readonly Change[]): { from: Path; to: Path }[] {
  const gone = new Map<number, Gone>();
  for (const { path, old, new: entry } of changes) {
    if (old && (!entry || idOf(old) !== idOf(entry))) collectIds(gone, path, old);
  }
  if (gone.size === 0) return [];
  const doubtful: { from: Path; to: Path }[] = [];
  for (const { path, old, new: added } of changes) {
    if (!added || old && idOf(old) === idOf(added)) continue;
    for (const [at, entry] of walk(path, added)) {
      if (entry.kind !== "file" || entry.digest !== "") continue;
      const source = gone.get(entry.id);
      if (source?.entry.kind === "file" && source.entry.size === entry.size) {
        doubtful.push({ from: source.path, to: at });
      }
    }
  }
  return doubtful;
}

function collectIds(ids: Map<number, Gone>, path: Path, entry: Entry, replaced = false) {
  for (const [at, inner] of walk(path, entry)) {
    if (idOf(inner) !== 0) {
      ids.set(idOf(inner), { path: at, entry: inner, replaced: replaced && at === path });
    }
  }
}

/** File systems reuse IDs: a directory is only the same one if it kept at least half of what was in it, a file only if its content
 * is known to be the same. `exactly`: a name that is never free proves nothing, so one that holds nothing must have been made when
 * the other was. */
function isSameThing(old: Entry, entry: Entry, exactly: boolean): boolean {
  if (old.kind === "file" && entry.kind === "file") return compareContent(old, entry) === "same";
  if (old.kind !== "directory" || entry.kind !== "directory" || isBornApart(old, entry)) return false;
  let kept = 0;
  for (const [key, child] of old.children) {
    const now = entry.children.get(key);
    if (now && now.kind === child.kind && idOf(now) === idOf(child)) kept++;
  }
  if (kept === 0 && exactly) return old.born !== 0 && old.born === entry.born;
  return kept * 2 >= old.children.size;
}

function idOf(entry: Entry): number {
  return entry.kind === "file" || entry.kind === "directory" ? entry.id : 0;
}

/** Leaves to the next round what lies in a folder that itself moves, when its path is the new one; and what comes into the place of
 * one that does. */
function withoutNested(moves: readonly Move[]): Move[] {
  const sources = new Touched(moves.map((move) => move.from));
  return moves.filter(({ from, to }) => !sources.covers(parentOf(from)) && !sources.covers(parentOf(to)));
}
