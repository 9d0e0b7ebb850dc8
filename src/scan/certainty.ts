// Until when a file is known to hold what it was last seen to hold. Its size and its times may be what they were and its content not: who
// sets a time back leaves only the time of that, which nobody can set. A disk that does not say when files were made shows it by
// itself (identity.ts).

import type { FileEntry } from "../core/tree/entry.ts";
import type { Stat } from "../fs/port.ts";
import { COARSEST_TICK_MS, isCoarse, tickOf } from "./clock.ts";

/** One look reads no more than this again of what is doubtful: bytes, with so many for the opening of a file. */
const MOST_READ = 64 << 20;
const OPENING = 64 << 10;

/** An ordinary save sets the time it was written and that of the change at once, or nearly so. */
const AT_ONCE_MS = 1000;

/** Whether what is known of a file until then, in ms, leaves out a part of the tick in which it was written. */
function isWithinTick(until: number, mtime: number): boolean {
  return isCoarse(mtime) && until < mtime + tickOf(mtime) && until >= mtime - COARSEST_TICK_MS;
}

/** The start of the second in which a time (ms) lies: systems tell in whole seconds when a file was changed. */
const wholeSecond = (time: number) => Math.floor(time / 1000) * 1000;

export class Certainty {
  #until = new WeakMap<FileEntry, number>();
  /** How far it is certain, in ms, for each file that was seen at the first look and has not changed since. */
  #first = Infinity;
  #read = 0;

  /** A look at everything begins at `now` (ms). */
  look(now: number) {
    this.#first = Math.min(this.#first, wholeSecond(now) - 1);
    this.#read = 0;
  }

  /** The file was put in place here at `now` (ms): the change that shows is our own. */
  placed(entry: FileEntry, now: number) {
    this.#until.set(entry, wholeSecond(now) + 999);
  }

  /** The file's content was read, beginning at `now` (ms). */
  read(entry: FileEntry, now: number) {
    this.#until.set(entry, wholeSecond(now) - 1);
  }

  /** The time (ms) until which all that was done to a file is known for certain; 0: no such time is known. */
  until(entry: FileEntry): number {
    return this.#until.get(entry) ?? 0;
  }

  /** What is known of `earlier` holds for `entry`: they are the same file, seen twice. */
  carry(earlier: FileEntry, entry: FileEntry) {
    const until = this.#until.get(earlier);
    if (until !== undefined) this.#until.set(entry, until);
  }

  /** Whether somebody touched a file since, of which nothing else shows; or may have, in the tick in which it was written and seen. */
  isDoubtful = ({ born, mtime, changed }: Stat, entry: FileEntry): boolean => {
    const until = this.#until.get(entry) ?? this.#first;
    return born !== 0 && changed > Math.max(mtime + AT_ONCE_MS, until) || isWithinTick(until, mtime);
  };

  /** The same for a look, which reads again no more than it has time for: the rest at the next ones. */
  isDue(stat: Stat, entry: FileEntry): boolean {
    if (this.#read >= MOST_READ || !this.isDoubtful(stat, entry)) return false;
    this.#read += stat.size + OPENING;
    return true;
  }
}
