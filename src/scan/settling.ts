// A file that is still being written waits until two looks agree; a digest taken within a clock tick of a write is not trusted.

import type { Path } from "../core/path.ts";
import type { Stat } from "../fs/port.ts";

/** A file written this recently may still be being written. */
const RECENT_MS = 100;
/** Two looks at least this far apart that agree settle a file. */
export const SETTLE_MS = 40;
/** Disks count time in ticks, FAT in ticks of two seconds; a write within the tick of a look leaves no trace in mtime. */
const TICK_MS = 2000;
/** The coarsest tick of a disk that shows this time, in ms: whole seconds may come from a coarse one. Clocks of systems tick, too. */
const tickOf = (mtime: number) => mtime % TICK_MS === 0 ? TICK_MS : mtime % 1000 === 0 ? 1000 : 20;

type Seen = Pick<Stat, "size" | "mtime" | "id">;
type Look = Seen & { at: number };

/** Remembers the looks at files that were written just now. */
export class Settling {
  #now = 0;
  /** Not settled in this round of looks, and in the one before: what is not looked at again is gone. */
  #waiting = new Map<Path, Look>();
  #waited = new Map<Path, Look>();
  /** Seen in the tick they were last written in, since the last look at everything and before it: what is not seen again is
   * gone. */
  #recent = new Map<Path, Look>();
  #recentBefore = new Map<Path, Look>();

  /** Begins a round of looks at time `now`, in ms, which must include all that is `waiting`; `all`: everything. */
  look(now: number, all: boolean) {
    this.#now = now;
    this.#waited = this.#waiting;
    this.#waiting = new Map();
    if (!all) return;
    this.#recentBefore = this.#recent;
    this.#recent = new Map();
  }

  /** Whether a file may be taken as it is. `unchanged`: it is as an earlier snapshot has it. */
  isSettled(path: Path, stat: Stat, unchanged: boolean): boolean {
    const age = this.#now - stat.mtime;
    if (unchanged || age > RECENT_MS || age < -TICK_MS) {
      this.#noteRecent(path, stat);
      return true;
    }
    const before = this.#waited.get(path);
    const agrees = before && before.size === stat.size && before.mtime === stat.mtime &&
      before.id === stat.id;
    if (!agrees || this.#now - before.at < SETTLE_MS) {
      this.#waiting.set(path, agrees ? before : { ...seen(stat), at: this.#now });
      return false;
    }
    this.#noteRecent(path, stat);
    return true;
  }

  /** Whether a look with unchanged size and time may still hide an edit: it was written in the tick it was last seen in. */
  isDistrusted(path: Path, stat: Stat): boolean {
    const recent = this.#seenBefore(path, stat);
    if (!recent || this.#now <= recent.at) return false;
    this.#recent.delete(path);
    this.#recentBefore.delete(path);
    this.#noteRecent(path, stat); // Its new digest is no better while the tick lasts.
    return true;
  }

  /** A file was put in place just now. What is written to it in the same tick shows at no look, the first one neither. */
  notePlaced(path: Path, stat: Seen, now: number) {
    if (Math.abs(now - stat.mtime) <= tickOf(stat.mtime)) this.#recent.set(path, { ...seen(stat), at: now });
  }

  /** Files that were not settled at the last look, to be looked at again. */
  waiting(): Path[] {
    return [...this.#waiting.keys()];
  }

  #noteRecent(path: Path, stat: Stat) {
    if (Math.abs(this.#now - stat.mtime) > tickOf(stat.mtime) || this.#seenBefore(path, stat)) return;
    this.#recent.set(path, { ...seen(stat), at: this.#now });
  }

  #seenBefore(path: Path, stat: Stat): Look | undefined {
    const look = this.#recent.get(path) ?? this.#recentBefore.get(path);
    return look?.mtime === stat.mtime && look.size === stat.size ? look : undefined;
  }
}

function seen({ size, mtime, id }: Seen): Seen {
  return { size, mtime, id };
}
