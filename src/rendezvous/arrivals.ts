// The connections that are open, counted in all and by the network they come from, and how fast they come.

import type { Limits } from "./limits.ts";
import { Pace } from "./pace.ts";

/** What is known of a network. */
interface Network {
  open: number;
  pace: Pace;
}

/** Says who may come, and when. */
export class Arrivals {
  #open = 0;
  /** The one from which nobody came for the longest time first. */
  readonly #networks = new Map<string, Network>();

  constructor(private readonly limits: Limits) {}

  /** Of how many networks something is known. */
  get known(): number {
    return this.#networks.size;
  }

  /** One more from `network` at the time `now`: the milliseconds until it is its turn; undefined when there are too many. */
  enter(network: string, now: number): number | undefined {
    const { connections, connectionsPerNetwork, arrivals, arrivalMs } = this.limits;
    const known = this.#networks.get(network) ?? { open: 0, pace: new Pace(arrivals, arrivalMs) };
    if (this.#open >= connections || known.open >= connectionsPerNetwork) return undefined;
    this.#open++;
    known.open++;
    this.#networks.delete(network);
    this.#networks.set(network, known);
    this.#forget(now);
    return known.pace.take(1, now);
  }

  /** One that had entered has ended. */
  leave(network: string): void {
    this.#open--;
    this.#networks.get(network)!.open--;
  }

  /** Forgets networks of which there is nothing to know any more; the others are as many as have come of late. */
  #forget(now: number): void {
    for (const [network, { open, pace }] of this.#networks) {
      if (open > 0) continue;
      if (!pace.isFull(now)) break;
      this.#networks.delete(network);
    }
  }
}
