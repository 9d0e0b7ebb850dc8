// Numbers that look random and are the same for the same seed, so that whatever fuzzing finds can be found again.

export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to 2³² - 1 (Tommy Ettinger's mulberry32). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** From 0 to `end` - 1; 0 when there is nothing to choose from. */
  below(end: number): number {
    return end > 0 ? this.next() % end : 0;
  }

  /** Mostly small, now and then up to `end` - 1. */
  small(end: number): number {
    return this.below(1 + this.below(1 + this.below(end)));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}
