// Finds out what the disk under a root can do, by trying it in the private folder.

import { type Ability, byteLength } from "../core/ability.ts";
import type { Disk } from "./port.ts";

/** Tries `directory` (which must exist and be writable). Leaves nothing behind; throws what the disk throws. */
export function probe(disk: Disk, directory: string): Ability {
  const at = (name: string) => `${directory}${disk.separator}${name}`;
  const [lower, upper, link] = [at("probe"), at("PROBE"), at("probe-link")];
  for (const left of [link, lower]) disk.removeIfThere(left);
  disk.create(lower).close();
  try {
    return {
      foldsCase: disk.stat(upper) !== null,
      executable: canBeExecutable(disk, lower),
      links: canLink(disk, link),
      windowsNames: disk.separator === "\\",
      longestPath: longestIn(disk, directory),
    };
  } finally {
    disk.remove(lower);
  }
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
  disk.setExecutable(path, true);
  const taken = disk.stat(path)?.executable === true;
  disk.setExecutable(path, false);
  return taken && disk.stat(path)?.executable === false;
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
