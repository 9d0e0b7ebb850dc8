// The interactive shell: typed commands go to the client, its events come in above the line being typed.

import { foldName } from "../../core/names/name.ts";
import type { Client } from "../../peer/client.ts";
import type { Emit, Event } from "../../core/event.ts";
import {
  answeredYes,
  type Ask,
  type InWords,
  QuestionQueue,
  type SessionQuestions,
  sessionQuestions,
  yesFor,
} from "./question_queue.ts";
import { type Editor, type Ends, openEditor } from "./editor.ts";
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
  const shell = new InteractiveShell(options);
  return {
    emit: (event) => shell.emit(event),
    questions: shell.asking,
    run: (client) => shell.run(client),
  };
}

class InteractiveShell {
  readonly asking: SessionQuestions;
  readonly #terminal = heldTerminal();
  readonly #screen = createScreen(this.#terminal);
  readonly #questions: Questions;
  readonly #ask: Ask;
  /** The open invitations' ends. */
  readonly #offers = new Map<string, AbortController>();
  /** Those whom the person invites by name. */
  readonly #named = new Set<string>();
  /** Asks about an invitation. Nobody can be asked before the prompt is open; `run` asks about what came until then. */
  #offer: ((user: string) => void) | undefined;
  #leaving = false;
  /** The server's fingerprint, once it is known. */
  #server = "";

  constructor(private readonly options: ShellOptions) {
    const say = (text: string) => this.#leaving ? undefined : this.#say(text);
    const questions = this.#questions = new Questions(say);
    this.#ask = new QuestionQueue({ say, questions }).ask;
    this.asking = sessionQuestions(this.#ask);
    if (options.yes) {
      const isNamed = (peer: string) => this.#named.has(foldName(peer));
      this.asking.askDigits = yesFor(isNamed, (text) => this.#say(text), this.asking.askDigits);
    }
  }

  emit(event: Event) {
    this.#screen(event);
    if (event.event === "connected") this.#server = event.fingerprint;
    if (event.event !== "invitation" || !("from" in event)) return;
    if (event.state === "offered") return this.#offer?.(event.from);
    this.#offers.get(event.from)?.abort();
    this.#offers.delete(event.from);
    this.#questions.settle();
  }

  async run(client: Client): Promise<number> {
    // What was typed before anything could be read answers nothing.
    if (this.#questions.waiting || client.pending().length > 0) {
      await forgetTyped(this.options.ends?.input ?? openKeyboard());
    }
    const leave = () => this.#leave(client, editor);
    const shell = this.#shellFor(client, leave);
    const editor = this.#openEditor(shell, leave);
    this.#terminal.release(editor);
    this.#say(words.welcome);
    this.#offer = (user) => {
      if (!client.pending().includes(user)) return; // Answered already, by an earlier yes.
      this.#questions.ask(invitation(shell, user));
    };
    client.pending().forEach(this.#offer);
    try {
      return await client.ended;
    } finally {
      editor.close();
    }
  }

  /** What the commands work with. */
  #shellFor(client: Client, quit: () => void): Shell {
    const say = (text: string) => this.#say(text);
    return {
      ...this.options,
      ...{ client, say, quit },
      ask: (user, asked) => this.#askAbout(client, user, asked),
      confirm: this.options.yes ? answeredYes(say) : latest(this.#ask),
      invites: (user) => void this.#named.add(foldName(user)),
      fingerprints: () => ({ own: this.options.fingerprint, server: this.#server }),
    };
  }

  #openEditor(shell: Shell, leave: () => void): Editor {
    return openEditor({
      ...this.options.ends,
      prompt: `${printable(this.options.name)}> `,
      complete: (line) => completions(shell.client, line),
      onBegin: () => this.#questions.begin(),
      onLine: (line) => this.#questions.hear(line) ? undefined : void runLine(shell, line),
      onQuit: leave,
    });
  }

  /** Asks about an invitation, until that is over. */
  #askAbout(client: Client, user: string, asked: InWords): Promise<boolean> {
    const over = new AbortController();
    if (client.pending().includes(user)) this.#offers.set(user, over);
    return this.#ask(asked, over.signal);
  }

  #leave(client: Client, editor: Editor) {
    if (this.#leaving) return;
    this.#leaving = true;
    editor.close();
    this.#say(words.closing);
    void client.close();
  }

  #say(text: string) {
    this.#terminal.line(text);
  }
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
