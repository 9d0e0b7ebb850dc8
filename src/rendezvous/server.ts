// The server: a meeting point for named users. It knows who is present and who invites whom, and no files.

import type { Emit } from "../core/event.ts";
import { fingerprint, type KeyPair } from "../wire/channel/keys.ts";
import { type Socket, socket } from "../wire/channel/socket.ts";
import { type Network, networksOf } from "./address.ts";
import { Arrivals } from "./arrivals.ts";
import { serve, type ServerContext } from "./connection.ts";
import { Door, type Names } from "./door.ts";
import { Guesses } from "./guesses.ts";
import { Invitations } from "./invitations.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { listen, type Listener } from "./listen.ts";
import { paced, type PacedSocket } from "./pace.ts";
import { Roster } from "./roster.ts";
import { Tickets } from "./tickets.ts";

/** The port clients look for. */
export const DEFAULT_PORT = 7420;

/** How a server is set up. */
export interface ServerOptions {
  /** The address to listen on; all of them unless given. */
  host?: string;
  /** 0 takes a free port. */
  port?: number;
  /** The key the server is known by. */
  own: KeyPair;
  names: Names;
  /** What everybody has to say to come in; nothing unless given. */
  password?: string;
  emit: Emit;
  limits?: Partial<Limits>;
  /** How to listen, where not on a socket of the system. */
  listen?: typeof listen;
}

/** A running server. */
export interface Server {
  readonly host: string;
  readonly port: number;
  /** Ends all connections; resolves when nothing of the server is left. */
  close(): Promise<void>;
}

/** Starts a server. Rejects with UserError when the address cannot be listened on. */
// deno-lint-ignore require-await -- failing to listen is to be a rejection
export async function startServer(options: ServerOptions): Promise<Server> {
  const { emit, own } = options;
  const limits = { ...LIMITS, ...options.limits };
  const listener = (options.listen ?? listen)(options.host ?? "0.0.0.0", options.port ?? DEFAULT_PORT);
  const { hostname: host, port } = listener.addr;
  emit({ event: "listening", host, port, fingerprint: fingerprint(own.publicKey) });

  const arrivals = new Arrivals(limits);
  const context = serverContext(options, limits, arrivals);
  const open = new Map<PacedSocket, Promise<void>>();

  const accepting = acceptAll(listener, (arrived, networks) => {
    const arrival = arrivals.enter(networks, performance.now());
    if (arrival === undefined) return arrived.close();
    const conn = paced(arrived, limits, arrival.early);
    // A connection ends for its own reasons, of which the others need not hear: the roster tells what matters.
    const ended = () => {
      open.delete(conn);
      arrival.leave();
    };
    open.set(conn, serve({ conn, networks, arrival }, context).then(ended, ended));
  });

  const close = async () => {
    listener.close();
    await accepting;
    context.tickets.close();
    const ends = [...open.values()];
    for (const conn of open.keys()) conn.close();
    await Promise.all(ends);
    context.invitations.close();
    context.roster.close();
  };
  return { host, port, close };
}

function serverContext(options: ServerOptions, limits: Limits, arrivals: Arrivals): ServerContext {
  const { own, names, password, emit } = options;
  const roster = new Roster(limits, (users) => emit({ event: "roster", users }));
  const guesses = new Guesses(limits, () => performance.now());
  const door = new Door(roster, names, guesses, limits, password);
  const tickets = new Tickets(limits, arrivals);
  return { own, door, roster, invitations: new Invitations(roster, tickets, limits), tickets, limits };
}

/** Takes connections until the listener is closed. A failure of one (gone before it was taken, no handle left for
 * it) does not end the others; a pause keeps a lasting failure from becoming a busy loop. */
async function acceptAll(
  listener: Listener,
  take: (conn: Socket, networks: Network[]) => void,
): Promise<void> {
  for (;;) {
    try {
      const conn = await listener.accept();
      take(socket(conn), networksOf(conn.remoteAddr.hostname));
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
