// Values by path, in a tree of names: what is at a path, above and under it is found, and taken elsewhere, at the cost of its depth,
// however much else is known.

import { joinPath, namesOf, type Path, ROOT } from "./path.ts";

/** A name in the tree; it stays the same one wherever it is taken. Without a value it only leads to others. */
export interface Place<T> {
  /** The last name of its path; "" for the top. */
  name: string;
  /** The folder it is in; null for the top, and while it is taken out. */
  above: Place<T> | null;
  /** What is known at the path; undefined where it only leads to others. */
  value: T | undefined;
  /** What is in it, by name; null where nothing ever was. */
  inside: Map<string, Place<T>> | null;
}

/** Where a place is. */
export function pathOf<T>(place: Place<T>): Path {
  const names: string[] = [];
  for (let at = place; at.above; at = at.above) names.push(at.name);
  return names.reverse().join("/") as Path;
}

/** All places with a value at and under one, parents first, each with its path from there. */
export function* placesIn<T>(top: Place<T>): Generator<[Path, Place<T>]> {
  const rest: [Path, Place<T>][] = [[ROOT, top]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [path, place] = next;
    if (place.value !== undefined) yield next;
    for (const [name, inner] of place.inside ?? []) rest.push([joinPath(path, name), inner]);
  }
}

/** Values by path. Each call costs the depth of its path. */
export class PathMap<T> {
  /** The root's place; it is always there. */
  readonly top: Place<T> = newPlace("", null);

  /** The value at that very path. */
  get(path: Path): T | undefined {
    return this.at(path)?.value;
  }

  /** The place at a path; null where no value is at or under it. */
  at(path: Path): Place<T> | null {
    if (this.#isBare) return path === ROOT ? this.top : null;
    let place: Place<T> | undefined = this.top;
    for (const name of namesOf(path)) {
      place = place.inside?.get(name);
      if (!place) return null;
    }
    return place;
  }

  /** The value at a path, or else that of the nearest folder above it, and what leads from there to the path; the top has none. */
  nearest(path: Path): { value: T; rest: string[] } | null {
    if (this.#isBare) return null;
    const names = namesOf(path);
    let [found, above] = [undefined as T | undefined, 0];
    for (const [number, value] of this.#onTheWay(names)) [found, above] = [value, number + 1];
    return found === undefined ? null : { value: found, rest: names.slice(above) };
  }

  /** The values of the folders above a path, and its own. */
  valuesTo(path: Path): Iterable<T> {
    return this.#onTheWay(namesOf(path)).map(([, value]) => value);
  }

  /** Nothing is known at any path below the top. Mostly so, where many are asked about: their names need not be told apart. */
  get #isBare(): boolean {
    return !this.top.inside?.size;
  }

  *#onTheWay(names: readonly string[]): Generator<[number, T]> {
    let place: Place<T> | undefined = this.top;
    for (const [number, name] of names.entries()) {
      place = place.inside?.get(name);
      if (!place) return;
      if (place.value !== undefined) yield [number, place.value];
    }
  }

  /** Gives a path its value, and returns the place that has it. */
  set(path: Path, value: T): Place<T> {
    const place = this.#make(namesOf(path));
    place.value = value;
    return place;
  }

  /** Forgets the value at a path, and returns where it was. */
  delete(path: Path): Place<T> | null {
    const place = this.at(path);
    if (!place) return null;
    place.value = undefined;
    prune(place);
    return place;
  }

  /** Takes out what is at and under a path. */
  take(path: Path): Place<T> | null {
    const place = path === ROOT ? null : this.at(path);
    const above = place?.above;
    if (!place || !above) return null;
    above.inside!.delete(place.name);
    place.above = null;
    prune(above);
    return place;
  }

  /** Puts what was taken out at a path, where nothing is at or under it. */
  put(path: Path, place: Place<T>) {
    const names = namesOf(path);
    place.name = names.pop()!;
    place.above = this.#make(names);
    (place.above.inside ??= new Map()).set(place.name, place);
  }

  /** Takes what is at and under a path to another, where nothing stays of what was known. */
  move(from: Path, to: Path) {
    const along = this.take(from);
    this.take(to);
    if (along) this.put(to, along);
  }

  #make(names: readonly string[]): Place<T> {
    let place = this.top;
    for (const name of names) {
      let next = place.inside?.get(name);
      if (!next) (place.inside ??= new Map()).set(name, next = newPlace(name, place));
      place = next;
    }
    return place;
  }
}

function newPlace<T>(name: string, above: Place<T> | null): Place<T> {
  return { name, above, value: undefined, inside: null };
}

/** Takes out the names that lead to no value any more. */
function prune<T>(place: Place<T>) {
  for (let at = place; at.above && at.value === undefined && !at.inside?.size; at = at.above) {
    at.above.inside!.delete(at.name);
  }
}
