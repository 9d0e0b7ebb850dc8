// The single values of the command line, each checked and brought to one form. Messages hold what was typed as it is; who
// prints them escapes it.

import { UserError } from "../core/failure.ts";
import { nameProblem } from "../core/names/name.ts";
import { type Mode, MODES } from "../core/plan/one_way.ts";
import type { Pin } from "../peer/keyring.ts";
import { DEFAULT_PORT } from "../rendezvous/server.ts";
import { readFingerprint } from "../wire/channel/keys.ts";
import { KEEP, type KeepLimits } from "../transition/retention.ts";
import type { NamedUser } from "./command.ts";
import { folderPath, type Surroundings } from "./place.ts";

/** `bob`, or `bob=DIR` where this pair has a folder of its own. */
export function parsePairs(values: string[], flag: string, place: Surroundings): NamedUser[] {
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
  const bareV6 = /^[0-9a-fA-F:.]+$/.test(text) && text.split(":").length > 2;
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

/** The server's fingerprint, in the one form it is compared in. */
export function parseServerKey(text: string): string {
  const where = "tcpsync --server --fingerprint prints on the server's computer";
  return readFingerprint(text) ??
    fail(`--server-key ${text} is no fingerprint: it is the 30 digits that ${where}`);
}

/** `FINGERPRINT`, or `NAME=FINGERPRINT` where it is to be that user's alone. */
export function parsePin(text: string): Pin {
  const [, name, digits = ""] = /^(?:([^=]*)=)?(.*)$/s.exec(text) ?? [];
  const where = "tcpsync --fingerprint prints on the other computer";
  const fingerprint = readFingerprint(digits) ??
    fail(`--trust ${text} is no fingerprint: it is the 30 digits that ${where}`);
  if (name === undefined) return { fingerprint };
  const problem = nameProblem(name);
  return problem
    ? fail(`--trust ${text}: ${name} cannot be a user's name: ${problem}`)
    : { name, fingerprint };
}

/** The seconds of `--timeout`. */
export function parseSeconds(text: string): number {
  const seconds = /^\d+(\.\d+)?$/.test(text) ? Number(text) : 0;
  return seconds > 0 ? seconds : fail(`--timeout ${text} is no time: write seconds, for example 60`);
}

const UNITS = { "": 1, K: 2 ** 10, M: 2 ** 20, G: 2 ** 30, T: 2 ** 40 } as const;

/** A number of bytes as a person writes it, `5G`; null for anything else. */
export function parseSize(text: string): number | null {
  const [, digits, unit] = /^(\d+(?:\.\d+)?) ?([KMGT]?)I?B?$/.exec(text.toUpperCase()) ?? [];
  return digits === undefined ? null : Math.round(Number(digits) * UNITS[unit as keyof typeof UNITS]);
}

/** The days of `--keep-days` and the bytes of `--keep-size`: how long replaced files stay. */
export function parseKeep(days: string | undefined, size: string | undefined): KeepLimits {
  const bytes = size === undefined ? KEEP.bytes : parseSize(size);
  if (size !== undefined && bytes === null) {
    fail(`--keep-size ${size} is no size: write a number with K, M, G or T, for example 5G`);
  }
  if (days !== undefined && !/^\d{1,5}$/.test(days)) {
    fail(`--keep-days ${days} is no number of days: write for example 30`);
  }
  return {
    days: days === undefined ? KEEP.days : Number(days),
    bytes,
  };
}

/** Content is read again within so many days, unless another number is given. */
export const SCRUB_DAYS = 30;

/** The days of `--scrub-days`; 0: content is not read by itself. */
export function parseScrubDays(text: string | undefined): number {
  if (text === undefined) return SCRUB_DAYS;
  return /^\d{1,4}$/.test(text)
    ? Number(text)
    : fail(`--scrub-days ${text} is no number of days: write for example 30, or 0 to read nothing by itself`);
}

/** The mode of `--mode`: which changes travel. */
export function parseMode(text = "two-way"): Mode {
  return MODES.find((mode) => mode === text) ??
    fail(
      `--mode ${text} is no mode: write send (only your changes travel), receive (only theirs) or two-way`,
    );
}

/** Ends the reading of the command line with a line that says what is wrong. */
export function fail(message: string): never {
  throw new UserError(message);
}
