// Finds out what the disk under a root can do, by trying it in the private folder.

import { type Ability, byteLength } from "../../core/ability.ts";
import type { NameKind } from "../../core/names/name_kinds.ts";
import { takesSpelling, unkeptKinds } from "./probe_names.ts";
import type { Disk, OpenFile } from "../port.ts";
import { seenThrough } from "../disks/seen.ts";

/** The one link that is made in the private folder, and removed at once. */
export const LINK_PROBE = "probe-link";

/** Tries `directory` (which must exist and be writable). Leaves nothing behind; throws what the disk throws. */
export function probe(disk: Disk, directory: string): Ability {
  const at = (name: string) => `${directory}${disk.separator}${name}`;
  const [lower, upper, link] = [at("probe"), at("PROBE"), at(LINK_PROBE)];
  for (const left of [link, lower]) disk.removeIfThere(left);
  disk.create(lower).close();
  try {
    const foldsCase = disk.stat(upper) !== null;
    const unkept = unkeptKinds(disk, directory);
    return {
      foldsCase,
      executable: canBeExecutable(disk, lower),
      links: canLink(disk, link),
      windowsNames: disk.separator === "\\",
      longestPath: longestIn(disk, directory),
      unkept,
      respells: !foldsCase || disk.separator === "\\" || !isShare(unkept) && takesSpelling(disk, directory),
    };
  } finally {
    disk.remove(lower);
  }
}

/** Device names are files' everywhere but on Windows and on what serves it: a share. Whether that takes another spelling it answers now so
 * and now so, by what its client remembers. */
function isShare(unkept: readonly NameKind[]): boolean {
  return unkept.includes("device");
}

/** Whether a disk shows a file that nobody made executable as such: then it shows all so (FAT, shares), and that tells nothing. */
export function showsAllExecutable(disk: Disk, directory: string): boolean {
  const path = `${directory}${disk.separator}probe`;
  disk.removeIfThere(path);
  disk.create(path).close();
  try {
    return disk.stat(path)?.executable === true;
  } finally {
    disk.remove(path);
  }
}

/** What the disk under a root tells files apart by. */
export interface Identity {
  /** It says truly when a file was made: some give the time of the last write instead. */
  births: boolean;
  /** It keeps the numbers of files for good. Proven by births and by two names of one file having one number: disks that hand numbers
   * out at first sight (FAT, exFAT) have no second names. */
  numbersLast: boolean;
}

/** The same for what tells files apart. */
export function probeIdentity(disk: Disk, directory: string): Identity {
  const at = (name: string) => `${directory}${disk.separator}${name}`;
  const [one, other] = [at("probe"), at("probe-name")];
  for (const left of [one, other]) disk.removeIfThere(left);
  const file = disk.create(one);
  try {
    const { born } = file.stat();
    const isSet = canSetTime(file);
    file.close();
    const births = isSet && born !== 0 && disk.stat(one)?.born === born;
    return { births, numbersLast: births && haveOneNumber(disk, one, other) };
  } finally {
    for (const made of [one, other]) disk.removeIfThere(made);
  }
}

const LONG_AGO = Date.UTC(2001, 0, 1);

/** Where all belongs to another user, he alone may. */
function canSetTime(file: OpenFile): boolean {
  try {
    file.setTime(LONG_AGO);
    return true;
  } catch {
    return false;
  }
}

function haveOneNumber(disk: Disk, one: string, other: string): boolean {
  try {
    disk.hardLink(one, other);
  } catch {
    return false;
  }
  const [id, another] = [one, other].map((path) => disk.stat(path)?.id ?? 0);
  return id !== 0 && id === another;
}

/** The same disk, which does not say when files were made. */
export function withoutBirths(disk: Disk): Disk {
  return seenThrough(disk, (stat) => ({ ...stat, born: 0 }));
}

/** Paths of the system, without what they begin with to reach the folder that `directory` is in. The run-time asks Windows for
 * its long paths, of 32,767 characters, by itself. */
function longestIn(disk: Disk, directory: string): number {
  const folder = directory.slice(0, directory.lastIndexOf(disk.separator) + 1);
  if (disk.separator === "\\") return 32_700 - folder.length;
  return (Deno.build.os === "linux" ? 4095 : 1023) - byteLength(folder);
}

function canBeExecutable(disk: Disk, path: string): boolean {
  if (disk.separator === "\\") return false;
  try {
    disk.setExecutable(path, true);
    const taken = disk.stat(path)?.executable === true;
    disk.setExecutable(path, false);
    return taken && disk.stat(path)?.executable === false;
  } catch {
    return false; // On some disks all belongs to another user, who alone may change modes.
  }
}

function canLink(disk: Disk, path: string): boolean {
  try {
    disk.makeLink("probe", path);
  } catch {
    return false; // Windows without developer mode, FAT: that is the answer, not a failure.
  }
  const made = disk.stat(path); // Wine says yes and makes nothing.
  if (made) disk.remove(path);
  return made?.kind === "link";
}
