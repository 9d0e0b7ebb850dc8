// The program on a real pseudo-terminal: keys go in, a screen comes out.

import { createScreenReader, type ScreenReader } from "./screen_reader.ts";
import { COMMAND } from "./started_program.ts";

/** Whether there is a terminal to test with: Python gives it, CI has it; Windows has no such terminals. */
export const hasTerminal = Deno.build.os !== "windows" && await new Deno.Command("python3", {
  args: ["-c", "import pty"],
  stdout: "null",
  stderr: "null",
}).output().then(({ success }) => success, () => false);

/** A program at a terminal. */
export interface Terminal extends ScreenReader {
  type(keys: string): Promise<void>;
  /** All that was ever written to it, also what has been wiped away since. */
  written(): string;
  /** The exit code, once it has ended. */
  ended: Promise<number>;
}

const COLUMNS = 100;

// Gives the command a terminal of its own and carries bytes between it and our pipes. Whoever has ended has closed it.
const RELAY = `
import fcntl, os, pty, select, signal, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, ${COLUMNS}, 0, 0))
sources = [0, terminal]
while terminal in sources:
    for source in select.select(sources, [], [])[0]:
        try: data = os.read(source, 65536)
        except OSError: data = b""
        if not data: sources.remove(source)
        if not data and source == 0: os.kill(pid, signal.SIGHUP)
        elif source == 0: os.write(terminal, data)
        else: os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))`;

/** Starts the program, or another, at a terminal. */
export function startAtTerminal(
  args: string[],
  env: Record<string, string> = {},
  command: readonly string[] = COMMAND,
): Terminal {
  const child = new Deno.Command("python3", {
    args: ["-c", RELAY, ...command, ...args],
    env: { TERM: "xterm", NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const screen = createScreenReader(COLUMNS);
  const keys = child.stdin.getWriter();
  let written = "";
  const reading = (async () => {
    for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
      written += text;
      screen.write(text);
    }
  })();
  return {
    ...screen,
    type: (text) => keys.write(new TextEncoder().encode(text)),
    written: () => written,
    ended: Promise.all([child.status, reading]).then(async ([{ code }]) => {
      await keys.close().catch(() => {}); // The reader has gone with the program.
      return code;
    }),
  };
}
