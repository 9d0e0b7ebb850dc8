// What the command line asks for, checked once: every mistake is one line that says what, why and what to do.
// Messages hold what was typed as it is; who prints them escapes it.

import { parseArgs } from "@std/cli/parse-args";
import { foldName, nameProblem } from "../core/names/name.ts";
import { addressName } from "../peer/link/connect.ts";
import { DEFAULT_PORT } from "../rendezvous/server.ts";
import type {
  ClientCommand,
  Command,
  ForgetCommand,
  PasswordSource,
  RunRole,
  ServerCommand,
} from "./command.ts";
import { nearest } from "./nearest.ts";
import { asksHistory, parseHistory } from "./history/options.ts";
import { parseVerify } from "./verify/options.ts";
import { defaultStateDir, folderPath, type Surroundings } from "./place.ts";
import {
  fail,
  parseAddress,
  parseKeep,
  parseMode,
  parsePairs,
  parsePin,
  parsePort,
  parseScrubDays,
  parseSeconds,
  parseServerKey,
} from "./values.ts";

/** Seconds without progress after which `--once` gives up, unless `--timeout` says otherwise. */
const ONCE_TIMEOUT = 60;

const VALUES = [
  ...["host", "port", "connect", "name", "folder", "invite", "accept-from", "state", "timeout"],
  ...["trust", "server-key", "password-file", "forget", "keep-days", "keep-size"],
  ...["scrub-days", "mode"],
];
const SWITCHES = [
  ...["server", "wait", "once", "json", "yes", "demo", "help", "version"],
  ...["password", "fingerprint", "approve-mass-change"],
];
const REPEATABLE = ["invite", "accept-from", "trust"];

/** Which flags have a meaning beside the one that chooses what to do. */
const BESIDE: Record<string, string[]> = {
  fingerprint: ["server", "state"],
  forget: ["server", "state"],
  server: ["host", "port", "json", "state", "password", "password-file"],
  connect: [
    ...["name", "folder", "invite", "accept-from", "wait"],
    ...["once", "timeout", "json", "yes", "approve-mass-change", "state"],
    ...["trust", "server-key", "password-file", "keep-days", "keep-size", "scrub-days", "mode"],
  ],
  demo: [],
};

/** The flags as given: each value flag with all its values, each switch that is on with none. */
type Given = Map<string, string[]>;

/** Turns the arguments into the command they ask for. Throws UserError for anything that is not exactly clear. */
export function parseOptions(args: readonly string[], place: Surroundings): Command {
  if (args[0] === "verify") return parseVerify(args.slice(1), place) ?? { kind: "help" };
  if (asksHistory(args)) return parseHistory(args, place) ?? { kind: "help" };
  const given = readFlags(args);
  if (given.has("help")) return { kind: "help" };
  if (given.has("version")) return { kind: "version" };
  const [choice, ...others] = Object.keys(BESIDE).filter((flag) => given.has(flag));
  const rival = others.find((flag) => !BESIDE[choice!]!.includes(flag));
  if (rival) fail(`--${choice} and --${rival} contradict each other: a run is one of them`);
  if (choice === undefined) return menuCommand(given, place);
  const stray = [...given.keys()].find((flag) => flag !== choice && !BESIDE[choice]!.includes(flag));
  if (stray === "password") fail(NO_PASSWORD_HERE);
  if (stray) fail(`--${stray} has no meaning with --${choice}: leave it out, or see tcpsync --help`);
  switch (choice) {
    case "demo":
      return { kind: "demo" };
    case "fingerprint":
      return { kind: "fingerprint", role: roleOf(given), stateDir: stateDir(given, place) };
    case "forget":
      return forgetCommand(given, place);
    case "server":
      return serverCommand(given, place);
    default:
      return clientCommand(given, place);
  }
}

function readFlags(args: readonly string[]): Given {
  const parsed = parseArgs(args, {
    string: VALUES,
    boolean: SWITCHES,
    collect: [...VALUES, ...SWITCHES],
    alias: { h: "help" },
    unknown: (arg, key) => key === undefined ? true : failUnknown(arg),
  });
  // What was typed is not repeated here: it would be the password.
  if (args.some((arg) => arg.startsWith("--password="))) fail(NO_PASSWORD_HERE);
  if (parsed._.length > 0 && args.includes("--password")) fail(NO_PASSWORD_HERE);
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
  trust: "FINGERPRINT",
  "server-key": "FINGERPRINT",
  "password-file": "FILE",
  "keep-days": "30",
  "keep-size": "5G",
  "scrub-days": "30",
  mode: "receive",
  forget: "HOST:PORT or --forget NAME",
};

const NO_PASSWORD_HERE =
  "A password is never given on the command line, where others can read it: put it in a file, and name that with --password-file";

function menuCommand(given: Given, place: Surroundings): Command {
  const flag = [...given.keys()].find((flag) => flag !== "state");
  if (flag) {
    const owner = BESIDE.connect!.includes(flag) ? "--connect HOST:PORT" : "--server";
    fail(`--${flag} alone does nothing: add ${owner}, or see tcpsync --help`);
  }
  if (!place.terminal) {
    fail("Nothing to do: without a terminal to ask on, say it with flags, see tcpsync --help");
  }
  return { kind: "menu", stateDir: stateDir(given, place) };
}

function forgetCommand(given: Given, place: Surroundings): ForgetCommand {
  const role = roleOf(given);
  const who = given.get("forget")![0]!;
  const isAddress = role === "client" && who.includes(":");
  const normal = isAddress ? addressName(parseAddress(who)) : who;
  return { kind: "forget", role, stateDir: stateDir(given, place), who: normal };
}

function roleOf(given: Given): RunRole {
  return given.has("server") ? "server" : "client";
}

function serverCommand(given: Given, place: Surroundings): ServerCommand {
  const port = given.get("port")?.[0];
  const password = passwordSource(given, place);
  return {
    kind: "server",
    host: given.get("host")?.[0] ?? "0.0.0.0",
    port: port === undefined ? DEFAULT_PORT : parsePort(port, 0, "--port "),
    stateDir: stateDir(given, place),
    ...(password && { password }),
    json: given.has("json"),
  };
}

function passwordSource(given: Given, place: Surroundings): PasswordSource | undefined {
  const file = given.get("password-file")?.[0];
  if (!given.has("password")) return file === undefined ? undefined : { file: folderPath(file, place) };
  if (file !== undefined) fail("--password and --password-file contradict each other: leave one out");
  if (given.has("json") || !place.terminal) {
    fail(
      "--password asks for it on a terminal: without one, put it in a file, and name that with --password-file",
    );
  }
  return { ask: true };
}

function clientCommand(given: Given, place: Surroundings): ClientCommand {
  const name = given.get("name")?.[0] ?? fail("--connect needs the name others see you by: add --name NAME");
  const folder = given.get("folder")?.[0];
  const timeout = given.has("timeout") ? parseSeconds(given.get("timeout")![0]!) : undefined;
  const once = given.has("once");
  const serverKey = given.get("server-key")?.[0];
  const passwordFile = given.get("password-file")?.[0];
  const command: ClientCommand = {
    kind: "client",
    ...parseAddress(given.get("connect")![0]!),
    name,
    ...(folder !== undefined && { folder: folderPath(folder, place) }),
    stateDir: stateDir(given, place),
    trust: (given.get("trust") ?? []).map(parsePin),
    ...(serverKey !== undefined && { serverKey: parseServerKey(serverKey) }),
    ...(passwordFile !== undefined && { passwordFile: folderPath(passwordFile, place) }),
    invite: parsePairs(given.get("invite") ?? [], "--invite", place),
    acceptFrom: parsePairs(given.get("accept-from") ?? [], "--accept-from", place),
    wait: given.has("wait"),
    shell: false,
    once,
    ...(once && { timeout: ONCE_TIMEOUT }),
    ...(timeout !== undefined && { timeout }),
    json: given.has("json"),
    yes: given.has("yes"),
    approveMassChange: given.has("approve-mass-change"),
    keep: parseKeep(given.get("keep-days")?.[0], given.get("keep-size")?.[0]),
    scrubDays: parseScrubDays(given.get("scrub-days")?.[0]),
    mode: parseMode(given.get("mode")?.[0]),
  };
  checkPairs(command);
  return withDriver(command, given, place);
}

/** Settles who drives the client: flags, or the person at the terminal. */
function withDriver(command: ClientCommand, given: Given, place: Surroundings): ClientCommand {
  if (command.invite.length > 0 || command.acceptFrom.length > 0 || command.wait) return command;
  const flags = "--invite USER, --accept-from USER or --wait";
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

function stateDir(given: Given, place: Surroundings): string {
  const own = given.get("state")?.[0];
  return own === undefined ? defaultStateDir(place) : folderPath(own, place);
}

function failUnknown(arg: string): never {
  const flag = arg.split("=")[0]!;
  const near = nearest(flag.replace(/^-+/, ""), [...VALUES, ...SWITCHES]);
  return fail(`Unknown flag ${flag}: ${near ? `did you mean --${near}?` : "see tcpsync --help"}`);
}
