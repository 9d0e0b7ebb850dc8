// What a run can be asked to do: what the flags, or the menu's answers, come to.

import type { Mode } from "../core/plan/one_way.ts";
import type { Pin } from "../peer/keyring.ts";
import type { ConflictSide } from "../history/conflicts.ts";
import type { KeepLimits } from "../transition/retention.ts";

/** One user named by `--invite` or `--accept-from`, and the folder for that pair alone if one was given. */
export interface NamedUser {
  user: string;
  folder?: string;
}

/** Where a server's password comes from: the first line of a file, a question on the terminal, or the menu. */
export type PasswordSource = { file: string } | { ask: true } | { typed: string };

export interface ServerCommand {
  kind: "server";
  host: string;
  port: number;
  stateDir: string;
  password?: PasswordSource;
  json: boolean;
}

export interface ClientCommand {
  kind: "client";
  host: string;
  port: number;
  name: string;
  folder?: string;
  stateDir: string;
  /** Fingerprints of people, and of the server, that are believed without asking. */
  trust: Pin[];
  serverKey?: string;
  /** The first line of this file is the server's password. */
  passwordFile?: string;
  invite: NamedUser[];
  acceptFrom: NamedUser[];
  /** Accept anyone's invitation. */
  wait: boolean;
  /** A person drives it: none of the three above was given. */
  shell: boolean;
  once: boolean;
  timeout?: number;
  json: boolean;
  /** Answer yes to the six digits of those named. */
  yes: boolean;
  /** Answer yes to those of a halt (S3). */
  approveMassChange: boolean;
  /** How long replaced and deleted files are kept. */
  keep: KeepLimits;
  /** In quiet hours all content is read again within so many days; 0: never by itself. */
  scrubDays: number;
  /** Which changes travel: both sides', or only this side's or the other's. */
  mode: Mode;
}

/** Whose keys are meant: those a user of this computer has, or those of the server on it. */
export type RunRole = "client" | "server";

export interface FingerprintCommand {
  kind: "fingerprint";
  role: RunRole;
  stateDir: string;
}

export interface ForgetCommand {
  kind: "forget";
  role: RunRole;
  stateDir: string;
  /** A name; of a server known to a client, its address as `addressName` writes it. */
  who: string;
}

/** Looking back and bringing back, where no client runs. */
export interface HistoryCommand {
  kind: "history";
  asks: "history" | "why" | "undo" | "conflicts" | "resolve";
  folder: string;
  stateDir: string;
  json: boolean;
  /** An undo is done without asking. */
  yes: boolean;
  path?: string;
  batch?: number;
  /** Whose batches are meant. */
  peer?: string;
  side?: ConflictSide;
}

/** Reading everything and comparing it with what was agreed, where no client runs. */
export interface VerifyCommand {
  kind: "verify";
  folder: string;
  stateDir: string;
  json: boolean;
  /** Bytes a second at most. */
  rate?: number;
}

/** The one thing a run does. */
export type Command =
  | { kind: "help" }
  | { kind: "version" }
  | { kind: "menu"; stateDir: string }
  | { kind: "demo" }
  | FingerprintCommand
  | ForgetCommand
  | HistoryCommand
  | VerifyCommand
  | ServerCommand
  | ClientCommand;
