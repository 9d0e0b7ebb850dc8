// Rights belong to the place (RULES S7). Here alone modes, users and groups are given: to what arrives, what its folder gives; to
// what replaces, those of the old one; to what comes back, those that were last seen at its path. What this user or this disk
// cannot do is left out, and then no group gets what another one had.

import type { Entry } from "../core/tree/entry.ts";
import { parentOf, type Path } from "../core/tree/path.ts";
import { walk } from "../core/tree/tree.ts";
import { isAcrossDisks } from "./failure.ts";
import type { Disk, Stat } from "./port.ts";

/** Who may do what with something: its mode, its user and its group. */
export type Rights = Pick<Stat, "mode" | "owner" | "group">;

const READ_WRITE = 0o666;
const EXECUTE = 0o111;
const FOR_OWNER = 0o700;
const GIVES_GROUP = 0o2000;
/** Of a folder's mode: that it gives its group, and that in it everybody removes his own only. */
const OF_FOLDERS = 0o3777;

/** What is made in a folder to be looked at. */
export const NEW_FILE = "new file";

/** What a file gets that is made in a folder, where nobody had a say: tries it. Throws what the disk throws. */
export function rightsOfNew(disk: Disk, directory: string): Rights {
  const path = `${directory}${disk.separator}${NEW_FILE}`;
  disk.removeIfThere(path);
  disk.create(path).close();
  const { mode, owner, group } = disk.stat(path)!;
  disk.remove(path);
  return { mode, owner, group };
}

/** The mode of a file that has the rights of something: it may not be run, and lends nobody its user's or group's rights. */
export function fileMode(mode: number): number {
  return mode & READ_WRITE;
}

/** The mode of a folder that has the rights of something. Where that was a file, who could read it may enter. */
export function folderMode(mode: number): number {
  return (mode & EXECUTE) === 0 ? forRunning(mode) : mode & OF_FOLDERS;
}

/** Closes a copy to those who may not use what it is a copy of. */
export function closeLike(disk: Disk, copy: string, present: Stat, original: Stat) {
  const mode = present.mode & (original.mode | FOR_OWNER | EXECUTE);
  if (mode !== present.mode) disk.setMode(copy, mode);
}

/** What is known before. */
export interface KnownRights {
  /** What a new file gets; null where the disk knows no modes. */
  readonly usual: Rights | null;
  /** The rights last seen at a path (as spelled), if they were other than that. */
  at(path: Path): Rights | null;
  /** There are none such. */
  readonly isEmpty: boolean;
}

/** Gives rights during one transition. */
export class RightsGiver {
  /** The groups that folders give to what is made in them; null: the user's own. */
  readonly #groups = new Map<Path, number | null>();

  constructor(
    private readonly disk: Disk,
    private readonly native: (path: Path) => string,
    private readonly known: KnownRights,
  ) {}

  /** Folders were moved. */
  forget() {
    this.#groups.clear();
  }

  /** Gives a staged file what it is to have at `path`, before it is there. It stays executable or not. `replaces`: a file. */
  giveFile(staged: string, path: Path, replaces: boolean) {
    const wanted = replaces ? this.disk.stat(this.native(path)) : this.known.at(path);
    if (!wanted) return this.#giveGroup(staged, parentOf(path));
    this.#giveTo(staged, this.disk.stat(staged)!, wanted);
  }

  /** Makes a folder where nothing is. One that is to have rights of its own is made at `fresh`, which others do not reach. */
  makeFolder(path: Path, fresh: () => string) {
    const native = this.native(path);
    const wanted = this.known.at(path);
    if (!wanted) return this.disk.makeDirectory(native);
    const made = fresh();
    this.disk.makeDirectory(made);
    this.#giveFolder(made, this.disk.stat(made)!, wanted);
    try {
      this.disk.rename(made, native);
    } catch (error) {
      this.disk.remove(made);
      if (!isAcrossDisks(error)) throw error;
      this.disk.makeDirectory(native); // On a disk inside the root nothing is in it yet.
      this.#giveFolder(native, this.disk.stat(native)!, wanted);
    }
  }

  /** What is at `from`, and is going to be renamed, gets what it is to have at `to`, with all that is in it, as `seen`; but for what
   * somebody gave rights of its own. */
  giveMoved(from: Path, to: Path, seen: Entry | null) {
    if (!seen || this.known.isEmpty) return;
    for (const [at] of walk(from, seen)) {
      const wanted = this.known.at(`${to}${at.slice(from.length)}` as Path);
      if (wanted && this.#isReached(at, from)) this.#giveInPlace(at, wanted);
    }
  }

  /** RACE: one swapped for a link after this look has what it leads to given the rights. */
  #giveInPlace(path: Path, wanted: Rights) {
    const native = this.native(path);
    const present = this.disk.stat(native);
    if (!present || !this.#hasWhatIsGiven(present, parentOf(path))) return;
    if (present.kind === "directory") this.#giveFolder(native, present, wanted);
    else if (present.kind === "file") this.#giveTo(native, present, wanted);
  }

  /** N5: through no link, from that folder on. */
  #isReached(path: Path, from: Path): boolean {
    for (let at = path; at !== from; at = parentOf(at)) {
      if (this.disk.stat(this.native(parentOf(at)))?.kind !== "directory") return false;
    }
    return true;
  }

  #giveTo(file: string, present: Stat, wanted: Rights) {
    const mode = this.#closeTo(fileMode(wanted.mode), this.#giveOwner(file, present, wanted));
    // A disk without modes answers alike for all files, and takes none.
    if (((mode ^ present.mode) & READ_WRITE) === 0) return;
    this.disk.setMode(file, present.executable ? forRunning(mode) : mode);
  }

  /** Open to its owner in any case: else nothing could come into it, nor it to its place. */
  #giveFolder(native: string, present: Stat, wanted: Rights) {
    const isGiven = this.#giveOwner(native, present, wanted);
    this.disk.setMode(native, this.#closeTo(folderMode(wanted.mode), isGiven) | FOR_OWNER);
  }

  /** Whether nobody has given something other rights than what is made in that folder gets. */
  #hasWhatIsGiven({ kind, mode, owner, group }: Stat, folder: Path): boolean {
    const { usual } = this.known;
    if (!usual || owner !== usual.owner) return false;
    const isOwn = kind === "directory"
      ? (mode & ~GIVES_GROUP) === folderMode(usual.mode)
      : fileMode(mode) === fileMode(usual.mode);
    return isOwn && (group === usual.group || group === this.#groupOf(folder));
  }

  #giveGroup(staged: string, folder: Path) {
    const group = this.#groupOf(folder);
    const present = group === null ? null : this.disk.stat(staged);
    if (present) this.#giveOwner(staged, present, { owner: present.owner, group: group! });
  }

  #groupOf(folder: Path): number | null {
    let group = this.#groups.get(folder);
    if (group === undefined) {
      const stat = this.disk.stat(this.native(folder));
      group = stat && givesGroup(stat) ? stat.group : null;
      this.#groups.set(folder, group);
    }
    return group;
  }

  /** Gives user and group, or at least the group. Returns whether it has that. */
  #giveOwner(native: string, present: Stat, { owner, group }: Pick<Rights, "owner" | "group">): boolean {
    if (present.owner === owner && present.group === group) return true;
    for (const user of present.owner === owner ? [null] : [owner, null]) {
      try {
        this.disk.setOwner(native, user, group);
        return true;
      } catch {
        // Only the system's own user gives files away, and others only to groups they are in.
      }
    }
    return present.group === group;
  }

  /** Where the group is another one, it gets of the mode what everybody gets. */
  #closeTo(mode: number, isGroups: boolean): number {
    return isGroups ? mode : mode & ~(GIVES_GROUP | 0o070) | mode & (mode << 3) & 0o070;
  }
}

/** Whether what is made in a folder gets its group: on Linux where the folder is marked so, on the other systems with groups always. */
function givesGroup({ mode }: Stat): boolean {
  if (Deno.build.os === "windows") return false;
  return Deno.build.os !== "linux" || (mode & GIVES_GROUP) !== 0;
}

/** Whoever may read may run it, or enter. */
function forRunning(mode: number): number {
  return mode & READ_WRITE | (mode & 0o444) >> 2;
}
