// The whole program with a real server and real folders: the shell and the menu on a terminal, the flags, the demonstration.

import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { statusLines } from "../../src/cli/status.ts";
import { readText, writeText } from "../../src/fs/folder.ts";
import { startProgram } from "./started_program.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { inCompany, inSync } from "./company.ts";

Deno.test({
  name:
    "shell on a terminal: an invitation arrives while a line is typed; y accepts it; the folders become one",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async ({ address, path, bob, heard }) => {
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
      await shows("bob invites you: y / n, or /accept FOLDER");
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
    inCompany(async ({ address, path, bob }) => {
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

/** What `/status` says but in its first line, without spaces, wrapping, and how long ago things were. */
const timeless = (lines: string[]) => lines.join("").replace(/\s/g, "").replace(/\d+s(?=ago)/g, "Ns");

Deno.test({
  name: "field 24: /status says the same on both screens, whatever holds things up",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async ({ address, path, bob }) => {
      writeText(path("bob", "from bob.txt"), "hello alice");
      const alice = startAtTerminal([
        ...["--connect", address, "--name", "alice", "--folder", path("alice")],
        ...["--state", path("alice's state"), "--yes"],
      ]);
      /** What both say once it matches, the same on both. */
      const bothSay = async (what: RegExp) => {
        for (let asked = 0;; asked++) {
          const before = alice.lines().length;
          await alice.type("/status\r");
          await alice.until((lines) => lines.length > before + 1 && lines.at(-1) === "alice> ");
          const lines = alice.lines().slice(0, -1);
          const here = timeless(lines.slice(lines.findLastIndex((line) => line.startsWith("bob: ")) + 1));
          const there = timeless(statusLines(bob.status()[0]!).slice(1));
          if (what.test(there) && here === there) return;
          assert(asked < 500, `alice: ${here}\nbob:   ${there}`);
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      await alice.until((lines) => lines.some((line) => line.includes("Here: bob.")));
      await bob.acceptFrom("alice");
      await alice.type("/connectUser bob\r");
      await alice.until((lines) => lines.some((line) => line.startsWith("In sync with bob")));
      await bothSay(
        /^identical:1file,11B,digest\w{12},verifiedNsago,allfileslookedatNsago,contentreadNsago$/,
      );
      writeText(path("bob", "inner", ".tcpsync"), "a name kept for tcpsync");
      await bothSay(/^notidentical;agreed:.*;1probleminner\/\.tcpsync\(bob's\):thename.*;needsbob$/);
      const write = () =>
        Deno.writeTextFileSync(path("alice", "slow.log"), "a line more\n", { append: true });
      const writing = setInterval(write, 5);
      // It may rest for a moment, and is then found to have changed while it was sent.
      await bothSay(/;needsbobslow\.log\(alice's\):/).finally(() => clearInterval(writing));
      await bothSay(/^notidentical;agreed:2files,.*;needsbob$/);
      Deno.removeSync(path("bob", "inner"), { recursive: true });
      await bothSay(/^identical:2files,/);
      await bob.disconnect("alice");
      await alice.until((lines) => lines.some((line) => line.startsWith("Lost bob")));
      await alice.type("/status\r");
      await alice.until((lines) => lines.some((line) => /last verified \d+ s ago: 2 files/.test(line)));
      await alice.type("/quit\r");
      await alice.ended;
    }),
});

Deno.test({
  name:
    "T14: a y to dave says that bob has the folder, and is asked about once more before dave gets any of it",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async ({ address, path, bob }) => {
      writeText(path("bob", "from bob.txt"), "for alice");
      Deno.mkdirSync(path("dave"));
      const alice = startAtTerminal([
        ...[
          "--connect",
          address,
          "--name",
          "alice",
          "--folder",
          path("alice"),
          "--state",
          path("alice's state"),
        ],
      ]);
      const shows = (text: string) => alice.until((lines) => lines.join("").includes(text));
      await shows("Here: bob.");
      await bob.acceptFrom("alice");
      await alice.type("/connectUser bob\r");
      await shows("Call bob");
      await alice.type("y\r");
      await shows("In sync with bob");
      const dave = startProgram(
        ...[
          "--connect",
          address,
          "--name",
          "dave",
          "--folder",
          path("dave"),
          "--state",
          path("dave's state"),
        ],
        ...["--invite", "alice", "--yes", "--once", "--json"],
      );
      await shows("is kept the same with dave too; you keep it with bob already");
      await alice.type("y\r");
      await shows("with dave, and with bob?");
      await alice.type("n\r");
      await shows("Nothing is shared with dave");
      assertEquals(readText(path("dave", "from bob.txt")), undefined);
      await alice.type("/accept dave\r");
      await alice.until((lines) => lines.join("").split("with dave, and with bob?").length === 3);
      await alice.type("y\r");
      await shows("Call dave");
      await alice.type("y\r");
      assertEquals((await dave.ended).code, 0);
      assertEquals(readText(path("dave", "from bob.txt")), "for alice");
      await alice.type("/quit\r");
      await alice.ended;
    }),
});

Deno.test("flags: --invite and --once end in sync with code 0; the last event is the end", () =>
  inCompany(async ({ address, path, bob }) => {
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
  inCompany(async ({ address, path, bob, heard }) => {
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

Deno.test("--demo: every change arrives, and the folders are removed again", async () => {
  const { code, out, err } = await startProgram("--demo").ended;
  assertEquals([code, err], [0, ""], out);
  assert(/6 of 6 changes arrived/.test(out), out);
  const folder = /alice's folder: (.*?)\r?\n/.exec(out)![1]!;
  assertEquals(readText(join(folder, "report.txt")), undefined);
});
