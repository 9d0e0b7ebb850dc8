// A file that is still being written waits until its writer has closed it, or where no watch tells of that, until two looks agree; where
// a watch told of it, whatever its time says, which comes from any clock, or from the file it is a copy of. A digest taken within a clock
// tick of a write is not trusted.

import type { Path } from "../../core/tree/path.ts";
import type { Stat } from "../../fs/port.ts";
import type { Kinds } from "../../fs/watch/told.ts";
import { COARSEST_TICK_MS, tickOf } from "../clock.ts";
import { isUnwritten, type LastSeen, lastSeenOf } from "../identity.ts";

/** A file written this recently may still be being written, though no watch told of it. */
const RECENT_MS = 100;
/** Two looks at least this far apart that agree settle a file. */
export const SETTLE_MS = 40;
/** A file that somebody keeps open for longer than this, in ms, is taken as it is whenever two looks agree. */
const OPEN_MS = 10_000;
const KEPT_OPEN = -Infinity;
/** Changed again within this, in ms, a close proves nothing: whoever writes line by line may close the file after each. Once nothing was
 * written for so long, two looks would agree as well. */
const OFTEN_MS = 80;

type FileLook = LastSeen & { at: number };

/** What is known of who writes a file. open: a new file is being written, or one of another size than before; touched: changed, perhaps
 * in its times alone; closed: its writer has closed it or moved it into place; touched again: closed before, so no longer open. */
type BeingWritten = "made" | "open" | "touched" | "closed" | "touched again";

/** What an event makes of it. */
function next(writing: BeingWritten | undefined, kind: Kinds[number]): BeingWritten | undefined {
  switch (kind) {
    case "create":
      return "made";
    case "modify":
      if (writing === "made" || writing === "open") return "open";
      return writing === "closed" || writing === "touched again" ? "touched again" : "touched";
    case "access":
    case "rename":
      return "closed";
    default:
      return undefined;
  }
}

/** Remembers the looks at files that were written just now. */
export class Settling {
  #now = 0;
  /** Not settled in this round of looks, and in the one before: what is not looked at again is gone. */
  #waiting = new Map<Path, FileLook>();
  #waited = new Map<Path, FileLook>();
  /** Seen in the tick they were last written in, since the last look at everything and before it: what is not seen again is
   * gone. */
  #recent = new Map<Path, FileLook>();
  #recentBefore = new Map<Path, FileLook>();
  /** Whether the watch tells when a file is closed: not all systems do. */
  closesTold = false;
  #writing = new Map<Path, BeingWritten>();
  /** Since when files were found open; KEPT_OPEN: for so long that nobody waits for it any more, until it is closed. */
  #open = new Map<Path, number>();
  /** When files that the watch told of were taken, or seen to have changed again since, within OFTEN_MS. */
  #taken = new Map<Path, number>();

  /** Begins a round of looks at time `now`, in ms, which must include all that is `waiting`; `all`: everything. `told`: what a watch
   * told since the last. */
  look(now: number, all: boolean, told: ReadonlyMap<Path, Kinds> = new Map()) {
    this.#now = now;
    this.#waited = this.#waiting;
    this.#waiting = new Map();
    this.#hear(told);
    for (const [path, at] of this.#taken) if (!this.#isWithin(OFTEN_MS, at)) this.#taken.delete(path);
    if (!all) return;
    this.#recentBefore = this.#recent;
    this.#recent = new Map();
  }

  /** Whether a file may be taken as it is. `unchanged`: it is as an earlier snapshot has it; `size`: that it had there. */
  isSettled(path: Path, stat: Stat, unchanged: boolean, size?: number): boolean {
    const writing = unchanged ? undefined : this.#writing.get(path);
    if (writing === "closed" && !this.#taken.has(path)) return this.#take(path, stat);
    if (this.#isOpen(path, writing, stat.size !== size)) {
      this.#waiting.set(path, { ...lastSeenOf(stat), at: this.#now });
      return false;
    }
    if (unchanged || (writing === undefined && this.#isOfLongAgo(stat))) {
      this.#noteRecent(path, stat);
      return true;
    }
    const before = this.#waited.get(path);
    const agrees = before && isUnwritten(before, stat);
    if (!agrees || this.#isWithin(SETTLE_MS, before.at)) {
      this.#waiting.set(path, agrees ? before : { ...lastSeenOf(stat), at: this.#now });
      if (!agrees && this.#taken.has(path)) this.#taken.set(path, this.#now);
      return false;
    }
    return this.#take(path, stat);
  }

  #take(path: Path, stat: Stat): true {
    this.#taken.set(path, this.#now);
    this.#noteRecent(path, stat);
    return true;
  }

  /** Whether a file was written long ago. By another computer's clock its time may lie ahead, which counts as long ago, too. */
  #isOfLongAgo({ mtime }: Stat): boolean {
    const age = this.#now - mtime;
    return age > RECENT_MS || age < -COARSEST_TICK_MS;
  }

  /** Whether less than `ms` have passed since that time; false where the clock was set back. */
  #isWithin(ms: number, since: number): boolean {
    const elapsed = this.#now - since;
    return elapsed >= 0 && elapsed < ms;
  }

  #hear(told: ReadonlyMap<Path, Kinds>) {
    for (const path of this.#writing.keys()) if (!this.#waited.has(path)) this.#writing.delete(path);
    for (const [path, since] of this.#open) {
      if (since !== KEPT_OPEN && !this.#waited.has(path)) this.#open.delete(path);
    }
    for (const [path, kinds] of told) {
      let writing = this.#writing.get(path);
      for (const kind of kinds) writing = next(writing, kind);
      if (writing) this.#writing.set(path, writing);
      else this.#writing.delete(path);
      if (kinds.some((kind) => kind !== "modify")) this.#open.delete(path);
    }
  }

  /** Whether somebody has it open who will go on writing, for all that is told. */
  #isOpen(path: Path, writing: BeingWritten | undefined, hasOtherSize: boolean): boolean {
    if (!this.closesTold || !(writing === "open" || writing === "touched" && hasOtherSize)) return false;
    const since = this.#open.get(path) ?? this.#now;
    const isOpen = this.#now - since < OPEN_MS && this.#now >= since; // The clock may be set back.
    this.#open.set(path, isOpen ? since : KEPT_OPEN);
    return isOpen;
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
  notePlaced(path: Path, stat: LastSeen, now: number) {
    if (Math.abs(now - stat.mtime) <= tickOf(stat.mtime)) {
      this.#recent.set(path, { ...lastSeenOf(stat), at: now });
    }
  }

  /** Files that were not settled at the last look, to be looked at again. */
  waiting(): Path[] {
    return [...this.#waiting.keys()];
  }

  #noteRecent(path: Path, stat: Stat) {
    if (Math.abs(this.#now - stat.mtime) > tickOf(stat.mtime) || this.#seenBefore(path, stat)) return;
    this.#recent.set(path, { ...lastSeenOf(stat), at: this.#now });
  }

  #seenBefore(path: Path, stat: Stat): FileLook | undefined {
    const look = this.#recent.get(path) ?? this.#recentBefore.get(path);
    return look?.mtime === stat.mtime && look.size === stat.size ? look : undefined;
  }
}
