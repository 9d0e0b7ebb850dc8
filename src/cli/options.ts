// What the command line asks for, checked once: every mistake is one line that says what, why and what to do.
// Messages hold what was typed as it is; who prints them escapes it.

// @ts-types="../types/deno_std.d.ts"
import { parseArgs } from "@std/cli/parse-args";
import { UserError } from "../core/failure.ts";
import { foldName, nameProblem } from "../core/name.ts";
import { DEFAULT_PORT } from "../rendezvous/server.ts";
import { nearest } from "./nearest.ts";
import { defaultStateDir, folderPath, type Place } from "./place.ts";

/** Seconds without progress after which `--once` gives up, unless `--timeout` says otherwise. */
const ONCE_TIMEOUT = 60;

/** One user named by `--invite` or `--accept-from`, and the folder for that pair alone if one was given. */
export interface Pair {
  user: string;
  folder?: string;
}

export interface ServerCommand {
  kind: "server";
  host: string;
  port: number;
  json: boolean;
}

export interface ClientCommand {
  kind: "client";
  host: string;
  port: number;
  name: string;
  folder?: string;
  stateDir: string;
  invite: Pair[];
  acceptFrom: Pair[];
  /** Accept anyone's invitation. */
  wait: boolean;
  /** A person drives it: none of the three above was given. */
  shell: boolean;
  once: boolean;
  timeout?: number;
  json: boolean;
  /** Answer yes to every question. */
  yes: boolean;
}

/** The one thing a run does. */
export type Command =
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "menu"; stateDir: string }
  | { kind: "demo" }
  | ServerCommand
  | ClientCommand;

const VALUES = ["host", "port", "connect", "name", "folder", "invite", "accept-from", "state", "timeout"];
const SWITCHES = ["server", "wait", "once", "json", "yes", "demo", "help", "version"];
const REPEATABLE = ["invite", "accept-from"];

/** Which flags have a meaning beside the one that chooses what to do. */
const BESIDE: Record<string, string[]> = {
  server: ["host", "port", "json"],
  connect: [
    ...["name", "folder", "invite", "accept-from", "wait"],
    ...["once", "timeout", "json", "yes", "state"],
  ],
  demo: [],
};

/** The flags as given: each value flag with all its values, each switch that is on with none. */
type Given = Map<string, string[]>;

/** Turns the arguments into the command they ask for. Throws UserError for anything that is not exactly clear. */
export function parseOptions(args: readonly string[], place: Place): Command {
  const given = readFlags(args);
  if (given.has("help")) return { kind: "help" };
  if (given.has("version")) return { kind: "version" };
  const chosen = Object.keys(BESIDE).filter((flag) => given.has(flag));
  if (chosen.length > 1) {
    fail(`--${chosen[0]} and --${chosen[1]} contradict each other: a run is one of them`);
  }
  const choice = chosen[0];
  if (choice === undefined) return menuCommand(given, place);
  const stray = [...given.keys()].find((flag) => flag !== choice && !BESIDE[choice]!.includes(flag));
  if (stray) fail(`--${stray} has no meaning with --${choice}: leave it out, or see tcpsync --help`);
  if (choice === "demo") return { kind: "demo" };
  return choice === "server" ? serverCommand(given) : clientCommand(given, place);
}

function readFlags(args: readonly string[]): Given {
  const parsed = parseArgs(args, {
    string: VALUES,
    boolean: SWITCHES,
    collect: [...VALUES, ...SWITCHES],
    alias: { h: "help" },
    unknown: (arg, key) => key === undefined ? true : failUnknown(arg),
  });
  if (parsed._.length > 0) {
    fail(`Unexpected argument ${parsed._[0]}: every value follows a flag, see tcpsync --help`);
  }
  const withValue = args.find((arg) => SWITCHES.some((flag) => arg.startsWith(`--${flag}=`)));
  if (withValue) fail(`${withValue}: this flag takes no value, write ${withValue.split("=")[0]}`);
  const given: Given = new Map();
  for (const flag of [...VALUES, ...SWITCHES]) {
    const values = parsed[flag] as (string | boolean)[] | undefined;
    if (values === undefined || values.length === 0) continue;
    if (values.includes("")) fail(`--${flag} needs a value: write --${flag} ${EXAMPLES[flag]}`);
    if (values.length > 1 && !REPEATABLE.includes(flag)) fail(`--${flag} is given twice: leave one out`);
    given.set(flag, values.map(String));
  }
  return given;
}

/** What a value of each flag looks like. */
const EXAMPLES: Record<string, string> = {
  host: "0.0.0.0",
  port: "7420",
  connect: "HOST:PORT",
  name: "alice",
  folder: "DIR",
  invite: "bob",
  "accept-from": "bob",
  state: "DIR",
  timeout: "60",
};

function menuCommand(given: Given, place: Place): Command {
  const flag = [...given.keys()].find((flag) => flag !== "state");
  if (flag) {
    const owner = BESIDE.server!.includes(flag) && flag !== "json" ? "--server" : "--connect HOST:PORT";
    fail(`--${flag} alone does nothing: add ${owner}, or see tcpsync --help`);
  }
  if (!place.terminal) {
    fail("Nothing to do: without a terminal to ask on, say it with flags, see tcpsync --help");
  }
  return { kind: "menu", stateDir: stateDir(given, place) };
}

function serverCommand(given: Given): ServerCommand {
  const port = given.get("port")?.[0];
  return {
    kind: "server",
    host: given.get("host")?.[0] ?? "0.0.0.0",
    port: port === undefined ? DEFAULT_PORT : parsePort(port, 0, "--port "),
    json: given.has("json"),
  };
}

function clientCommand(given: Given, place: Place): ClientCommand {
  const name = given.get("name")?.[0] ?? fail("--connect needs the name others see you by: add --name NAME");
  const folder = given.get("folder")?.[0];
  const timeout = given.has("timeout") ? parseSeconds(given.get("timeout")![0]!) : undefined;
  const once = given.has("once");
  const command: ClientCommand = {
    kind: "client",
    ...parseAddress(given.get("connect")![0]!),
    name,
    ...(folder !== undefined && { folder: folderPath(folder, place) }),
    stateDir: stateDir(given, place),
    invite: parsePairs(given.get("invite") ?? [], "--invite", place),
    acceptFrom: parsePairs(given.get("accept-from") ?? [], "--accept-from", place),
    wait: given.has("wait"),
    shell: false,
    once,
    ...(once && { timeout: ONCE_TIMEOUT }),
    ...(timeout !== undefined && { timeout }),
    json: given.has("json"),
    yes: given.has("yes"),
  };
  checkPairs(command);
  return withDriver(command, given, place);
}

/** Settles who drives the client: flags, or the person at the terminal. */
function withDriver(command: ClientCommand, given: Given, place: Place): ClientCommand {
  if (command.invite.length > 0 || command.acceptFrom.length > 0 || command.wait) return command;
  const flags = "--invite USER, --accept-from USER or --wait";
  if (command.yes && command.folder && (!place.terminal || command.json)) return { ...command, wait: true };
  const unattended = ["json", "once", "timeout"].find((flag) => given.has(flag));
  if (unattended) fail(`--${unattended} is for a run without questions: add ${flags}`);
  if (!place.terminal) fail(`No terminal to type commands on: add ${flags}`);
  return { ...command, shell: true };
}

/** Each user is named once, is not oneself, and has a folder to be kept in. */
function checkPairs({ name, folder, wait, invite, acceptFrom }: ClientCommand): void {
  checkName(name, "--name");
  const named = new Set<string>();
  const flagged = [
    ...invite.map((pair) => ({ ...pair, flag: "--invite" })),
    ...acceptFrom.map((pair) => ({ ...pair, flag: "--accept-from" })),
  ];
  for (const { user, folder: own, flag } of flagged) {
    checkName(user, flag);
    const folded = foldName(user);
    if (folded === foldName(name)) fail(`${flag} ${user} is yourself: name the other user`);
    if (named.has(folded)) fail(`${user} is named twice by --invite and --accept-from: leave one out`);
    named.add(folded);
    if (own === undefined && folder === undefined) {
      fail(`No folder to keep with ${user}: add --folder DIR, or write ${flag} ${user}=DIR`);
    }
  }
  if (wait && folder === undefined) fail("--wait needs a folder to accept into: add --folder DIR");
}

function checkName(name: string, flag: string): void {
  const problem = nameProblem(name);
  if (problem) fail(`${flag} ${name} cannot be a user's name: ${problem}`);
}

/** `bob`, or `bob=DIR` where this pair has a folder of its own. */
function parsePairs(values: string[], flag: string, place: Place): Pair[] {
  return values.map((value) => {
    const at = value.indexOf("=");
    if (at < 0) return { user: value };
    const [user, folder] = [value.slice(0, at), value.slice(at + 1)];
    if (!user || !folder) fail(`${flag} ${value} is not clear: write ${flag} USER or ${flag} USER=DIR`);
    return { user, folder: folderPath(folder, place) };
  });
}

/** `HOST:PORT`, `HOST` or `[::1]:7420`. */
export function parseAddress(text: string): { host: string; port: number } {
  const bracketed = /^\[([0-9a-fA-F:.%\w]+)\](?::(.*))?$/.exec(text);
  const plain = /^([^\s:[\]/]+)(?::([^:]*))?$/.exec(text);
  const bareV6 = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.exec(text);
  const [, host, port] = bracketed ?? plain ?? (bareV6 ? [text, text] : []);
  if (host === undefined) {
    fail(`${text} is no address: write HOST:PORT, for example 192.168.1.5:7420 or [::1]:7420`);
  }
  return { host, port: port === undefined ? DEFAULT_PORT : parsePort(port, 1, `${text}: `) };
}

/** A port number from `least`; `where` stands before it in the complaint about anything else. */
export function parsePort(text: string, least: number, where = ""): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= least && port <= 65535) return port;
  return fail(`${where}${text} is no port: write a number from ${least} to 65535`);
}

function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return seconds > 0 ? seconds : fail(`--timeout ${text} is no time: write seconds, for example 60`);
}

function stateDir(given: Given, place: Place): string {
  const own = given.get("state")?.[0];
  return own === undefined ? defaultStateDir(place) : folderPath(own, place);
}

function failUnknown(arg: string): never {
  const flag = arg.split("=")[0]!;
  const near = nearest(flag.replace(/^-+/, ""), [...VALUES, ...SWITCHES]);
  return fail(`Unknown flag ${flag}: ${near ? `did you mean --${near}?` : "see tcpsync --help"}`);
}

function fail(message: string): never {
  throw new UserError(message);
}
