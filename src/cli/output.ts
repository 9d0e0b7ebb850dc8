// The way out of the program: whole writes to standard output and error, and the three kinds of terminal a line can go to.

import { EXIT } from "../core/failure.ts";
import { printable } from "./escape.ts";

/** What a screen writes to. */
export interface Terminal {
  /** One finished line. */
  line(text: string): void;
  /** The one line that is rewritten in place; "" takes it away. */
  status(text: string): void;
}

/** Writes all of `text` before returning, so that no line is torn or lost when the process ends right after. */
function writeWhole(file: { writeSync(bytes: Uint8Array): number }, text: string): void {
  let rest = new TextEncoder().encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(file.writeSync(rest));
    } catch (error) {
      // Who started us may have made the pipe non-blocking; it is full for the moment.
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2);
    }
  }
}

/** A writer of whole lines to standard output. When its reader has gone, `gone` is called once and the rest is dropped. */
export function createOutput(gone: () => void): (text: string) => void {
  let open = true;
  return (text) => {
    if (!open) return;
    try {
      writeWhole(Deno.stdout, text);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
      open = false;
      gone();
    }
  };
}

/** Plain text on standard output, for a run that does nothing else. */
export function printText(text: string): number {
  createOutput(() => {})(text + "\n");
  return EXIT.inSync;
}

/** One line on standard error, which is where every failure is told. */
export function printFailure(message: string): void {
  try {
    writeWhole(Deno.stderr, `tcpsync: ${printable(message)}\n`);
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}

/** A stack on standard error: for bugs only. */
export function printBug(error: unknown): void {
  const stack = error instanceof Error ? error.stack ?? error.message : String(error);
  writeWhole(Deno.stderr, `tcpsync: this is a bug in tcpsync, please report it\n${stack}\n`);
}

/** Lines only: for a file or a pipe. */
export function plainTerminal(write: (text: string) => void): Terminal {
  return { line: (text) => write(text + "\n"), status: () => {} };
}

/** Lines, with the status rewritten below them. */
export function liveTerminal(write: (text: string) => void, columns: () => number): Terminal {
  let status = "";
  return {
    line: (text) => write((status ? "\r\x1b[K" : "") + text + "\n" + status),
    status(text) {
      const shown = text.slice(0, columns() - 1);
      if (shown !== status) write("\r\x1b[K" + shown);
      status = shown;
    },
  };
}

/** Keeps lines back (a prompt is on the screen) until they are released to another terminal. */
export function heldTerminal(): Terminal & { release(to: Terminal): void } {
  let target: Terminal | undefined;
  let status = "";
  const held: string[] = [];
  return {
    line: (text) => target ? target.line(text) : held.push(text),
    status(text) {
      status = text;
      target?.status(text);
    },
    release(to) {
      target = to;
      held.splice(0).forEach((text) => to.line(text));
      to.status(status);
    },
  };
}

/** The terminal standard output is: live when a person looks at it, else plain lines. */
export function standardTerminal(write: (text: string) => void): Terminal {
  if (!Deno.stdout.isTerminal()) return plainTerminal(write);
  return liveTerminal(write, () => Deno.consoleSize().columns);
}
