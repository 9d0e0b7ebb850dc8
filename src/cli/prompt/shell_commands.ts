// The shell's commands, one entry each: what is typed, what it does to the client, and what Tab offers after it.

import { type Shell, type ShellCommand } from "./shell_command.ts";
import { UserError } from "../../core/failure.ts";
import { foldName } from "../../core/names/name.ts";
import type { Client } from "../../peer/client.ts";
import type { InWords } from "./question_queue.ts";
import { printable } from "../escape.ts";
import { nearest } from "../nearest.ts";
import { HISTORY_COMMANDS } from "./history_commands.ts";
import { statusLines } from "../status.ts";
import { parseRate } from "../verify/options.ts";
import { verifyWords } from "../verify/words.ts";
import { words } from "../words.ts";

const invited = (client: Client) => client.pending();
const present = (client: Client) => client.users();
const inSession = (client: Client) => client.status().map((session) => session.peer);

export const COMMANDS: readonly ShellCommand[] = [
  { name: "/listUsers", usage: "/listUsers", help: "who is here", run: listUsers },
  {
    name: "/connectUser",
    usage: "/connectUser NAME [FOLDER]",
    help: "invite someone who is here to keep the folder the same",
    run: connectUser,
    offers: present,
  },
  {
    name: "/accept",
    usage: "/accept [NAME] [FOLDER]",
    help: "accept an invitation (y does too)",
    run: accept,
    offers: invited,
  },
  {
    name: "/decline",
    usage: "/decline [NAME]",
    help: "decline an invitation (n does too)",
    run: decline,
    offers: invited,
  },
  { name: "/status", usage: "/status", help: "how each folder stands", run: status },
  {
    name: "/verify",
    usage: "/verify [NAME] [RATE|stop]",
    help: "read everything on both sides and compare it, RATE (50M) a second at most",
    run: verify,
  },
  ...HISTORY_COMMANDS,
  {
    name: "/fingerprint",
    usage: "/fingerprint",
    help: "the numbers by which others know you and the server",
    run: fingerprint,
  },
  {
    name: "/disconnect",
    usage: "/disconnect [NAME]",
    help: "end it with NAME, or with everyone",
    run: disconnect,
    offers: inSession,
  },
  { name: "/help", usage: "/help", help: "this list", run: help },
  { name: "/quit", usage: "/quit", help: "leave (so do Ctrl+C and Ctrl+D)", run: ({ quit }) => quit() },
];

/** Does what the line says, or says why not. */
export async function runLine(shell: Shell, line: string): Promise<void> {
  if (line === "") return;
  const [, word = "", rest = ""] = /^(\S+)\s*(.*)$/s.exec(line) ?? [];
  const command = COMMANDS.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  try {
    if (command) await command.run(shell, rest);
    else suggest(shell, word);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    shell.say(printable(error.message));
  }
}

/** The whole lines Tab can make of `line`. */
export function completions(client: Client, line: string): string[] {
  const [, word = "", gap = "", begun = ""] = /^(\S*)(\s*)(.*)$/s.exec(line) ?? [];
  const fits = (candidate: string, typed: string) => candidate.toLowerCase().startsWith(typed.toLowerCase());
  if (gap === "") {
    return COMMANDS.filter(({ name }) => fits(name, word)).map((c) => c.offers ? c.name + " " : c.name);
  }
  const command = COMMANDS.find(({ name }) => name.toLowerCase() === word.toLowerCase());
  const names = command?.offers?.(client) ?? [];
  return names.filter((name) => fits(name, begun) && printable(name) === name).map((name) =>
    word + gap + name
  );
}

/** What is no command is a slip. */
function suggest({ say }: Shell, word: string): void {
  const names = COMMANDS.map(({ name }) => name);
  if (!word.startsWith("/")) say(words.typeCommand(nearest("/" + word, names)));
  else say(words.unknownCommand(printable(word), nearest(word, names)));
}

function listUsers({ client, say }: Shell): void {
  const sessions = new Map(client.status().map(({ peer, state }) => [peer, words.state(state)]));
  const pending = new Set(client.pending());
  const note = (user: string) => pending.has(user) ? words.invitedYou : sessions.get(user);
  say(words.present(client.users().map((user) => words.user(printable(user), note(user)))));
}

/** Invites someone who is here. The answer comes as an event; only a refusal of the invitation itself is told here. */
async function connectUser(shell: Shell, rest: string): Promise<void> {
  const { client, name, say } = shell;
  if (rest === "") return say(words.usage("/connectUser NAME [FOLDER]"));
  const here = client.users();
  const [user, folder] = nameAndFolder(rest, [...here, name]);
  if (user === undefined) {
    return say(words.notHere(printable(rest), here.map(printable), nearest(rest, here.map(printable))));
  }
  if (user === name) return say(words.yourself(printable(name)));
  const session = client.status().find(({ peer }) => peer === user);
  if (session && session.state !== "waiting") {
    return say(words.alreadyWith(printable(user), session.state));
  }
  if (folder === "" && shell.folder === undefined) {
    return say(words.needsFolder(`/connectUser ${printable(user)} FOLDER`));
  }
  const kept = folder ? shell.checkFolder(folder) : undefined;
  const question = sharedQuestion(shell, user, kept, "/connectUser");
  if (question && !await shell.ask(user, question)) return;
  shell.invites(user);
  await client.invite(user, kept);
}

async function accept(shell: Shell, rest: string): Promise<void> {
  const { client, say } = shell;
  const pending = client.pending();
  // With one invitation its name may be left out, and a folder may follow at once.
  const folderOnly = pending.length === 1 && /^(["'~./\\]|[A-Za-z]:[\\/])/.test(rest);
  const [user, folder] = choosePending(shell, folderOnly ? `${pending[0]} ${rest}` : rest);
  if (user === undefined) return;
  if (folder === "" && shell.folder === undefined) {
    return say(words.needsFolder(`/accept ${printable(user)} FOLDER`));
  }
  const kept = folder ? shell.checkFolder(folder) : undefined;
  const question = sharedQuestion(shell, user, kept, "/accept");
  if (question && !await shell.ask(user, question)) return;
  await client.accept(user, kept);
}

/** A second person on a folder is asked about: what to ask, if somebody has a share in it already. */
function sharedQuestion(
  { client }: Shell,
  user: string,
  kept: string | undefined,
  command: string,
): InWords | undefined {
  const { folder, sharedWith } = client.sharing(user, kept);
  if (folder === undefined || sharedWith.length === 0) return undefined;
  const name = printable(user);
  return words.together(name, printable(folder), sharedWith.map(printable), `${command} ${name} FOLDER`);
}

async function decline(shell: Shell, rest: string): Promise<void> {
  const [user] = choosePending(shell, rest);
  if (user !== undefined) await shell.client.decline(user);
}

/** The invitation meant and what follows its name; no user after saying why none is meant. */
function choosePending({ client, say }: Shell, rest: string): [user: string | undefined, folder: string] {
  const pending = client.pending();
  if (rest !== "") {
    const chosen = nameAndFolder(rest, pending);
    if (chosen[0] === undefined) say(words.noInvitation(printable(rest)));
    return chosen;
  }
  if (pending.length === 0) say(words.noInvitation());
  if (pending.length > 1) say(words.whichInvitation(pending.map(printable)));
  return [pending.length === 1 ? pending[0] : undefined, ""];
}

function status({ client, say }: Shell): void {
  const sessions = client.status();
  if (sessions.length === 0) return say(words.noStatus);
  for (const session of sessions) for (const line of statusLines(session)) say(line);
}

/** What is found, and how far it is, comes as events. */
async function verify({ client, say }: Shell, rest: string): Promise<void> {
  const [name, how] = nameAndFolder(rest, inSession(client));
  const what = name === undefined ? rest : how;
  if (what.toLowerCase() === "stop") {
    if (!await client.stopVerifying(name)) say(verifyWords.nothingToStop);
    return;
  }
  await client.verify(what === "" ? undefined : parseRate(what), name);
}

function fingerprint({ fingerprints, say }: Shell): void {
  const { own, server } = fingerprints();
  say(words.whoseFingerprint(own, server));
}

async function disconnect({ client, say }: Shell, rest: string): Promise<void> {
  const peers = inSession(client);
  const chosen = rest === "" ? peers : peers.filter((peer) => foldName(peer) === foldName(rest));
  if (chosen.length === 0) return say(words.noSession(rest === "" ? undefined : printable(rest)));
  for (const peer of chosen) {
    await client.disconnect(peer);
    say(words.disconnected(printable(peer)));
  }
}

function help({ say }: Shell): void {
  const width = COMMANDS.reduce((widest, { usage }) => Math.max(widest, usage.length), 0);
  COMMANDS.forEach((command) => say(`  ${command.usage.padEnd(width)}  ${command.help}`));
}

/** A name's 32 characters are no more words than this. A pasted book is more. */
const MOST_WORDS = 16;

/** `bob ~/my docs`: one of `names` (the longest that fits, in any case; names may hold spaces), then a folder or "". */
function nameAndFolder(rest: string, names: string[]): [name: string | undefined, folder: string] {
  const parts = rest.split(/(\s+)/);
  for (let taken = Math.min(parts.length, 2 * MOST_WORDS - 1); taken > 0; taken -= 2) {
    const typed = foldName(parts.slice(0, taken).join(""));
    const name = names.find((name) => foldName(name) === typed);
    if (name !== undefined) return [name, parts.slice(taken).join("").trim()];
  }
  return [undefined, ""];
}
