// A line being typed that survives whatever is printed meanwhile: node:readline with output above the prompt.

import * as readline from "node:readline";
import process from "node:process";
import type { Readable, Writable } from "node:stream";
import { openKeyboard } from "./keyboard.ts";
import type { Terminal } from "../output.ts";

/** The terminal's two ends; tests give their own. */
export interface Ends {
  input: Readable;
  output: Writable;
}

/** What a person does to the line. */
export interface EditorOptions extends Partial<Ends> {
  prompt: string;
  /** What the line so far can become, whole lines. */
  complete(line: string): string[];
  /** A line is begun: told before the first key after an empty line takes effect. */
  onBegin(): void;
  onLine(line: string): void;
  /** Ctrl+C on an empty line, Ctrl+D, or the terminal went away. */
  onQuit(): void;
}

/** A terminal with a line being typed at its foot; `status` stands before the prompt. */
export interface Editor extends Terminal {
  /** Gives the terminal back; lines still printed go out plainly. */
  close(): void;
}

/** Opens the editor and shows the prompt. */
export function openEditor(options: EditorOptions): Editor {
  const { input = openKeyboard(), output = process.stdout } = options;
  // When the input ends, readline hands out the half-typed line as if it had been entered; nobody meant that.
  let cutOff = false;
  input.once("end", () => cutOff = true);
  const rl = readline.createInterface({
    input,
    output,
    terminal: true,
    historySize: 500,
    removeHistoryDuplicates: true,
    completer: (line: string) => [options.complete(line), line],
    prompt: options.prompt,
  });
  let open = true;

  // Before readline hears them: keys that come in one piece were all pressed before anything the first line among them leads to.
  const begin = () => {
    if (rl.line === "") options.onBegin();
  };
  input.prependListener("data", begin);
  rl.on("line", (line: string) => {
    if (cutOff) return;
    options.onLine(line.trim());
    if (open) rl.prompt();
  });
  rl.on("SIGINT", () => {
    if (rl.line === "") return options.onQuit();
    rl.write(null, { ctrl: true, name: "e" });
    rl.write(null, { ctrl: true, name: "u" });
  });
  rl.on("close", () => {
    input.off("data", begin);
    if (open) options.onQuit();
    open = false;
  });
  rl.prompt();

  /** Takes prompt and typed line off the screen, does `change`, and draws them again with the cursor where it was. */
  const aside = (change: () => void) => {
    readline.moveCursor(output, 0, -rl.getCursorPos().rows);
    readline.cursorTo(output, 0);
    readline.clearScreenDown(output);
    change();
    // readline would go up by the rows it drew last, over what was just printed.
    Object.assign(rl, { prevRows: 0 });
    rl.prompt(true);
  };

  return {
    line(text) {
      if (open) aside(() => output.write(text + "\n"));
      else output.write(text + "\n");
    },
    status(text) {
      const prompt = text ? `[${text}] ${options.prompt}` : options.prompt;
      if (open && prompt !== rl.getPrompt()) aside(() => rl.setPrompt(prompt));
    },
    close() {
      if (!open) return;
      open = false;
      readline.cursorTo(output, 0);
      readline.clearScreenDown(output);
      rl.close();
    },
  };
}
