// One connection to the server, from its first byte to its end. Whatever a stranger sends ends this connection at most.

import type { Channel } from "../wire/channel/channel.ts";
import { decodeRequest, encodeControl, type Request } from "../wire/control.ts";
import type { KeyPair } from "../wire/channel/keys.ts";
import { sealChannel, type SealedChannel } from "../wire/channel/sealed.ts";
import type { Network } from "./address.ts";
import type { Arrival } from "./arrivals.ts";
import type { Door } from "./door.ts";
import type { Invitations } from "./invitations.ts";
import type { Limits } from "./limits.ts";
import type { PacedSocket } from "./pace.ts";
import { Guest, type Roster } from "./roster.ts";
import type { Tickets } from "./tickets.ts";

/** What all connections share. */
export interface House {
  own: KeyPair;
  door: Door;
  roster: Roster;
  invitations: Invitations;
  tickets: Tickets;
  limits: Limits;
}

/** What this server can do beyond the first release, for `hello`. */
const FEATURES: string[] = [];

/** One who came. */
export interface Visit {
  conn: PacedSocket;
  networks: readonly Network[];
  arrival: Arrival;
}

/** Serves one connection until it is over, and closes it. Rejects with whatever broke it. */
export async function serve({ conn, networks, arrival }: Visit, house: House): Promise<void> {
  const patience = setTimeout(() => conn.close(), house.limits.handshakeMs);
  try {
    const channel = await seal(conn, house);
    try {
      const first = await receive(channel);
      clearTimeout(patience);
      if (first?.kind === "hello") await serveGuest(first, channel, networks, house);
      if (first?.kind === "join") {
        await house.tickets.join(first.ticket, { channel, conn, networks, arrival });
      }
    } finally {
      channel.close();
    }
  } finally {
    clearTimeout(patience);
  }
}

function seal(conn: PacedSocket, { own, limits }: House): Promise<SealedChannel> {
  const { firstBytes: longest, beatMs, silenceMs } = limits;
  return sealChannel(conn, { role: "responder", own, purpose: "server", longest, beatMs, silenceMs });
}

type Hello = Request & { kind: "hello" };

async function serveGuest(
  hello: Hello,
  channel: SealedChannel,
  networks: readonly Network[],
  house: House,
): Promise<void> {
  const { roster, limits } = house;
  const refusal = house.door.refuse(hello, { key: channel.key, networks });
  if (refusal !== undefined) return await channel.send(encodeControl(refusal));

  channel.allow(limits.requestBytes);
  const before = roster.get(hello.name);
  if (before !== undefined) leave(before, house);
  const guest = new Guest(hello, channel, networks, limits);
  roster.add(guest);
  guest.tell({ kind: "welcome", users: roster.users(), features: FEATURES });
  try {
    for (let request = await receive(channel); request !== null; request = await receive(channel)) {
      obey(request, guest, house);
    }
  } finally {
    leave(guest, house);
  }
}

function leave(guest: Guest, house: House): void {
  guest.cut();
  if (house.roster.remove(guest)) house.invitations.leave(guest);
}

function obey(request: Request, guest: Guest, { invitations }: House): void {
  switch (request.kind) {
    case "invite":
    case "withdraw":
      return invitations.act(guest, request.kind, request.to);
    case "answer":
      return invitations.act(guest, request.accept ? "accept" : "decline", request.from);
    case "hello":
    case "join":
      return guest.cut(); // Said once, at the beginning.
  }
}

async function receive(channel: Channel): Promise<Request | null> {
  const bytes = await channel.receive();
  return bytes === null ? null : decodeRequest(bytes);
}
