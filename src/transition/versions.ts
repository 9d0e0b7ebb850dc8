// Kept versions (RULES S4): what tcpsync replaces or deletes stays as plain files in `.tcpsync/versions`, one folder a batch.

import { byteLength } from "../core/ability.ts";
import { joinPath, nameOf, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import type { Entry } from "../core/tree/entry.ts";
import { isAcrossDisks, isTooLong, tryTo } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import type { Ahead } from "./ahead.ts";
import { Meanwhile } from "./recheck.ts";

/** Where versions lie whose path would be too long. */
const LONG_PATHS = "long paths";
/** A name of more bytes may be too long with a number after it. */
const LONGEST_NUMBERED = 240;

/** A name is taken, and can take no number. */
class NoName extends Error {}

/** The name of a batch's folder: its time in UTC, readable, sortable, possible on every system. */
function stampOf(now: number): string {
  return new Date(now).toISOString().slice(0, 23).replace("T", " ").replaceAll(":", ".");
}

/** Where the former content of paths (as spelled) is kept, of a batch that was broken off: as `Versions.kept` would tell. What could
 * not be kept under its own path is not found. */
export function keptAt(disk: Disk, directory: string, time: number): Pick<Versions["kept"], "get"> {
  const get = (path: Path) => {
    const kept = `${stampOf(time)}/${path}`;
    return disk.stat(nativeOf(disk, directory, kept)) ? kept : undefined;
  };
  return { get };
}

/** The versions of one batch. The folder is made when the first is kept. */
export class Versions {
  readonly #folder: string;
  readonly #made = new Set<string>();
  /** Where the former content of each path (as spelled) is kept: the batch's folder and the path in it, with "/". */
  readonly kept = new Map<Path, string>();
  #count = 0;

  /** `copies` makes those of what cannot be kept as it is. */
  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    now: number,
    private readonly copies: Ahead,
  ) {
    this.#folder = `${directory}${disk.separator}${stampOf(now)}`;
  }

  /** Keeps the file or link at `native` under its path (as spelled), and leaves it in place too. Returns where it is kept. Throws NotYet
   * while that is copied. */
  keep(native: string, path: Path, entry: Entry): string {
    return this.#at(native, path, (place) => {
      if (entry.kind === "link") this.disk.makeLink(this.disk.readLink(native), place); // A copy would be of what it points to.
      else if (this.#hasOtherNames(native) || !tryTo(() => this.disk.hardLink(native, place))) {
        // No hard links on this disk, or not to this file: a copy does, and its failure is the caller's.
        this.#copy(native, place, entry);
      }
    });
  }

  /** Takes what is at `native` away and keeps it. Returns where. `unchanged` throws where that is not what it was. Throws NotYet while it
   * is copied. */
  take(native: string, path: Path, entry: Entry, unchanged: () => void): string {
    return this.#at(native, path, (place) => {
      if (!this.#hasOtherNames(native)) {
        try {
          return this.disk.rename(native, place);
        } catch (error) {
          if (!isAcrossDisks(error)) throw error; // From a disk inside the root it comes as a copy.
        }
      }
      this.#copy(native, place, entry);
      try {
        unchanged(); // Copying it may have taken long.
        this.disk.remove(native);
      } catch (error) {
        this.disk.removeIfThere(place);
        throw error;
      }
    });
  }

  /** Keeps what is at `native` by `keep`, at a place under its path. Where that comes to nothing, no folder is left for it. */
  #at(native: string, path: Path, keep: (place: string) => void): string {
    this.copies.waitFor(native);
    const place = this.#place(path);
    try {
      keep(place);
    } catch (error) {
      this.#forsake(place);
      throw error;
    }
    this.kept.set(path, this.#inner(place));
    return place;
  }

  /** The batch's folder and the path in it, with "/". */
  #inner(place: string): string {
    return place.slice(this.directory.length + 1).replaceAll(this.disk.separator, "/");
  }

  /** A version that is such a file would be rewritten through the other names, wherever they are. */
  #hasOtherNames(native: string): boolean {
    const stat = this.disk.stat(native);
    return stat?.kind === "file" && stat.links > 1;
  }

  #copy(native: string, place: string, entry: Entry) {
    const copy = this.copies.onOwnDisk(native);
    try {
      const isUntold = entry.kind !== "file" || entry.digest === "" || copy.digest === null;
      const isIt = isUntold || entry.digest === copy.digest;
      if (!isIt) throw new Meanwhile("it changed");
      this.disk.rename(copy.native, place);
    } finally {
      this.copies.drop(copy);
    }
  }

  /** Forgets a version again, because the replacement did not happen. */
  drop(path: Path, place: string) {
    this.kept.delete(path);
    this.disk.remove(place);
  }

  /** A place for a link that is to replace what is at `path`. As deep below the root as that, and deeper: so a link that leads
   * out from neither place. */
  onTheWay(path: Path): string {
    return this.#place(joinPath(parentOf(path), "link on its way"));
  }

  /** A place under that path. The path of a version is longer than that of the file: where it is too long for the system, its name
   * alone, in a numbered folder; where even that is, a number with the file's extension. */
  #place(path: Path): string {
    const name = nameOf(path);
    const number = `${LONG_PATHS}/${++this.#count}`;
    const [extension = ""] = /\.[^. ]{1,9}$/.exec(name) ?? [];
    for (const shorter of [path, joinPath(number as Path, name)]) {
      try {
        return this.#free(shorter);
      } catch (error) {
        if (!(error instanceof NoName) && !isTooLong(error)) throw error;
      }
    }
    return this.#free(`${number}${extension}` as Path);
  }

  /** Removes the folders that were made for a place, where nothing is in them. */
  #forsake(place: string) {
    this.#made.clear();
    tryTo(() => removeEmpty(this.disk, this.directory, this.#inner(place)));
  }

  #free(path: Path): string {
    const inner = (part: string) =>
      `${this.#folder}${this.disk.separator}${part.replaceAll("/", this.disk.separator)}`;
    const parent = parentOf(path);
    if (!this.#made.has(parent)) {
      this.disk.makeDirectories(parent === "" ? this.#folder : inner(parent));
      this.#made.add(parent);
    }
    let place = inner(path);
    for (let count = 2; this.disk.stat(place); count++) {
      if (byteLength(nameOf(path)) > LONGEST_NUMBERED) throw new NoName();
      place = `${inner(path)} ${count}`;
    }
    return place;
  }
}

const STAMP = /^(\d{4}-\d\d-\d\d) (\d\d)\.(\d\d)\.(\d\d\.\d{3})$/;

/** When a batch was made, by the clock of then, in ms; NaN for what is no batch's folder. */
export function timeOf(name: string): number {
  const [, day, hour, minute, second] = STAMP.exec(name) ?? [];
  return Date.parse(`${day}T${hour}:${minute}:${second}Z`);
}

/** The folders of batches in one of versions, by their times. What else is there is somebody else's. */
export function batchesIn(disk: Disk, directory: string): string[] {
  const isFolder = (name: string) => disk.stat(`${directory}${disk.separator}${name}`)?.kind === "directory";
  return disk.list(directory).filter((name) => !Number.isNaN(timeOf(name)) && isFolder(name)).sort();
}

/** The native path of what is kept at `place`. */
function nativeOf(disk: Disk, directory: string, place: string): string {
  return `${directory}${disk.separator}${place.replaceAll("/", disk.separator)}`;
}

/** Removes these batches. Returns those that went: what somebody has open goes another time, soon enough for something that stayed for
 * weeks. */
export function removeBatches(disk: Disk, directory: string, names: readonly string[]): string[] {
  return names.filter((name) => tryTo(() => disk.removeTree(nativeOf(disk, directory, name))));
}

/** Removes single versions, and the folders that are empty then. Returns those that went. */
export function removeVersions<T extends { place: string }>(
  disk: Disk,
  directory: string,
  versions: readonly T[],
): T[] {
  return versions.filter(({ place }) => {
    const removed = tryTo(() => disk.remove(nativeOf(disk, directory, place)));
    if (removed) removeEmpty(disk, directory, place);
    return removed;
  });
}

/** Removes the folders above a place that are empty. */
function removeEmpty(disk: Disk, directory: string, place: string) {
  for (let at = parentOf(place as Path); at !== ROOT; at = parentOf(at)) {
    const folder = nativeOf(disk, directory, at);
    if (disk.list(folder).length > 0 || !tryTo(() => disk.remove(folder))) break;
  }
}

/** The files kept in a batch, by where they are, and what they take; one with several names there counts once. */
export function* filesKeptIn(
  disk: Disk,
  directory: string,
  place: string,
  counted: Set<number>,
): Generator<{ place: string; bytes: number }> {
  const folders = [place];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const name of disk.list(nativeOf(disk, directory, folder))) {
      const inner = `${folder}/${name}`;
      const stat = disk.stat(nativeOf(disk, directory, inner));
      if (stat?.kind === "directory") folders.push(inner);
      else if (stat?.kind === "file") {
        const isCounted = stat.id !== 0 && counted.has(stat.id);
        counted.add(stat.id);
        yield { place: inner, bytes: isCounted ? 0 : stat.size };
      }
    }
  }
}
