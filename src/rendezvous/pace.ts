// Reads from somebody no faster than at a pace, so that nobody keeps the server busy by what he sends, whatever it is.

import type { Socket } from "../wire/channel/socket.ts";
import type { Limits } from "./limits.ts";

/** Counts in time: each piece takes up one interval, and `burst` intervals may be taken in advance. */
export class Pace {
  /** The time up to which intervals are taken. */
  #taken = -Infinity;

  /** `everyMs` is the interval. */
  constructor(private readonly burst: number, private readonly everyMs: number) {}

  /** The milliseconds until `pieces` intervals, if they were taken at the time `now`, were not in advance any more. */
  wait(pieces: number, now: number): number {
    return Math.max(0, this.#after(pieces, now) - now);
  }

  /** Takes `pieces` intervals at the time `now`; gives that wait. */
  take(pieces: number, now: number): number {
    this.#taken = this.#after(pieces, now);
    return Math.max(0, this.#taken - now);
  }

  #after(pieces: number, now: number): number {
    return Math.max(this.#taken, now - this.burst * this.everyMs) + pieces * this.everyMs;
  }

  /** Gives `pieces` intervals back that were taken. */
  give(pieces: number): void {
    this.#taken -= pieces * this.everyMs;
  }

  /** Whether a whole burst may be taken again: there is nothing to remember. */
  isFull(now: number): boolean {
    return this.#taken <= now - this.burst * this.everyMs;
  }
}

/** A connection that is read from at a pace until it is freed. */
export interface PacedSocket extends Socket {
  free(): void;
}

/** No more is taken at once, so that what was taken is soon paid for. */
const PIECE_BYTES = 1024;

/** Holds the one at the other end of `conn` to the limits: nothing is read for `early` milliseconds, and from then on as fast
 * as the pace allows. Who is faster waits: it is his own buffers that fill. */
export function paced(conn: Socket, { burstBytes, byteMs }: Limits, early: number): PacedSocket {
  const pace = new Pace(burstBytes, byteMs);
  const closed = Promise.withResolvers<void>();
  let isFree = false;
  return {
    ...conn,
    async read(into) {
      if (isFree) return await conn.read(into);
      if (early > 0) await pause(early, closed.promise);
      const count = await conn.read(into.subarray(0, PIECE_BYTES));
      early = pace.take(count ?? 0, performance.now());
      return count;
    },
    free() {
      isFree = true;
    },
    close() {
      closed.resolve();
      conn.close();
    },
  };
}

/** Waits for `ms`, or until `end`. */
async function pause(ms: number, end: Promise<void>): Promise<void> {
  const time = Promise.withResolvers<void>();
  const timer = setTimeout(time.resolve, ms);
  await Promise.race([time.promise, end]);
  clearTimeout(timer);
}
