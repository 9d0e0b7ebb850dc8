// W: `--mode` between real processes.

import { assert, assertEquals } from "@std/assert";
import { codesOf, scenario } from "./harness.ts";

scenario(
  "W2: who only receives gets what comes, keeps what he does to himself, and both are told",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    alice.folder.write("plan", "1");
    alice.folder.write("notes", "1");
    for (const person of [alice, bob]) person.start(...person === bob ? ["--mode", "receive"] : []);
    await scene.alike(alice, bob);
    for (const { program } of [alice, bob]) {
      assertEquals(program.since(0, "oneway").map(({ from }) => from), ["alice"]);
      assert(program.since(0, "plan").every(({ from }) => from === "alice"));
    }
    bob.folder.write("plan", "bob's");
    bob.folder.write("own", "bob's too");
    for (const person of [alice, bob]) {
      for (const path of ["plan", "own"]) {
        await person.event("problem", (told) => told.path === path && told.whose === "bob" && !told.retry);
      }
    }
    alice.folder.write("plan", "2");
    await bob.until("alice's edit to come", () => bob.folder.read("plan") === "2");
    await bob.event("mended", ({ path }) => path === "plan");
    assertEquals(bob.folder.versions().get("plan"), "bob's");
    assertEquals(alice.folder.names(), ["notes", "plan"]);
    assertEquals(bob.folder.names(), ["notes", "own", "plan"]);
  },
);

scenario("W1: two who only receive, or two who only send, are refused in one line", async (scene) => {
  const { alice, bob } = await scene.pair();
  for (const mode of ["receive", "send"]) {
    for (const person of [alice, bob]) {
      person.folder.write(person.name, "1");
      person.start("--once", "--mode", mode);
    }
    assertEquals(await codesOf(alice, bob), [3, 3]);
    for (const { program, folder, name } of [alice, bob]) {
      const [halted] = program.since(0, "halted");
      assertEquals(
        halted?.reason,
        `Both sides have --mode ${mode}, so nothing would travel: leave it out on one side`,
      );
      assertEquals(folder.names(), [name]);
    }
  }
});
