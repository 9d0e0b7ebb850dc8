// What no event tells: a folder's own time moves whenever something in it is made, removed or renamed. So a look at the folders alone
// finds in which of them that happened since they were listed, and a look into those what it was.

import { type DirectoryEntry, type Entry } from "../../core/tree/entry.ts";
import { joinPath, type Path, ROOT } from "../../core/tree/path.ts";
import type { Disk, Stat } from "../../fs/port.ts";
import { tickOf } from "../clock.ts";
import { isAsSeen, isSameFolder } from "../identity.ts";

/** When folders were changed, as of when they were last listed. */
export class FolderTimes {
  #times = new Map<Path, number>();

  /** A look at everything begins. */
  clear() {
    this.#times.clear();
  }

  /** A folder is about to be listed, at `now` (ms). What comes within the tick of its time would not show in it. */
  listing(folder: Path, { mtime }: Stat, now: number) {
    this.#times.set(folder, Math.abs(now - mtime) <= tickOf(mtime) ? NaN : mtime);
  }

  /** The paths (as spelled) that are other than `snapshot` has them, in folders that changed. */
  sweep(snapshot: DirectoryEntry, disk: Disk, native: (path: Path) => string, now: number): Path[] {
    const found = new Set<Path>();
    const rest: [Path, DirectoryEntry][] = [[ROOT, snapshot]];
    for (let next = rest.pop(); next; next = rest.pop()) {
      const [path, folder] = next;
      const stat = lookAt(disk, native(path));
      if (path !== ROOT && !(stat?.kind === "directory" && isSameFolder(stat, folder))) {
        found.add(path);
        continue;
      }
      if (stat && stat.mtime !== this.#times.get(path)) {
        this.listing(path, stat, now);
        for (const other of differing(path, folder, disk, native)) found.add(other);
      }
      for (const [name, entry] of folder.children) {
        if (entry.kind === "directory") rest.push([joinPath(path, name), entry]);
      }
    }
    return [...found];
  }
}

function differing(path: Path, folder: DirectoryEntry, disk: Disk, native: (path: Path) => string): Path[] {
  let names: string[];
  try {
    names = disk.list(native(path));
  } catch {
    return [path]; // Whoever looks at it tells what is wrong with it.
  }
  const listed = new Set(names);
  const gone = [...folder.children.keys()].filter((name) => !listed.has(name));
  const other = names.filter((name) => {
    const entry = folder.children.get(name);
    return !entry || !isAsBefore(entry, lookAt(disk, native(joinPath(path, name))));
  });
  return [...gone, ...other].map((name) => joinPath(path, name));
}

function isAsBefore(entry: Entry, stat: Stat | null): boolean {
  if (entry.kind === "file") return stat !== null && isAsSeen(stat, entry);
  return entry.kind === "directory" && stat?.kind === "directory"; // A folder is visited by itself; of others only a look tells.
}

function lookAt(disk: Disk, native: string): Stat | null {
  try {
    return disk.stat(native);
  } catch {
    return null;
  }
}
