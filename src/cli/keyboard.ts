// The terminal's keys, read once for the whole run; prompts and the shell take turns at them.

import process from "node:process";
import { PassThrough } from "node:stream";

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
