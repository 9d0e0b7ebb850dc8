// Kept versions (RULES S4): what tcpsync replaces or deletes stays as plain files in `.tcpsync/versions`, one folder a batch.

import { joinPath, parentOf, type Path } from "../core/path.ts";
import type { Entry } from "../core/entry.ts";
import type { Disk } from "../fs/port.ts";

export const KEPT_DAYS = 30;

/** The name of a batch's folder: its time in UTC, readable, sortable, possible on every system. */
function stampOf(now: number): string {
  return new Date(now).toISOString().slice(0, 23).replace("T", " ").replaceAll(":", ".");
}

/** The versions of one batch. The folder is made when the first is kept. */
export class Versions {
  readonly #folder: string;
  readonly #made = new Set<string>();

  constructor(private readonly disk: Disk, directory: string, now: number) {
    this.#folder = `${directory}${disk.separator}${stampOf(now)}`;
  }

  /** Keeps the file or link at `native` under its path (as spelled), and leaves it in place too. Returns where it is kept. */
  keep(native: string, path: Path, entry: Entry): string {
    const place = this.#place(path);
    if (entry.kind === "link") this.disk.makeLink(this.disk.readLink(native), place); // A copy would be of what it points to.
    else this.#keepFile(native, place);
    return place;
  }

  #keepFile(native: string, place: string) {
    try {
      return this.disk.hardLink(native, place);
    } catch {
      // No hard links on this disk, or not to this file: a copy does, and its failure is the caller's.
    }
    try {
      this.disk.copy(native, place);
    } catch (error) {
      this.disk.removeIfThere(place);
      throw error;
    }
  }

  /** Takes what is at `native` away and keeps it. Returns where. */
  take(native: string, path: Path): string {
    const place = this.#place(path);
    this.disk.rename(native, place);
    return place;
  }

  /** Forgets a version again, because the replacement did not happen. */
  drop(place: string) {
    this.disk.remove(place);
  }

  /** A place for a link that is to replace what is at `path`. As deep below the root as that, and deeper: so a link that leads
   * out from neither place. */
  onTheWay(path: Path): string {
    return this.#place(joinPath(parentOf(path), "link on its way"));
  }

  #place(path: Path): string {
    const inner = (part: string) =>
      `${this.#folder}${this.disk.separator}${part.replaceAll("/", this.disk.separator)}`;
    const parent = parentOf(path);
    if (!this.#made.has(parent)) {
      this.disk.makeDirectories(parent === "" ? this.#folder : inner(parent));
      this.#made.add(parent);
    }
    let place = inner(path);
    for (let count = 2; this.disk.stat(place); count++) place = `${inner(path)} ${count}`;
    return place;
  }
}

/** Removes batches older than the time they are kept. */
export function pruneVersions(disk: Disk, directory: string, now: number) {
  const oldest = stampOf(now - KEPT_DAYS * 24 * 3600 * 1000);
  for (const name of disk.list(directory)) {
    if (/^\d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.\d{3}$/.test(name) && name < oldest) {
      disk.removeTree(`${directory}${disk.separator}${name}`);
    }
  }
}
