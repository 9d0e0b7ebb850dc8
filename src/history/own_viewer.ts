// How one pair compares this folder where no session of it is asked: by the rules here, and of twins the agreed one (N3).

import type { KnownPair } from "../archive/archive.ts";
import { ignoreRules } from "../core/ignore/ignore.ts";
import { agreedNames, Viewer } from "../core/ignore/view.ts";
import type { RootEngine } from "../engine/engine.ts";

/** A viewer of the engine's snapshots, and of the pair's ancestor, by the rules as they are now. */
export function ownViewer({ archive, rules }: RootEngine, { id, folds }: KnownPair): Viewer {
  return new Viewer(folds, ignoreRules(rules, folds), undefined, agreedNames(() => archive.ancestor(id)));
}
