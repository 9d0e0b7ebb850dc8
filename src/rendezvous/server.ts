// The server: a meeting point for named users. It knows who is present and who invites whom, and no files.

import type { Emit } from "../session/event.ts";
import { type Socket, socket } from "../wire/socket.ts";
import { serve } from "./connection.ts";
import { Invitations } from "./invitations.ts";
import { LIMITS, type Limits } from "./limits.ts";
import { listen } from "./listen.ts";
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
  emit: Emit;
  limits?: Partial<Limits>;
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
  const { emit } = options;
  const limits = { ...LIMITS, ...options.limits };
  const listener = listen(options.host ?? "0.0.0.0", options.port ?? DEFAULT_PORT);
  const { hostname: host, port } = listener.addr;
  emit({ event: "listening", host, port });

  const roster = new Roster((users) => emit({ event: "roster", users }));
  const tickets = new Tickets(limits);
  const invitations = new Invitations(roster, tickets, limits);
  const open = new Map<Socket, Promise<void>>();

  const accepting = acceptAll(listener, (conn) => {
    if (open.size >= limits.connections) return conn.close();
    // A connection ends for its own reasons, of which the others need not hear: the roster tells what matters.
    const ended = () => void open.delete(conn);
    open.set(conn, serve(conn, { roster, invitations, tickets, limits }).then(ended, ended));
  });

  const close = async () => {
    listener.close();
    await accepting;
    tickets.close();
    const ends = [...open.values()];
    for (const conn of open.keys()) conn.close();
    await Promise.all(ends);
    invitations.close();
  };
  return { host, port, close };
}

/** Takes connections until the listener is closed. A failure of one (gone before it was taken, no handle left for
 * it) does not end the others; a pause keeps a lasting failure from becoming a busy loop. */
async function acceptAll(listener: Deno.TcpListener, take: (conn: Socket) => void): Promise<void> {
  for (;;) {
    try {
      take(socket(await listener.accept()));
    } catch (error) {
      if (error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
