// Who is who, and the password, asked about on a real terminal.

import { assert, assertEquals } from "@std/assert";
import { readText, writeText } from "../../src/fs/folder.ts";
import type { Digits } from "../../src/peer/meeting.ts";
import type { Event } from "../../src/core/event.ts";
import { startProgram } from "./started_program.ts";
import { hasTerminal, startAtTerminal, type Terminal } from "./pty.ts";
import { type Company, inCompany, inSync, type Setting } from "./company.ts";

const ignore = !hasTerminal;

/** alice at a terminal, with what she adds to her flags. */
function alice({ address, path }: Company, ...flags: string[]): Terminal {
  const own = ["--name", "alice", "--folder", path("alice"), "--state", path("alice's state")];
  return startAtTerminal(["--connect", address, ...own, ...flags]);
}

const shows = (terminal: Terminal, text: string) =>
  terminal.until((lines) => lines.some((line) => line.includes(text)));

/** bob, who is asked by the test. */
function askedBob() {
  const asked = Promise.withResolvers<Digits>();
  const answer = Promise.withResolvers<boolean>();
  const askDigits = (digits: Digits) => {
    asked.resolve(digits);
    return answer.promise;
  };
  return { setting: { bob: { askDigits } } satisfies Setting, asked: asked.promise, say: answer.resolve };
}

Deno.test({
  name: "a first meeting: both screens show the same six digits, and two yes make the folders one",
  ignore,
  fn() {
    const { setting, asked, say } = askedBob();
    return inCompany(async (company) => {
      writeText(company.path("bob", "from bob.txt"), "hello alice");
      await company.bob.acceptFrom("alice");
      const screen = alice(company);
      await shows(screen, "Here: bob.");
      assert(screen.lines().some((line) => line.includes("First time at this server")));
      assert(screen.written().includes(company.server), "the server's fingerprint");
      await screen.type("/connectUser bob\r");
      await shows(screen, "are the six digits there");
      const { code } = await asked;
      assert(screen.lines().includes(`    ${code.slice(0, 3)} ${code.slice(3)}`), "the same digits");
      await screen.type("half a li");
      await screen.until((lines) => lines.at(-1) === "alice> half a li");
      await screen.type("\x15y\r");
      await shows(screen, "bob has to say so as well");
      assertEquals(readText(company.path("alice", "from bob.txt")), undefined);
      say(true);
      await shows(screen, "In sync with bob");
      assertEquals(readText(company.path("alice", "from bob.txt")), "hello alice");
      await screen.type("/quit\r");
      assertEquals(await screen.ended, 0);
    }, setting);
  },
});

Deno.test({
  name: "a first meeting: bob's no takes alice's question back, and is told loudly",
  ignore,
  fn() {
    const { setting, asked, say } = askedBob();
    return inCompany(async (company) => {
      await company.bob.acceptFrom("alice");
      const screen = alice(company);
      await shows(screen, "Here: bob.");
      await screen.type("/connectUser bob\r");
      await shows(screen, "are the six digits there");
      await asked;
      say(false);
      await shows(screen, "The question about bob is taken back");
      await shows(screen, "REFUSED, no session with bob: bob did not say");
      await screen.type("/quit\r");
      await screen.ended;
    }, setting);
  },
});

Deno.test({
  name: "by flags at a terminal the digits are asked about too; y goes on to the end",
  ignore,
  fn: () =>
    inCompany(async (company) => {
      writeText(company.path("bob", "from bob.txt"), "hello alice");
      await company.bob.acceptFrom("alice");
      const screen = alice(company, "--invite", "bob", "--once");
      await shows(screen, "are the six digits there");
      await screen.until((lines) => lines.at(-1) === "y / n> ");
      await screen.type("y\r");
      assertEquals(await screen.ended, 0);
      assertEquals(readText(company.path("alice", "from bob.txt")), "hello alice");
    }),
});

Deno.test({
  name: "T16: by flags at a terminal what was typed before the digits were asked about is no answer",
  ignore,
  fn: () =>
    inCompany(async (company) => {
      const screen = alice(company, "--invite", "bob", "--once");
      await shows(screen, "Here: bob.");
      await screen.type("y\ry");
      // The terminal itself shows what nobody reads yet.
      await screen.until((lines) => lines.at(-2) === "y" && lines.at(-1) === "y");
      await company.bob.acceptFrom("alice");
      await screen.until((lines) => lines.at(-1) === "y / n> ");
      await screen.type("n\r");
      assertEquals(await screen.ended, 3);
    }),
});

Deno.test({
  name: "by flags at a terminal a no ends it with code 3 on both sides",
  ignore,
  fn: () =>
    inCompany(async (company) => {
      await company.bob.acceptFrom("alice");
      const screen = alice(company, "--invite", "bob", "--once");
      await screen.until((lines) => lines.at(-1) === "y / n> ");
      await screen.type("n\r");
      assertEquals(await screen.ended, 3);
      assert(screen.lines().some((line) => line.includes("REFUSED, no session with bob")));
      await company.heard(({ event }) => event === "refused");
    }),
});

const guarded: Setting = { server: { password: "swordfish" }, bob: { password: "swordfish" } };

Deno.test({
  name: "the server's password is asked for until it is right, and never shown",
  ignore,
  fn: () =>
    inCompany(async (company) => {
      const screen = alice(company);
      await shows(screen, "The server wants a password:");
      await screen.type("mackerel\r");
      await shows(screen, "That is not the password.");
      await screen.type("swordfish\r");
      await screen.until((lines) => lines.at(-1) === "alice> ");
      await shows(screen, "Here: bob.");
      // What is typed next reaches the shell.
      await screen.type("/quit\r");
      assertEquals(await screen.ended, 0);
      assert(!/mackerel|swordfish/.test(screen.written()), "a password was shown");
    }, guarded),
});

for (const [name, key] of [["Ctrl+C", "\x03"], ["Ctrl+D", "\x04"]] as const) {
  for (const [how, flags, code] of [["the shell", [], 0], ["flags", ["--wait"], 2]] as const) {
    Deno.test({
      name: `${name} at the question for the password ends ${how} quietly, with code ${code}`,
      ignore,
      fn: () =>
        inCompany(async (company) => {
          const screen = alice(company, ...flags);
          await shows(screen, "The server wants a password:");
          await screen.type(key);
          assertEquals(await screen.ended, code);
          assert(!/bug|Error|tcpsync:/.test(screen.written()), screen.written());
        }, guarded),
    });
  }
}

Deno.test({
  name: "Ctrl+C at the question for a server's own password leaves quietly, and nothing listens",
  ignore,
  fn: () =>
    inCompany(async ({ path }) => {
      const server = startAtTerminal(["--server", "--port", "0", "--password", "--state", path("s")]);
      await shows(server, "The password for those who connect:");
      await server.type("\x03");
      assertEquals(await server.ended, 0);
      assert(!/Meeting point|tcpsync:/.test(server.written()), server.written());
    }),
});

Deno.test({
  name: "a server asks twice for its password, shows its fingerprint, and lets in who knows it",
  ignore,
  fn: () =>
    inCompany(async ({ path }) => {
      const state = ["--state", path("server's state")];
      const flags = ["--server", "--host", "127.0.0.1", "--port", "0", "--password", ...state];
      const server = startAtTerminal(flags);
      await shows(server, "The password for those who connect:");
      await server.type("swordfish\r");
      await shows(server, "The same once more:");
      await server.type("swordfsh\r");
      await shows(server, "These were not the same.");
      await server.type("swordfish\r");
      await server.until((lines) =>
        lines.filter((line) => line.includes("The same once more:")).length === 2
      );
      await server.type("swordfish\r");
      await shows(server, "Meeting point open on");
      await shows(server, "Fingerprint:");
      const { out } = await startProgram("--server", "--fingerprint", ...state).ended;
      assert(server.lines().some((line) => line.startsWith(`Fingerprint: ${out.trim()}; those who`)), out);
      const port = /port (\d+)\./.exec(server.lines().join("\n"))![1]!;
      writeText(path("password"), "swordfish\n");
      const carol = startProgram(
        ...[
          "--connect",
          `127.0.0.1:${port}`,
          "--name",
          "carol",
          "--folder",
          path("alice"),
          "--wait",
          "--json",
        ],
        ...["--state", path("carol's state"), "--password-file", path("password")],
      );
      const connected = await carol.event("connected") as unknown as Event & { event: "connected" };
      assertEquals([connected.fingerprint, connected.first], [out.trim(), true]);
      carol.kill();
      await carol.ended;
      await server.type("\x03");
      assertEquals(await server.ended, 0);
      assert(!server.written().includes("swordf"), "the password was shown");
    }),
});

Deno.test({
  name: "--yes at a terminal takes the digits to be the same, and says so",
  ignore,
  fn: () =>
    inCompany(async (company) => {
      await company.bob.acceptFrom("alice");
      const screen = alice(company, "--yes");
      await shows(screen, "Here: bob.");
      await screen.type("/connectUser bob\r");
      await shows(screen, "Taken to be the same at bob's");
      await shows(screen, "In sync with bob");
      await company.heard(inSync);
      await screen.type("/fingerprint\r");
      await shows(screen, `The server's fingerprint: ${company.server}`);
      await screen.type("/quit\r");
      assertEquals(await screen.ended, 0);
    }),
});
