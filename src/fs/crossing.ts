// Whether two folders are on one mount. A disk that is mounted inside another has a number of its own; a folder that is mounted a second
// time (bind) has not, and only the system knows.

import { isAcrossDisks } from "./failure.ts";
import type { Disk } from "./port.ts";

/** What no folder has, and nobody can know: renamed, to no effect, to ask. */
const NOTHING = `.tcpsync-${crypto.randomUUID()}`;

/** Whether nothing can be renamed from one folder to the other: the system says so before it looks for what is to be renamed, which is
 * not there. Elsewhere than where folders are mounted in folders (Windows shows them as links) it is never so. */
export function isApart(disk: Disk, folder: string, other: string): boolean {
  if (disk.separator === "\\") return false;
  const [from, to] = [folder, other].map((path) => `${path}${disk.separator}${NOTHING}`);
  try {
    disk.rename(from!, to!);
  } catch (error) {
    return isAcrossDisks(error);
  }
  return false;
}
