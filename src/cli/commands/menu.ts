// Without arguments: asks whether to be a server, a client or the demo, then runs it.

import { EXIT, UserError } from "../../core/failure.ts";
import type { Client } from "../../peer/client.ts";
import { askCommand, askFirst } from "../prompt/menu.ts";
import type { ClientCommand } from "../command.ts";
import { printBug, printFailure } from "../output.ts";
import { thisPlace } from "../place.ts";
import { leftByKey, terminalPrompts } from "../prompt/prompts.ts";
import { words } from "../words.ts";
import { runShell } from "./client.ts";
import { runDemo } from "./demo.ts";
import { runServer } from "./server.ts";

/** Asks and runs. On Windows the window may belong to this run alone, so a failure waits to be read. */
export async function runMenu(stateDir: string): Promise<number> {
  if (Deno.build.os !== "windows") return await askAndRun(stateDir);
  const code = await askAndRun(stateDir).catch((error) => {
    if (error instanceof UserError) printFailure(error.message);
    else printBug(error);
    return error instanceof UserError ? error.code : EXIT.fatal;
  });
  if (code !== EXIT.inSync) {
    await leftByKey(
      terminalPrompts().input({ message: words.pressEnter, default: "", validate: () => true }),
    );
  }
  return code;
}

async function askAndRun(stateDir: string): Promise<number> {
  const command = await leftByKey(askCommand(terminalPrompts(), thisPlace(), stateDir));
  switch (command?.kind) {
    case undefined:
      return EXIT.inSync;
    case "server":
      return await runServer(command);
    case "client":
      return await runShell(command, (client) => inviteFirst(client, command));
    case "try":
      return await runDemo({ keep: true });
  }
}

/** Invites whom the person names, or nobody; false when the person left. */
async function inviteFirst(client: Client, { name }: ClientCommand): Promise<boolean> {
  const over = new AbortController();
  void client.ended.then(() => over.abort());
  const first = await leftByKey(askFirst(terminalPrompts(over.signal), client, name));
  if (first?.invite !== undefined) await client.invite(first.invite);
  return first !== undefined;
}
