// What only trying tells: whether something can be put into a folder, whether a disk holds a file of some size. Leaves
// nothing behind.

import { causeOf } from "../failure.ts";
import type { Disk } from "../port.ts";

/** What is made in a folder to try it: a name that is ignored by default. */
export const TRIAL = "~$tcpsync";

/** Why nothing can be put into a folder (its native path), as the system says it; null where something can, or another thing is the
 * matter. The mode tells nothing of a mount that is read only, or of who else may write. */
export function whyClosed(disk: Disk, folder: string): unknown {
  const path = `${folder}${disk.separator}${TRIAL}`;
  try {
    twice(() => {
      disk.removeIfThere(path); // Of a run that was stopped just then.
      disk.create(path).close();
    });
  } catch (error) {
    return causeOf(error) === "denied" ? error : null;
  }
  remove(disk, path);
  return null;
}

/** What is left, the next trial removes; until then it is ignored. */
function remove(disk: Disk, path: string) {
  try {
    twice(() => disk.removeIfThere(path));
  } catch {
    // A folder in which names can be made, and not removed.
  }
}

/** Once may be a moment's matter: a scanner for viruses that looks. */
function twice(act: () => void) {
  try {
    act();
  } catch {
    act();
  }
}

/** Whether the disk under a folder, which is for nothing else, can hold a file of so many bytes, for which it has room; where a disk knows
 * no holes it may take a while. */
export function holdsSize(disk: Disk, folder: string, size: number): boolean {
  const path = `${folder}${disk.separator}size`;
  try {
    disk.removeIfThere(path);
    const file = disk.create(path);
    try {
      file.extend(size);
    } finally {
      file.close();
    }
    return true;
  } catch (error) {
    return causeOf(error) !== "large";
  } finally {
    remove(disk, path);
  }
}
