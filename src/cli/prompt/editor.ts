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
  return new LineEditor(options);
}

class LineEditor implements Editor {
  readonly #input: Readable;
  readonly #output: Writable;
  readonly #readline: readline.Interface;
  #open = true;
  /** The input has ended: readline hands out the half-typed line as if it had been entered, and nobody meant that. */
  #cutOff = false;

  constructor(private readonly options: EditorOptions) {
    const { input = openKeyboard(), output = process.stdout } = options;
    this.#input = input;
    this.#output = output;
    input.once("end", () => this.#cutOff = true);
    this.#readline = readline.createInterface({
      input,
      output,
      terminal: true,
      historySize: 500,
      removeHistoryDuplicates: true,
      completer: (line: string) => [options.complete(line), line],
      prompt: options.prompt,
    });
    // Before readline hears them: keys that come in one piece were all pressed before anything the first line among them leads to.
    input.prependListener("data", this.#begin);
    this.#readline.on("line", (line: string) => this.#enter(line));
    this.#readline.on("SIGINT", () => this.#interrupt());
    this.#readline.on("close", () => this.#end());
    this.#readline.prompt();
  }

  line(text: string) {
    if (this.#open) this.#aside(() => this.#output.write(text + "\n"));
    else this.#output.write(text + "\n");
  }

  status(text: string) {
    const prompt = text ? `[${text}] ${this.options.prompt}` : this.options.prompt;
    if (!this.#open || prompt === this.#readline.getPrompt()) return;
    this.#aside(() => this.#readline.setPrompt(prompt));
  }

  close() {
    if (!this.#open) return;
    this.#open = false;
    readline.cursorTo(this.#output, 0);
    readline.clearScreenDown(this.#output);
    this.#readline.close();
  }

  readonly #begin = () => {
    if (this.#readline.line === "") this.options.onBegin();
  };

  #enter(line: string) {
    if (this.#cutOff) return;
    this.options.onLine(line.trim());
    if (this.#open) this.#readline.prompt();
  }

  /** Ctrl+C: empties the line, or quits where it is empty. */
  #interrupt() {
    if (this.#readline.line === "") return this.options.onQuit();
    this.#readline.write(null, { ctrl: true, name: "e" });
    this.#readline.write(null, { ctrl: true, name: "u" });
  }

  #end() {
    this.#input.off("data", this.#begin);
    if (this.#open) this.options.onQuit();
    this.#open = false;
  }

  /** Takes prompt and typed line off the screen, does `change`, and draws them again with the cursor where it was. */
  #aside(change: () => void) {
    readline.moveCursor(this.#output, 0, -this.#readline.getCursorPos().rows);
    readline.cursorTo(this.#output, 0);
    readline.clearScreenDown(this.#output);
    change();
    // readline would go up by the rows it drew last, over what was just printed.
    Object.assign(this.#readline, { prevRows: 0 });
    this.#readline.prompt(true);
  }
}
