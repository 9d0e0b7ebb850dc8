// What a command of the shell is, and what it works on.

import type { Client } from "../../peer/client.ts";
import type { InWords } from "./question_queue.ts";

/** What a command works on. */
export interface Shell {
  client: Client;
  /** The user's own name. */
  name: string;
  /** The folder of a session for which none is named. */
  folder: string | undefined;
  say(text: string): void;
  /** Asks something about a user; the end of an open invitation of theirs takes the question back. */
  ask(user: string, asked: InWords): Promise<boolean>;
  /** Asks whether to go on; the next such question takes this one back. */
  confirm(question: InWords): Promise<boolean>;
  /** A folder as typed, checked to be one; throws UserError. */
  checkFolder(text: string): string;
  /** The person invites that user by name. */
  invites(user: string): void;
  /** One's own fingerprint and the server's, where there are keys. */
  fingerprints(): { own: string; server: string };
  quit(): void;
}

/** One command: `run` gets what followed it on the line. */
export interface ShellCommand {
  name: string;
  usage: string;
  help: string;
  run(shell: Shell, rest: string): Promise<void> | void;
  /** Names that may follow. */
  offers?(client: Client): string[];
}
