// A disk of which something is known that changes what its looks say.

import type { Disk, OpenFile, Stat } from "../port.ts";

/** The same disk, with every look at it passed through `seen`. */
export function seenThrough(disk: Disk, seen: (stat: Stat) => Stat): Disk {
  const opened = (file: OpenFile): OpenFile => ({
    stat: () => seen(file.stat()),
    read: (into) => file.read(into),
    write: (bytes) => file.write(bytes),
    extend: (size) => file.extend(size),
    seek: (offset) => file.seek(offset),
    setTime: (mtime) => file.setTime(mtime),
    close: () => file.close(),
  });
  return {
    ...disk,
    stat(path) {
      const stat = disk.stat(path);
      return stat && seen(stat);
    },
    openToRead: (path) => opened(disk.openToRead(path)),
    create: (path) => opened(disk.create(path)),
    openToWrite: (path) => opened(disk.openToWrite(path)),
  };
}
