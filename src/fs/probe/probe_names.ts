// Finds out by trying what the disk under a root does not keep in names, and whether it takes another spelling of one.

import { KINDS, NAME_KINDS, type NameKind } from "../../core/names/name_kinds.ts";
import { tryTo } from "../failure.ts";
import type { Disk } from "../port.ts";

/** What is tried lies in a folder of that name. */
const FOLDER = "probe-names";
const PLAIN = "plain";

/** The kinds of names that a disk refuses, or lists otherwise than they were made. Tries it in `directory`, and leaves nothing behind. On
 * Windows that is known: none. */
export function unkeptKinds(disk: Disk, directory: string): NameKind[] {
  if (disk.separator === "\\") return [];
  return inFolder(disk, directory, (folder) => {
    disk.create(`${folder}/${PLAIN}`).close(); // A full disk keeps no name at all, which says nothing.
    const samples = NAME_KINDS.map((kind) => `${folder}/${KINDS[kind].sample}`);
    for (const sample of samples) tryTo(() => disk.create(sample).close());
    const listed = new Set(disk.list(folder).map((name) => name.normalize("NFC")));
    // A share's client keeps a file open for a moment by the name it was made by: removed by the one that is listed, it stays as long.
    for (const sample of samples) tryTo(() => disk.removeIfThere(sample));
    return listed.has(PLAIN) ? NAME_KINDS.filter((kind) => !listed.has(KINDS[kind].sample)) : [];
  }) ?? [];
}

/** Whether a name gets the case it is given, when it is made anew after one in another case is gone, and when it is renamed to that,
 * directly or by way of a third name: some disks say so and stay with what they had. The new one was looked for before, as it is at each
 * rename. With names that nobody has used: systems remember even those that are gone. */
export function takesSpelling(disk: Disk, directory: string): boolean {
  return inFolder(disk, directory, (folder) => {
    const at = (name: string) => `${folder}${disk.separator}${name}`;
    const isListed = (name: string) => disk.list(folder).includes(name);
    const [made, spelled, between] = ["made", "spelled", "between"].map((name) => name + crypto.randomUUID());
    const [anew, upper] = [made!.toUpperCase(), spelled!.toUpperCase()];
    disk.create(at(made!)).close();
    disk.remove(at(made!));
    disk.create(at(anew)).close();
    if (!isListed(anew)) return false;
    disk.create(at(spelled!)).close();
    disk.stat(at(upper));
    disk.rename(at(spelled!), at(upper));
    if (isListed(upper)) return true;
    disk.rename(at(spelled!), at(between!));
    disk.rename(at(between!), at(upper));
    return isListed(upper);
  }) ?? true;
}

/** null: it could not be tried. */
function inFolder<T>(disk: Disk, directory: string, act: (folder: string) => T): T | null {
  const folder = `${directory}${disk.separator}${FOLDER}`;
  const clear = () => tryTo(() => disk.removeTree(folder));
  clear();
  try {
    disk.makeDirectory(folder);
    return act(folder);
  } catch {
    return null;
  } finally {
    clear();
  }
}
