// A set of paths that knows what lies above and under them.

import { namesOf, parentOf, type Path } from "./path.ts";

interface Place {
  /** It is one of the paths. */
  is: boolean;
  readonly inside: Map<string, Place>;
}

/** Paths, for the question whether one lies in, under or at any of them. Cost of each: its names, as far as they lead. */
export class Touched {
  readonly #top = newPlace();

  constructor(paths: Iterable<Path>) {
    for (const path of paths) {
      let place = this.#top;
      for (const name of namesOf(path)) {
        let next = place.inside.get(name);
        if (!next) place.inside.set(name, next = newPlace());
        place = next;
      }
      place.is = true;
    }
  }

  has(path: Path): boolean {
    return this.#way(path)?.at(-1)?.is === true;
  }

  delete(path: Path) {
    const way = this.#way(path);
    if (!way || way.length === 1) return;
    way.at(-1)!.is = false;
    for (const name of namesOf(path).reverse()) {
      const place = way.pop()!;
      if (place.is || place.inside.size > 0) return;
      way.at(-1)!.inside.delete(name);
    }
  }

  /** Whether it is above, at or under one of them. */
  near(path: Path): boolean {
    return this.leadsTo(path) || this.covers(path);
  }

  /** Whether it is above or at one of them. */
  leadsTo(path: Path): boolean {
    return path !== "" && this.#way(path) !== null;
  }

  /** Whether it is at or under one of them. */
  covers(path: Path): boolean {
    let place: Place | undefined = this.#top;
    for (const name of namesOf(path)) {
      place = place.inside.get(name);
      if (!place) return false;
      if (place.is) return true;
    }
    return false;
  }

  /** The places on the way to a path, the top first; null where none of the paths leads there. */
  #way(path: Path): Place[] | null {
    const way = [this.#top];
    for (const name of namesOf(path)) {
      const next = way.at(-1)!.inside.get(name);
      if (!next) return null;
      way.push(next);
    }
    return way;
  }
}

function newPlace(): Place {
  return { is: false, inside: new Map() };
}

/** The paths and all above them. */
export function withAllAbove(paths: Iterable<Path>): Set<Path> {
  const all = new Set<Path>();
  for (const path of paths) for (let at = path; at !== "" && !all.has(at); at = parentOf(at)) all.add(at);
  return all;
}
