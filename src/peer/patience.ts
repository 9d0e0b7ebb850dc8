// Notices that nothing happens any more: `--timeout`.

/** Calls `giveUp` once, after `seconds` without progress. */
export class Patience {
  #last = performance.now();
  #timer: ReturnType<typeof setTimeout>;

  constructor(private readonly seconds: number, private readonly giveUp: () => void) {
    this.#timer = this.#look(seconds * 1000);
  }

  progress(): void {
    this.#last = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Progress is frequent and the end is rare: the timer is set anew only when it has run out. */
  #look(ms: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => {
      const left = this.seconds * 1000 - (performance.now() - this.#last);
      if (left <= 0) this.giveUp();
      else this.#timer = this.#look(left);
    }, ms);
  }
}
