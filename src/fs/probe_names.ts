// Finds out by trying what the disk under a root does not keep in names, and whether it takes another spelling of one.

import { KINDS, NAME_KINDS, type NameKind } from "../core/name_kinds.ts";
import type { Disk } from "./port.ts";

/** What is tried lies in a folder of that name. */
const FOLDER = "probe-names";
const PLAIN = "plain";

/** The kinds of names that a disk refuses, or lists otherwise than they were made. Tries it in `directory`, and leaves nothing behind. On
 * Windows that is known: none. */
export function unkeptKinds(disk: Disk, directory: string): NameKind[] {
  if (disk.separator === "\\") return [];
  return inFolder(disk, directory, (folder) => {
    disk.create(`${folder}/${PLAIN}`).close(); // A full disk keeps no name at all, which says nothing.
    for (const kind of NAME_KINDS) tryTo(() => disk.create(`${folder}/${KINDS[kind].sample}`).close());
    const listed = new Set(disk.list(folder).map((name) => name.normalize("NFC")));
    return listed.has(PLAIN) ? NAME_KINDS.filter((kind) => !listed.has(KINDS[kind].sample)) : [];
  }) ?? [];
}

/** Whether a name gets another case when it is renamed to that, directly or by way of a third name: on some disks it says so and does not.
 * One of the new spelling was looked for before, as it is whenever something is renamed. */
export function takesSpelling(disk: Disk, directory: string): boolean {
  return inFolder(disk, directory, (folder) => {
    const [from, to, between] = ["spelled", "SPELLED", "between"].map((name) =>
      `${folder}${disk.separator}${name}`
    );
    disk.create(from!).close();
    disk.stat(to!);
    const isSpelled = () => disk.list(folder).includes("SPELLED");
    disk.rename(from!, to!);
    if (isSpelled()) return true;
    disk.rename(from!, between!);
    disk.rename(between!, to!);
    return isSpelled();
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

function tryTo(act: () => void) {
  try {
    act();
  } catch {
    // That is an answer, too.
  }
}
