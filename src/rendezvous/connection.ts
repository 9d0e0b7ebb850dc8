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
import { ConnectedUser, type Roster } from "./roster.ts";
import type { Tickets } from "./tickets.ts";

/** What all connections share. */
export interface ServerContext {
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
export async function serve({ conn, networks, arrival }: Visit, context: ServerContext): Promise<void> {
  const patience = setTimeout(() => conn.close(), context.limits.handshakeMs);
  try {
    const channel = await seal(conn, context);
    try {
      const first = await receive(channel);
      clearTimeout(patience);
      if (first?.kind === "hello") await serveUser(first, channel, networks, context);
      if (first?.kind === "join") {
        await context.tickets.join(first.ticket, { channel, conn, networks, arrival });
      }
    } finally {
      channel.close();
    }
  } finally {
    clearTimeout(patience);
  }
}

function seal(conn: PacedSocket, { own, limits }: ServerContext): Promise<SealedChannel> {
  const { firstBytes: longest, beatMs, silenceMs } = limits;
  return sealChannel(conn, { role: "responder", own, purpose: "server", longest, beatMs, silenceMs });
}

type Hello = Request & { kind: "hello" };

async function serveUser(
  hello: Hello,
  channel: SealedChannel,
  networks: readonly Network[],
  context: ServerContext,
): Promise<void> {
  const { roster, limits } = context;
  const refusal = context.door.refuse(hello, { key: channel.key, networks });
  if (refusal !== undefined) return await channel.send(encodeControl(refusal));

  channel.allow(limits.requestBytes);
  const before = roster.get(hello.name);
  if (before !== undefined) leave(before, context);
  const user = new ConnectedUser(hello, channel, networks, limits);
  roster.add(user);
  user.tell({ kind: "welcome", users: roster.users(), features: FEATURES });
  try {
    for (let request = await receive(channel); request !== null; request = await receive(channel)) {
      obey(request, user, context);
    }
  } finally {
    leave(user, context);
  }
}

function leave(user: ConnectedUser, context: ServerContext): void {
  user.cut();
  if (context.roster.remove(user)) context.invitations.leave(user);
}

function obey(request: Request, user: ConnectedUser, { invitations }: ServerContext): void {
  switch (request.kind) {
    case "invite":
    case "withdraw":
      return invitations.act(user, request.kind, request.to);
    case "answer":
      return invitations.act(user, request.accept ? "accept" : "decline", request.from);
    case "hello":
    case "join":
      return user.cut(); // Said once, at the beginning.
  }
}

async function receive(channel: Channel): Promise<Request | null> {
  const bytes = await channel.receive();
  return bytes === null ? null : decodeRequest(bytes);
}
