// Files and links that the peer added to this folder lately, as the history tells (RULES S1): they are not this side's to keep, so they make
// no deletion a small one, nor a large one. What the peer deleted and put back was not added, nor was a copy that is all that is left of
// what the peer took away.

import type { ToldDeed } from "../archive/deed.ts";
import { type DirectoryEntry, isContent } from "../core/entry.ts";
import { comparePath, isWithin, type Path } from "../core/path.ts";
import { entryAt } from "../core/tree.ts";
import { FormerPlaces } from "./former_places.ts";

export class Added {
  /** Where they are now, and with which content. */
  readonly #present = new Map<Path, string>();
  /** Wherever they were, and are. */
  readonly #all = new Set<string>();
  /** Where they are, by content, once that is asked for. */
  #places: Map<string, Set<Path>> | null = null;
  /** Where files were at first that the peer took away, and that were none of them. */
  readonly #taken = new Set<Path>();
  readonly #former = new FormerPlaces();

  constructor(private readonly folds: boolean) {}

  /** Takes in what the peer's orders did next. */
  follow({ what, key, source, old, new: entry, undoes }: ToldDeed) {
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

  /** How many of the files in a tree they are. */
  countIn(tree: DirectoryEntry): number {
    return this.#present.entries().filter(([path, digest]) => {
      const entry = entryAt(tree, path);
      return isContent(entry) && entry.digest === digest;
    }).toArray().length;
  }

  /** Whether there is a copy among them of what is lost: it takes its place. */
  #isLeftOf(digest: string): boolean {
    for (const path of this.#placesOf(digest)) {
      this.#remove(path);
      this.#all.delete(`${this.#former.of(path)}\0${digest}`);
      return true;
    }
    return false;
  }

  #move(from: Path, to: Path, isFolder: boolean) {
    if (from === to) return;
    this.#former.move(from, to, isFolder);
    this.#forgetIn(to, isFolder);
    const along = isFolder ? [...this.#present.keys()].filter((path) => isWithin(path, from)) : [from];
    for (const path of along) {
      const digest = this.#remove(path);
      if (digest !== undefined) this.#add(to + path.slice(from.length) as Path, digest);
    }
  }

  /** What was known there went unheard: else nothing could come there. */
  #forgetIn(place: Path, isFolder: boolean) {
    this.#remove(place);
    if (!isFolder) return;
    for (const path of this.#present.keys()) if (isWithin(path, place)) this.#remove(path);
  }

  #placesOf(digest: string): Iterable<Path> {
    if (this.#places === null) {
      this.#places = new Map();
      for (const [path, digest] of this.#present) this.#place(path, digest);
    }
    return this.#places.get(digest) ?? [];
  }

  #remove(path: Path): string | undefined {
    const digest = this.#present.get(path);
    if (digest === undefined) return;
    this.#present.delete(path);
    this.#places?.get(digest)?.delete(path);
    return digest;
  }

  #add(path: Path, digest: string) {
    this.#present.set(path, digest);
    this.#all.add(`${path}\0${digest}`);
    this.#place(path, digest);
  }

  #place(path: Path, digest: string) {
    const places = this.#places?.get(digest);
    if (places) places.add(path);
    else this.#places?.set(digest, new Set([path]));
  }
}
