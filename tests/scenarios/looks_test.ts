// A look that fails, whatever made it fail: it is told and tried again, and nobody has to start anything anew.

import { assertEquals, assertMatch } from "@std/assert";
import { scenario } from "./harness.ts";
import { STUMBLING } from "./program.ts";

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
