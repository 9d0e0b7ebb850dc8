// Keeps versions and history for their time, and lets them go after it (RULES S4). Both have their age by the archive's own sense of time.

import type { Archive } from "../archive/archive.ts";
import type { Disk } from "../fs/port.ts";
import { type Limits, mostAtOnce, oldestKept } from "../transition/retention.ts";
import { batchesIn, pruneVersions } from "../transition/versions.ts";

/** Versions that were let go: of so many batches, the last of which was made at `until`, in ms by the clock of then. */
export interface LetGo {
  batches: number;
  until: number;
}

export class Keeping {
  /** `versions`: the native path of the folder they are in. */
  constructor(
    private readonly disk: Disk,
    private readonly versions: string,
    private readonly archive: Archive,
    private readonly limits: Limits,
    /** Forgets what else is remembered for as long; both in the archive's own time. */
    private readonly forget: (time: number, oldest: number) => void = () => {},
  ) {}

  /** Counts the time that has passed by a clock that shows `now`, and notes the batches that came meanwhile. */
  count(now = Date.now()) {
    const time = this.archive.lived.count(now, mostAtOnce(this.limits));
    return { time, batches: this.archive.lived.note(batchesIn(this.disk, this.versions)) };
  }

  /** The same, and lets go what is past its time, or too much. Returns what is gone of the versions, if anything is. */
  prune(now = Date.now()): LetGo | null {
    const { disk, versions, limits, archive: { deeds, lineages } } = this;
    const { time, batches } = this.count(now);
    const oldest = oldestKept(time, limits);
    deeds.prune(oldest);
    lineages.prune(oldest);
    this.forget(time, oldest);
    return pruneVersions(disk, versions, batches, time, limits, deeds.lastKept());
  }
}
