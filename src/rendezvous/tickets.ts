// Single-use tickets: an accepted invitation gives each of the two a token, and the two data connections that
// bring the tokens, each from the one it was given to, are relayed to each other. Who was invited pays for nothing: not
// even the connection he brings his token on counts as his.

import { encodeControl } from "../wire/control.ts";
import { fingerprint, sameKey } from "../wire/channel/keys.ts";
import type { SealedChannel } from "../wire/channel/sealed.ts";
import type { Network } from "./address.ts";
import type { Arrival, Arrivals } from "./arrivals.ts";
import type { InvitationSide } from "./invitation.ts";
import type { Limits } from "./limits.ts";
import type { PacedSocket } from "./pace.ts";
import { type End, relay } from "./relay.ts";
import { type ConnectedUser, pairKey } from "./roster.ts";
import { SYSTEM_TIME, Turns } from "./turns.ts";

/** A data connection that brought a ticket. */
export interface TicketSeat {
  channel: SealedChannel;
  conn: PacedSocket;
  networks: readonly Network[];
  arrival: Arrival;
}

/** What a token is good for, and in whose hands. */
interface Ticket {
  key: Uint8Array;
  ticketPair: TicketPair;
}

/** A pair whose two tickets have not both been used. */
interface TicketPair {
  pair: string;
  tokens: [string, string];
  users: readonly [ConnectedUser, ConnectedUser];
  /** Who invited the other: what the meeting costs, his key and his networks pay. */
  inviter: ConnectedUser;
  waiting?: TicketSeat;
  expiry: ReturnType<typeof setTimeout>;
  /** Resolves when both connections are over. */
  over: PromiseWithResolvers<void>;
}

/** The tickets that are out. */
export class Tickets {
  readonly #tickets = new Map<string, Ticket>();
  /** One at most of each pair, by `pairKey`. */
  readonly #meetings = new Map<string, TicketPair>();
  /** How many of the meetings somebody pays for. */
  readonly #paidBy = new Map<string, number>();

  readonly #turns = new Turns(SYSTEM_TIME);

  constructor(private readonly limits: Limits, private readonly arrivals: Arrivals) {}

  /** Whether the two can be given tickets, when `alpha` invited the other. */
  roomFor(users: readonly [ConnectedUser, ConnectedUser], alpha: InvitationSide): boolean {
    const { payers, networks } = users[alpha];
    const { meetings, meetingsInAll } = this.limits;
    const before = this.#meetings.get(pairKey(...users))?.inviter.payers ?? [];
    const others = (id: string) =>
      (this.#paidBy.get(id) ?? 0) - (before.some((payer) => payer.id === id) ? 1 : 0);
    return this.#meetings.size < meetingsInAll && this.arrivals.canHost(networks) &&
      payers.every(({ id, shares }) => others(id) < meetings * shares);
  }

  /** Two new tokens, one for each of a pair. Those it was given before and has not used are void: it begins anew. */
  issue(users: readonly [ConnectedUser, ConnectedUser], alpha: InvitationSide): [string, string] {
    const pair = pairKey(...users);
    const before = this.#meetings.get(pair);
    if (before !== undefined) this.#expire(before);
    const ticketPair: TicketPair = {
      pair,
      tokens: [token(), token()],
      users,
      inviter: users[alpha],
      expiry: setTimeout(() => this.#expire(ticketPair), this.limits.ticketMs),
      over: Promise.withResolvers(),
    };
    this.#meetings.set(pair, ticketPair);
    for (const side of [0, 1] as const) {
      this.#tickets.set(ticketPair.tokens[side], { key: users[side].key, ticketPair });
    }
    for (const { id } of ticketPair.inviter.payers) this.#paidBy.set(id, (this.#paidBy.get(id) ?? 0) + 1);
    return ticketPair.tokens;
  }

  /** Uses a ticket up. Resolves when the data connection is over, however it ended. */
  async join(token: string, seat: TicketSeat): Promise<void> {
    const ticket = this.#tickets.get(token);
    if (ticket === undefined || !sameKey(ticket.key, seat.channel.key)) return await refuse(seat);
    const { ticketPair } = ticket;
    this.#tickets.delete(token);
    const { key, networks } = ticketPair.inviter;
    if (!sameKey(key, ticket.key)) seat.arrival.hostedBy(networks, performance.now());
    if (ticketPair.waiting === undefined) {
      ticketPair.waiting = seat;
      return await ticketPair.over.promise;
    }
    this.#forget(ticketPair);
    await this.#bringTogether(ticketPair.waiting, seat).finally(ticketPair.over.resolve);
  }

  /** Forgets all tickets; who waits is sent away. */
  close(): void {
    for (const ticketPair of [...this.#meetings.values()]) this.#expire(ticketPair);
  }

  async #bringTogether(...seats: [TicketSeat, TicketSeat]): Promise<void> {
    try {
      const [a, b] = await Promise.all(seats.map((seat) => this.#handOver(seat)));
      await relay(a!, b!, this.limits.relaySilenceMs);
    } finally {
      for (const { conn } of seats) conn.close();
    }
  }

  /** After `joined` the connection's bytes are its users' own; nothing of the server's may slip in between. */
  async #handOver({ channel, conn, networks }: TicketSeat): Promise<End> {
    await channel.send(encodeControl({ kind: "joined" }));
    conn.free();
    const path = [...networks.map(({ id }) => id).reverse(), fingerprint(channel.key)];
    const turn = (bytes: number) => this.#turns.take(path, bytes);
    return { ...channel.release(), closeWrite: () => conn.closeWrite(), turn };
  }

  #expire(ticketPair: TicketPair): void {
    this.#forget(ticketPair);
    const refusal = ticketPair.waiting === undefined ? Promise.resolve() : refuse(ticketPair.waiting);
    refusal.then(ticketPair.over.resolve, ticketPair.over.reject);
  }

  /** Its tickets are used or void. */
  #forget(ticketPair: TicketPair): void {
    clearTimeout(ticketPair.expiry);
    this.#meetings.delete(ticketPair.pair);
    for (const one of ticketPair.tokens) this.#tickets.delete(one);
    for (const { id } of ticketPair.inviter.payers) {
      const left = this.#paidBy.get(id)! - 1;
      if (left > 0) this.#paidBy.set(id, left);
      else this.#paidBy.delete(id);
    }
  }
}

async function refuse({ channel }: TicketSeat): Promise<void> {
  await channel.send(encodeControl({ kind: "refused", reason: "ticket" }));
}

function token(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toHex();
}
