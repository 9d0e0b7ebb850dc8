// The shell's commands for looking back and bringing back.

import { foldName } from "../../core/names/name.ts";
import type { Client } from "../../peer/client.ts";
import type { ConflictSide } from "../../history/conflicts.ts";
import { printable } from "../escape.ts";
import { conflictLines, historyLines, leftLines, undoneLines, whyLines } from "../history/lines.ts";
import { historyWords } from "../history/words.ts";
import type { Shell, ShellCommand } from "./shell_command.ts";
import { isEmpty, undoPlanLines } from "../history/undo_lines.ts";
import { undoWords } from "../history/undo_words.ts";
import { words } from "../words.ts";

const SIDES: readonly ConflictSide[] = ["mine", "theirs", "both"];

/** Each name in dispute with each way to settle it. */
const settlings = (client: Client) =>
  client.conflicts().flatMap((path) => SIDES.map((side) => `${path} ${side}`));

export const HISTORY_COMMANDS: readonly ShellCommand[] = [
  {
    name: "/history",
    usage: "/history [PATH]",
    help: "what happened, batch by batch, or to PATH",
    run: history,
  },
  { name: "/why", usage: "/why PATH", help: "how PATH stands, and why", run: why },
  {
    name: "/undo",
    usage: "/undo [NAME] [BATCH]",
    help: "take the last batch back, or BATCH, on both computers; shows it and asks",
    run: undo,
  },
  { name: "/conflicts", usage: "/conflicts", help: "what both of you changed", run: conflicts },
  {
    name: "/resolve",
    usage: historyWords.resolveUsage,
    help: "settle a conflict: whose content gets the name",
    run: resolve,
    offers: settlings,
  },
];

async function history(shell: Shell, rest: string): Promise<void> {
  const [peer, path] = withPeer(shell, rest);
  historyLines(
    await shell.client.askHistory((historyService) => historyService.history(unquoted(path)), peer),
  ).forEach(shell.say);
}

async function why(shell: Shell, rest: string): Promise<void> {
  const [peer, path] = withPeer(shell, rest);
  if (path === "") return shell.say(words.usage(historyWords.whyUsage));
  const told = await shell.client.askHistory((historyService) => historyService.why(unquoted(path)), peer);
  const sessions = shell.client.status().filter((session) => peer === undefined || session.peer === peer);
  whyLines(told, sessions).forEach(shell.say);
}

/** Shows what it means, asks, and does it. */
async function undo({ client, say, confirm }: Shell, rest: string): Promise<void> {
  const [, name = "", number] = /^(.*?)\s*(\d+)?$/s.exec(rest.trim())!;
  const peer = client.status().find((session) => foldName(session.peer) === foldName(name))?.peer;
  if (name !== "" && peer === undefined) return say(words.noSession(printable(name)));
  const batch = number === undefined ? undefined : Number(number);
  const plan = await client.askHistory((historyService) => historyService.planUndo(peer, batch), peer);
  undoPlanLines(plan).forEach(say);
  if (isEmpty(plan) || !await confirm(undoWords.asked(plan.batch, printable(plan.peer)))) return;
  const undone = await client.bringBack((historyService) => historyService.undo(plan.peer, plan.batch), peer);
  const state = client.status().find((session) => session.peer === undone.peer)?.state;
  undoneLines(undone, state === "insync" || state === "syncing" || state === "held").forEach(say);
}

async function conflicts({ client, say }: Shell, rest: string): Promise<void> {
  conflictLines(await client.askHistory((historyService) => historyService.conflicts(), rest || undefined))
    .forEach(say);
}

async function resolve(shell: Shell, rest: string): Promise<void> {
  const [peer, line] = withPeer(shell, rest);
  const [, path = "", how] = /^(.*?)\s+(mine|theirs|both)$/is.exec(line.trim()) ?? [];
  if (how === undefined) return shell.say(words.usage(historyWords.resolveUsage));
  const side = how.toLowerCase() as ConflictSide;
  const left = await shell.client.bringBack(
    (historyService) => historyService.resolve(unquoted(path), side),
    peer,
  );
  if (left.length === 0) shell.say(historyWords.resolved(printable(unquoted(path)), side));
  else leftLines(left).forEach(shell.say);
}

/** `bob docs/a.txt`: with whom, where several folders are kept, and the rest. */
function withPeer({ client }: Shell, rest: string): [peer: string | undefined, rest: string] {
  const sessions = client.status();
  if (new Set(sessions.map(({ folder }) => folder)).size < 2) return [undefined, rest];
  const begins = (peer: string) =>
    foldName(rest) === foldName(peer) || foldName(rest).startsWith(`${foldName(peer)} `);
  const peer = sessions.map(({ peer }) => peer).find(begins);
  return [peer, peer === undefined ? rest : rest.slice(peer.length).trim()];
}

function unquoted(path: string): string {
  return path.replace(/^(["'])(.*)\1$/s, "$2");
}
