// Timers that keep no program alive, and end together.

export type Timer = ReturnType<typeof setTimeout>;

export class Timers {
  #all = new Set<Timer>();

  /** Does that in `ms`, unless it is ended before. */
  after(ms: number, act: () => void): Timer {
    const timer = setTimeout(() => {
      this.#all.delete(timer);
      act();
    }, ms);
    Deno.unrefTimer(timer as never);
    this.#all.add(timer);
    return timer;
  }

  end(timer: Timer) {
    clearTimeout(timer);
    this.#all.delete(timer);
  }

  endAll() {
    for (const timer of this.#all) clearTimeout(timer);
    this.#all.clear();
  }
}
