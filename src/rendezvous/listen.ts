// Opens the server's socket: the only place that listens.

import { UserError } from "../core/failure.ts";
import type { Connection } from "../wire/channel/socket.ts";

/** What takes connections: a `Deno.TcpListener`. */
export interface Listener {
  readonly addr: { hostname: string; port: number };
  /** Rejects with BadResource or Interrupted once it is closed. */
  accept(): Promise<Connection & { remoteAddr: { hostname: string } }>;
  close(): void;
}

/** Listens on `host`:`port` (0: a free port). Throws UserError when that cannot be. */
export function listen(host: string, port: number): Listener {
  try {
    return Deno.listen({ hostname: host, port });
  } catch (error) {
    throw new UserError(`Cannot listen on ${host}:${port}: ${reason(error as Error)}`);
  }
}

function reason(error: Error): string {
  if (error instanceof Deno.errors.AddrInUse) {
    return "the port is in use. Is another server running? Choose another with --port";
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return "this computer has no such address. Choose another with --host, or leave it out";
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return "the system does not allow it. Choose a port above 1023 with --port";
  }
  return error.message;
}
