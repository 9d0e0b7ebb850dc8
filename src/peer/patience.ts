// Notices that nothing happens any more: `--timeout`.

/** Calls `giveUp` once, after `seconds` without progress. */
export class Patience {
  #last = performance.now();
  #held = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(private readonly seconds: number, private readonly giveUp: () => void) {
    this.#timer = this.#look(seconds * 1000);
  }

  progress(): void {
    this.#last = performance.now();
  }

  /** Time does not count while `act` runs: a person is asked something. */
  async hold<T>(act: () => Promise<T>): Promise<T> {
    this.#held++;
    try {
      return await act();
    } finally {
      this.#held--;
      this.progress();
    }
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Progress is frequent and the end is rare: the timer is set anew only when it has run out. */
  #look(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      if (this.#held > 0) this.progress();
      const left = this.seconds * 1000 - (performance.now() - this.#last);
      if (left <= 0) this.giveUp();
      else this.#timer = this.#look(left);
    }, ms);
  }
}
