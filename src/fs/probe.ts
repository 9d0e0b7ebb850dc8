// Finds out what the disk under a root can do, by trying it in the private folder.

import type { Ability } from "../core/ability.ts";
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
    };
  } finally {
    disk.remove(lower);
  }
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
