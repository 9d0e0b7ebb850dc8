// Runs one command and turns how it ended into a message and an exit code.

import program from "./deno.json" with { type: "json" };
import { runClient } from "./src/cli/commands/client.ts";
import { runDemo } from "./src/cli/commands/demo.ts";
import { runFingerprint } from "./src/cli/commands/fingerprint.ts";
import { runForget } from "./src/cli/commands/forget.ts";
import { runMenu } from "./src/cli/commands/menu.ts";
import { runHistory } from "./src/cli/commands/history.ts";
import { runServer } from "./src/cli/commands/server.ts";
import { runVerify } from "./src/cli/commands/verify.ts";
import { parseOptions } from "./src/cli/options.ts";
import { printBug, printFailure, printText } from "./src/cli/output.ts";
import { thisPlace } from "./src/cli/place.ts";
import { HELP } from "./src/cli/words.ts";
import { EXIT, UserError } from "./src/core/failure.ts";

async function run(): Promise<number> {
  const command = parseOptions(Deno.args, thisPlace());
  switch (command.kind) {
    case "help":
      return printText(HELP);
    case "version":
      return printText(`tcpsync ${program.version} (Deno ${Deno.version.deno})`);
    case "fingerprint":
      return runFingerprint(command);
    case "forget":
      return runForget(command);
    case "history":
      return await runHistory(command);
    case "verify":
      return await runVerify(command);
    case "server":
      return await runServer(command);
    case "client":
      return await runClient(command);
    case "menu":
      return await runMenu(command.stateDir);
    case "demo":
      return await runDemo({ keep: false });
  }
}

function fail(error: unknown): never {
  if (error instanceof UserError) printFailure(error.message);
  else printBug(error);
  Deno.exit(error instanceof UserError ? error.code : EXIT.fatal);
}

addEventListener("unhandledrejection", (event) => fail(event.reason));
addEventListener("error", (event) => fail(event.error));
Deno.exit(await run().catch(fail));
