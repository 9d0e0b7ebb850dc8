// `--json`: one event a line on standard output, and nothing else there.

import type { Emit } from "../session/event.ts";

/** Writes each event as `{"event": …, "time": …, …}` and a line feed. */
export function createJsonEmit(write: (text: string) => void, now: () => Date = () => new Date()): Emit {
  return ({ event, ...fields }) => {
    write(JSON.stringify({ event, time: now().toISOString(), ...fields }) + "\n");
  };
}
