// Disks inside the root: each counts its files by itself, so one number is another file on each. What is seen on them gets its number from
// a range of its own, one for each disk, so that nobody else has to think of that.

import type { Stat } from "../port.ts";

/** So many numbers are apart; beyond them, and beyond so many ranges, it is the time of making that tells files apart. */
const RANGE = 2 ** 44;
const RANGES = 511;
const ALL = 2 ** 53;

/** The disks inside the root, by their numbers, and the ranges given to them; what is on no such disk keeps its numbers. */
export class Devices {
  readonly #ranges = new Map<number, number>();

  /** The range of a disk, from 1; 0: it has none. */
  rangeOf(device: number): number {
    return this.#ranges.get(device) ?? 0;
  }

  set(device: number, range: number) {
    this.#ranges.set(device, range);
  }

  /** What is seen, with its number in its disk's range. */
  counted(stat: Stat): Stat {
    const range = this.#ranges.size === 0 || stat.id === 0 ? 0 : this.rangeOf(stat.device);
    return range === 0 ? stat : { ...stat, id: within(stat.id, range) };
  }
}

function within(id: number, range: number): number {
  const shift = (range % RANGES + 1) * RANGE;
  return id < ALL - shift ? id + shift : id - (ALL - shift) || 1;
}
