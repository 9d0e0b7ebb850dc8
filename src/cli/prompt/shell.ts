// The interactive shell: typed commands go to the client, its events come in above the line being typed.

import { foldName } from "../../core/names/name.ts";
import type { Client } from "../../peer/client.ts";
import type { Emit } from "../../core/event.ts";
import {
  answeredYes,
  type Ask,
  type InWords,
  QuestionQueue,
  type SessionQuestions,
  sessionQuestions,
  yesFor,
} from "./question_queue.ts";
import { type Ends, openEditor } from "./editor.ts";
import { printable } from "../escape.ts";
import { forgetTyped, openKeyboard } from "./keyboard.ts";
import { heldTerminal } from "../output.ts";
import { type Question, Questions } from "./answer_router.ts";
import { createScreen } from "../screen.ts";
import { completions, runLine } from "./shell_commands.ts";
import { type Shell } from "./shell_command.ts";
import { words } from "../words.ts";

/** How the shell is set up. */
export interface ShellOptions {
  name: string;
  /** One's own fingerprint. */
  fingerprint: string;
  /** The folder of a session for which none is named. */
  folder: string | undefined;
  /** A folder as typed, checked to be one; throws UserError. */
  checkFolder(text: string): string;
  /** Answer yes to the six digits of those whom the person invites by name. */
  yes: boolean;
  /** Not the process's own terminal: tests. */
  ends?: Ends;
}

/** A shell waiting for its client. Events told to `emit` before `run` are shown when the prompt opens. */
export interface PreparedShell {
  emit: Emit;
  /** Asked at the prompt, where y and n answer. */
  questions: SessionQuestions;
  /** Shows the prompt and works until the person leaves or the client ends; gives the client's exit code. */
  run(client: Client): Promise<number>;
}

/** Prepares the shell, so that a client can be made that tells it its events. */
export function prepareShell(options: ShellOptions): PreparedShell {
  const terminal = heldTerminal();
  const screen = createScreen(terminal);
  // Nobody can be asked before the prompt is open; `run` asks about what came until then.
  let offer: ((user: string) => void) | undefined;
  let leaving = false;
  let server = "";
  const say = (text: string) => terminal.line(text);
  const sayHere = (text: string) => leaving ? undefined : say(text);
  const questions = new Questions(sayHere);
  const { ask } = new QuestionQueue({ say: sayHere, questions });
  const asking = sessionQuestions(ask);
  /** The open invitations' ends. */
  const offers = new Map<string, AbortController>();
  const named = new Set<string>();
  if (options.yes) {
    asking.askDigits = yesFor((peer) => named.has(foldName(peer)), say, asking.askDigits);
  }

  const emit: Emit = (event) => {
    screen(event);
    if (event.event === "connected") server = event.fingerprint;
    if (event.event !== "invitation" || !("from" in event)) return;
    if (event.state === "offered") return offer?.(event.from);
    offers.get(event.from)?.abort();
    offers.delete(event.from);
    questions.settle();
  };

  async function run(client: Client): Promise<number> {
    // What was typed before anything could be read answers nothing.
    if (questions.waiting || client.pending().length > 0) {
      await forgetTyped(options.ends?.input ?? openKeyboard());
    }
    const leave = () => {
      if (leaving) return;
      leaving = true;
      editor.close();
      terminal.line(words.closing);
      void client.close();
    };
    const fingerprints = () => ({ own: options.fingerprint, server });
    const invites = (user: string) => void named.add(foldName(user));
    const about = (user: string, asked: InWords) => {
      const over = new AbortController();
      if (client.pending().includes(user)) offers.set(user, over);
      return ask(asked, over.signal);
    };
    const confirm = options.yes ? answeredYes(say) : latest(ask);
    const shell = { ...options, client, say, ask: about, confirm, invites, fingerprints, quit: leave };
    const editor = openEditor({
      ...options.ends,
      prompt: `${printable(options.name)}> `,
      complete: (line) => completions(client, line),
      onBegin: () => questions.begin(),
      onLine: (line) => questions.hear(line) ? undefined : void runLine(shell, line),
      onQuit: leave,
    });
    terminal.release(editor);
    say(words.welcome);
    offer = (user) => {
      if (!client.pending().includes(user)) return; // Answered already, by an earlier yes.
      questions.ask(invitation(shell, user));
    };
    client.pending().forEach(offer);
    try {
      return await client.ended;
    } finally {
      editor.close();
    }
  }

  return { emit, questions: asking, run };
}

/** Asks one question at a time: the next one takes back what was asked before. */
function latest(ask: Ask): Shell["confirm"] {
  let before = new AbortController();
  return (question) => {
    before.abort();
    before = new AbortController();
    return ask(question, before.signal);
  };
}

/** Whether to accept `user`'s invitation. While several wait, y and n do not say which is meant, and the shell asks. */
function invitation(shell: Shell, user: string): Question {
  const { client, say } = shell;
  let answering = false;
  return {
    show() {
      const { folder, sharedWith } = client.sharing(user);
      say(words.question(printable(user), folder && printable(folder), sharedWith.map(printable)));
    },
    open: () => !answering && client.pending().includes(user),
    answer(yes) {
      answering = client.pending().length === 1;
      void runLine(shell, yes ? "/accept" : "/decline").finally(() => answering = false);
    },
  };
}
