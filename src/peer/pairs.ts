// Everybody a client has to do with: a pair for each other name, and who of them is present.

import { UserError } from "../core/failure.ts";
import { foldName, nameProblem } from "../core/names/name.ts";
import type { PairHost } from "./host.ts";
import { PeerPair } from "./pair.ts";

/** The pairs of one client. */
export class Pairs {
  /** By the compared form of the name. */
  readonly #pairs = new Map<string, PeerPair>();
  /** Who is present besides oneself: name as shown, by compared name. */
  #present = new Map<string, string>();

  /** `own`: this client's name; `most`: so many are known at once. */
  constructor(private readonly own: string, private readonly most: number, private readonly host: PairHost) {}

  all(): PeerPair[] {
    return [...this.#pairs.values()];
  }

  /** Users present besides oneself, sorted. */
  users(): string[] {
    return [...this.#present.values()].sort();
  }

  get(peer: string): PeerPair | undefined {
    return this.#pairs.get(foldName(peer));
  }

  /** The pair for a name, as the peer spells it; made where there is none. Throws UserError for a name that cannot be, and for this
   * client's own. */
  of(peer: string): PeerPair {
    requireName(peer);
    const key = foldName(peer);
    if (key === foldName(this.own)) throw new UserError("That is your own name: choose another user");
    const known = this.#pairs.get(key);
    if (known) return known;
    const pair = new PeerPair(this.#present.get(key) ?? peer, this.host);
    this.#pairs.set(key, pair);
    pair.setPresent(this.#present.has(key));
    return pair;
  }

  /** Whose invitation waits for an answer, oldest first. */
  pending(): PeerPair[] {
    return this.all().filter((pair) => pair.pending).sort((one, other) => one.offeredAt - other.offeredAt);
  }

  /** Throws UserError where that one has invited nobody. */
  pendingOf(peer: string): PeerPair {
    const pair = this.get(peer);
    if (pair?.pending) return pair;
    throw new UserError(`"${peer}" has not invited you, or has withdrawn the invitation`);
  }

  /** Throws UserError where there is nothing between the two. */
  openWith(peer: string): PeerPair {
    const pair = this.get(peer);
    if (pair?.open || pair?.pending) return pair;
    throw new UserError(`There is no session and no invitation between you and "${peer}"`);
  }

  /** The server says who is present, oneself among them. Returns whether that is news. */
  setPresent(users: readonly string[]): boolean {
    const before = this.users().join("/");
    const others = users.filter((user) => foldName(user) !== foldName(this.own));
    this.#present = new Map(others.map((user) => [foldName(user), user]));
    return this.users().join("/") !== before;
  }

  /** Each pair hears whether its peer is present, and how that one spells the name. */
  tellPresent() {
    for (const [key, pair] of this.#pairs) {
      pair.peer = this.#present.get(key) ?? pair.peer;
      pair.setPresent(this.#present.has(key));
    }
  }

  /** The server is out of reach: nobody is known to be present. */
  linkDown() {
    this.#present.clear();
    for (const pair of this.#pairs.values()) pair.linkDown();
  }

  /** Whether one more can be known. Whoever left and left nothing behind makes room, so that many who came once do not keep out the next.
   * A server that makes up users is heard no further. */
  makeRoom(): boolean {
    if (this.#pairs.size < this.most) return true;
    for (const [key, pair] of this.#pairs) {
      if (!pair.forgettable) continue;
      this.#pairs.delete(key);
      pair.leave().catch((bug) => this.host.fail(bug));
      return true;
    }
    return false;
  }
}

/** Throws UserError for what cannot be a user's name. */
export function requireName(name: string): void {
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UserError(`That cannot be a user's name: ${problem}`);
}
