// Times before 1970 where the runtime garbles them: Deno 2.6 on Windows tells them as if they lay as long after it, and sets those with a
// fraction of a second 4.3 s off. Whether it does is found out by trying, when a time is met that may be such a one.

import { DAY_MS } from "../../core/times.ts";
import type { Disk, OpenFile, Stat } from "../port.ts";
import { seenThrough } from "./seen.ts";

/** Next to no file is of the years before this one and after 1970. */
const FIRST_FILES = Date.UTC(1979);
/** For trying: a disk that cannot hold it makes anything of it but its mirror image. */
const EARLY = Date.UTC(1950);

/** `disk`, with times as they are also on such a runtime, as far as can be told: what would be of the time to come, or of the years before
 * 1979, is of as long before 1970. A time of between 1913 and 1961 has a mirror image that may be true, and is taken for it. `directory`
 * is for trying. */
export function withEarlyTimes(disk: Disk, directory: string): Disk {
  let found: boolean | undefined;
  const mirrors = () => found ??= doesMirror(disk, directory);
  const asItIs = (stat: Stat): Stat =>
    mayBeMirrored(stat) && mirrors() ? { ...stat, mtime: -stat.mtime } : stat;
  const seen = seenThrough(disk, asItIs);
  const inSeconds = (file: OpenFile): OpenFile => ({
    ...file,
    setTime: (mtime) => file.setTime(mtime < 0 && mirrors() ? Math.floor(mtime / 1000) * 1000 : mtime),
  });
  return {
    ...seen,
    create: (path) => inSeconds(seen.create(path)),
    openToWrite: (path) => inSeconds(seen.openToWrite(path)),
  };
}

function mayBeMirrored({ kind, mtime }: Stat): boolean {
  const isDated = kind === "file" || kind === "link";
  return isDated && (mtime > Date.now() + DAY_MS || (mtime > DAY_MS && mtime < FIRST_FILES));
}

function doesMirror(disk: Disk, directory: string): boolean {
  const path = `${directory}${disk.separator}probe-time`;
  disk.removeIfThere(path);
  const file = disk.create(path);
  try {
    file.setTime(EARLY);
    return file.stat().mtime === -EARLY;
  } finally {
    file.close();
    disk.remove(path);
  }
}
