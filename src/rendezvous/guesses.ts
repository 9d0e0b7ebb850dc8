// Wrong passwords, by the networks they came from: after a few free ones each makes the next wait twice as long.
//
// Where many guess, from networks that lie in a wider one, that one has its free ones and its waits, too. A guess that its own
// network has paid for by waiting costs a wider one nothing, as long as that is not over its free ones itself: one who guesses
// on and on has none but his own network wait.
//
// Of all together nobody is made to wait who has not guessed wrong: else whoever guesses keeps everybody out. When there are too
// many, a network has but one free guess, and then the longest wait. So who knows the password comes in from wherever nobody
// guesses; and one who came in before and has not guessed wrong since, from anywhere.

import type { Network } from "./address.ts";
import type { Limits } from "./limits.ts";
import { Pace } from "./pace.ts";

interface Guesser {
  wrong: number;
  /** When the last wrong one came. */
  at: number;
}

/** Remembers who guessed wrong. A right password does not make up for wrong ones: behind one address may be others. */
export class Guesses {
  /** The one who guessed longest ago first. Networks, and keys that came in before. */
  readonly #guessers = new Map<string, Guesser>();
  readonly #inAll: Pace;

  /** `now` gives the time in milliseconds. */
  constructor(private readonly limits: Limits, private readonly now: () => number) {
    const { guessesInAll, guessMemoryMs } = limits;
    this.#inAll = new Pace(guessesInAll, guessMemoryMs / guessesInAll);
  }

  /** For how many seconds nothing that comes from `networks` (see `networksOf`) is looked at; 0: now it is. `known` is a key
   * that came in before. */
  wait(networks: readonly Network[], known?: string): number {
    if (known !== undefined && this.#recent(known) === undefined) return 0;
    const waits = networks.map((network, i) => {
      const at = this.#recent(network.id)?.at ?? -Infinity;
      return at + this.#pause(network, i === 0) - this.now();
    });
    return waits.reduce((longest, wait) => Math.max(longest, Math.ceil(wait / 1000)), 0);
  }

  /** A wrong password came from `networks`. */
  wrong(networks: readonly Network[], known?: string): void {
    const costs = networks.map((network, i) => this.#pause(network, i === 0) > 0);
    const pays = networks.filter((_, i) => i === 0 || costs[i] || !costs.slice(0, i).includes(true));
    for (const { id } of pays) this.#count(id);
    if (known !== undefined) this.#count(known);
    this.#inAll.take(1, this.now());
  }

  #count(id: string): void {
    const wrong = (this.#recent(id)?.wrong ?? 0) + 1;
    this.#guessers.delete(id);
    this.#guessers.set(id, { wrong, at: this.now() });
    const [oldest] = this.#guessers.keys();
    if (this.#guessers.size > this.limits.guessers) this.#guessers.delete(oldest!);
  }

  /** After so many wrong ones as came from there, in milliseconds. */
  #pause({ id, shares }: Network, narrowest: boolean): number {
    const { freeGuesses, guessMs, longestGuessMs } = this.limits;
    const wrong = this.#recent(id)?.wrong ?? 0;
    if (narrowest && this.#inAll.wait(1, this.now()) > 0) return wrong > 0 ? longestGuessMs : 0;
    const free = freeGuesses * shares;
    return wrong < free ? 0 : Math.min(longestGuessMs, guessMs * 2 ** (wrong - free));
  }

  #recent(id: string): Guesser | undefined {
    const guesser = this.#guessers.get(id);
    if (guesser !== undefined && this.now() - guesser.at < this.limits.guessMemoryMs) return guesser;
    this.#guessers.delete(id);
    return undefined;
  }
}
