// `tcpsync --connect`: a user at a server, driven by flags or by the person at the shell.

import { EXIT, UserError } from "../../core/failure.ts";
import { folderState } from "../../fs/folder.ts";
import { type Client, type ClientOptions, createClient } from "../../peer/client.ts";
import type { Emit } from "../../session/event.ts";
import { printable } from "../escape.ts";
import { createJsonEmit } from "../json.ts";
import type { ClientCommand } from "../options.ts";
import { createOutput, printFailure, standardTerminal } from "../output.ts";
import { folderPath, thisPlace } from "../place.ts";
import { createScreen } from "../screen.ts";
import { prepareShell } from "../shell.ts";
import { onStop } from "../stop.ts";
import { words } from "../words.ts";

/** Runs the client to its end; gives its exit code. */
export function runClient(command: ClientCommand): Promise<number> {
  checkFolders(command);
  return command.shell ? runShell(command) : runUnattended(command);
}

/** The shell, once the client is connected. `first` may ask the person something before the prompt opens, and says
 * whether it is to open at all. */
export async function runShell(
  command: ClientCommand,
  first: (client: Client) => Promise<boolean> = () => Promise.resolve(true),
): Promise<number> {
  const shell = prepareShell({
    name: command.name,
    folder: command.folder,
    yes: command.yes,
    checkFolder: (text) => checkFolder(folderPath(text, thisPlace())),
  });
  const client = createClient(clientOptions(command, shell.emit));
  const forget = onStop(() => void client.close());
  try {
    await client.start();
    return await first(client) ? await shell.run(client) : EXIT.inSync;
  } finally {
    await client.close();
    forget();
  }
}

/** By flags alone: nothing is asked, the last event is `end`. */
async function runUnattended(command: ClientCommand): Promise<number> {
  const write = createOutput(() => void client.close());
  const terminal = standardTerminal(write);
  const show = command.json ? createJsonEmit(write) : createScreen(terminal);
  // One invitation that cannot be accepted is told, and ends nothing else.
  const tell = (error: unknown) => {
    if (!(error instanceof UserError)) throw error;
    printFailure(error.message);
  };
  // An invitation that comes before the flags have been told to the client is answered right after.
  let begun = false;
  const answer = (user: string) => {
    if (!begun || command.wait || !client.pending().includes(user)) return;
    if (command.yes) return void client.accept(user).catch(tell);
    if (!command.json) terminal.line(words.unasked(printable(user)));
    void client.decline(user);
  };
  const emit: Emit = (event) => {
    show(event);
    if (event.event === "invitation" && "from" in event && event.state === "offered") answer(event.from);
  };
  const client = createClient(clientOptions(command, emit));
  const forget = onStop(() => {
    if (!command.json) terminal.line(words.closing);
    void client.close();
  });
  let code: number = EXIT.fatal;
  try {
    await client.start();
    const beginning = begin(client, command);
    begun = true;
    client.pending().forEach(answer);
    code = await Promise.race([client.ended, beginning.then(() => client.ended)]);
    return code;
  } catch (error) {
    if (error instanceof UserError) code = error.code;
    throw error;
  } finally {
    await client.close();
    forget();
    show({ event: "end", code });
  }
}

/** What the flags ask for. Rejects when one of them cannot be done at all. */
async function begin(client: Client, { invite, acceptFrom, wait }: ClientCommand): Promise<void> {
  await Promise.all([
    ...acceptFrom.map(({ user, folder }) => client.acceptFrom(user, folder)),
    ...(wait ? [client.acceptFrom("*")] : []),
    ...invite.map(({ user, folder }) => client.invite(user, folder)),
  ]);
}

function clientOptions(command: ClientCommand, emit: Emit): ClientOptions {
  const { host, port, name, stateDir, folder, once, timeout, shell: stay } = command;
  return {
    ...{ host, port, name, stateDir, once, stay, emit },
    ...(folder !== undefined && { folder }),
    ...(timeout !== undefined && { timeout }),
  };
}

function checkFolders({ folder, invite, acceptFrom }: ClientCommand): void {
  const named = [folder, ...invite.map((pair) => pair.folder), ...acceptFrom.map((pair) => pair.folder)];
  named.filter((path) => path !== undefined).forEach(checkFolder);
}

/** `path`, when it is a folder that is there. */
function checkFolder(path: string): string {
  const state = folderState(path);
  if (state === "missing") throw new UserError(`The folder ${path} does not exist: make it, or name another`);
  if (state === "other") throw new UserError(`${path} is not a folder: name the folder to keep the same`);
  return path;
}
