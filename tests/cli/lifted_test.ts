// What was ignored here and the other person's change would let travel (RULES I4, T1), as a person meets it.

import { assertEquals } from "@std/assert";
import { createScreen } from "../../src/cli/screen.ts";
import { statusLines } from "../../src/cli/status.ts";
import { folderState, readText, writeText } from "../../src/fs/folder.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { inCompany, inSync } from "./company.ts";

Deno.test("I4: a screen tells what stays home once, and so does /status", () => {
  const lines: string[] = [];
  const screen = createScreen({ line: (text) => lines.push(text), status: () => {} });
  const told = { event: "ignored-lifted", peer: "bob", asked: false } as const;
  screen({ ...told, paths: ["secret"], count: 1 });
  screen({ ...told, paths: ["secret"], count: 1 });
  screen({ ...told, paths: ["a", "b", "c", "d"], count: 1200 });
  screen({ ...told, paths: [], count: 0 });
  assertEquals(lines, [
    "Stays home: what was ignored here and, by a change of bob's, would not be any more: secret",
    "Stays home: 1,200 that were ignored here and, by a change of bob's, would not be any more: a, b, c, …",
    "Nothing that bob's changes would let travel stays home any more.",
  ]);
  const stands = {
    state: "insync",
    files: 1,
    bytes: 1,
    digest: "",
    conflicts: 0,
    problems: [],
    writing: [],
  } as const;
  const status = { ...stands, problems: [], writing: [], peer: "bob", folder: "/f" };
  assertEquals(statusLines({ ...status, home: { paths: ["secret"], count: 1 } }).slice(1), [`  ${lines[0]}`]);
});

Deno.test({
  name: "I4: on a terminal what was ignored is asked about, and a yes lets it travel",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async ({ address, path, bob, heard }) => {
      writeText(path("alice", ".tcpsyncignore"), "secret/\n");
      writeText(path("alice", "secret", "diary"), "dear");
      await bob.acceptFrom("alice");
      const own = ["--connect", address, "--name", "alice", "--folder", path("alice"), "--state", path("s")];
      const alice = startAtTerminal([...own, "--invite", "bob", "--yes"]);
      const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
      await heard(inSync);
      writeText(path("bob", ".tcpsyncignore"), "");
      await shows("by a change of bob's");
      await shows("May that travel to bob?");
      assertEquals(folderState(path("bob", "secret")), "missing");
      await alice.type("y\r");
      await shows("It travels from now on.");
      await heard((event) => event.event === "insync" && event.files === 2);
      assertEquals(readText(path("bob", "secret", "diary")), "dear");
      await alice.type("\x03");
      await alice.ended;
    }),
});
