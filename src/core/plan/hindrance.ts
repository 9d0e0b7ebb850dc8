// What keeps content from being put into a folder, by its cause and not by file (RULES S9): that its disk has no room, or that nothing can
// be put into one folder, or in the place of one file.

import type { DirectoryEntry } from "../tree/entry.ts";
import { parentOf, type Path, ROOT } from "../tree/path.ts";
import { entryAt } from "../tree/tree.ts";

/** Where the cause of a failure lies, if it is none of the file alone. full: the disk has no room; large: it holds no file of that size;
 * denied: this user may not, in that folder or with that file; name: the disk takes no such name. */
export type Cause = "full" | "large" | "denied" | "name";

/** A folder into which nothing can be put just now, or taken from; or a file that cannot be put in its place. */
export interface Closed {
  /** In the compared form. */
  readonly path: Path;
  /** Nothing goes into it; else it is the one file. */
  readonly isFolder: boolean;
  /** In words, for a person. */
  readonly reason: string;
  /** Nothing but another file, or another disk, mends it: it is the matter of whoever has the file. */
  readonly lasting: boolean;
  /** What is closed to nothing but content of at least so many bytes. */
  readonly from?: number;
}

/** So much that is closed is told at once. */
export const MOST_CLOSED = 1000;

/** Of so many disks inside the root it is told how much room they have. */
export const MOST_ROOMS = 100;

/** What a side tells of itself. */
export interface Hindrances {
  /** So many bytes may come; null where nobody knows. */
  readonly room: number | null;
  /** The same of disks inside the root, by the folder that each is mounted at, in the compared form; null also where one is a part of the
   * root's own. */
  readonly rooms: ReadonlyMap<Path, number | null>;
  /** Those of these disks that proved full, whatever their system tells of room: the root's own path for its own. */
  readonly full: ReadonlySet<string>;
  /** Empty while nothing is known to be closed. */
  readonly closed: readonly Closed[];
}

/** Nothing is in the way. */
export const UNHINDERED: Hindrances = { room: null, rooms: new Map(), full: new Set(), closed: [] };

/** Where the disk is mounted that what is at a path is on, or is to come to, of those that are mounted in the root; the root's own path
 * where it is none of them. */
export function diskOf(path: Path, inside: Pick<ReadonlyMap<Path, unknown>, "has" | "size">): Path {
  if (inside.size === 0) return ROOT;
  let at = parentOf(path);
  while (at !== ROOT && !inside.has(at)) at = parentOf(at);
  return at;
}

/** The folder at a path, or the nearest above it that is there. */
export function folderThere(tree: DirectoryEntry, path: Path): Path {
  let at = path;
  while (at !== ROOT && entryAt(tree, at)?.kind !== "directory") at = parentOf(at);
  return at;
}

/** A path, and the folders above it that are not there, from the nearest on. */
function missingTo(tree: DirectoryEntry, path: Path): Path[] {
  const missing = [path];
  for (let at = parentOf(path); at !== ROOT && entryAt(tree, at)?.kind !== "directory"; at = parentOf(at)) {
    missing.push(at);
  }
  return missing;
}

/** What is closed of all that is known to be, to whatever is to be put at a path of `tree`, of so many bytes, or taken from there. */
export function closedTo<C extends Closed>(
  known: ReadonlyMap<Path, C>,
  tree: DirectoryEntry,
  path: Path,
  size = 0,
): C | undefined {
  if (known.size === 0) return undefined;
  const folder = known.get(folderThere(tree, parentOf(path)));
  if (folder?.isFolder) return folder;
  return missingTo(tree, path).map((at) => known.get(at)).find((one) =>
    one && !one.isFolder && size >= (one.from ?? 0)
  );
}

/** For what comes there is less room than it needs. */
export interface Short {
  /** So many bytes less on the root's own disk; 0: there is enough. */
  missing: number;
  /** The least of it, which is more than there is room for, needs so many; 0 where nothing waits for that disk. */
  least: number;
  /** What the least needs that waits for a disk inside the root, by the folder it is mounted at; others have enough. */
  inside: ReadonlyMap<Path, number>;
}

/** Bytes for a sentence that is to stay the same while they hardly change. */
export function roughly(bytes: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let at = 0;
  let value = bytes;
  for (; value >= 1000 && at < units.length - 1; at++) value /= 1000;
  return `${value < 1 ? value : Number(value.toPrecision(2))} ${units[at]}`;
}
