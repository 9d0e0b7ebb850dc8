// A file that changes while it is sent is tried ever more rarely as long as it goes on changing, and as soon as it has rested for a
// moment. One that took long to send rests from that, too. Other files are not held up by it.

import type { Path } from "../../core/tree/path.ts";
import { isUnwritten, type LastSeen, lastSeenOf } from "../identity.ts";

/** The second failure in a row is followed by this pause, in ms; twice as long each time. */
const PAUSE_FIRST_MS = 1000;
const PAUSE_LONGEST_MS = 60_000;
/** Sending takes at most one part in so many of the time. */
const SENDING_SHARE = 5;
/** Unchanged for a part of the pause, it has rested. */
const REST_SHARE = 8;
const REST_SHORTEST_MS = 1500;
const REST_LONGEST_MS = 5000;
/** A file of which nothing was heard for this long, in ms, is forgotten. */
const FORGET_AFTER_MS = 10 * PAUSE_LONGEST_MS;

interface RetryPace {
  /** How often in a row it changed while it was sent. */
  failures: number;
  /** When sending it was last begun, when that ended, and how long it rests from it. */
  begun: number;
  ended: number;
  pause: number;
  /** What it was then, or was seen to be since; and when it was last seen to be another. */
  seen: LastSeen;
  changed: number;
  /** It is another than was sent. */
  isOther: boolean;
}

/** Remembers the files that changed while they were sent. */
export class Restless {
  #now = 0;
  #paces = new Map<Path, RetryPace>();
  #waiting = new Set<Path>();

  /** Begins a round of looks at time `now`, in ms, which must include all that is `waiting`. */
  look(now: number) {
    this.#now = now;
    this.#waiting.clear();
    for (const [path, { begun, ended, changed }] of this.#paces) {
      if (now - Math.max(begun, ended, changed) > FORGET_AFTER_MS) this.#paces.delete(path);
    }
  }

  /** Whether a file that is not as it was last taken may be taken as it is. */
  isDue(path: Path, stat: LastSeen): boolean {
    const pace = this.#paces.get(path);
    if (!pace || pace.pause === 0) return true;
    const now = this.#now;
    const rested = now - Math.max(pace.changed, pace.ended);
    if (!isUnwritten(pace.seen, stat)) {
      if (rested > pace.pause) pace.failures = 0;
      Object.assign(pace, { seen: lastSeenOf(stat), changed: now, isOther: true });
    } else if (pace.isOther && rested >= restOf(pace.pause)) return true;
    const waited = now - pace.ended;
    if (waited >= pace.pause || waited < 0) return true; // Negative where the clock was set back.
    this.#waiting.add(path);
    return false;
  }

  /** Sending it begins. */
  begun(path: Path, now: number) {
    this.#paceOf(path).begun = now;
  }

  /** It was sent as it was `seen`. */
  sent(path: Path, seen: LastSeen, now: number) {
    const pace = this.#paceOf(path);
    const pause = Math.min(Math.max(0, now - pace.begun) * (SENDING_SHARE - 1), PAUSE_LONGEST_MS);
    Object.assign(pace, { failures: 0, pause, ended: now, seen: lastSeenOf(seen), isOther: false });
  }

  /** It was another than it was `seen` before it was sent to its end. While it rests from the last time, that is no news: somebody wants
   * what it was. */
  failed(path: Path, seen: LastSeen, now: number): void {
    const pace = this.#paceOf(path);
    const elapsed = now - pace.ended;
    this.#waiting.add(path);
    if (pace.begun <= pace.ended && elapsed >= 0 && elapsed < pace.pause) return;
    const pause = pace.failures === 0 ? 0 : PAUSE_FIRST_MS * 2 ** (pace.failures - 1);
    const failures = pace.failures + 1;
    const known = { failures, pause: Math.min(pause, PAUSE_LONGEST_MS) };
    Object.assign(pace, { ...known, ended: now, seen: lastSeenOf(seen), isOther: false });
  }

  /** Files that have to wait, to be looked at again. */
  waiting(): Path[] {
    return [...this.#waiting];
  }

  /** Whether it changed when it was last sent. */
  hasFailed(path: Path): boolean {
    return (this.#paces.get(path)?.failures ?? 0) > 0;
  }

  #paceOf(path: Path): RetryPace {
    let pace = this.#paces.get(path);
    if (!pace) {
      const seen = { size: 0, mtime: 0, id: 0 };
      pace = { failures: 0, begun: 0, ended: 0, pause: 0, seen, changed: 0, isOther: false };
      this.#paces.set(path, pace);
    }
    return pace;
  }
}

/** How long a file has to be unchanged to be tried before its pause is over. */
function restOf(pause: number): number {
  return Math.min(Math.max(pause / REST_SHARE, REST_SHORTEST_MS), REST_LONGEST_MS);
}
