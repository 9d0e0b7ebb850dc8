// Bringing back while both computers are there: typed at a terminal, seen on both screens and in both folders.

import { assert, assertEquals } from "@std/assert";
import { readText, removePath, writeText } from "../../src/fs/folder.ts";
import type { Event } from "../../src/core/event.ts";
import { hasTerminal, startAtTerminal } from "./pty.ts";
import { type Company, inCompany, inSync } from "./company.ts";

/** alice's folder, and where her archive is. */
const places = ({ path }: Company) => ["--folder", path("alice"), "--state", path("alice's state")];

/** alice at a terminal, in sync with bob. */
async function together(company: Company) {
  const { address, bob, heard } = company;
  await bob.acceptFrom("alice");
  const alice = startAtTerminal(["--connect", address, "--name", "alice", ...places(company)]);
  const shows = (text: string) => alice.until((lines) => lines.some((line) => line.includes(text)));
  await shows("Here: bob.");
  await alice.type("/connectUser bob\r");
  await shows("are the six digits there");
  await alice.type("y\r");
  await shows("In sync with bob");
  await heard(inSync);
  return { alice, shows, type: (line: string) => alice.type(`${line}\r`) };
}

/** Resolves once that is so; looked at whenever bob hears anything. */
async function becomes({ heard }: Company, isSo: () => boolean) {
  await heard(() => isSo());
}

const undone = (whose: string) => (event: Event) => event.event === "undone" && event.whose === whose;

Deno.test({
  name:
    "T15 S4: /undo at a terminal says what comes back and who deleted it, asks, and does it on both; bob undoes that",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async (company) => {
      const { path, bob, heard } = company;
      for (const name of ["a.txt", "deep/b.txt"]) {
        writeText(path("alice", "docs", name), `content of ${name}`);
      }
      writeText(path("bob", "stays.txt"), "stays");
      const { shows, type, alice } = await together(company);
      await removePath(path("alice", "docs"));
      await becomes(company, () => readText(path("bob", "docs/a.txt")) === undefined);
      await shows("4 deleted");
      await type("/history docs");
      await shows("docs/deep/b.txt: deleted by you");
      await type("/undo");
      await shows("4 come back, deleted by you: docs, docs/a.txt, docs/deep, docs/deep/b.txt");
      await shows("Undo batch 2 with bob?  y / n");
      assertEquals(readText(path("bob", "docs/a.txt")), undefined);
      await type("y");
      await shows("Undone: batch 2 with bob: bob's computer puts back 4 paths.");
      await shows("Batch 2 is undone in bob's folder: 4 paths back.");
      await heard(undone("bob"));
      await becomes(company, () => readText(path("alice", "docs/deep/b.txt")) === "content of deep/b.txt");
      await shows("4 new");
      const { back, left } = await bob.bringBack((historyService) => historyService.undo("alice", 3));
      assertEquals([back, left], [0, []]);
      await heard(undone("alice"));
      await shows("bob undid batch 3: 4 paths back here.");
      await becomes(company, () => readText(path("bob", "docs/deep/b.txt")) === undefined);
      await type("/why docs/a.txt");
      await shows("here: nothing is there");
      await alice.until((lines) => lines.filter((line) => line.includes("(4 deleted)")).length === 2);
      await type("/history");
      await shows("undoing of batch 3, bob 4 deleted");
      await type("/quit");
      assertEquals(await alice.ended, 0);
    }),
});

Deno.test({
  name:
    "T15 S4: tcpsync undo at a terminal asks: with no nothing is done, with yes it is; without one it does nothing",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async (company) => {
      const { path, bob, heard } = company;
      writeText(path("alice", "a.txt"), "content");
      const { alice, type } = await together(company);
      await removePath(path("bob", "a.txt"));
      await becomes(company, () => readText(path("alice", "a.txt")) === undefined);
      await heard((event) => event.event === "insync" && event.files === 0);
      await type("/quit");
      assertEquals(await alice.ended, 0);
      await bob.close();
      for (
        const [answer, code, said] of [["", 3, "Nothing is undone."], ["y", 0, "1 path back here"]] as const
      ) {
        const undo = startAtTerminal(["undo", ...places(company)]);
        await undo.until((lines) =>
          lines.some((line) => line.includes("1 comes back, deleted by bob: a.txt"))
        );
        await undo.until((lines) => lines.some((line) => line.includes("Undo batch 2 with bob?")));
        await undo.type(`${answer}\r`);
        await undo.until((lines) => lines.some((line) => line.includes(said)));
        assertEquals(await undo.ended, code);
        assertEquals(readText(path("alice", "a.txt")), answer === "y" ? "content" : undefined);
      }
    }),
});

Deno.test({
  name: "C9: a conflict, listed and resolved at a terminal with Tab; both lists are empty then",
  ignore: !hasTerminal,
  fn: () =>
    inCompany(async (company) => {
      const { path, bob, heard } = company;
      writeText(path("alice", "plan.txt"), "alice's, longer");
      await new Promise((resolve) => setTimeout(resolve, 5)); // Another time, whatever the clock's grain.
      writeText(path("bob", "plan.txt"), "bob's");
      const { shows, type, alice } = await together(company);
      const [before] = await bob.askHistory((historyService) => historyService.conflicts());
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
      await becomes(company, () => readText(path("bob", "plan.txt")) === "alice's, longer");
      await heard((event) => event.event === "insync" && event.conflicts === 0);
      assertEquals(await bob.askHistory((historyService) => historyService.conflicts()), []);
      assert(before!.path === "plan.txt");
      await type("/conflicts");
      await shows("No conflict is listed.");
      await type("/quit");
      assertEquals(await alice.ended, 0);
    }),
});
