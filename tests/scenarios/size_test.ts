// As deep as a path can be, and deeper; and many files moved one by one.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { chainOf, makeChain } from "../support/deep.ts";
import { SLOW_TOO } from "../support/slow.ts";
import { scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

/** Near the longest path of Linux, of 4,096 bytes. */
const DEEPEST = 1900;
const DEEP = SLOW_TOO ? DEEPEST : 400;
const TOO_DEEP = 3000;

scenario(
  `case 38: ${DEEP} folders in one another are synced, renamed and deleted`,
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    makeChain(alice.folder.path, DEEP);
    alice.folder.write(`${chainOf(DEEP)}/f`, "at the bottom");
    await scene.alike(alice, bob);
    const mark = bob.program.mark();
    alice.folder.rename("d", "e");
    await scene.alike(alice, bob);
    assertEquals(bob.plannedSince(mark), { bytes: 0, move: 1, delete: 0, conflict: 0 });
    bob.folder.remove("e");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names(), []);
    for (const { program } of [alice, bob]) assertEquals(program.since(0, "lost"), []);
  },
  WINDOWS,
);

scenario(
  "case 38: folders deeper than a path can lead are one lasting problem, and all else goes on",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    makeChain(alice.folder.path, TOO_DEEP);
    const { path, reason, retry } = await alice.event("problem");
    assertEquals(retry, false);
    assertMatch(reason, /too long/);
    assert(path.startsWith(chainOf(DEEPEST)));
    alice.folder.write("from alice", "1");
    bob.folder.write("from bob", "2");
    await alice.until(
      "both to have both",
      () => alice.folder.has("from bob") && bob.folder.has("from alice"),
    );
    await bob.until("all that can be there", () => bob.folder.has(chainOf(DEEPEST)));
    alice.folder.remove("d");
    await scene.alike(alice, bob);
    assertEquals(bob.folder.names(), ["from alice", "from bob"]);
    const problems = alice.program.since(0, "problem").filter(({ retry }) => !retry);
    assertEquals(new Set(problems.map(({ path }) => path)).size, 1);
    for (const { program } of [alice, bob]) assertEquals(program.since(0, "lost"), []);
  },
  WINDOWS || !SLOW_TOO,
);

scenario("case 39: some thousand files moved one by one are renamed", async (scene) => {
  const names = Array.from({ length: SLOW_TOO ? 20_000 : 2000 }, (_, number) => `f${number}`);
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (const name of names) folder.write(`in/${name}`, "");
    folder.makeFolder("year");
  });
  const mark = bob.program.mark();
  for (const name of names) alice.folder.rename(`in/${name}`, `year/${name}`);
  await scene.alike(alice, bob);
  assertEquals(bob.folder.names("year").length, names.length);
  // What a look found gone from the one folder, and not yet in the other that it had listed before, goes and comes back.
  const { move, delete: gone } = bob.plannedSince(mark);
  assertEquals(move + gone, names.length);
  assert(move > gone, `${move} moved`);
}, WINDOWS);
