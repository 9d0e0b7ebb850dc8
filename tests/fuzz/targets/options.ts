// The command line: a command or one clear line about what is wrong, printable whatever was typed.

import { parseOptions } from "../../../src/cli/options.ts";
import { printable } from "../../../src/cli/escape.ts";
import { UserError } from "../../../src/core/failure.ts";
import { holds } from "../check.ts";
import type { Target } from "../fuzz.ts";

// deno-lint-ignore no-control-regex
const MISLEADING = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** Whether a terminal or a reader could be misled by it. */
export const misleads = (text: string) => !text.isWellFormed() || MISLEADING.test(text);

const FINGERPRINT = "31415-92653-58979-32384-62643-38327";
const CONNECT = "--connect\nhost:7420\n--name\nalice\n--folder\n/f\n";

export const options: Target<string> = {
  name: "options",
  runs: 10_000,
  seeds: () => [
    ...["", "--help", "--version", "--demo", "--state\n/s", "--server\n--host\n::1\n--port\n0\n--json"],
    ...[`${CONNECT}--invite\nbob\n--once\n--timeout\n60`, `${CONNECT}--accept-from=bob=/g\n--json\n--wait`],
    ...[`${CONNECT}--yes`, "--connect\n[::1]:7420\n--name\nbob", "--server\n--\nx", "-h", "--no-json"],
    ...[
      `${CONNECT}--wait\n--trust\n${FINGERPRINT}\n--password-file\np`,
      "--fingerprint",
      "--forget\nbob\n--server",
    ],
  ],
  words: [
    ...[
      "--",
      "=",
      "\n",
      "--no-",
      "--__proto__",
      "--constructor=1",
      "-x",
      "[::1]:",
      "--invite\n",
      "--connect\n",
      "--port\n",
    ],
    ...[
      "--trust\n",
      "--server-key\n",
      "--password-file\n",
      "--password\n",
      "--forget\n",
      "--fingerprint\n",
      FINGERPRINT,
    ],
  ],
  run(text) {
    // One argument a line.
    const args = text.split("\n").slice(0, 200);
    try {
      const terminal = args.length % 2 === 0;
      const { kind } = parseOptions(args, { os: Deno.build.os, terminal, env: () => "/home/alice" });
      return kind;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      holds(!misleads(printable(error.message)), "a complaint could mislead the terminal");
      return error.message.replaceAll(/\d+/g, "N").slice(-12);
    }
  },
};
