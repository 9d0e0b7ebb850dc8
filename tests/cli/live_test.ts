// The whole program with a real server and real folders: the shell and the menu on a terminal, the flags, the demonstration.

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { readText, writeText } from "../../src/fs/folder.ts";
import { startProgram } from "./program.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { inSync, onStage } from "./stage.ts";

Deno.test({
  name:
    "shell on a terminal: an invitation arrives while a line is typed; y accepts it; the folders become one",
  ignore: !hasTerminal,
  fn: () =>
    onStage(async ({ address, path, bob, heard }) => {
      writeText(path("bob", "from bob.txt"), "hello alice");
      const alice = startAtTerminal(
        [
          "--connect",
          address,
          "--name",
          "alice",
          "--folder",
          path("alice"),
          "--state",
          path("alice's state"),
        ],
      );
      const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
      await alice.until((lines) => lines.at(-1) === "alice> ");
      await shows("Here: bob.");
      await alice.type("/conn");
      await alice.type("\t");
      await alice.until((lines) => lines.at(-1) === "alice> /connectUser ");
      await bob.invite("alice");
      await shows("bob invites you: /accept [FOLDER] or /decline");
      await alice.until((lines) => lines.at(-1) === "alice> /connectUser ");
      await alice.type("carol\r");
      await shows("carol is not here. Here: bob.");
      await alice.type("y\r");
      await shows("are the six digits there");
      await alice.type("y\r");
      await shows("In sync with bob");
      await heard(inSync);
      assertEquals(readText(path("alice", "from bob.txt")), "hello alice");
      await alice.type("/status\r");
      await shows("bob: in sync; ");
      await alice.type("half a li");
      await alice.until((lines) => lines.at(-1) === "alice> half a li");
      await alice.type("\x03");
      await alice.until((lines) => lines.at(-1) === "alice> ");
      await alice.type("\x03");
      assertEquals(await alice.ended, 0);
    }),
});

Deno.test({
  name: "menu on a terminal: a client whose folder is made, who invites bob from the list",
  ignore: !hasTerminal,
  fn: () =>
    onStage(async ({ address, path, bob }) => {
      writeText(path("bob", "from bob.txt"), "hello alice");
      await bob.acceptFrom("alice");
      const alice = startAtTerminal(["--state", path("alice's state")]);
      const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
      await shows("❯ A client");
      await alice.type("\r");
      await shows("Where is the server?");
      await alice.type(address + "\r");
      await shows("Your name");
      await alice.type("alice\r");
      await shows("Which folder?");
      await alice.type(path("made") + "\r");
      await shows("Make it?");
      await alice.type("\r");
      await shows("❯ Invite someone");
      await alice.type("\r");
      await shows("❯ bob");
      await alice.type("\r");
      await shows("are the six digits there");
      await alice.type("y\r");
      await shows("In sync with bob");
      assertEquals(readText(path("made", "from bob.txt")), "hello alice");
      await alice.type("/quit\r");
      assertEquals(await alice.ended, 0);
    }),
});

Deno.test("flags: --invite and --once end in sync with code 0; the last event is the end", () =>
  onStage(async ({ address, path, bob }) => {
    writeText(path("alice", "a.txt"), "a");
    await bob.acceptFrom("alice");
    const common = ["--connect", address, "--name", "alice", "--state", path("s")];
    const alice = startProgram(
      ...[...common, "--folder", path("alice"), "--invite", "bob", "--once", "--json", "--yes"],
    );
    const { code, out, err } = await alice.ended;
    assertEquals([code, err], [0, ""]);
    const events = out.trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(events.at(-1).event, "end");
    assertEquals(events.at(-1).code, 0);
    assert(events.every(({ time }) => !Number.isNaN(Date.parse(time))));
    assertEquals(readText(path("bob", "a.txt")), "a");
  }));

Deno.test("flags: an invitation nobody asked for is declined, and told; one flagged is not", () =>
  onStage(async ({ address, path, bob, heard }) => {
    const alice = startProgram(
      ...["--connect", address, "--name", "alice", "--folder", path("alice"), "--state", path("s")],
      ...["--accept-from", "carol"],
    );
    await heard((event) => event.event === "roster" && event.users.includes("alice"));
    await bob.invite("alice");
    await heard((event) => event.event === "invitation" && "to" in event && event.state === "declined");
    await alice.line((line) => line.startsWith("bob invites you; not accepted"));
    alice.kill();
    await alice.ended;
  }));

Deno.test("flags: --yes accepts what is asked", () =>
  onStage(async ({ address, path, bob, heard }) => {
    const alice = startProgram(
      ...["--connect", address, "--name", "alice", "--folder", path("alice"), "--state", path("s"), "--yes"],
      ...["--accept-from", "carol"],
    );
    await heard((event) => event.event === "roster" && event.users.includes("alice"));
    await bob.invite("alice");
    await heard(inSync);
    alice.kill();
    await alice.ended;
  }));

Deno.test("--demo: every change arrives, and the folders are removed again", async () => {
  const { code, out, err } = await startProgram("--demo").ended;
  assertEquals([code, err], [0, ""], out);
  assert(/6 of 6 changes arrived/.test(out), out);
  const folder = /alice's folder: (.*?)\r?\n/.exec(out)![1]!;
  assertEquals(readText(join(folder, "report.txt")), undefined);
});
