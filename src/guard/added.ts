// Files and links that the peer added to this folder lately, as the history tells (RULES S1): they are not this side's to keep, so they
// make no deletion a small one, nor a large one. What the peer deleted and put back was not added, nor was a copy that is all that is left
// of what the peer took away.

import type { ToldEntry } from "../archive/history/history_entry.ts";
import { type DirectoryEntry, isContent } from "../core/tree/entry.ts";
import { comparePath, joinPath, type Path } from "../core/tree/path.ts";
import { PathMap, pathOf, type Place, placesIn } from "../core/tree/path_map.ts";
import { entryAt } from "../core/tree/tree.ts";
import { FormerPlaces } from "./former_places.ts";

export class Added {
  /** The digests of the files that the peer added, by where the files are now. */
  readonly #present = new PathMap<string>();
  /** Path and digest of each such file, where it came to be and where it was last. */
  readonly #all = new Set<string>();
  /** Where such files are, by digest; null before that is asked for. */
  #places: Map<string, Set<Place<string>>> | null = null;
  /** Where files were at first that the peer took away, and that were none of them. */
  readonly #taken = new Set<Path>();
  readonly #former = new FormerPlaces();

  constructor(private readonly folds: boolean) {}

  /** Takes in what the peer's orders did next. */
  follow({ what, key, source, old, new: entry, undoes }: ToldEntry) {
    const path = key as Path;
    if (source !== null) {
      return this.#move(comparePath(source, this.folds), path, entry?.kind === "directory");
    }
    const before = isContent(old) ? old.digest : null;
    const now = isContent(entry) ? entry.digest : null;
    const isOwn = before !== null && this.#present.get(path) === before;
    this.#remove(path);
    const isLost = before !== null && before !== now && !isOwn;
    if (isLost && !this.#isLeftOf(before) && now === null) this.#taken.add(this.#former.of(path));
    if (now === null) return;
    const isBack = what === "undone" || undoes !== undefined;
    const isNew = before === null && !this.#taken.delete(path) && (!isBack || this.had(path, now));
    if (isOwn || isNew) this.#add(path, now);
  }

  /** Whether that content, which is at that path now, is the peer's own. */
  has(path: Path, digest: string): boolean {
    return this.#present.get(path) === digest;
  }

  /** Whether that content was the peer's own when it was lost; the path is the one at which it was at first. */
  had(path: Path, digest: string): boolean {
    return this.#all.has(`${path}\0${digest}`);
  }

  /** How many files in a tree the peer added. */
  countIn(tree: DirectoryEntry): number {
    let files = 0;
    for (const [path, { value: digest }] of placesIn(this.#present.top)) {
      const entry = entryAt(tree, path);
      if (isContent(entry) && entry.digest === digest) files++;
    }
    return files;
  }

  /** Whether there is a copy among them of what is lost: it takes its place. */
  #isLeftOf(digest: string): boolean {
    for (const place of this.#placesOf(digest)) {
      const path = pathOf(place);
      this.#remove(path);
      this.#all.delete(`${this.#former.of(path)}\0${digest}`);
      return true;
    }
    return false;
  }

  #move(from: Path, to: Path, isFolder: boolean) {
    if (from === to) return;
    this.#former.move(from, to, isFolder);
    if (isFolder) {
      this.#forgetIn(to);
      this.#present.move(from, to);
    } else {
      this.#remove(to);
      const digest = this.#remove(from);
      if (digest !== undefined) this.#add(to, digest);
    }
  }

  /** What was known there went unheard: else no folder could come there. */
  #forgetIn(folder: Path) {
    const top = this.#present.at(folder);
    if (!top) return;
    for (const [path, place] of placesIn(top)) this.#forget(joinPath(folder, path), place);
  }

  #placesOf(digest: string): Iterable<Place<string>> {
    if (this.#places === null) {
      this.#places = new Map();
      for (const [, place] of placesIn(this.#present.top)) this.#place(place);
    }
    return this.#places.get(digest) ?? [];
  }

  #remove(path: Path): string | undefined {
    const digest = this.#present.get(path);
    if (digest === undefined) return;
    this.#forget(path, this.#present.at(path)!);
    this.#present.delete(path);
    return digest;
  }

  #forget(path: Path, place: Place<string>) {
    this.#all.add(`${path}\0${place.value}`);
    this.#places?.get(place.value!)?.delete(place);
  }

  #add(path: Path, digest: string) {
    this.#all.add(`${path}\0${digest}`);
    this.#place(this.#present.set(path, digest));
  }

  #place(place: Place<string>) {
    const places = this.#places?.get(place.value!);
    if (places) places.add(place);
    else this.#places?.set(place.value!, new Set([place]));
  }
}
