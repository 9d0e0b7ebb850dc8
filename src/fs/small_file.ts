// Small files of the program's own: written whole and anew, never through what was there, and read in one piece.

import type { Disk } from "./port.ts";

/** Puts a file in place that holds `text`. A power cut does not tear it, where the disk can be asked for that. Throws what the disk
 * throws; then what was there is there still. */
export function writeAnew(disk: Disk, path: string, text: string) {
  const fresh = `${path}.new`;
  disk.removeIfThere(fresh);
  const file = disk.create(fresh);
  try {
    file.write(new TextEncoder().encode(text));
  } finally {
    file.close();
  }
  flushIfPossible(() => disk.flush(fresh));
  disk.rename(fresh, path);
  flushIfPossible(() => disk.flushNames(path.slice(0, path.lastIndexOf(disk.separator))));
}

function flushIfPossible(flush: () => void) {
  try {
    flush();
  } catch {
    // Not every disk can be asked to.
  }
}

/** The text in the first bytes of a file, `most` at most. Throws what the disk throws. */
export function readStart(disk: Disk, path: string, most: number): string {
  const file = disk.openToRead(path);
  try {
    const bytes = new Uint8Array(most);
    return new TextDecoder().decode(bytes.subarray(0, file.read(bytes)));
  } finally {
    file.close();
  }
}
