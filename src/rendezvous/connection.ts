// One connection to the server, from its first byte to its end. Whatever a stranger sends ends this connection at most.

import { type Channel, openChannel } from "../wire/channel.ts";
import {
  decodeRequest,
  encodeControl,
  LONGEST_REQUEST,
  type Refusal,
  type Request,
} from "../wire/control.ts";
import type { Socket } from "../wire/socket.ts";
import type { Invitations } from "./invitations.ts";
import type { Limits } from "./limits.ts";
import { Guest, type Roster } from "./roster.ts";
import type { Tickets } from "./tickets.ts";

/** What all connections share. */
export interface House {
  roster: Roster;
  invitations: Invitations;
  tickets: Tickets;
  limits: Limits;
}

/** What this server can do beyond the first release, for `hello`. */
const FEATURES: string[] = [];

/** Serves one connection until it is over, and closes it. Rejects with whatever broke it. */
export async function serve(conn: Socket, house: House): Promise<void> {
  const { handshakeMs, beatMs, silenceMs } = house.limits;
  const channel = openChannel(conn, { longest: LONGEST_REQUEST, beatMs, silenceMs });
  const patience = setTimeout(() => channel.close(), handshakeMs);
  try {
    const first = await receive(channel);
    clearTimeout(patience);
    if (first?.kind === "hello") await serveGuest(first, channel, house);
    if (first?.kind === "join") await house.tickets.join(first.ticket, { channel, conn });
  } finally {
    clearTimeout(patience);
    channel.close();
  }
}

async function serveGuest(hello: Request & { kind: "hello" }, channel: Channel, house: House): Promise<void> {
  const refusal = refuse(hello, house);
  if (refusal !== undefined) return await channel.send(encodeControl({ kind: "refused", reason: refusal }));

  const guest = new Guest(hello.name, hello.process, channel, house.limits);
  house.roster.add(guest);
  guest.tell({ kind: "welcome", users: house.roster.users(), features: FEATURES });
  try {
    for (let request = await receive(channel); request !== null; request = await receive(channel)) {
      obey(request, guest, house);
    }
  } finally {
    leave(guest, house);
  }
}

/** Why nobody can come in like this. A broken connection of the same program makes room for its new one. */
function refuse(hello: Request & { kind: "hello" }, house: House): Refusal | undefined {
  const present = house.roster.get(hello.name);
  if (present !== undefined) {
    if (present.process !== hello.process) return "taken";
    present.cut();
    leave(present, house);
  }
  return house.roster.size >= house.limits.users ? "full" : undefined;
}

function leave(guest: Guest, house: House): void {
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
