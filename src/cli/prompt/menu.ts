// The questions of a run without arguments. Each has a sensible default; the answers are the command that flags would give.

import { UserError } from "../../core/failure.ts";
import { foldName, nameProblem } from "../../core/names/name.ts";
import { folderState, makeFolder } from "../../fs/folder.ts";
import type { Client } from "../../peer/client.ts";
import { printable } from "../escape.ts";
import { DEFAULT_PORT } from "../../rendezvous/server.ts";
import type { ClientCommand, ServerCommand } from "../command.ts";
import { KEEP } from "../../transition/retention.ts";
import { parseAddress, parsePort, SCRUB_DAYS } from "../values.ts";
import { askNewPassword } from "./password.ts";
import { folderPath, homeFolder, type Surroundings, systemUser } from "../place.ts";
import type { Prompts } from "./prompts.ts";
import { words } from "../words.ts";

/** Asks what this run shall be. */
export async function askCommand(
  prompts: Prompts,
  place: Surroundings,
  stateDir: string,
): Promise<ServerCommand | ClientCommand | { kind: "try" }> {
  const what = await prompts.select({
    message: words.menuWhat,
    choices: [
      { name: words.menuClient, value: "client" },
      { name: words.menuServer, value: "server" },
      { name: words.menuTry, value: "try" },
    ],
  });
  if (what === "server") return await askServer(prompts, stateDir);
  if (what === "client") return await askClient(prompts, place, stateDir);
  return { kind: "try" };
}

async function askServer(prompts: Prompts, stateDir: string): Promise<ServerCommand> {
  const port = await prompts.input({
    message: words.menuPort,
    default: String(DEFAULT_PORT),
    validate: (answer) => complaint(() => parsePort(answer.trim(), 0)),
  });
  const typed = await askNewPassword(prompts, words.menuPassword, true);
  return {
    kind: "server",
    host: "0.0.0.0",
    port: Number(port),
    stateDir,
    ...(typed !== "" && { password: { typed } }),
    json: false,
  };
}

async function askClient(prompts: Prompts, place: Surroundings, stateDir: string): Promise<ClientCommand> {
  const address = await prompts.input({
    message: words.menuAddress,
    default: `127.0.0.1:${DEFAULT_PORT}`,
    validate: (answer) => complaint(() => parseAddress(answer.trim())),
  });
  const name = await prompts.input({
    message: words.menuName,
    default: systemUser(place),
    validate: validName,
  });
  return {
    kind: "client",
    ...parseAddress(address.trim()),
    name: name.trim(),
    folder: await askFolder(prompts, place),
    stateDir,
    trust: [],
    invite: [],
    acceptFrom: [],
    wait: false,
    shell: true,
    once: false,
    json: false,
    yes: false,
    approveMassChange: false,
    keep: KEEP,
    scrubDays: SCRUB_DAYS,
    mode: "two-way",
  };
}

/** A folder that is there, made if it was not. */
async function askFolder(prompts: Prompts, place: Surroundings): Promise<string> {
  const folder = folderPath(
    await prompts.input({
      message: words.menuFolder,
      default: homeFolder(place) ? "~/tcpsync" : "tcpsync",
      validate: (answer) => folderState(folderPath(answer, place)) === "other" ? words.menuNotFolder : true,
    }),
    place,
  );
  if (folderState(folder) === "folder") return folder;
  if (await prompts.confirm({ message: words.menuMakeFolder(printable(folder)), default: true })) {
    makeFolder(folder);
    return folder;
  }
  return await askFolder(prompts, place);
}

/** Asks a connected client's person whom to invite; without one it is to wait for an invitation. */
export async function askFirst(prompts: Prompts, client: Client, self: string): Promise<{ invite?: string }> {
  const wait = { name: words.menuWait, value: "wait" };
  const initiate = { name: words.menuInitiate, value: "initiate" };
  const how = await prompts.select({
    message: words.menuFirst,
    choices: client.users().length > 0 ? [initiate, wait] : [wait, initiate],
  });
  if (how === "wait") return {};
  const present = client.users();
  // Names hold no colon, so this value is no user's.
  const typed = { name: words.menuTypeName, value: ":typed" };
  const whom = present.length === 0 ? typed.value : await prompts.select({
    message: words.menuWhom,
    choices: [...present.map((user) => ({ name: printable(user), value: user })), typed],
  });
  if (whom !== typed.value) return await askShared(prompts, client, whom);
  const name = await prompts.input({
    message: words.menuTheirName,
    default: "",
    validate: (answer) =>
      foldName(answer.trim()) === foldName(self) ? words.menuNotOwnName : validName(answer),
  });
  return await askShared(prompts, client, name.trim());
}

/** A folder that was kept with others goes to nobody else unasked. */
async function askShared(prompts: Prompts, client: Client, invite: string): Promise<{ invite?: string }> {
  const { folder, sharedWith } = client.sharing(invite);
  if (folder === undefined || sharedWith.length === 0) return { invite };
  const message = words.menuTogether(printable(invite), printable(folder), sharedWith.map(printable));
  return await prompts.confirm({ message, default: false }) ? { invite } : {};
}

function validName(answer: string): true | string {
  const problem = nameProblem(answer.trim());
  return problem ? words.menuBadName(problem) : true;
}

/** What a check says against an answer, or true. */
function complaint(check: () => unknown): true | string {
  try {
    check();
    return true;
  } catch (error) {
    if (error instanceof UserError) return printable(error.message);
    throw error;
  }
}
