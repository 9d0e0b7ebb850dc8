// Both screens say the same: the proof of sameness between real processes, and what happens when it fails.

import { assert, assertEquals } from "@std/assert";
import { type Person, scenario } from "./harness.ts";
import type { Told } from "./program.ts";
import { plant } from "../support/damaged_archive.ts";

/** What both were told at the next comparison: the same, but for the name of the other. */
async function verifiedByBoth(alice: Person, bob: Person, wanted: (told: Told) => boolean): Promise<Told> {
  const [here, there] = await Promise.all([alice, bob].map((one) => one.event("verified", wanted)));
  const { time: _, peer: whose, ...told } = here!;
  assertEquals(whose, bob.name);
  assertEquals(there, { ...told, time: there!.time, peer: alice.name });
  return here!;
}

scenario(
  "field 24: at rest both are told that the folders are identical, with one digest and one count",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((one, other) => {
      one.write("a.txt", "from alice");
      other.write("d/b.txt", "from bob");
    });
    const { digest, files, bytes } = await scene.alike(alice, bob);
    const told = await verifiedByBoth(alice, bob, () => true);
    assertEquals([told.digest, told.files, told.bytes, told.apart], [digest, files, bytes, 0]);
  },
);

scenario(
  "field 9, 24: a file that is being written waits, both are told where, and it comes whole when it is done",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((one) => one.write("a.txt", "a"));
    const mark = bob.program.mark();
    const told = Promise.all([alice, bob].map((one) => one.event("waiting")));
    let writing = true;
    const done = told.finally(() => writing = false);
    while (writing) {
      alice.folder.append("slow.log", "a line more\n");
      await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 10))]);
    }
    for (const event of await told) assertEquals(event.writing, [{ path: "slow.log", whose: "alice" }]);
    // Who closes the file after the first line has saved it, for all that is told.
    const sent = bob.program.since(mark, "plan").length;
    assert(sent <= 1, `it is sent ${sent} times before it is whole`);
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("slow.log"), alice.folder.read("slow.log"));
  },
);

scenario(
  "field 24: a problem is told on both sides with its owner, keeps them from being identical, and is mended on both",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((one) => one.write("a.txt", "a"));
    await Promise.all([alice, bob].map((one) => one.event("verified")));
    bob.folder.write("inner/.tcpsync", "a name kept for tcpsync");
    for (const one of [alice, bob]) {
      const { path, whose, retry } = await one.event("problem");
      assertEquals([path, whose, retry], ["inner/.tcpsync", "bob", false]);
    }
    assertEquals((await verifiedByBoth(alice, bob, () => true)).apart, 1);
    bob.folder.remove("inner/.tcpsync");
    for (const one of [alice, bob]) {
      const { path, whose } = await one.event("mended");
      assertEquals([path, whose], ["inner/.tcpsync", "bob"]);
    }
    assertEquals((await verifiedByBoth(alice, bob, () => true)).apart, 0);
  },
);

for (const victim of ["alice", "bob"] as const) {
  scenario(
    `S5: an ancestor that went wrong at ${victim}'s is found before anything is planned on it`,
    async (scene) => {
      const { alice, bob } = await scene.syncedPair((one) => {
        for (const name of ["kept", "edited", "gone"]) one.write(`d/${name}.txt`, `${name} as it was`);
      });
      await Promise.all([alice.program.stop(), bob.program.stop()]);
      plant(
        { alice, bob }[victim].state,
        "UPDATE ancestor SET digest = zeroblob(32) WHERE path = 'd/kept.txt'",
      );
      alice.folder.write("d/edited.txt", "edited by alice");
      bob.folder.remove("d/gone.txt");
      alice.start();
      bob.start();
      const lost = await Promise.all([alice.event("lost"), bob.event("lost")]);
      for (const { reason } of lost) assert(/archives disagree/.test(reason), reason);
      await scene.alike(alice, bob);
      assertEquals((await verifiedByBoth(alice, bob, () => true)).apart, 0);
      const contents = new Set(
        [...bob.folder.tree().keys()].filter((path) => path.endsWith(".txt")).map((path) =>
          bob.folder.read(path)
        ),
      );
      assert(
        contents.isSupersetOf(new Set(["kept as it was", "edited by alice", "gone as it was"])),
        [...contents].join(),
      );
      assertEquals(alice.plannedSince(0).delete + bob.plannedSince(0).delete, 0);
    },
  );
}
