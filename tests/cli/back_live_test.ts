// Bringing back while both computers are there: typed at a terminal, seen on both screens and in both folders.

import { assert, assertEquals } from "@std/assert";
import { readText, writeText } from "../../src/fs/folder.ts";
import { removePath } from "../../src/fs/folder.ts";
import type { Event } from "../../src/session/event.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { inSync, onStage, type Stage } from "./stage.ts";

/** alice at a terminal, in sync with bob. */
async function together({ address, path, bob, heard }: Stage) {
  await bob.acceptFrom("alice");
  const state = ["--state", path("alice's state")];
  const alice = startAtTerminal(
    ["--connect", address, "--name", "alice", "--folder", path("alice"), "--yes", ...state],
  );
  const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
  await shows("Here: bob.");
  await alice.type("/connectUser bob\r");
  await shows("In sync with bob");
  await heard(inSync);
  return { alice, shows, type: (line: string) => alice.type(`${line}\r`) };
}

/** Resolves once that is so; looked at whenever bob hears anything. */
async function becomes({ heard }: Stage, isSo: () => boolean) {
  await heard(() => isSo());
}

const undone = (whose: string) => (event: Event) => event.event === "undone" && event.whose === whose;

Deno.test({
  name: "S4: /undo at a terminal brings back what the other side deleted, at once, on both; bob undoes that",
  ignore: !hasTerminal,
  fn: () =>
    onStage(async (stage) => {
      const { path, bob, heard } = stage;
      for (const name of ["a.txt", "deep/b.txt"]) {
        writeText(path("alice", "docs", name), `content of ${name}`);
      }
      writeText(path("bob", "stays.txt"), "stays");
      const { shows, type, alice } = await together(stage);
      await removePath(path("alice", "docs"));
      await becomes(stage, () => readText(path("bob", "docs/a.txt")) === undefined);
      await shows("4 deleted");
      await type("/history docs");
      await shows("docs/deep/b.txt: deleted by you");
      await type("/undo");
      await shows("Undone: batch 2 with bob. 0 paths back here; bob's computer puts back 4 paths.");
      await shows("Batch 2 is undone in bob's folder: 4 paths back.");
      await heard(undone("bob"));
      await becomes(stage, () => readText(path("alice", "docs/deep/b.txt")) === "content of deep/b.txt");
      await shows("4 new");
      const { back, left } = await bob.bringBack((past) => past.undo());
      assertEquals([back, left], [0, []]);
      await heard(undone("alice"));
      await shows("bob undid batch 3: 4 paths back here.");
      await becomes(stage, () => readText(path("bob", "docs/deep/b.txt")) === undefined);
      await type("/why docs/a.txt");
      await shows("here: nothing is there");
      await type("/quit");
      assertEquals(await alice.ended, 0);
    }),
});

Deno.test({
  name: "C9: a conflict, listed and resolved at a terminal with Tab; both lists are empty then",
  ignore: !hasTerminal,
  fn: () =>
    onStage(async (stage) => {
      const { path, bob, heard } = stage;
      writeText(path("alice", "plan.txt"), "alice's, longer");
      await new Promise((resolve) => setTimeout(resolve, 5)); // Another time, whatever the clock's grain.
      writeText(path("bob", "plan.txt"), "bob's");
      const { shows, type, alice } = await together(stage);
      const [before] = await bob.askPast((past) => past.conflicts());
      await type("/conflicts");
      await shows("/resolve plan.txt mine, theirs or both settles it");
      await alice.type("/res\t");
      await alice.until((lines) => lines.at(-1) === "alice> /resolve ");
      await alice.type("pl\t");
      await alice.until((lines) => lines.at(-1)!.startsWith("alice> /resolve plan.txt "));
      await alice.type("mi");
      await alice.type("\t");
      await alice.until((lines) => lines.at(-1) === "alice> /resolve plan.txt mine");
      await type("");
      await shows("Settled: your content has the name plan.txt");
      await becomes(stage, () => readText(path("bob", "plan.txt")) === "alice's, longer");
      await heard((event) => event.event === "insync" && event.conflicts === 0);
      assertEquals(await bob.askPast((past) => past.conflicts()), []);
      assert(before!.path === "plan.txt");
      await type("/conflicts");
      await shows("No conflict is listed.");
      await type("/quit");
      assertEquals(await alice.ended, 0);
    }),
});
