// `tcpsync --connect`: a user at a server, driven by flags or by the person at the shell.

import { EXIT, UserError } from "../../core/failure.ts";
import { folderState } from "../../fs/folder.ts";
import { type Client } from "../../peer/client.ts";
import { createClient } from "../../peer/create_client.ts";
import { fingerprint } from "../../wire/channel/keys.ts";
import type { ClientCommand } from "../command.ts";
import { folderPath, thisPlace } from "../place.ts";
import { prepareShell } from "../prompt/shell.ts";
import { onStop } from "../stop.ts";
import { runUnattended } from "./unattended.ts";
import { clientOptions, passwordQuestion, startClient, withKeys } from "./user.ts";

/** Runs the client to its end; gives its exit code. */
export function runClient(command: ClientCommand): Promise<number> {
  checkFolders(command);
  return command.shell ? runShell(command) : runUnattended(command);
}

/** The shell, once the client is connected. `first` may ask the person something before the prompt opens, and says
 * whether it is to open at all. */
export function runShell(
  command: ClientCommand,
  first: (client: Client) => Promise<boolean> = () => Promise.resolve(true),
): Promise<number> {
  return withKeys(command, async (keys) => {
    const shell = prepareShell({
      name: command.name,
      fingerprint: fingerprint(keys.identity.publicKey),
      folder: command.folder,
      yes: command.yes,
      checkFolder: (text) => checkFolder(folderPath(text, thisPlace())),
    });
    const stop = new AbortController();
    const questions = { askPassword: passwordQuestion(stop), ...shell.questions };
    const client = createClient(clientOptions(command, keys, shell.emit, questions));
    const forget = onStop(() => stop.abort());
    try {
      const connected = await startClient(client, stop.signal);
      return connected && await first(client) ? await shell.run(client) : EXIT.inSync;
    } finally {
      await client.close();
      forget();
    }
  });
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
