// Single-use tickets: an accepted invitation gives each of the two a token, and the two data connections that
// bring the tokens are relayed to each other.

import { encodeControl } from "../wire/control.ts";
import type { OpenedChannel } from "../wire/channel.ts";
import type { Socket } from "../wire/socket.ts";
import type { Limits } from "./limits.ts";
import { relay } from "./relay.ts";

/** A data connection that brought a ticket. */
export interface Seat {
  channel: OpenedChannel;
  conn: Socket;
}

/** What the two tokens of a pair lead to. */
interface Meeting {
  tokens: [string, string];
  waiting?: Seat;
  expiry: ReturnType<typeof setTimeout>;
  /** Resolves when both connections are over. */
  over: PromiseWithResolvers<void>;
}

/** The tickets that are out. */
export class Tickets {
  readonly #meetings = new Map<string, Meeting>();

  constructor(private readonly limits: Limits) {}

  /** Two new tokens, one for each of a pair. */
  issue(): [string, string] {
    const meeting: Meeting = {
      tokens: [token(), token()],
      expiry: setTimeout(() => this.#expire(meeting), this.limits.ticketMs),
      over: Promise.withResolvers(),
    };
    for (const one of meeting.tokens) this.#meetings.set(one, meeting);
    return meeting.tokens;
  }

  /** Uses a ticket up. Resolves when the data connection is over, however it ended. */
  async join(token: string, seat: Seat): Promise<void> {
    const meeting = this.#meetings.get(token);
    this.#meetings.delete(token);
    if (meeting === undefined) return await refuse(seat);
    if (meeting.waiting === undefined) {
      meeting.waiting = seat;
      return await meeting.over.promise;
    }
    clearTimeout(meeting.expiry);
    await this.#bringTogether(meeting.waiting, seat).finally(meeting.over.resolve);
  }

  /** Forgets all tickets; who waits is sent away. */
  close(): void {
    for (const meeting of new Set(this.#meetings.values())) this.#expire(meeting);
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
    clearTimeout(meeting.expiry);
    for (const one of meeting.tokens) this.#meetings.delete(one);
    const refusal = meeting.waiting === undefined ? Promise.resolve() : refuse(meeting.waiting);
    refusal.then(meeting.over.resolve, meeting.over.reject);
  }
}

async function refuse({ channel }: Seat): Promise<void> {
  await channel.send(encodeControl({ kind: "refused", reason: "ticket" }));
}

/** After `joined` the connection's bytes are its users' own; nothing of the server's may slip in between. */
async function handOver({ channel, conn }: Seat): Promise<Socket> {
  await channel.send(encodeControl({ kind: "joined" }));
  return { ...channel.release(), closeWrite: () => conn.closeWrite() };
}

function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
