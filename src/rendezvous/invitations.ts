// All invitations that wait for an answer: runs each pair's machine, keeps its time and carries out what it says.

import { type Input, type InvitationSide, type Output, QUIET, type State, step } from "./invitation.ts";
import type { Limits } from "./limits.ts";
import { Purses } from "./purses.ts";
import { type Guest, pairKey, type Roster } from "./roster.ts";
import type { Tickets } from "./tickets.ts";

interface InvitedPair {
  guests: [Guest, Guest];
  state: State;
  expiry?: ReturnType<typeof setTimeout>;
}

/** What a user can do about another. */
export type Act = "invite" | "withdraw" | "accept" | "decline";

/** The open invitations. Only pairs in which something is offered are kept. */
export class Invitations {
  readonly #pairs = new Map<string, InvitedPair>();
  readonly #ofGuest = new Map<Guest, Set<InvitedPair>>();
  readonly #purses: Purses;

  constructor(
    private readonly roster: Roster,
    private readonly tickets: Tickets,
    private readonly limits: Limits,
  ) {
    this.#purses = new Purses(limits.invites, limits.inviteMs);
  }

  /** `guest` does something about the user called `name`. */
  act(guest: Guest, act: Act, name: string): void {
    const peer = this.roster.get(name);
    if (peer === undefined || peer === guest) {
      if (act === "invite") guest.tell({ kind: "answered", to: name, state: "absent" });
      if (act === "accept") guest.tell({ kind: "invitation", from: name, state: "withdrawn" });
      return;
    }
    const pair = this.#pairs.get(pairKey(guest, peer)) ?? { guests: [guest, peer], state: QUIET };
    if (act === "invite" && pair.state.at === "quiet" && !this.#mayInvite(guest, peer)) {
      return guest.tell({ kind: "answered", to: name, state: "busy" });
    }
    const input: Input = { kind: act, by: sideOf(pair, guest) };
    this.#step(pair, this.#lacksRoom(pair, input) ? { kind: "crowd" } : input);
  }

  /** Whether `guest` may ask `peer`; then it is paid for. */
  #mayInvite(guest: Guest, peer: Guest): boolean {
    return !peer.isBehind && this.#sentBy(guest) < this.limits.invitations &&
      this.#purses.pay(guest.payers, performance.now());
  }

  /** Whether tickets would follow, and cannot be had. */
  #lacksRoom({ guests, state }: InvitedPair, input: Input): boolean {
    const tickets = step(state, input).outputs.find((output) => "tickets" in output);
    return tickets !== undefined && !this.tickets.roomFor(guests, tickets.alpha);
  }

  /** `guest` is no longer present. */
  leave(guest: Guest): void {
    for (const pair of this.#ofGuest.get(guest) ?? []) {
      this.#step(pair, { kind: "leave", by: sideOf(pair, guest) });
    }
  }

  close(): void {
    for (const pair of this.#pairs.values()) clearTimeout(pair.expiry);
  }

  #step(pair: InvitedPair, input: Input): void {
    const { state, outputs } = step(pair.state, input);
    if (state !== pair.state) this.#enter(pair, state);
    for (const output of outputs) this.#carryOut(pair, output);
  }

  #enter(pair: InvitedPair, state: State): void {
    pair.state = state;
    clearTimeout(pair.expiry);
    if (state.at === "offered") {
      pair.expiry = setTimeout(() => this.#step(pair, { kind: "expire" }), this.limits.invitationMs);
      this.#pairs.set(pairKey(...pair.guests), pair);
      for (const guest of pair.guests) this.#pairsOf(guest).add(pair);
    } else {
      this.#pairs.delete(pairKey(...pair.guests));
      for (const guest of pair.guests) this.#forget(guest, pair);
    }
  }

  #carryOut({ guests }: InvitedPair, output: Output): void {
    if ("tickets" in output) {
      const tickets = this.tickets.issue(guests, output.alpha);
      for (const side of [0, 1] as const) {
        const role = side === output.alpha ? "alpha" : "beta";
        guests[side].tell({ kind: "ticket", peer: guests[1 - side]!.name, role, ticket: tickets[side] });
      }
      return;
    }
    const guest = guests[output.tell];
    const peer = guests[1 - output.tell]!.name;
    if (output.what === "invitation") guest.tell({ kind: "invitation", from: peer, state: output.state });
    else guest.tell({ kind: "answered", to: peer, state: output.state });
  }

  #sentBy(guest: Guest): number {
    let sent = 0;
    for (const { guests, state } of this.#ofGuest.get(guest) ?? []) {
      if (state.at === "offered" && guests[state.by] === guest) sent++;
    }
    return sent;
  }

  #pairsOf(guest: Guest): Set<InvitedPair> {
    const pairs = this.#ofGuest.get(guest) ?? new Set();
    this.#ofGuest.set(guest, pairs);
    return pairs;
  }

  #forget(guest: Guest, pair: InvitedPair): void {
    const pairs = this.#pairsOf(guest);
    pairs.delete(pair);
    if (pairs.size === 0) this.#ofGuest.delete(guest);
  }
}

function sideOf({ guests }: InvitedPair, guest: Guest): InvitationSide {
  return guests[0] === guest ? 0 : 1;
}
