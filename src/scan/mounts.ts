// Disks mounted inside the root, and folders of the same disk mounted there a second time. Once seen they are remembered, so that what was
// on one is not taken for deleted when it is gone: an empty mount point is a problem, which freezes what is under it (RULES N6), until
// the disk is back or the folder itself is removed, which says that it is meant.

import type { MountRow, MountTable } from "../archive/state/mounts.ts";
import { childrenOf, type DirectoryEntry, type Entry } from "../core/tree/entry.ts";
import { isWithin, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { entryAt } from "../core/tree/tree.ts";
import { isApart } from "../fs/crossing.ts";
import type { Devices } from "../fs/disks/devices.ts";
import { isMute } from "../fs/probe/mute.ts";
import type { Disk, Stat } from "../fs/port.ts";
import type { Known } from "./known.ts";

/** A folder that a look found. */
interface SeenFolder {
  path: Path;
  native: string;
  stat: Stat;
  before: Entry | undefined;
}

/** What comes of a visit to a folder: the folder as it is, with what was known of it before it was gone; or why nothing in it counts. */
export type MountVisit = Pick<SeenFolder, "stat" | "before"> | { missing: string };

/** A mount that is not there: what was in it, and the folder that is there instead. */
interface GoneMount {
  entry: DirectoryEntry | undefined;
  instead: Stat;
}

const MISSING = "the disk that was mounted here is not there: connect it again; " +
  "or, if what was on it is to go on both computers, remove this folder";
const COVERED = "a disk was mounted here over what this folder holds: unmount it; " +
  "or, if that is to go on both computers, remove it while the disk is not mounted";
const OTHER = "another disk is mounted here than the one that was: mount that one again; " +
  "or, if what was on it is to go on both computers, unmount this one and remove the folder";

export class Mounts {
  readonly #known = new Map<Path, MountRow>();
  /** The top folders of the mounts that are there, as they were last seen. */
  readonly #there = new Map<Path, Stat>();
  readonly #gone = new Map<Path, GoneMount>();
  readonly #mute = new Set<Path>();
  #rootDevice = 0;

  /** `disk` as it is, its numbers not counted by `devices`. */
  constructor(
    private readonly table: Pick<MountTable, "all" | "put" | "remove">,
    private readonly disk: Disk,
    private readonly devices: Devices,
    private readonly native: (path: Path) => string,
  ) {
    for (const row of table.all()) this.#known.set(row.path, row);
  }

  /** A look at everything begins, in this root. */
  begin(root: Stat) {
    this.#rootDevice = root.device;
  }

  /** The paths of those that are there and tell of no changes made elsewhere. */
  get mute(): Path[] {
    return [...this.#mute].filter((path) => this.#there.has(path));
  }

  /** Where other disks than the root's own are mounted now, as spelled. */
  get inside(): Path[] {
    return [...this.#there.keys()].filter((path) => (this.#known.get(path)?.range ?? 0) > 0);
  }

  /** Whether what was seen so is on a disk inside the root, of which nobody has tried what it can do. */
  isInside = (stat: Stat): boolean => this.devices.rangeOf(stat.device) > 0;

  /** Whether a path is on a disk that is, or was, mounted inside the root. */
  isOnOther(path: Path): boolean {
    return [...this.#known.values()].some((row) => row.range > 0 && isWithin(path, row.path));
  }

  /** Whether a folder in which something is to be done is still on the disk that the last look saw. */
  isStill = (path: Path, stat: Stat): boolean => {
    if (this.#gone.has(path)) return false;
    const seen = this.#there.get(path);
    return !seen || seen.device === stat.device && seen.id === stat.id;
  };

  /** A look is at a folder. */
  visit(folder: SeenFolder, known: Known): MountVisit {
    const { path, stat, before } = folder;
    const [row, gone] = [this.#known.get(path), this.#gone.get(path)];
    const isOther = stat.device !== this.#deviceAbove(path);
    const isBound = !isOther && this.#isBound(folder);
    if (!row && !gone && !isOther && !isBound) return folder;
    const raw = this.#look(path) ?? stat; // With the number that the disk gives it.
    const isSame = row !== undefined && isOne(row, raw);
    const isMounted = isSame || isOther || isBound;
    const entry = gone?.entry ?? (before?.kind === "directory" ? before : known.folderAt(path));
    if (!isSame && (row || isMounted) && this.#isEmptied(folder.native, entry, isMounted)) {
      for (const at of [...this.#there.keys()]) {
        if (!isWithin(at, path)) continue;
        this.#there.delete(at);
        this.#mute.delete(at);
      }
      this.#gone.set(path, { entry, instead: raw });
      return { missing: !isMounted ? MISSING : row ? OTHER : COVERED };
    }
    this.#gone.delete(path);
    if (!isMounted) { // What was on the disk is in the folder itself, or nothing covers that any more.
      this.#forget(path);
      return { stat, before: entry ?? before };
    }
    this.#note(path, raw);
    const counted = this.devices.counted(raw);
    if (!this.#there.has(path) && isMute(folder.native)) this.#mute.add(path);
    this.#there.set(path, counted);
    return { stat: counted, before: entry ?? before };
  }

  /** Mounts that are gone, where another folder is now than when that was found. */
  changed(): Path[] {
    return [...this.#gone].filter(([path, { instead }]) => {
      const stat = this.#look(path);
      return stat?.device !== instead.device || stat.id !== instead.id;
    }).map(([path]) => path);
  }

  /** Forgets the mounts whose folder is gone, where the folder that held them is still there. */
  settle(snapshot: DirectoryEntry) {
    for (const path of new Set([...this.#known.keys(), ...this.#gone.keys()])) {
      const parent = entryAt(snapshot, parentOf(path));
      const isGone = parent?.kind === "directory" && entryAt(snapshot, path) === null;
      if (isGone && this.#look(path)?.kind !== "directory") this.#forget(path);
    }
  }

  #forget(path: Path) {
    for (const at of [...this.#known.keys(), ...this.#gone.keys()]) {
      if (!isWithin(at, path)) continue;
      if (this.#known.delete(at)) this.#save(() => this.table.remove(at));
      this.#there.delete(at);
      this.#gone.delete(at);
    }
  }

  #note(path: Path, raw: Stat) {
    const before = this.#known.get(path);
    const range = this.#rangeFor(path, raw);
    if (range > 0) this.devices.set(raw.device, range);
    if (before && isOne(before, raw) && before.range === range) return;
    const row = { path, id: raw.id, born: raw.born, range };
    this.#known.set(path, row);
    this.#save(() => this.table.put(row));
  }

  /** The range of numbers for the disk whose top was seen: the one it has, or had before; of the root's own disk none. */
  #rangeFor(path: Path, raw: Stat): number {
    if (raw.device === this.#rootDevice) return 0;
    const given = this.devices.rangeOf(raw.device);
    if (given > 0) return given;
    const known = this.#known.get(path);
    if (known && isOne(known, raw) && known.range > 0) return known.range;
    const rows = [...this.#known.values()];
    const moved = rows.find((row) => row.range > 0 && isOne(row, raw) && this.#look(row.path) === null);
    return moved?.range ?? 1 + rows.reduce((most, { range }) => Math.max(most, range), 0);
  }

  #deviceAbove(path: Path): number {
    if (this.#there.size === 0) return this.#rootDevice;
    for (let at = parentOf(path); at !== ROOT; at = parentOf(at)) {
      const top = this.#there.get(at);
      if (top) return top.device;
    }
    return this.#rootDevice;
  }

  /** Whether a folder that is new at its path is one that is mounted there. */
  #isBound({ path, native, stat, before }: SeenFolder): boolean {
    const isKnown = before?.kind === "directory" && before.id === stat.id;
    return !isKnown && stat.id !== 0 && isApart(this.disk, this.native(parentOf(path)), native);
  }

  /** Whether hardly anything is there of what was known there. What may be a bare mount point is no place for anything, however little
   * was there; on a disk that is mounted, less than nothing cannot be gone. */
  #isEmptied(native: string, entry: DirectoryEntry | undefined, isMounted: boolean): boolean {
    let names: string[];
    try {
      names = this.disk.list(native);
    } catch {
      return true;
    }
    const known = childrenOf(entry);
    if (known.size === 0) return !isMounted && names.length === 0;
    return 2 * names.filter((name) => known.has(name)).length < known.size;
  }

  #look(path: Path): Stat | null {
    try {
      return this.disk.stat(this.native(path));
    } catch {
      return null;
    }
  }

  /** Writes to the archive. A write that fails is not told of: the next look at the mount notes it again. */
  #save(write: () => void) {
    try {
      write();
    } catch {
      // A full disk.
    }
  }
}

/** Whether a top is the one that is remembered. */
function isOne(row: MountRow, { id, born }: Stat): boolean {
  return row.id === id && row.born === born;
}
