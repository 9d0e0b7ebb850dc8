// A look that fails, whatever made it fail, is told and tried again, and nobody has to start anything anew. One that takes long is told,
// too.

import { assertEquals, assertMatch } from "@std/assert";
import { scenario } from "./harness.ts";
import { FAR, STUMBLING, type Told } from "./program.ts";
import { POSIX } from "../support/system.ts";

/** In seconds, after which a look is to go on; before it both have started and met. */
const TIMEOUT = POSIX ? 2 : 12;

for (const stumbles of ["alice", "bob"] as const) {
  scenario(`case 38: a defect in a look of ${stumbles}'s ends nothing`, async (scene) => {
    const people = await scene.pair();
    const defective = people[stumbles];
    const other = people[stumbles === "alice" ? "bob" : "alice"];
    defective.source = STUMBLING;
    for (const person of [defective, other]) person.start();
    await scene.alike(defective, other);
    defective.folder.write("stumble", "over this");
    const { path, reason, retry } = await defective.event("problem");
    assertEquals([path, retry], [defective.folder.path, true]);
    assertMatch(reason, /fails by a defect in tcpsync: RangeError: stumbled/);
    for (const person of [defective, other]) {
      assertMatch(
        (await person.event("halted")).reason,
        new RegExp(`^${defective.name}'s folder is gone, or`),
      );
    }
    other.folder.write("from the other", "meanwhile");
    defective.folder.write("from here", "meanwhile");
    defective.folder.remove("stumble");
    for (const person of [defective, other]) await person.event("resumed");
    await scene.alike(defective, other);
    assertEquals(other.folder.names(), ["from here", "from the other"]);
    for (const { program } of [defective, other]) assertEquals(program.since(0, "lost"), []);
  });
}

scenario(
  "a look that takes long is told on both sides, --timeout does not count it, and Ctrl+C ends it",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    for (let i = 0; i < 6000; i++) alice.folder.write(`far ${i}`, ""); // Three minutes.
    alice.source = FAR;
    for (const person of [alice, bob]) person.start("--once", "--timeout", String(TIMEOUT));
    const people = [alice, bob];
    const lasts = (told: Told[]) =>
      told.length > 1 && Date.parse(told.at(-1)!.time) - Date.parse(told[0]!.time) > (TIMEOUT + 1) * 1000;
    for (const person of people) {
      await person.until("more than the time-out", () => lasts(person.program.since(0, "looking")));
    }
    await alice.program.stop();
    await bob.event("lost");
    for (const { program } of people) {
      const told = program.since(0, "looking");
      const files = told.map((one) => one.files);
      assertEquals(files, files.toSorted((one, other) => one - other));
      assertEquals([...new Set(told.map(({ whose }) => whose))], ["alice"]);
      assertEquals(program.since(0, "problem").length + program.since(0, "halted").length, 0);
    }
  },
);
