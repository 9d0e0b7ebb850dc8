// Names as people know them: inside, paths are of compared names (RULES N3); on the disk, and on a screen, they are as their
// owners made them.

import { childrenOf, type DirectoryEntry, type Entry } from "../core/tree/entry.ts";
import { joinPath, namesOf, parentOf, type Path } from "../core/tree/path.ts";
import type { Problem } from "../core/failure.ts";
import { spelledAt } from "../core/tree/tree.ts";

/** The trees in which a name is looked for, as they are when asked; `here` is this side's view. */
export interface SpelledTrees {
  here(): DirectoryEntry;
  peer(): DirectoryEntry | undefined;
  agreed(): DirectoryEntry;
}

export class Spelling {
  constructor(private readonly places: SpelledTrees) {}

  /** A path as its names are spelled here; null when nothing is there. */
  here(path: Path): Path | null {
    return spelledAt(this.places.here(), path);
  }

  /** The path of something that is not here yet, or is not known to be. */
  fresh(path: Path, name: string | undefined): Path | null {
    const parent = this.here(parentOf(path));
    return parent === null || name === undefined ? null : joinPath(parent, name);
  }

  /** A path for a screen: as it is spelled here, else at the peer, else when it was agreed. */
  show(path: string): string {
    let at: (Entry | undefined)[] = [this.places.here(), this.places.peer(), this.places.agreed()];
    return namesOf(path as Path).map((key) => {
      at = at.map((entry) => childrenOf(entry).get(key));
      return at.find((entry) => entry)?.name ?? key;
    }).join("/");
  }

  /** Problems for a screen. */
  shown(problems: readonly Problem[]): Problem[] {
    return problems.map((problem) => ({ ...problem, path: this.show(problem.path) }));
  }
}
