// `tcpsync --connect` with flags that say all there is to do.

import { EXIT } from "../../core/failure.ts";
import { foldName } from "../../core/names/name.ts";
import { type Client } from "../../peer/client.ts";
import { createClient } from "../../peer/create_client.ts";
import type { Emit } from "../../core/event.ts";
import type { KnownKeys } from "../../trust/known_keys.ts";
import { askingTerminal } from "../prompt/unattended_prompt.ts";
import type { ClientCommand } from "../command.ts";
import { type SessionQuestions, yesFor } from "../prompt/question_queue.ts";
import { printable } from "../escape.ts";
import { toItsEnd } from "../ending.ts";
import { createJsonEmit } from "../json.ts";
import { createOutput, standardTerminal } from "../output.ts";
import { thisPlace } from "../place.ts";
import { createScreen } from "../screen.ts";
import { onStop } from "../stop.ts";
import { words } from "../words.ts";
import { clientOptions, type ClientQuestions, passwordQuestion, startClient, withKeys } from "./user.ts";

/** By flags alone: no more is asked than what nobody could know before, the last event is `end`. */
export async function runUnattended(command: ClientCommand): Promise<number> {
  const stop = new AbortController();
  const leave = () => stop.abort();
  const write = createOutput(leave);
  const terminal = askingTerminal(standardTerminal(write), leave);
  const show = command.json ? createJsonEmit(write) : createScreen(terminal);
  const say = command.json ? () => {} : terminal.line;
  const forget = onStop(() => {
    say(words.closing);
    leave();
  });
  const questions = questionsOf(command, { ...terminal, askPassword: passwordQuestion(stop) }, say);
  const work = () => withKeys(command, (keys) => drive(command, keys, { show, say, questions, stop }));
  return await toItsEnd(work, (code) => {
    forget();
    show({ event: "end", code });
  });
}

/** A client that does what the flags say, until all of it has ended. */
async function drive(
  command: ClientCommand,
  keys: KnownKeys,
  { show, say, questions, stop }: {
    show: Emit;
    say(text: string): void;
    questions: ClientQuestions;
    stop: AbortController;
  },
): Promise<number> {
  // An invitation that comes before the flags have been told to the client is answered right after.
  let begun = false;
  const answer = (user: string) => {
    if (!begun || command.wait || !client.pending().includes(user)) return;
    say(words.unasked(printable(user)));
    void client.decline(user);
  };
  const emit: Emit = (event) => {
    show(event);
    if (event.event === "invitation" && "from" in event && event.state === "offered") answer(event.from);
  };
  const client = createClient(clientOptions(command, keys, emit, questions));
  try {
    for (const { folder } of [...command.invite, ...command.acceptFrom]) client.prepare(folder);
    if (!await startClient(client, stop.signal)) return EXIT.incomplete;
    const beginning = begin(client, command);
    begun = true;
    client.pending().forEach(answer);
    return await Promise.race([client.ended, beginning.then(() => client.ended)]);
  } finally {
    await client.close();
  }
}

/** What the flags ask for. Rejects when one of them cannot be done at all. */
async function begin(client: Client, { invite, acceptFrom, wait }: ClientCommand): Promise<void> {
  await Promise.all([
    ...acceptFrom.map(({ user, folder }) => client.acceptFrom(user, folder)),
    ...(wait ? [client.acceptFrom("*")] : []),
    ...invite.map(({ user, folder }) => client.invite(user, folder)),
  ]);
}

/** What is asked without a shell, where a person is there; `--yes` answers the six digits of those whom a flag names, and no more
 * (T12, S3): `--wait` names nobody. */
function questionsOf(
  { yes, json, invite, acceptFrom }: ClientCommand,
  { askPassword, askDigits, askHalt, askLifted }:
    & Required<Pick<ClientQuestions, "askPassword">>
    & SessionQuestions,
  say: (text: string) => void,
): ClientQuestions {
  const asked: ClientQuestions = thisPlace().terminal && !json
    ? { askPassword, askDigits, askHalt, askLifted }
    : {};
  if (!yes) return asked;
  const named = new Set([...invite, ...acceptFrom].map(({ user }) => foldName(user)));
  const isNamed = (peer: string) => named.has(foldName(peer));
  return {
    ...asked,
    askDigits: yesFor(isNamed, say, asked.askDigits ?? nobody),
    ...(asked.askDigits === undefined && { answersDigitsOf: isNamed }),
  };
}

const nobody = () => Promise.resolve(false);
