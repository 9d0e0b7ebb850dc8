// Single-use tickets: an accepted invitation gives each of the two a token, and the two data connections that
// bring the tokens, each from the one it was given to, are relayed to each other.

import { encodeControl } from "../wire/control.ts";
import { sameKey } from "../wire/keys.ts";
import type { SealedChannel } from "../wire/sealed.ts";
import type { Socket } from "../wire/socket.ts";
import type { Limits } from "./limits.ts";
import type { PacedSocket } from "./pace.ts";
import { relay } from "./relay.ts";
import type { Guest } from "./roster.ts";

/** A data connection that brought a ticket. */
export interface Seat {
  channel: SealedChannel;
  conn: PacedSocket;
}

/** What a token is good for, and in whose hands. */
interface Ticket {
  key: Uint8Array;
  meeting: Meeting;
}

/** A pair whose two tickets have not both been used. */
interface Meeting {
  tokens: [string, string];
  guests: readonly [Guest, Guest];
  waiting?: Seat;
  expiry: ReturnType<typeof setTimeout>;
  /** Resolves when both connections are over. */
  over: PromiseWithResolvers<void>;
}

/** The tickets that are out. */
export class Tickets {
  readonly #tickets = new Map<string, Ticket>();
  readonly #meetings = new Set<Meeting>();
  /** How many of the meetings are a key's, by the key as text. */
  readonly #ofKey = new Map<string, number>();

  constructor(private readonly limits: Limits) {}

  /** Whether the two can be given tickets. */
  roomFor(guests: readonly [Guest, Guest]): boolean {
    return this.#meetings.size < this.limits.meetingsInAll &&
      guests.every(({ key }) => (this.#ofKey.get(String(key)) ?? 0) < this.limits.meetings);
  }

  /** Two new tokens, one for each of a pair. */
  issue(guests: readonly [Guest, Guest]): [string, string] {
    const meeting: Meeting = {
      tokens: [token(), token()],
      guests,
      expiry: setTimeout(() => this.#expire(meeting), this.limits.ticketMs),
      over: Promise.withResolvers(),
    };
    this.#meetings.add(meeting);
    for (const side of [0, 1] as const) {
      const { key } = guests[side];
      this.#tickets.set(meeting.tokens[side], { key, meeting });
      this.#ofKey.set(String(key), (this.#ofKey.get(String(key)) ?? 0) + 1);
    }
    return meeting.tokens;
  }

  /** Uses a ticket up. Resolves when the data connection is over, however it ended. */
  async join(token: string, seat: Seat): Promise<void> {
    const ticket = this.#tickets.get(token);
    if (ticket === undefined || !sameKey(ticket.key, seat.channel.key)) return await refuse(seat);
    const { meeting } = ticket;
    this.#tickets.delete(token);
    if (meeting.waiting === undefined) {
      meeting.waiting = seat;
      return await meeting.over.promise;
    }
    this.#forget(meeting);
    await this.#bringTogether(meeting.waiting, seat).finally(meeting.over.resolve);
  }

  /** Forgets all tickets; who waits is sent away. */
  close(): void {
    for (const meeting of [...this.#meetings]) this.#expire(meeting);
  }

  async #bringTogether(...seats: [Seat, Seat]): Promise<void> {
    try {
      const [a, b] = await Promise.all(seats.map(handOver));
      await relay(a!, b!, this.limits.relaySilenceMs);
    } finally {
      for (const { conn } of seats) conn.close();
    }
  }

  #expire(meeting: Meeting): void {
    this.#forget(meeting);
    const refusal = meeting.waiting === undefined ? Promise.resolve() : refuse(meeting.waiting);
    refusal.then(meeting.over.resolve, meeting.over.reject);
  }

  /** Its tickets are used or void. */
  #forget(meeting: Meeting): void {
    clearTimeout(meeting.expiry);
    this.#meetings.delete(meeting);
    for (const one of meeting.tokens) this.#tickets.delete(one);
    for (const { key } of meeting.guests) {
      const left = this.#ofKey.get(String(key))! - 1;
      if (left > 0) this.#ofKey.set(String(key), left);
      else this.#ofKey.delete(String(key));
    }
  }
}

async function refuse({ channel }: Seat): Promise<void> {
  await channel.send(encodeControl({ kind: "refused", reason: "ticket" }));
}

/** After `joined` the connection's bytes are its users' own; nothing of the server's may slip in between. */
async function handOver({ channel, conn }: Seat): Promise<Socket> {
  await channel.send(encodeControl({ kind: "joined" }));
  conn.free();
  return { ...channel.release(), closeWrite: () => conn.closeWrite() };
}

function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
