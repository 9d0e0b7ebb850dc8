// What each has to spend on something that others feel: so much at once, and a little more each while.

import { fingerprint } from "../wire/channel/keys.ts";
import type { Network } from "./address.ts";
import { Pace } from "./pace.ts";

/** Who pays for what somebody has the server or another person do: his key, and the networks he comes from, so that many
 * keys of one stranger are not many strangers. `shares`: how many times as much as one key it may have. */
export type Payer = Network;

/** The people behind one address that have as much as they would alone. */
const KEYS_OF_A_NETWORK = 4;

/** Who pays for somebody. */
export function payersOf(key: Uint8Array, networks: readonly Network[]): Payer[] {
  const wider = networks.map(({ id, shares }) => ({ id, shares: shares * KEYS_OF_A_NETWORK }));
  return [{ id: fingerprint(key), shares: 1 }, ...wider];
}

/** One kind of spending. */
export class Purses {
  /** The one who spent longest ago first. Who is not among them has all there is to have. */
  readonly #paces = new Map<string, Pace>();

  /** One share is `burst` at once, and one more every `everyMs`. */
  constructor(private readonly burst: number, private readonly everyMs: number) {}

  /** How many are known to have spent something. */
  get known(): number {
    return this.#paces.size;
  }

  /** Whether all of the `payers` have something left at the time `now`. */
  has(payers: readonly Payer[], now: number): boolean {
    return payers.every(({ id }) => (this.#paces.get(id)?.wait(1, now) ?? 0) === 0);
  }

  /** Each of the `payers` spends one at the time `now`; false, and nothing is spent, where one has nothing left. */
  pay(payers: readonly Payer[], now: number): boolean {
    if (!this.has(payers, now)) return false;
    for (const { id, shares } of payers) {
      const pace = this.#paces.get(id) ?? new Pace(this.burst * shares, this.everyMs / shares);
      pace.take(1, now);
      this.#paces.delete(id);
      this.#paces.set(id, pace);
    }
    this.#forget(now);
    return true;
  }

  /** Forgets those who have all there is to have again. Whoever stands after one who has not has spent later. */
  #forget(now: number): void {
    for (const [id, pace] of this.#paces) {
      if (!pace.isFull(now)) break;
      this.#paces.delete(id);
    }
  }
}
