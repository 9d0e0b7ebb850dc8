// The terminal's keys, read once for the whole run; prompts and the shell take turns at them.

import process from "node:process";
import { PassThrough, type Readable } from "node:stream";

/** What a person types. Pausing it, as every prompt does when it is answered, leaves the terminal itself being read:
 * Deno 2.6 loses the first keys after standard input was paused and resumed a second time. */
export type Keyboard = PassThrough & { isTTY: true; setRawMode(raw: boolean): void };

let keyboard: Keyboard | undefined;

/** This process's keyboard. */
export function openKeyboard(): Keyboard {
  if (keyboard === undefined) {
    const setRawMode = (raw: boolean) => void process.stdin.setRawMode(raw);
    keyboard = Object.assign(new PassThrough(), { isTTY: true as const, setRawMode });
    process.stdin.pipe(keyboard);
  }
  return keyboard;
}

/** So long a key that was pressed before takes to arrive, and nobody has read and answered a question; in milliseconds. */
const UNDER_WAY_MS = 200;

/** Throws away what has been typed so far, also what the terminal itself still holds: it hands out a half-typed line only when it is
 * read key by key. */
export async function forgetTyped(keys: Readable & { setRawMode?(raw: boolean): void }): Promise<void> {
  keys.setRawMode?.(true);
  const drop = () => {};
  keys.on("data", drop).resume();
  await new Promise((passed) => setTimeout(passed, UNDER_WAY_MS));
  keys.off("data", drop).pause();
  keys.setRawMode?.(false);
}
