// Finding what was renamed on one side (RULES M1, N4).

import { childrenOf, compareContent, type DirectoryEntry, type Entry, isSpelledAlike } from "./entry.ts";
import { diff } from "./diff.ts";
import { joinPath, parentOf, type Path, ROOT } from "./path.ts";
import { applyMoves, type Change, entryAt, type Move, walk } from "./tree.ts";

/** Moves can lie in moved folders; each round of the search settles one level of that. */
const DEEPEST_NESTING = 8;

/** The renames that lead from `base` to `tree`, to be applied one after the other, by the file IDs in both.
 * What it does not find is a deletion and a creation (M6). */
export function findMoves(base: DirectoryEntry, tree: DirectoryEntry, bit: boolean): Move[] {
  const moves: Move[] = [];
  for (let round = 0; round < DEEPEST_NESTING; round++) {
    const found = withPlaces(findTopmost(diff(base, tree, bit)), base, tree);
    if (found.length === 0) break;
    moves.push(...found);
    base = applyMoves(base, found);
  }
  return moves;
}

/** Puts the making of new folders before the moves into them; leaves out moves to where something else was. */
function withPlaces(moves: readonly Move[], base: DirectoryEntry, tree: DirectoryEntry): Move[] {
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

function findTopmost(changes: readonly Change[]): Move[] {
  const respelled = changes.filter(isRespelling);
  if (respelled.length > 0) {
    return respelled.map(({ path, new: entry }) => ({ from: path, to: path, name: entry!.name }));
  }
  const gone = new Map<number, { path: Path; entry: Entry }>();
  for (const { path, old, new: entry } of changes) {
    if (old && !entry) collectIds(gone, path, old);
  }
  if (gone.size === 0) return [];
  const moves: Move[] = [];
  for (const { path, old, new: entry } of changes) {
    if (entry && !old) matchTopmost(moves, gone, path, entry);
  }
  return withoutNested(moves);
}

function isRespelling({ old, new: entry }: Change): boolean {
  return old !== null && entry !== null && old.kind === entry.kind && !isSpelledAlike(old, entry);
}

/** New files that may be moved ones, which only their digest can tell. */
export function doubtfulMoves(changes: readonly Change[]): Path[] {
  const gone = new Map<number, { path: Path; entry: Entry }>();
  for (const { path, old, new: entry } of changes) if (old && !entry) collectIds(gone, path, old);
  if (gone.size === 0) return [];
  const doubtful: Path[] = [];
  for (const { path, old, new: added } of changes) {
    if (!added || old) continue;
    for (const [at, entry] of walk(path, added)) {
      if (entry.kind !== "file" || entry.digest !== "") continue;
      const source = gone.get(entry.id)?.entry;
      if (source?.kind === "file" && source.size === entry.size) doubtful.push(at);
    }
  }
  return doubtful;
}

function collectIds(ids: Map<number, { path: Path; entry: Entry }>, path: Path, entry: Entry) {
  if ((entry.kind === "file" || entry.kind === "directory") && entry.id !== 0) {
    ids.set(entry.id, { path, entry });
  }
  for (const [key, child] of childrenOf(entry)) collectIds(ids, joinPath(path, key), child);
}

function matchTopmost(
  moves: Move[],
  gone: Map<number, { path: Path; entry: Entry }>,
  path: Path,
  entry: Entry,
) {
  if (entry.kind !== "file" && entry.kind !== "directory") return;
  const source = entry.id === 0 ? undefined : gone.get(entry.id);
  if (source && isSameThing(source.entry, entry)) {
    gone.delete(entry.id);
    moves.push({ from: source.path, to: path, name: entry.name });
    return;
  }
  for (const [key, child] of childrenOf(entry)) matchTopmost(moves, gone, joinPath(path, key), child);
}

/** File systems reuse IDs: a directory is only the same one if it kept at least half of what was in it,
 * a file only if its content is known to be the same. */
function isSameThing(old: Entry, entry: Entry): boolean {
  if (old.kind === "file" && entry.kind === "file") {
    return compareContent(old, entry) === "same";
  }
  if (old.kind !== "directory" || entry.kind !== "directory") return false;
  let kept = 0;
  for (const [key, child] of old.children) {
    const now = entry.children.get(key);
    if (now && now.kind === child.kind && idOf(now) === idOf(child)) kept++;
  }
  return kept * 2 >= old.children.size;
}

function idOf(entry: Entry): number {
  return entry.kind === "file" || entry.kind === "directory" ? entry.id : 0;
}

/** Leaves moves out of a folder that itself moves to the next round, when their source has its new path. */
function withoutNested(moves: readonly Move[]): Move[] {
  const sources = new Set<string>(moves.map((move) => move.from));
  return moves.filter((move) => !hasPrefixIn(sources, parentOf(move.from)));
}

function hasPrefixIn(paths: ReadonlySet<string>, path: Path): boolean {
  for (let at: Path = path; at !== ""; at = parentOf(at)) if (paths.has(at)) return true;
  return false;
}

/** Paths, for the question whether one lies in, under or at any of them. Cost of each: the path's depth. */
export class Touched {
  #paths: ReadonlySet<string>;
  #above = new Set<string>();

  constructor(paths: readonly Path[]) {
    this.#paths = new Set<string>(paths);
    for (const path of paths) for (let at = path; at !== ""; at = parentOf(at)) this.#above.add(at);
  }

  /** Whether it is above, at or under one of them. */
  near(path: Path): boolean {
    return this.leadsTo(path) || this.covers(path);
  }

  /** Whether it is above or at one of them. */
  leadsTo(path: Path): boolean {
    return this.#above.has(path);
  }

  /** Whether it is at or under one of them. */
  covers(path: Path): boolean {
    return hasPrefixIn(this.#paths, path);
  }
}
