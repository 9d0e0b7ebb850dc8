// `tcpsync verify`: everything is read and compared with what was agreed, where no client runs.

import { parseArgs } from "@std/cli/parse-args";
import type { VerifyCommand } from "../command.ts";
import { nearest } from "../nearest.ts";
import { defaultStateDir, folderPath, type Surroundings } from "../place.ts";
import { fail, parseSize } from "../values.ts";

const WANTED = "tcpsync verify --folder DIR [--rate 50M] [--json]";
const VALUES = ["folder", "state", "rate"];

/** Throws UserError for anything that is not exactly clear; null where only the help is asked for. */
export function parseVerify(args: readonly string[], place: Surroundings): VerifyCommand | null {
  const parsed = parseArgs([...args], {
    string: ["_", ...VALUES],
    boolean: ["json", "help"],
    collect: VALUES,
    alias: { h: "help" },
    unknown: (arg, key) => key === undefined ? true : failUnknown(arg),
  });
  if (parsed.help) return null;
  const value = (flag: string): string | undefined => {
    const values = parsed[flag] as string[];
    if (values.includes("")) fail(`--${flag} needs a value: write it as ${WANTED}`);
    if (values.length > 1) fail(`--${flag} is given twice: leave one out`);
    return values[0];
  };
  if (parsed._.length > 0) fail(`Unexpected argument ${parsed._[0]}: write it as ${WANTED}`);
  const folder = value("folder") ?? fail(`Which folder? Write it as ${WANTED}`);
  const [state, rate] = [value("state"), value("rate")];
  return {
    kind: "verify",
    folder: folderPath(folder, place),
    stateDir: state === undefined ? defaultStateDir(place) : folderPath(state, place),
    json: parsed.json === true,
    ...(rate !== undefined && { rate: parseRate(rate, "--rate ") }),
  };
}

/** Bytes a second; `where` stands before it in the complaint about anything else. */
export function parseRate(text: string, where = ""): number {
  const bytes = parseSize(text.replace(/\/s$/i, "")) ?? 0;
  return bytes > 0 ? bytes : fail(`${where}${text} is no rate: write bytes a second, for example 50M`);
}

function failUnknown(arg: string): never {
  const flag = arg.split("=")[0]!;
  const near = nearest(flag.replace(/^-+/, ""), [...VALUES, "json"]);
  return fail(`Unknown flag ${flag} for verify: ${near ? `did you mean --${near}?` : "see tcpsync --help"}`);
}
