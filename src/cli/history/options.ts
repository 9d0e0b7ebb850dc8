// `tcpsync history`, `why`, `undo`, `conflicts`, `resolve`: looking back and bringing back where no client runs.

import { parseArgs } from "@std/cli/parse-args";
import type { ConflictSide } from "../../history/conflicts.ts";
import type { HistoryCommand } from "../command.ts";
import { nearest } from "../nearest.ts";
import { defaultStateDir, folderPath, type Surroundings } from "../place.ts";
import { fail } from "../values.ts";

const SIDES: readonly string[] = ["mine", "theirs", "both"];

/** What follows each of them, and whether it may, or must, be there. */
const USAGES: Record<HistoryCommand["asks"], { usage: string; least: number; most: number }> = {
  history: { usage: "[PATH]", least: 0, most: 1 },
  why: { usage: "PATH", least: 1, most: 1 },
  undo: { usage: "[BATCH] [--with NAME] [--yes]", least: 0, most: 1 },
  conflicts: { usage: "", least: 0, most: 0 },
  resolve: { usage: "PATH mine|theirs|both", least: 2, most: 2 },
};

/** Whether the arguments begin with one of these words. */
export function asksHistory(args: readonly string[]): args is [HistoryCommand["asks"], ...string[]] {
  return Object.hasOwn(USAGES, args[0] ?? "");
}

/** Throws UserError for anything that is not exactly clear. */
export function parseHistory(
  [asks, ...rest]: [HistoryCommand["asks"], ...string[]],
  place: Surroundings,
): HistoryCommand | null {
  const { usage, least, most } = USAGES[asks];
  const wanted = `tcpsync ${asks} --folder DIR ${usage}`.trim();
  const flags = ["folder", "state", "with"];
  const parsed = parseArgs(rest, {
    string: ["_", ...flags],
    boolean: ["json", "yes", "help"],
    collect: flags,
    alias: { h: "help" },
    unknown: (arg, key) => key === undefined ? true : failUnknown(arg, asks, [...flags, "json", "yes"]),
  });
  if (parsed.help) return null;
  const value = (flag: string): string | undefined => {
    const values = parsed[flag] as string[];
    if (values.includes("")) fail(`--${flag} needs a value: write it as ${wanted}`);
    if (values.length > 1) fail(`--${flag} is given twice: leave one out`);
    return values[0];
  };
  const words = parsed._.map(String);
  const folder = value("folder") ?? fail(`Which folder? Write it as ${wanted}`);
  if (words.length < least || words.length > most) fail(`That is not clear: write it as ${wanted}`);
  const [state, peer] = [value("state"), value("with")];
  if (peer !== undefined && asks !== "undo") fail(`--with has no meaning with ${asks}: leave it out`);
  if (parsed.yes && asks !== "undo") fail(`--yes has no meaning with ${asks}: it asks nothing`);
  return {
    kind: "history",
    asks,
    folder: folderPath(folder, place),
    stateDir: state === undefined ? defaultStateDir(place) : folderPath(state, place),
    json: parsed.json === true,
    yes: parsed.yes === true,
    ...(asks !== "undo" && words[0] !== undefined && { path: words[0] }),
    ...(asks === "undo" && words[0] !== undefined && { batch: numberOf(words[0]) }),
    ...(asks === "resolve" && { side: sideOf(words[1]!, wanted) }),
    ...(peer !== undefined && { peer }),
  };
}

function numberOf(text: string): number {
  return /^\d{1,12}$/.test(text)
    ? Number(text)
    : fail(`${text} is no batch: tcpsync history lists their numbers`);
}

function sideOf(text: string, wanted: string): ConflictSide {
  return SIDES.includes(text)
    ? text as ConflictSide
    : fail(`${text} is none of mine, theirs, both: write it as ${wanted}`);
}

function failUnknown(arg: string, asks: string, known: string[]): never {
  const flag = arg.split("=")[0]!;
  const near = nearest(flag.replace(/^-+/, ""), known);
  return fail(`Unknown flag ${flag} for ${asks}: ${near ? `did you mean --${near}?` : "see tcpsync --help"}`);
}
