// What a pair compares of a snapshot, with nothing left out of it: by the names as they compare there, of twins the agreed one (N3).

import type { Archive } from "../archive/archive.ts";
import type { DirectoryEntry } from "../core/tree/entry.ts";
import { agreedNames, Viewer } from "../core/ignore/view.ts";

/** Of a pair, how its names compare. */
export interface Comparing {
  pair: number;
  folds: boolean;
}

export class PairViews {
  readonly #viewers = new Map<string, Viewer>();

  constructor(private readonly archive: Archive) {}

  /** Parts of the snapshot that did not change give the very same view again. */
  of({ pair, folds }: Comparing, snapshot: DirectoryEntry): DirectoryEntry {
    const key = `${pair} ${folds}`;
    let viewer = this.#viewers.get(key);
    if (!viewer) {
      const agreed = agreedNames(() => this.archive.ancestor(pair));
      this.#viewers.set(key, viewer = new Viewer(folds, () => false, undefined, agreed));
    }
    return viewer.view(snapshot);
  }
}
