// A set of paths that knows what lies above and under them.

import { parentOf, type Path } from "./path.ts";
import { PathMap } from "./path_map.ts";

/** Paths, for the question whether one lies in, under or at any of them. Cost of each: its names, as far as they lead. */
export class Touched {
  readonly #paths = new PathMap<true>();

  /** The paths are all of one form, compared or exact. */
  constructor(paths: Iterable<Path>) {
    for (const path of paths) this.#paths.set(path, true);
  }

  /** Puts in one more. */
  add(path: Path) {
    this.#paths.set(path, true);
  }

  /** Whether it is one of them. */
  has(path: Path): boolean {
    return this.#paths.get(path) === true;
  }

  /** Takes out this one alone, not what lies under it. */
  delete(path: Path) {
    this.#paths.delete(path);
  }

  /** Whether it is above, at or under one of them. */
  near(path: Path): boolean {
    return this.leadsTo(path) || this.covers(path);
  }

  /** Whether it is above or at one of them. */
  leadsTo(path: Path): boolean {
    return path !== "" && this.#paths.at(path) !== null;
  }

  /** Whether it is at or under one of them. */
  covers(path: Path): boolean {
    return this.#paths.nearest(path) !== null;
  }
}

/** The paths and all above them. */
export function withAllAbove(paths: Iterable<Path>): Set<Path> {
  const all = new Set<Path>();
  for (const path of paths) for (let at = path; at !== "" && !all.has(at); at = parentOf(at)) all.add(at);
  return all;
}
