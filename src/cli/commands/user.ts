// What the shell and a run by flags have in common: a client with its keys, and the question for the server's password.

import { UserError } from "../../core/failure.ts";
import type { Client, ClientOptions } from "../../peer/client.ts";
import type { Emit } from "../../core/event.ts";
import type { KnownKeys } from "../../trust/known_keys.ts";
import { openTrust } from "../../trust/store.ts";
import type { ClientCommand } from "../command.ts";
import { confineClient } from "../confine.ts";
import { printFailure } from "../output.ts";
import { checkPassword, readPassword } from "../prompt/password.ts";
import { leftByKey, terminalPrompts } from "../prompt/prompts.ts";
import { words } from "../words.ts";

/** What a client asks its person. */
export type ClientQuestions = Pick<
  ClientOptions,
  "askPassword" | "askDigits" | "answersDigitsOf" | "askHalt" | "askLifted"
>;

/** The keys this computer's users have, for as long as `use` takes. */
export async function withKeys<T>(
  { stateDir }: ClientCommand,
  use: (keys: KnownKeys) => Promise<T>,
): Promise<T> {
  const keys = openTrust(stateDir, "client");
  try {
    return await use(keys);
  } finally {
    keys.close();
  }
}

/** A client as the flags describe it. Throws UserError for a password file that is none. */
export function clientOptions(
  command: ClientCommand,
  keyring: KnownKeys,
  emit: Emit,
  questions: ClientQuestions,
): ClientOptions {
  const { host, port, name, stateDir, folder, once, timeout, shell: stay, keep, scrubDays, mode } = command;
  const { trust: peers, serverKey: server, passwordFile, approveMassChange: approves } = command;
  return {
    ...{
      host,
      port,
      name,
      stateDir,
      once,
      stay,
      keep,
      scrubDays,
      mode,
      approves,
      emit,
      keyring,
      ...questions,
    },
    pins: { peers, ...(server !== undefined && { server }) },
    ...(passwordFile !== undefined && { password: readPassword(passwordFile, printFailure) }),
    ...(folder !== undefined && { folder }),
    ...(timeout !== undefined && { timeout }),
  };
}

/** Connects, and from now on closes the client when `signal` says so; false when that came first. */
export async function startClient(client: Client, signal: AbortSignal): Promise<boolean> {
  signal.addEventListener("abort", () => void client.close());
  try {
    await client.start();
    confineClient();
    return true;
  } catch (error) {
    if (signal.aborted && error instanceof UserError) return false;
    throw error;
  }
}

/** Asks for the server's password; a person who leaves instead aborts `stop`, which takes the question back as well. */
export function passwordQuestion(stop: AbortController): (wrong: boolean) => Promise<string | undefined> {
  return async (wrong) => {
    const message = wrong ? words.passwordWrong : words.passwordWanted;
    const prompts = terminalPrompts(stop.signal);
    const password = await leftByKey(prompts.password({ message, validate: checkPassword(false) }));
    if (password === undefined) stop.abort();
    return password;
  };
}
