// For tests of work that goes in slices: a clock on which little is read in a moment, and how much is read in one call.

import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";

/** On a clock that goes on by 10 ms whenever it is looked at, a few MB are read in a moment. */
export function slowClock(): Disposable {
  return clockThatGoesOnBy(10);
}

/** On a clock that stands still a moment has no end. */
export function stoppedClock(): Disposable {
  return clockThatGoesOnBy(0);
}

function clockThatGoesOnBy(ms: number): Disposable {
  const { now } = performance;
  let time = now.call(performance);
  performance.now = () => time += ms;
  return { [Symbol.dispose]: () => performance.now = now };
}

/** The real disk; `reads` hears of each reading in a file of that name, or where none is given in any. */
export function diskThatCounts(name: string | null, reads: (bytes: number) => void): Disk {
  const openToRead: Disk["openToRead"] = (path) => {
    const file = realDisk.openToRead(path);
    return {
      ...file,
      stat: () => file.stat(),
      seek: (to) => file.seek(to),
      close: () => file.close(),
      read(into) {
        const count = file.read(into);
        if (name === null || path.replaceAll("\\", "/").endsWith(`/${name}`)) reads(count);
        return count;
      },
    };
  };
  return { ...realDisk, openToRead };
}

/** Counts bytes, call by call. */
export class Pieces {
  readonly bytes: number[] = [];
  #read = 0;

  readonly count = (bytes: number) => {
    this.#read += bytes;
  };

  /** One call. */
  of<T>(call: () => T): T {
    this.#read = 0;
    try {
      return call();
    } finally {
      this.bytes.push(this.#read);
    }
  }

  get most(): number {
    return Math.max(...this.bytes);
  }

  get all(): number {
    return this.bytes.reduce((sum, bytes) => sum + bytes, 0);
  }
}
