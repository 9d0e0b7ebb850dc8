// Verifying as typed: what is asked for, and what a person reads of it.

import { assertEquals, assertThrows } from "@std/assert";
import { resolve } from "@std/path";
import { parseOptions } from "../../src/cli/options.ts";
import { plainTerminal } from "../../src/cli/output.ts";
import { createProofScreen } from "../../src/cli/verify/screen.ts";
import { runLine } from "../../src/cli/prompt/shell_commands.ts";
import { UserError } from "../../src/core/failure.ts";
import type { Event } from "../../src/core/event.ts";
import { createFakeClient } from "./fake_client.ts";

const PLACE = { os: Deno.build.os, terminal: false, env: () => undefined };
const parse = (line: string) => parseOptions(line.split(" "), PLACE);
const command = { kind: "verify", folder: resolve("/f"), stateDir: resolve("/s"), json: false };

Deno.test("verify: what the command line asks for", () => {
  assertEquals<unknown>(parse("verify --folder /f --state /s"), command);
  assertEquals<unknown>(parse("verify --json --folder /f --state /s --rate 50M"), {
    ...command,
    json: true,
    rate: 50 << 20,
  });
  assertEquals<unknown>(parse("verify --help"), { kind: "help" });
});

const BAD: [line: string, says: string][] = [
  ["verify", "Which folder? Write it as tcpsync verify --folder DIR"],
  ["verify a --folder /f", "Unexpected argument a"],
  ["verify --folder /f --state /s --rate 0", "--rate 0 is no rate"],
  ["verify --folder /f --state /s --rate 5X", "--rate 5X is no rate"],
  ["verify --folder /f --rat 5M", "did you mean --rate?"],
  [
    "--connect h --name a --wait --folder /f --state /s --scrub-days x",
    "--scrub-days x is no number of days",
  ],
  ["--server --scrub-days 3", "--scrub-days has no meaning with --server"],
];

for (const [line, says] of BAD) {
  Deno.test(`verify: tcpsync ${line}: ${says}`, () => {
    assertThrows(() => parse(line), UserError, says);
  });
}

Deno.test("scrub: a number of days, 0 for never", () => {
  const days = (given: string) =>
    (parse(`--connect h --name a --wait --folder /f --state /s${given}`) as { scrubDays: number }).scrubDays;
  assertEquals(["", " --scrub-days 7", " --scrub-days 0"].map(days), [30, 7, 0]);
});

const TYPED: [line: string, calls: string[]][] = [
  ["/verify", ["verify"]],
  ["/verify 50M", [`verify ${50 << 20}`]],
  ["/verify bob 1K/s", ["verify 1024 bob"]],
  ["/verify bob", ["verify bob"]],
  ["/Verify stop", ["stopVerifying"]],
  ["/verify bob stop", ["stopVerifying bob"]],
  ["/verify soon", []],
];

for (const [line, calls] of TYPED) {
  Deno.test(`shell: ${line}`, async () => {
    const client = createFakeClient();
    client.sessions = [{ peer: "bob" } as typeof client.sessions[number]];
    const fingerprints = () => ({ own: "1", server: "2" });
    const shell = {
      client,
      name: "alice",
      folder: "/f",
      say: () => {},
      checkFolder: String,
      fingerprints,
      invites: () => {},
      ask: () => Promise.resolve(true),
      confirm: () => Promise.resolve(true),
    };
    await runLine({ ...shell, quit: () => {} }, line);
    assertEquals(client.calls, calls);
  });
}

Deno.test("a verification reads as a person expects: how much, what differs, how it ended, on whose side", () => {
  let out = "";
  const show = createProofScreen(plainTerminal((text) => void (out += text)), () => 0);
  const told = (event: Partial<Event>) => show({ folder: "/f", ...event } as Parameters<typeof show>[0]);
  const counts = { files: 0, bytes: 0, ofFiles: 2, ofBytes: 3_000_000 };
  told({ event: "proof", state: "reading", ...counts });
  told({ event: "differs", what: "edit", path: "a\u001b", reason: "seen by nobody" });
  told({ event: "proof", state: "reading", ...counts, peer: "bob" });
  told({ event: "differs", what: "disk", path: "b", reason: "rotten", peer: "bob" });
  told({ event: "proof", state: "done", ...counts, files: 2, bytes: 3_000_000 });
  told({ event: "proof", state: "done", ...counts, files: 2, bytes: 3_000_000, peer: "bob" });
  told({ event: "proof", state: "reading", ...counts, files: 1, bytes: 1_000_000 });
  told({ event: "proof", state: "stopped", ...counts, files: 1, bytes: 1_000_000 });
  told({ event: "proof", state: "reading", ...counts });
  told({ event: "proof", state: "done", ...counts, files: 2, bytes: 3_000_000 });
  assertEquals(out.trim().split("\n"), [
    "Reading 2 files, 3 MB.",
    "edited unseen: a\\u{1b}: seen by nobody",
    "DISK FAULT: b (bob's): rotten",
    "Verified: 1 path differs; 2 files, 3 MB read.",
    "Verified: 1 path differs; 2 files, 3 MB read in bob's folder.",
    "Reading goes on at 33 % of 3 MB.",
    "Stopped at 33 % of 3 MB: asked again, it goes on there.",
    "Reading 2 files, 3 MB.",
    "Verified: all is as agreed; 2 files, 3 MB read.",
  ]);
});
