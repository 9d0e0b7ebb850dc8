// The interactive shell: typed commands go to the client, its events come in above the line being typed.

import type { Client } from "../peer/client.ts";
import type { Emit } from "../session/event.ts";
import { type Ends, openEditor } from "./editor.ts";
import { printable } from "./escape.ts";
import { heldTerminal } from "./output.ts";
import { createScreen } from "./screen.ts";
import { completions, runLine } from "./shell_commands.ts";
import { words } from "./words.ts";

/** How the shell is set up. */
export interface ShellOptions {
  name: string;
  /** The folder of a session for which none is named. */
  folder: string | undefined;
  /** A folder as typed, checked to be one; throws UserError. */
  checkFolder(text: string): string;
  /** Answer yes to every invitation. */
  yes: boolean;
  /** Not the process's own terminal: tests. */
  ends?: Ends;
}

/** A shell waiting for its client. Events told to `emit` before `run` are shown when the prompt opens. */
export interface PreparedShell {
  emit: Emit;
  /** Shows the prompt and works until the person leaves or the client ends; gives the client's exit code. */
  run(client: Client): Promise<number>;
}

/** Prepares the shell, so that a client can be made that tells it its events. */
export function prepareShell(options: ShellOptions): PreparedShell {
  const terminal = heldTerminal();
  const screen = createScreen(terminal);
  // Nobody can be asked before the prompt is open; `run` asks about what came until then.
  let ask: ((user: string) => void) | undefined;

  const emit: Emit = (event) => {
    screen(event);
    if (event.event === "invitation" && "from" in event && event.state === "offered") ask?.(event.from);
  };

  async function run(client: Client): Promise<number> {
    let leaving = false;
    const leave = () => {
      if (leaving) return;
      leaving = true;
      editor.close();
      terminal.line(words.closing);
      void client.close();
    };
    const say = (text: string) => terminal.line(text);
    const shell = { ...options, client, say, quit: leave };
    const editor = openEditor({
      ...options.ends,
      prompt: `${printable(options.name)}> `,
      complete: (line) => completions(client, line),
      onLine: (line) => void runLine(shell, line),
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

  return { emit, run };
}
