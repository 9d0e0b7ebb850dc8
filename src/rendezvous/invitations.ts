// All invitations that wait for an answer: runs each pair's machine, keeps its time and carries out what it says.

import { type Input, type InvitationSide, type Output, QUIET, type State, step } from "./invitation.ts";
import type { Limits } from "./limits.ts";
import { Purses } from "./purses.ts";
import { type ConnectedUser, pairKey, type Roster } from "./roster.ts";
import type { Tickets } from "./tickets.ts";

interface InvitedPair {
  users: [ConnectedUser, ConnectedUser];
  state: State;
  expiry?: ReturnType<typeof setTimeout>;
}

/** What a user can do about another. */
export type Act = "invite" | "withdraw" | "accept" | "decline";

/** The open invitations. Only pairs in which something is offered are kept. */
export class Invitations {
  readonly #pairs = new Map<string, InvitedPair>();
  readonly #ofUser = new Map<ConnectedUser, Set<InvitedPair>>();
  readonly #purses: Purses;

  constructor(
    private readonly roster: Roster,
    private readonly tickets: Tickets,
    private readonly limits: Limits,
  ) {
    this.#purses = new Purses(limits.invites, limits.inviteMs);
  }

  /** `user` does something about the user called `name`. */
  act(user: ConnectedUser, act: Act, name: string): void {
    const peer = this.roster.get(name);
    if (peer === undefined || peer === user) {
      if (act === "invite") user.tell({ kind: "answered", to: name, state: "absent" });
      if (act === "accept") user.tell({ kind: "invitation", from: name, state: "withdrawn" });
      return;
    }
    const pair = this.#pairs.get(pairKey(user, peer)) ?? { users: [user, peer], state: QUIET };
    if (act === "invite" && pair.state.at === "quiet" && !this.#mayInvite(user, peer)) {
      return user.tell({ kind: "answered", to: name, state: "busy" });
    }
    const input: Input = { kind: act, by: sideOf(pair, user) };
    this.#step(pair, this.#lacksRoom(pair, input) ? { kind: "crowd" } : input);
  }

  /** Whether `user` may ask `peer`; then it is paid for. */
  #mayInvite(user: ConnectedUser, peer: ConnectedUser): boolean {
    return !peer.isBehind && this.#sentBy(user) < this.limits.invitations &&
      this.#purses.pay(user.payers, performance.now());
  }

  /** Whether tickets would follow, and cannot be had. */
  #lacksRoom({ users, state }: InvitedPair, input: Input): boolean {
    const tickets = step(state, input).outputs.find((output) => "tickets" in output);
    return tickets !== undefined && !this.tickets.roomFor(users, tickets.alpha);
  }

  /** `user` is no longer present. */
  leave(user: ConnectedUser): void {
    for (const pair of this.#ofUser.get(user) ?? []) {
      this.#step(pair, { kind: "leave", by: sideOf(pair, user) });
    }
  }

  close(): void {
    for (const pair of this.#pairs.values()) clearTimeout(pair.expiry);
  }

  #step(pair: InvitedPair, input: Input): void {
    const { state, outputs } = step(pair.state, input);
    if (state !== pair.state) this.#enter(pair, state);
    for (const output of outputs) this.#perform(pair, output);
  }

  #enter(pair: InvitedPair, state: State): void {
    pair.state = state;
    clearTimeout(pair.expiry);
    if (state.at === "offered") {
      pair.expiry = setTimeout(() => this.#step(pair, { kind: "expire" }), this.limits.invitationMs);
      this.#pairs.set(pairKey(...pair.users), pair);
      for (const user of pair.users) this.#pairsOf(user).add(pair);
    } else {
      this.#pairs.delete(pairKey(...pair.users));
      for (const user of pair.users) this.#forget(user, pair);
    }
  }

  #perform({ users }: InvitedPair, output: Output): void {
    if ("tickets" in output) {
      const tickets = this.tickets.issue(users, output.alpha);
      for (const side of [0, 1] as const) {
        const role = side === output.alpha ? "alpha" : "beta";
        users[side].tell({ kind: "ticket", peer: users[1 - side]!.name, role, ticket: tickets[side] });
      }
      return;
    }
    const user = users[output.tell];
    const peer = users[1 - output.tell]!.name;
    if (output.what === "invitation") user.tell({ kind: "invitation", from: peer, state: output.state });
    else user.tell({ kind: "answered", to: peer, state: output.state });
  }

  #sentBy(user: ConnectedUser): number {
    let sent = 0;
    for (const { users, state } of this.#ofUser.get(user) ?? []) {
      if (state.at === "offered" && users[state.by] === user) sent++;
    }
    return sent;
  }

  #pairsOf(user: ConnectedUser): Set<InvitedPair> {
    const pairs = this.#ofUser.get(user) ?? new Set();
    this.#ofUser.set(user, pairs);
    return pairs;
  }

  #forget(user: ConnectedUser, pair: InvitedPair): void {
    const pairs = this.#pairsOf(user);
    pairs.delete(pair);
    if (pairs.size === 0) this.#ofUser.delete(user);
  }
}

function sideOf({ users }: InvitedPair, user: ConnectedUser): InvitationSide {
  return users[0] === user ? 0 : 1;
}
