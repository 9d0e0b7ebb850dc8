// Timers that end together.

export type Timer = ReturnType<typeof setTimeout>;

/** Timers that keep no program alive. */
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

/** Timers with names, of each one at most. */
export class NamedTimers<Name extends string> {
  readonly #armed = new Map<Name, Timer>();
  #closed = false;

  /** `keepAlive`: the program goes on for them. */
  constructor(private readonly options: { keepAlive: boolean } = { keepAlive: true }) {}

  /** It is armed, and has not gone off yet. */
  has(name: Name): boolean {
    return this.#armed.has(name);
  }

  /** Does that in `ms`, in place of what was to be done under that name; never once they are closed. */
  after(name: Name, ms: number, act: () => void) {
    if (this.#closed) return;
    this.end(name);
    const timer = setTimeout(() => {
      this.#armed.delete(name);
      act();
    }, ms);
    if (!this.options.keepAlive) Deno.unrefTimer(timer as never);
    this.#armed.set(name, timer);
  }

  /** Does that each time so many ms are over. */
  every(name: Name, ms: number, act: () => void) {
    this.after(name, ms, () => {
      this.every(name, ms, act);
      act();
    });
  }

  end(name: Name) {
    clearTimeout(this.#armed.get(name));
    this.#armed.delete(name);
  }

  endAll() {
    for (const timer of this.#armed.values()) clearTimeout(timer);
    this.#armed.clear();
  }

  /** Ends all, and arms none any more. */
  close() {
    this.#closed = true;
    this.endAll();
  }
}
