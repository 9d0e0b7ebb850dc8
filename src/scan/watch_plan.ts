// Where a watch costs something for each folder: the fewest folders to watch, so that none that is ignored is among them.

import { type DirectoryEntry, type Entry } from "../core/tree/entry.ts";
import { joinPath, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { entryAt } from "../core/tree/tree.ts";

/** The topmost folders that are watched with all that is in them, and those that are watched alone, the root first. */
export interface FolderPlan {
  whole: Path[];
  flat: Path[];
  folders: number;
}

/** `partial`: the folders that something ignored lies in. What cannot be looked at cannot be watched either, nor the folders it is in as
 * a whole. */
export function planWatch(snapshot: DirectoryEntry, partial: Iterable<Path>): FolderPlan {
  const alone = new Set<Path>([ROOT]); // Our own folder is in it.
  const add = (path: Path) => {
    for (let at = path; !alone.has(at); at = parentOf(at)) alone.add(at);
  };
  for (const path of partial) add(path);
  for (const [path, folder] of foldersOf(snapshot)) if (hasProblem(folder)) add(path);
  const plan: FolderPlan = { whole: [], flat: [], folders: 0 };
  for (const [path] of foldersOf(snapshot)) {
    plan.folders++;
    if (alone.has(path)) plan.flat.push(path);
    else if (alone.has(parentOf(path))) plan.whole.push(path);
  }
  return plan;
}

/** Where not all can be watched: each folder alone, the root first, then those that were there before, then the rest; those first in
 * which something changed last. */
export function planScarceWatch(snapshot: DirectoryEntry, before: DirectoryEntry): FolderPlan {
  const folders = [...foldersOf(snapshot)].map(([path, folder]) => ({
    path,
    rank: path === ROOT ? 0 : entryAt(before, path)?.kind === "directory" ? 1 : 2,
    changed: lastChange(folder),
  }));
  folders.sort((one, other) => one.rank - other.rank || other.changed - one.changed);
  return { whole: [], flat: folders.map(({ path }) => path), folders: folders.length };
}

/** Whether both trees have the same folders; what they share is not looked at. */
export function haveSameFolders(one: DirectoryEntry, other: DirectoryEntry): boolean {
  const pairs: [DirectoryEntry, DirectoryEntry][] = [[one, other]];
  for (let pair = pairs.pop(); pair; pair = pairs.pop()) {
    const [here, there] = pair;
    if (here === there) continue;
    let count = 0;
    for (const [name, entry] of here.children) {
      if (entry.kind !== "directory") continue;
      const twin = there.children.get(name);
      if (twin?.kind !== "directory") return false;
      count++;
      if (twin !== entry) pairs.push([entry, twin]);
    }
    for (const entry of there.children.values()) if (entry.kind === "directory") count--;
    if (count !== 0) return false;
  }
  return true;
}

/** All folders with their paths, each after the one it is in. */
function* foldersOf(root: DirectoryEntry): Generator<[Path, DirectoryEntry]> {
  const rest: [Path, Entry][] = [[ROOT, root]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [path, entry] = next;
    if (entry.kind !== "directory") continue;
    yield [path, entry];
    for (const [name, child] of entry.children) {
      if (child.kind === "directory") rest.push([joinPath(path, name as never), child]);
    }
  }
}

function hasProblem(folder: DirectoryEntry): boolean {
  for (const entry of folder.children.values()) if (entry.kind === "problem") return true;
  return false;
}

function lastChange(folder: DirectoryEntry): number {
  let last = -Infinity;
  for (const entry of folder.children.values()) {
    if (entry.kind === "file" && entry.mtime > last) last = entry.mtime;
  }
  return last;
}
