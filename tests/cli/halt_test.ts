// A halt as a person meets it (RULES S1-S3): at the shell's prompt, on the terminal of a run by flags, and what screens say.

import { assert, assertEquals } from "@std/assert";
import { askingTerminal } from "../../src/cli/prompt/unattended_prompt.ts";
import { plainTerminal } from "../../src/cli/output.ts";
import { createScreen } from "../../src/cli/screen.ts";
import { folderState, writeText } from "../../src/fs/folder.ts";
import type { HaltQuestion } from "../../src/session/halt.ts";
import { createFakeClient } from "./fake_client.ts";
import { openEnds, openShell } from "./open_shell.ts";
import { hasTerminal, startAtTerminal, type Terminal } from "./pty.ts";
import { inCompany, inSync, type Setting } from "./company.ts";

const mass = { peer: "bob", asks: "mass" } as const;
const merge = { peer: "bob", asks: "merge" } as const;

for (const yes of [false, true]) {
  Deno.test(`S3: at the prompt a halt is asked about${yes ? ", also with --yes" : ""}; y and n answer`, async () => {
    const client = createFakeClient();
    const { shell, screen, type } = openShell(client, { yes });
    const over = shell.run(client);
    const shows = (text: string) => screen.until((lines) => lines.some((line) => line.includes(text)));
    for (
      const [question, key, text, reply] of [
        [mass, "y", "Was that meant?", "where bob is asked too"],
        [merge, "n", "Merge the two folders as they are?", "it stays halted."],
      ] as const
    ) {
      const answer = shell.questions.askHalt(question, new AbortController().signal);
      await shows(text);
      type(`${key}\r`);
      assertEquals(await answer, key === "y");
      await shows(reply);
    }
    const taken = new AbortController();
    const answer = shell.questions.askHalt(mass, taken.signal);
    await screen.until((lines) => lines.filter((line) => line.includes("Was that meant?")).length === 2);
    taken.abort();
    await shows("needs no answer any more");
    assertEquals(await answer, false);
    type("/quit\r");
    await over;
  });
}

Deno.test("S3: on the terminal of a run by flags a halt is asked about, and the prompt goes again", async () => {
  const { input, output, screen } = openEnds();
  const terminal = askingTerminal(plainTerminal((text) => output.write(text)), () => {}, { input, output });
  const answer = terminal.askHalt(mass, new AbortController().signal);
  await screen.until((lines) => lines.at(-1) === "y / n> ");
  input.write("n\r");
  assertEquals(await answer, false);
});

Deno.test("S3: a screen says why, what is planned, and, where nobody is asked, what to do", () => {
  const lines: string[] = [];
  const screen = createScreen({ line: (text) => lines.push(text), status: () => {} });
  const plan = { create: 0, update: 0, delete: 60, move: 0, conflict: 0, bytes: 0 };
  const reason = "alice deleted 60 of the 80 agreed files";
  const paths = ["a", "b", "c", "d"];
  screen({ event: "halted", peer: "bob", reason, plan, paths: ["a", "b"], asked: true, needs: ["bob"] });
  for (const needs of [["alice"], ["bob"], ["alice", "bob"], []]) {
    screen({ event: "halted", peer: "bob", reason, plan, paths, asked: false, needs });
  }
  screen({ event: "halted", peer: "bob", reason: "bob's folder is gone" });
  assertEquals(lines, [
    "HALTED with bob, nothing is changed: alice deleted 60 of the 80 agreed files.",
    "    Planned: 60 deleted; lost would be a, b",
    ...[
      "    Nobody is asked here. If it is meant, start again here with --approve-mass-change.",
      "    Nobody is asked here. If it is meant, bob has to say so: on a terminal, or with --approve-mass-change there.",
      "    Nobody is asked here. If it is meant, start again here with --approve-mass-change, and bob has to say so: on a " +
      "terminal, or with --approve-mass-change there.",
      "    It waits for bob's answer.",
    ].flatMap((how) => [
      "HALTED with bob, nothing is changed: alice deleted 60 of the 80 agreed files.",
      "    Planned: 60 deleted; lost would be a, b, c, …",
      how,
    ]),
    "HALTED with bob, nothing is changed: bob's folder is gone.",
  ]);
});

const FILES = 55;

/** Alice at a terminal, in sync with bob, whose answers a test gives; then nearly all of hers is gone, in one stroke. */
async function haltAtTerminal(
  flags: string[],
  play: (alice: Terminal & { shows(text: string): Promise<void> }, at: {
    /** What bob is asked, once he is. */
    asked: Promise<{ question: HaltQuestion; answer(yes: boolean): void; signal: AbortSignal }>;
    photos(name: "alice" | "bob"): number;
    heard(how: string): Promise<unknown>;
  }) => Promise<void>,
) {
  const asked = Promise.withResolvers<
    { question: HaltQuestion; answer(yes: boolean): void; signal: AbortSignal }
  >();
  const askHalt = (question: HaltQuestion, signal: AbortSignal) => {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    asked.resolve({ question, answer: resolve, signal });
    return promise;
  };
  const setting: Setting = { bob: { askHalt } };
  await inCompany(async ({ address, path, bob, heard }) => {
    for (const name of ["alice", "bob"]) { // Else they would be what alice added, and hers to delete.
      writeText(path(name, "letter.txt"), "dear");
      for (let number = 0; number < FILES; number++) {
        writeText(path(name, "photos", `${number}.txt`), `file ${number}`);
      }
    }
    await bob.acceptFrom("alice");
    const own = ["--connect", address, "--name", "alice", "--folder", path("alice"), "--state", path("s")];
    const terminal = startAtTerminal([...own, ...flags]);
    const shows = async (text: string) => {
      await terminal.until((lines) => lines.some((line) => line.includes(text)));
    };
    if (flags.length === 0) {
      await shows("Here: bob.");
      await terminal.type("/connectUser bob\r");
      await shows("are the six digits there");
      await terminal.type("y\r");
    }
    await heard(inSync);
    Deno.renameSync(path("alice", "photos"), path("taken away"));
    await shows("HALTED with bob, nothing is changed: alice deleted 55 of the 56 agreed files.");
    await shows("Was that meant?");
    await play({ ...terminal, shows }, {
      asked: asked.promise,
      photos: (name) =>
        folderState(path(name, "photos")) === "folder"
          ? [...Deno.readDirSync(path(name, "photos"))].length
          : 0,
      heard: (how) => heard((event) => event.event === "resumed" && event.how === how),
    });
    await terminal.type("\x03");
    await terminal.ended;
  }, setting);
}

Deno.test({
  name: "S3: on a terminal a yes on both sides carries a mass deletion out, and not before the second",
  ignore: !hasTerminal,
  fn: () =>
    haltAtTerminal([], async (alice, { asked, photos, heard }) => {
      await alice.type("y\r");
      await alice.shows("where bob is asked too");
      const { question, answer } = await asked;
      assertEquals([question, photos("bob")], [{ peer: "alice", asks: "mass" }, FILES]);
      answer(true);
      await heard("approved");
      await alice.shows("Goes on with bob as planned");
      await alice.shows("(56 deleted)");
      assertEquals(photos("bob"), 0);
    }),
});

Deno.test({
  name: "S3: on a terminal, also with --yes, a no takes it back, and the other one's question with it",
  ignore: !hasTerminal,
  fn: () =>
    haltAtTerminal(["--invite", "bob", "--yes"], async (alice, { asked, photos, heard }) => {
      const { signal } = await asked;
      await alice.type("n\r");
      await heard("back");
      assert(signal.aborted, "bob's question is taken back");
      await alice.shows("Taken back with bob");
      await alice.shows("(56 new)");
      assertEquals([photos("alice"), photos("bob")], [FILES, FILES]);
    }),
});

Deno.test({
  name: "S3: the other one's no takes it back as well",
  ignore: !hasTerminal,
  fn: () =>
    haltAtTerminal([], async (alice, { asked, photos }) => {
      await alice.type("y\r");
      (await asked).answer(false);
      await alice.shows("Taken back with bob");
      await alice.shows("(56 new)");
      assertEquals(photos("alice"), FILES);
    }),
});
