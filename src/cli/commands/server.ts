// `tcpsync --server`: the meeting point, until it is stopped.

import { EXIT } from "../../core/failure.ts";
import { startServer } from "../../rendezvous/server.ts";
import { createJsonEmit } from "../json.ts";
import type { ServerCommand } from "../options.ts";
import { createOutput, standardTerminal } from "../output.ts";
import { createScreen } from "../screen.ts";
import { onStop } from "../stop.ts";
import { words } from "../words.ts";

/** Serves until Ctrl+C, a polite kill, or until nobody reads the output any more. */
export async function runServer({ host, port, json }: ServerCommand): Promise<number> {
  const stop = Promise.withResolvers<void>();
  const forget = onStop(stop.resolve);
  const write = createOutput(stop.resolve);
  const terminal = standardTerminal(write);
  const emit = json ? createJsonEmit(write) : createScreen(terminal);
  let code: number = EXIT.fatal;
  try {
    const server = await startServer({ host, port, emit });
    const addresses = reachableAddresses(server.host);
    if (!json && addresses.length > 0) terminal.line(words.reachable(addresses, server.port));
    await stop.promise;
    if (!json) terminal.line(words.closing);
    await server.close();
    code = EXIT.inSync;
    return code;
  } finally {
    forget();
    emit({ event: "end", code });
  }
}

/** The addresses under which others reach a server that listens on all of them; link-local ones lead nowhere. */
function reachableAddresses(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  return Deno.networkInterfaces()
    .filter(({ family, address }) => family === "IPv4" || host === "::" && !/^fe80:/i.test(address))
    .map(({ address }) => address)
    .filter((address) => address !== "::1" && !address.startsWith("127."));
}
