// Small content goes with its orders, and a chunk in which alpha has nothing to do begins at once: a save takes one way to the other side
// from its plan on, and no question. A peer that does not know of that is asked and waited for.

import { assertEquals } from "@std/assert";
import { Counted } from "../support/counted.ts";
import { write } from "../support/folder.ts";

/** What alpha and beta say of the chunk of a save, in alpha's and in beta's order. */
const KNOWN = [
  ["push", "orders", "transition", "want", "commit"],
  ["want", "staged", "results", "committed"],
];
const OLDER = [
  ["orders", "want", "batch", "supplied", "transition", "commit"],
  ["want", "supplied", "staged", "results", "committed"],
];
const MUCH = [["orders", "transition", "want", "batch", "supplied", "commit"], KNOWN[1]];
const CYCLE = ["look", "scan", "plan", "scanned", "changes", "insync"];
const SESSION = ["hello", "acquainted", "history", "begin", "begun", "bye", "holding", "dirty"];

/** Saves these in alpha's folder, one by one by the number of a file; what is said of it, and what beta has then. */
async function savedWith(knows: boolean, contents: string[]) {
  using counted = new Counted(knows ? [] : ["pushes"]);
  write(`${counted.folder("alpha")}/there before`, "before");
  await counted.session();
  contents.forEach((content, number) => write(`${counted.folder("alpha")}/f${number}`, content));
  await counted.session();
  const said = ["alpha", "beta"].map((side) =>
    counted.said.filter((one) => one.startsWith(side)).map((one) => one.split(": ")[1]!)
      .filter((type) => ![...CYCLE, ...SESSION].includes(type))
  );
  const there = contents.map((_, number) => Deno.readTextFileSync(`${counted.folder("beta")}/f${number}`));
  assertEquals(there, contents);
  return said;
}

Deno.test("what is saved goes with its orders, and nobody waits for an answer before it is put in place", async () => {
  assertEquals(await savedWith(true, ["saved"]), KNOWN);
  assertEquals(await savedWith(true, ["", "one", "x".repeat(60_000)]), KNOWN);
});

Deno.test("an older peer is asked what it wants, and waited for", async () => {
  assertEquals(await savedWith(false, ["saved"]), OLDER);
});

Deno.test("what is much is asked for before it is sent, but begins at once", async () => {
  assertEquals(await savedWith(true, ["x".repeat(65_537)]), MUCH);
});
