// Ignore rules as people's editors and systems write them, between real processes: what a file of rules cannot say is never sent for that.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { codesOf, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";
import { utf16 } from "../support/bytes.ts";

const latin1 = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

scenario("I5: rules in UTF-16 hold at the first meeting", async (scene) => {
  const { alice, bob } = await scene.pair();
  alice.folder.write(".tcpsyncignore", utf16("\ufeffsecret/\r\n*.key\r\n"));
  alice.folder.write("secret/k", "private");
  alice.folder.write("my.key", "private");
  alice.folder.write("open.txt", "for both");
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  assertEquals(bob.folder.names(), [".tcpsyncignore", "open.txt"]);
});

scenario(
  "I6: while rules are no text nothing new is sent, edits and deletions go on, and both screens say why",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (const name of ["edited", "deleted", "renamed"]) folder.write(name, `${name} at first`);
    });
    await alice.program.stop();
    alice.folder.write(".tcpsyncignore", latin1("s4-\u00e4/\n"));
    alice.folder.write("s4-\u00e4/k", "private");
    alice.folder.write("edited", "edited since");
    alice.folder.remove("deleted");
    alice.folder.rename("renamed", "s4-\u00e4/renamed");
    alice.start();
    for (const person of [alice, bob]) {
      const told = await person.event("problem", ({ path }) => path === ".tcpsyncignore");
      assertEquals([told.whose, told.retry], ["alice", false]);
      assertMatch(told.reason, /^it is no text in UTF-8 or UTF-16 \(line 1\): .* nothing new is sent/);
    }
    bob.folder.write("from bob", "comes all the same");
    await alice.event("insync", ({ problems }) => problems === 1 && alice.folder.has("from bob"));
    assertEquals(bob.folder.names(), ["edited", "from bob", "renamed"], "what was renamed stays meanwhile");
    assertEquals(bob.folder.read("edited"), "edited since");
    alice.folder.write(".tcpsyncignore", "s4-\u00e4/\n");
    await alice.event("insync", ({ problems }) => problems === 0);
    assertEquals(bob.folder.names(), [".tcpsyncignore", "edited", "from bob"]);
  },
);

scenario("I6: a first meeting with rules that are no text brings nothing of that side", async (scene) => {
  const { alice, bob } = await scene.pair();
  bob.folder.write(".tcpsyncignore", "secret/\n\0");
  bob.folder.write("secret/k", "private");
  alice.folder.write("from alice", "comes");
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [1, 1]);
  assertEquals([alice.folder.names(), bob.folder.has("from alice")], [["from alice"], true]);
});

scenario("I7: case counts in rules, unless a side's disk folds it", async (scene) => {
  const { alice, bob } = await scene.pair();
  alice.folder.write(".tcpsyncignore", "Icon?\nLib/\n*.O\n");
  for (const path of ["icons/a", "iconx/a", "lib/a", "x.o", "y.O"]) alice.folder.write(path, path);
  if (!WINDOWS) alice.folder.write("Lib/f", "ignored");
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  assert(!bob.folder.has("y.O"));
  const rest = [".tcpsyncignore", "icons", "iconx", "lib", "x.o"];
  assertEquals(bob.folder.names(), WINDOWS ? rest.slice(0, 1) : rest);
});
