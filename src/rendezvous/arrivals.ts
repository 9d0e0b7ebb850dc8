// The connections that are open, counted in all and by the networks they come from, and how fast they come.

import type { Network } from "./address.ts";
import type { Limits } from "./limits.ts";
import { Pace } from "./pace.ts";

/** What is known of a network. */
interface KnownNetwork {
  open: number;
  /** Of others, who came because somebody here invited them. */
  hosted: number;
  pace: Pace;
}

/** One connection that came. */
export interface Arrival {
  /** The milliseconds until it is its turn. */
  readonly early: number;
  /** From now on it counts for those networks: somebody there invited the one who came, and pays for it. */
  hostedBy(networks: readonly Network[], now: number): void;
  /** It has ended. */
  leave(): void;
}

/** Says who may come, and when. */
export class Arrivals {
  #open = 0;
  /** The one from which nobody came for the longest time first. */
  readonly #networks = new Map<string, KnownNetwork>();

  constructor(private readonly limits: Limits) {}

  /** Of how many networks something is known. */
  get known(): number {
    return this.#networks.size;
  }

  /** One more from `networks` at the time `now`; undefined when there are too many, or they come so fast that its turn
   * came when its time to come in was up: who comes and goes all the time is not to have others wait for ever. */
  enter(networks: readonly Network[], now: number): Arrival | undefined {
    if (this.#open >= this.limits.connections || !this.#hasRoom(networks, "open")) return undefined;
    const late = networks.some(({ id }) => this.#waitOf(id, now) > this.limits.handshakeMs);
    if (late) return undefined;
    this.#open++;
    const early = this.#count(networks, "open", now);
    let leave = () => this.#uncount(networks, "open");
    const hostedBy = (hosts: readonly Network[], now: number) => {
      leave();
      for (const { id } of networks) this.#networks.get(id)!.pace.give(1);
      this.#count(hosts, "hosted", now);
      leave = () => this.#uncount(hosts, "hosted");
    };
    return {
      early,
      hostedBy,
      leave: () => {
        this.#open--;
        leave();
      },
    };
  }

  /** Whether people from `networks` may be the hosts of one more. */
  canHost(networks: readonly Network[]): boolean {
    return this.#hasRoom(networks, "hosted");
  }

  #hasRoom(networks: readonly Network[], as: "open" | "hosted"): boolean {
    const most = this.limits.connectionsPerNetwork;
    return networks.every(({ id, shares }) => (this.#networks.get(id)?.[as] ?? 0) < most * shares);
  }

  #waitOf(id: string, now: number): number {
    return this.#networks.get(id)?.pace.wait(1, now) ?? 0;
  }

  #count(networks: readonly Network[], as: "open" | "hosted", now: number): number {
    const { arrivals, arrivalMs } = this.limits;
    const waits = networks.map(({ id, shares }) => {
      const pace = new Pace(arrivals * shares, arrivalMs / shares);
      const known = this.#networks.get(id) ?? { open: 0, hosted: 0, pace };
      known[as]++;
      this.#networks.delete(id);
      this.#networks.set(id, known);
      return known.pace.take(1, now);
    });
    this.#forget(now);
    return waits.reduce((one, other) => Math.max(one, other), -Infinity);
  }

  #uncount(networks: readonly Network[], as: "open" | "hosted"): void {
    for (const { id } of networks) this.#networks.get(id)![as]--;
  }

  /** Forgets networks of which there is nothing to know any more; the others are as many as have come of late. */
  #forget(now: number): void {
    for (const [id, { open, hosted, pace }] of this.#networks) {
      if (open + hosted > 0) continue;
      if (!pace.isFull(now)) break;
      this.#networks.delete(id);
    }
  }
}
