// The check that a release must pass on each system (scripts/smoke.ts): the program passes, and what only looks like it does not.

import { assertEquals, assertRejects } from "@std/assert";
import program from "../../deno.json" with { type: "json" };
import { smoke } from "../../scripts/smoke.ts";
import { PROGRAM } from "../scenarios/program.ts";
import { temporary } from "../support/folder.ts";

Deno.test("smoke: the program passes: a first meeting, a second one, the demonstration", async () => {
  const found: string[] = [];
  await smoke(PROGRAM, (line) => found.push(line));
  assertEquals(found.length, 4);
});

const VERSION = `if (Deno.args[0] === "--version") console.log("tcpsync ${program.version} (Deno 2)");`;
const SERVER = `else if (Deno.args[0] === "--server") {
  console.log(JSON.stringify({ event: "listening", port: 1 }));
  setTimeout(() => {}, 600_000);
}`;

const ending = (code: number) =>
  `else {
  console.log(JSON.stringify({ event: "end", code: ${code} }));
  Deno.exit(${code});
}`;

const BROKEN: [what: string, source: string, reason: RegExp][] = [
  ["crashes at the start", "Deno.exit(134);", /--version ends with 134/],
  ["is another version", 'console.log("tcpsync 0.0.0 (Deno 2)");', /--version says: tcpsync 0\.0\.0/],
  ["is no server", VERSION, /waiting for the server: server has ended/],
  [
    "tells of success and syncs nothing",
    VERSION + SERVER + ending(0),
    /alice's folder[^]*\nnotes: nothing \| folder\n/,
  ],
  ["cannot do it", VERSION + SERVER + ending(2), /the codes that alice and bob end with/],
];

for (const [what, source, reason] of BROKEN) {
  Deno.test(`smoke: a program that ${what} does not pass`, async () => {
    using folder = temporary();
    const path = `${folder.path}/broken.ts`;
    Deno.writeTextFileSync(path, source);
    const command = [Deno.execPath(), "run", "--quiet", "-A", "--no-check", path];
    const { message } = await assertRejects(() => smoke(command, () => {}), Error);
    assertEquals(reason.test(message), true, message);
  });
}
