// Lines typed or pasted into the shell, among users whose names are of the strangest: it answers, in print.

import { completions, runLine } from "../../../src/cli/prompt/shell_commands.ts";
import { UserError } from "../../../src/core/failure.ts";
import { createFakeClient } from "../../cli/fake_client.ts";
import { holds } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { misleads } from "./options.ts";

const NAMES = ["bob", "John Smith", "\u202eevil", "a\x1b[2Jb", "\ud800", "Зоя", "x\ny"];

function world() {
  const session = {
    folder: "/f\x07",
    state: "insync",
    files: 1,
    bytes: 2,
    digest: "d",
    conflicts: 1,
    writing: [{ path: "\x1b[2J", whose: "\u202e" }],
  } as const;
  return Object.assign(createFakeClient(), {
    present: NAMES,
    waiting: NAMES.slice(0, 3),
    sessions: NAMES.map((peer) => ({
      ...session,
      peer,
      problems: [{ path: `${peer}\u2066`, reason: "\x1b]0;x", retry: true, whose: peer }],
    })),
  });
}

/** What tells the shell's sentences apart, whatever they quote. */
const SENTENCES =
  /^Commands|^There is no|^Write it|not here|Did you mean|did you mean|is you|You already|not invited|Several|does not exist|^Disc|quit/;

export const shell: Target<string> = {
  name: "shell",
  runs: 6_000,
  seeds: () => [
    ...[
      "/listUsers",
      "/connectUser bob",
      "/connectUser John Smith ~/my docs",
      "/accept bob /g",
      "/accept",
      "/n",
    ],
    ...[
      "/decline bob",
      "/status",
      "/fingerprint",
      "/disconnect",
      "/disconnect bob",
      "/help",
      "/quit",
      "y",
      "n",
      "",
      " ",
      "hello",
    ],
    ...NAMES.map((name) => `/accept ${name}`),
  ],
  words: ["/connectUser ", "/accept ", "/decline ", "/disconnect ", " ", '"', "~/", "C:\\", ...NAMES],
  async run(line) {
    const client = world();
    const said: string[] = [];
    await runLine({
      client,
      name: "alice",
      folder: line.length % 2 === 0 ? "/f" : undefined,
      say: (text) => said.push(text),
      invites: () => {},
      ask: () => Promise.resolve(true),
      confirm: () => Promise.resolve(true),
      fingerprints: () => ({ own: "1", server: "2" }),
      checkFolder(text) {
        if (text.includes("/")) throw new UserError(`the folder ${text} does not exist`);
        return text;
      },
      quit: () => said.push("quit"),
    }, line);
    for (const text of said) holds(!misleads(text), `it says ${JSON.stringify(text.slice(0, 200))}`);
    for (const whole of completions(client, line)) {
      holds(!misleads(whole.slice(line.length)) || misleads(line), `Tab offers ${JSON.stringify(whole)}`);
    }
    const what = said.slice(0, 3).map((text) => text.match(SENTENCES)?.[0]);
    return `${client.calls.map((call) => call.split(" ")[0])} ${what}`;
  },
};
