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
    copy(from, to) {
      try {
        disk.copy(from, to);
      } catch (error) {
        if (!isRefused(error)) throw error;
        copyContent(disk, from, to); // The system's copy has the mode of the original, too.
      }
    },
  };
}

function copyContent(disk: Disk, from: string, to: string) {
  disk.removeIfThere(to);
  const source = disk.openToRead(from);
  try {
    const copy = disk.create(to);
    try {
      const buffer = new Uint8Array(1 << 18);
      for (let count; (count = source.read(buffer)) > 0;) copy.write(buffer.subarray(0, count));
    } finally {
      copy.close();
    }
  } finally {
    source.close();
  }
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
