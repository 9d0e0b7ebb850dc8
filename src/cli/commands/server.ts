// `tcpsync --server`: the meeting point, until it is stopped.

import { EXIT } from "../../core/failure.ts";
import { startServer } from "../../rendezvous/server.ts";
import type { Emit } from "../../core/event.ts";
import { openTrust } from "../../trust/store.ts";
import { createJsonEmit } from "../json.ts";
import type { ServerCommand } from "../command.ts";
import { confineServer } from "../confine.ts";
import { createOutput, printFailure, standardTerminal } from "../output.ts";
import { askNewPassword, readPassword } from "../prompt/password.ts";
import { leftByKey, terminalPrompts } from "../prompt/prompts.ts";
import { createScreen } from "../screen.ts";
import { onStop } from "../stop.ts";
import { words } from "../words.ts";

/** Serves until Ctrl+C, a polite kill, or until nobody reads the output any more. */
export async function runServer(command: ServerCommand): Promise<number> {
  const stop = new AbortController();
  const forget = onStop(() => stop.abort());
  const write = createOutput(() => stop.abort());
  const terminal = standardTerminal(write);
  const emit = command.json ? createJsonEmit(write) : createScreen(terminal);
  const say = command.json ? () => {} : terminal.line;
  let code: number = EXIT.fatal;
  try {
    const password = await passwordOf(command, stop.signal);
    if (password !== undefined) await serve(command, { password, emit, say, signal: stop.signal });
    code = EXIT.inSync;
    return code;
  } finally {
    forget();
    emit({ event: "end", code });
  }
}

/** Serves until `signal`; a `password` of "" is none. */
async function serve(
  { host, port, stateDir }: ServerCommand,
  { password, emit, say, signal }: {
    password: string;
    emit: Emit;
    say(text: string): void;
    signal: AbortSignal;
  },
): Promise<void> {
  const stopped = new Promise((resolve) => signal.addEventListener("abort", resolve));
  const names = openTrust(stateDir, "server");
  try {
    const server = await startServer({
      ...{ host, port, emit, names, own: names.identity },
      ...(password !== "" && { password }),
    });
    const addresses = reachableAddresses(server.host);
    if (addresses.length > 0) say(words.reachable(addresses, server.port));
    confineServer();
    if (!signal.aborted) await stopped;
    say(words.closing);
    await server.close();
  } finally {
    names.close();
  }
}

/** The password, "" when there is none, undefined when the person left instead of typing one. */
async function passwordOf({ password }: ServerCommand, signal: AbortSignal): Promise<string | undefined> {
  if (password === undefined) return "";
  if ("typed" in password) return password.typed;
  if ("file" in password) return readPassword(password.file, printFailure);
  return await leftByKey(askNewPassword(terminalPrompts(signal), words.passwordNew, false));
}

/** The addresses under which others reach a server that listens on all of them; link-local ones lead nowhere. */
function reachableAddresses(host: string): string[] {
  if (host !== "0.0.0.0" && host !== "::") return [];
  return Deno.networkInterfaces()
    .filter(({ family, address }) => family === "IPv4" || host === "::" && !/^fe80:/i.test(address))
    .map(({ address }) => address)
    .filter((address) => address !== "::1" && !address.startsWith("127."));
}
