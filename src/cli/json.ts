// `--json`: one event a line on standard output, and nothing else there.

import type { Emit } from "../core/event.ts";

// Some terminals act on the controls that JSON lets through, and text that runs backwards misleads wherever it is looked at.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Writes each event as `{"event": …, "time": …, …}` and a line feed. */
export function createJsonEmit(write: (text: string) => void, now: () => Date = () => new Date()): Emit {
  return ({ event, ...fields }) => write(jsonLine({ event, time: now().toISOString(), ...fields }) + "\n");
}

/** One object as a line that misleads no terminal; without the line feed. */
export function jsonLine(value: object): string {
  return JSON.stringify(value).replace(UNPRINTABLE, escaped);
}

/** The same character as JSON's `\uXXXX`, of which one beyond U+FFFF needs two. */
function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => "\\u" + unit.toString(16).padStart(4, "0")).join("");
}
