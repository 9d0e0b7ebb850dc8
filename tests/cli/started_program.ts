// The program as a process: started with flags, waited for by its lines, never by the clock.

import { complaintsIn } from "../support/complaints.ts";
import { within } from "./within.ts";

/** A running tcpsync. */
export interface StartedProgram {
  /** The next line of standard output from here on for which `wanted` holds. Rejects when the output ends first. */
  line(wanted: (line: string) => boolean): Promise<string>;
  /** The next event of that name (with `--json`). */
  event(name: string): Promise<Record<string, unknown>>;
  kill(signal?: Deno.Signal): void;
  /** All that was printed and the exit code, once it has ended. */
  ended: Promise<{ code: number; out: string; err: string }>;
}

const main = new URL("../../main.ts", import.meta.url).pathname.replace(/^\/(?=[A-Za-z]:)/, "");

/** The command line that runs the program from its source. Not quiet, Deno would wipe the line at the foot of the terminal
 * whenever it loads a worker. */
export const COMMAND = [Deno.execPath(), "run", "--quiet", "-A", "--cached-only", main];

/** Starts the program with these arguments. */
export function startProgram(...args: string[]): StartedProgram {
  const child = new Deno.Command(COMMAND[0]!, {
    args: [...COMMAND.slice(1), ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  let [out, read, open] = ["", 0, true];
  let wake = () => {};

  const reading = (async () => {
    let unread = "";
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      out += text;
      unread += text;
      const parts = unread.split("\n");
      unread = parts.pop()!;
      lines.push(...parts);
      wake();
    }
    open = false;
    wake();
  })();

  const line = async (wanted: (line: string) => boolean): Promise<string> => {
    for (;;) {
      while (read < lines.length) if (wanted(lines[read++]!)) return lines[read - 1]!;
      if (!open) throw new Error(`the output ended without the wanted line:\n${out}`);
      await within(new Promise<void>((resolve) => wake = resolve), () => out);
    }
  };

  return {
    line,
    event: async (name) => JSON.parse(await line((text) => JSON.parse(text).event === name)),
    kill: (signal = "SIGTERM") => child.kill(signal),
    ended: (async () => {
      const [err, { code }] = await Promise.all([new Response(child.stderr).text(), child.status, reading]);
      return { code, out, err: complaintsIn(err) };
    })(),
  };
}
