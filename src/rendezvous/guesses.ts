// Wrong passwords, by the network they came from: after a few free ones each makes the next wait twice as long.

import type { Limits } from "./limits.ts";

interface Guesser {
  wrong: number;
  /** When the last wrong one came. */
  at: number;
}

/** Remembers who guessed wrong. A right password does not make up for wrong ones: behind one address may be others. */
export class Guesses {
  /** The one who guessed longest ago first. */
  readonly #guessers = new Map<string, Guesser>();

  /** `now` gives the time in milliseconds. */
  constructor(private readonly limits: Limits, private readonly now: () => number) {}

  /** For how many seconds nothing that comes from `network` is looked at; 0: now it is. */
  wait(network: string): number {
    const guesser = this.#recent(network);
    if (guesser === undefined) return 0;
    return Math.max(0, Math.ceil((guesser.at + this.#pause(guesser.wrong) - this.now()) / 1000));
  }

  /** A wrong password came from `network`. */
  wrong(network: string): void {
    const wrong = (this.#recent(network)?.wrong ?? 0) + 1;
    this.#guessers.delete(network);
    this.#guessers.set(network, { wrong, at: this.now() });
    const [oldest] = this.#guessers.keys();
    if (this.#guessers.size > this.limits.guessers) this.#guessers.delete(oldest!);
  }

  /** After so many wrong ones, in milliseconds. */
  #pause(wrong: number): number {
    const { freeGuesses, guessMs, longestGuessMs } = this.limits;
    return wrong < freeGuesses ? 0 : Math.min(longestGuessMs, guessMs * 2 ** (wrong - freeGuesses));
  }

  #recent(network: string): Guesser | undefined {
    const guesser = this.#guessers.get(network);
    if (guesser !== undefined && this.now() - guesser.at < this.limits.guessMemoryMs) return guesser;
    this.#guessers.delete(network);
    return undefined;
  }
}
