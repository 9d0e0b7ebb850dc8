// Files found to hold what nobody wrote: as long as they look as they did then, they are problems in every snapshot.

import type { UnsoundFile } from "../archive/state/unsound.ts";
import type { Path } from "../core/tree/path.ts";
import type { Stat } from "../fs/port.ts";

export class Unsound {
  readonly #files = new Map<Path, UnsoundFile>();
  readonly #byNumber = new Map<number, UnsoundFile>();
  /** Unsound files that were touched since they were read: their content may be another by now. */
  #touched = new Set<Path>();
  /** The new path of each unsound file that was renamed, by its old one. */
  #renamed = new Map<Path, Path>();

  put(file: UnsoundFile) {
    this.#files.set(file.path, file);
    if (file.id !== 0) this.#byNumber.set(file.id, file);
  }

  remove(path: Path) {
    const file = this.#files.get(path);
    if (file && this.#byNumber.get(file.id) === file) this.#byNumber.delete(file.id);
    this.#files.delete(path);
    this.#touched.delete(path);
    this.#renamed.delete(path);
  }

  get(path: Path): UnsoundFile | undefined {
    return this.#files.get(path);
  }

  all(): UnsoundFile[] {
    return [...this.#files.values()];
  }

  /** The one that is at this path now; renamed, it is the same. */
  at(path: Path, stat: Stat): UnsoundFile | null {
    if (this.#files.size === 0) return null;
    const own = this.#files.get(path);
    if (own && isLike(own, stat)) {
      // A number alone proves nothing: disks give others after a mount, and a copy may have been put in its place.
      if (own.changed !== stat.changed || own.id !== stat.id) this.#touched.add(path);
      return own;
    }
    const known = this.#byNumber.get(stat.id);
    if (!known || !isLike(known, stat)) return null;
    this.#renamed.set(known.path, path);
    return known;
  }

  /** The path at which the unsound file of `path` was seen after a rename. */
  renamed(path: Path): Path | undefined {
    return this.#renamed.get(path);
  }

  /** The paths of those touched since they were read, each time told once. */
  takeTouched(): Path[] {
    const touched = [...this.#touched];
    this.#touched.clear();
    return touched;
  }
}

function isLike(file: UnsoundFile, { size, mtime }: Stat): boolean {
  return file.size === size && file.mtime === mtime;
}
