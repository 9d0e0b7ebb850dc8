// The interactive shell: typed commands go to the client, its events come in above the line being typed.

import type { Client } from "../peer/client.ts";
import type { Emit } from "../session/event.ts";
import { type AskDigits, DigitQuestions } from "./digits.ts";
import { type Ends, openEditor } from "./editor.ts";
import { printable } from "./escape.ts";
import { heldTerminal } from "./output.ts";
import { createScreen } from "./screen.ts";
import { completions, runLine } from "./shell_commands.ts";
import { words } from "./words.ts";

/** How the shell is set up. */
export interface ShellOptions {
  name: string;
  /** One's own fingerprint. */
  fingerprint: string;
  /** The folder of a session for which none is named. */
  folder: string | undefined;
  /** A folder as typed, checked to be one; throws UserError. */
  checkFolder(text: string): string;
  /** Answer yes to every question. */
  yes: boolean;
  /** Not the process's own terminal: tests. */
  ends?: Ends;
}

/** A shell waiting for its client. Events told to `emit` before `run` are shown when the prompt opens. */
export interface PreparedShell {
  emit: Emit;
  /** Asks at the prompt, where y and n answer. */
  askDigits: AskDigits;
  /** Shows the prompt and works until the person leaves or the client ends; gives the client's exit code. */
  run(client: Client): Promise<number>;
}

/** Prepares the shell, so that a client can be made that tells it its events. */
export function prepareShell(options: ShellOptions): PreparedShell {
  const terminal = heldTerminal();
  const screen = createScreen(terminal);
  // Nobody can be asked before the prompt is open; `run` asks about what came until then.
  let ask: ((user: string) => void) | undefined;
  let leaving = false;
  let server = "";
  const say = (text: string) => terminal.line(text);
  const digits = new DigitQuestions({ say: (text) => leaving ? undefined : say(text) });

  const askDigits: AskDigits = (shown, signal) => {
    if (!options.yes) return digits.ask(shown, signal);
    say(words.digitsYes(printable(shown.peer)));
    return Promise.resolve(true);
  };

  const emit: Emit = (event) => {
    screen(event);
    if (event.event === "connected") server = event.fingerprint;
    if (event.event === "invitation" && "from" in event && event.state === "offered") ask?.(event.from);
  };

  async function run(client: Client): Promise<number> {
    const leave = () => {
      if (leaving) return;
      leaving = true;
      editor.close();
      terminal.line(words.closing);
      void client.close();
    };
    const fingerprints = () => ({ own: options.fingerprint, server });
    const shell = { ...options, client, say, fingerprints, quit: leave };
    const editor = openEditor({
      ...options.ends,
      prompt: `${printable(options.name)}> `,
      complete: (line) => completions(client, line),
      // y and n mean the six digits when these are asked about, else an invitation.
      onLine: (line) => digits.hear(line) ? undefined : void runLine(shell, line),
      onQuit: leave,
    });
    terminal.release(editor);
    say(words.welcome);
    ask = (user) => {
      if (!client.pending().includes(user)) return; // Answered already, by an earlier yes.
      if (options.yes && options.folder !== undefined) void runLine(shell, `/accept ${user}`);
      else say(words.question(printable(user)));
    };
    client.pending().forEach(ask);
    try {
      return await client.ended;
    } finally {
      editor.close();
    }
  }

  return { emit, askDigits, run };
}
