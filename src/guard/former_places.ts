// Where files were before the peer's orders moved them: whatever name a file is lost under, it is that one file (RULES S1).

import type { ToldEntry } from "../archive/history/history_entry.ts";
import type { DirectoryEntry } from "../core/tree/entry.ts";
import { comparePath, type Path } from "../core/tree/path.ts";
import { PathMap } from "../core/tree/path_map.ts";
import { entryAt, type Move } from "../core/tree/tree.ts";

export class FormerPlaces {
  /** Where what was moved itself was at first, by where it is now. */
  readonly #places = new PathMap<Path>();

  /** As the history tells; `historyEntries`: what the peer's orders did here, in the order in which it was done. */
  static told(historyEntries: Iterable<ToldEntry>, folds: boolean): FormerPlaces {
    const places = new FormerPlaces();
    for (const { key, source, new: entry } of historyEntries) {
      if (source !== null) places.move(comparePath(source, folds), key as Path, entry?.kind === "directory");
    }
    return places;
  }

  /** In a tree in which these moves are still to be done. */
  static before(moves: readonly Move[], tree: DirectoryEntry): FormerPlaces {
    const places = new FormerPlaces();
    for (const { from, to, made } of moves) {
      if (!made) places.move(from, to, entryAt(tree, places.of(from))?.kind === "directory");
    }
    return places;
  }

  move(from: Path, to: Path, isFolder: boolean) {
    const place = this.of(from);
    if (isFolder) this.#places.move(from, to);
    else this.#places.delete(from);
    this.#places.set(to, place);
  }

  /** Where what is at a path was at first; the path itself where it was not moved. */
  of(path: Path): Path {
    const known = this.#places.nearest(path);
    return known ? [known.value, ...known.rest].join("/") as Path : path;
  }
}
