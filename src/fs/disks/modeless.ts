// A disk on which modes tell nothing: FAT, a folder whose files are another user's, a share that shows one mode for all.

import type { Disk } from "../port.ts";
import { seenThrough } from "./seen.ts";

/** The same disk, where nobody expects a mode to be taken: what is refused there is as it was. `tells`: what it says of who may run
 * a file is true all the same. */
export function withoutModes(disk: Disk, tells: boolean): Disk {
  const seen = tells ? disk : seenThrough(disk, (stat) => ({ ...stat, executable: false }));
  return {
    ...seen,
    setExecutable: () => {},
    setMode: (path, mode) => unlessRefused(() => disk.setMode(path, mode)),
    setOwner: (path, owner, group) => unlessRefused(() => disk.setOwner(path, owner, group)),
  };
}

function unlessRefused(act: () => void) {
  try {
    act();
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Deno.errors.PermissionDenied || error instanceof Deno.errors.NotSupported ||
    NOT_SUPPORTED.test(String(error));
}

/** EINVAL, ENOSYS, ENOTSUP. */
const NOT_SUPPORTED = /os error (22|38|95)\b/;
