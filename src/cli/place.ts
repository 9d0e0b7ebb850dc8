// Where the program runs: what options and the menu take from the system, gathered so that tests can give their own.

import { join, resolve } from "@std/path";
import { UserError } from "../core/failure.ts";
import { nameProblem } from "../core/names/name.ts";

/** The surroundings of one run. */
export interface Surroundings {
  os: typeof Deno.build.os;
  /** A person sits at both the input and the output. */
  terminal: boolean;
  env(name: string): string | undefined;
}

/** The place this process runs in. */
export function thisPlace(): Surroundings {
  return {
    os: Deno.build.os,
    terminal: Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
    env: (name) => Deno.env.get(name) || undefined,
  };
}

/** The person's home folder, if the system names one. */
export function homeFolder(place: Surroundings): string | undefined {
  return place.os === "windows" ? place.env("USERPROFILE") : place.env("HOME");
}

/** What the system calls the person, made fit for a user name. */
export function systemUser(place: Surroundings): string {
  const name = place.os === "windows" ? place.env("USERNAME") : place.env("USER") ?? place.env("LOGNAME");
  const fit = name?.toLowerCase().replace(/[^\p{L}\p{N}._-]+/gu, "-") ?? "";
  return nameProblem(fit) === undefined ? fit : "me";
}

/** Where archives and keys are kept unless `--state` says otherwise. */
export function defaultStateDir(place: Surroundings): string {
  const home = homeFolder(place);
  if (place.os === "windows") {
    const local = place.env("LOCALAPPDATA") ?? (home && join(home, "AppData", "Local"));
    if (local) return join(local, "tcpsync");
  } else if (place.os === "darwin") {
    if (home) return join(home, "Library", "Application Support", "tcpsync");
  } else {
    const state = place.env("XDG_STATE_HOME") ?? (home && join(home, ".local", "state"));
    if (state) return join(state, "tcpsync");
  }
  throw new UserError("No home folder to keep tcpsync's state in: say where with --state DIR");
}

/** A folder as a person writes it: quotes dropped, `~` followed, made absolute. */
export function folderPath(text: string, place: Surroundings): string {
  const bare = text.trim().replace(/^(["'])(.*)\1$/, "$2");
  const home = homeFolder(place);
  return /^~(?=$|[/\\])/.test(bare) && home ? resolve(join(home, bare.slice(1))) : resolve(bare);
}
