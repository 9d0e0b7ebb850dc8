// S4: how long kept versions stay, between real processes whose clock jumps.

import { assertEquals } from "@std/assert";
import { type Person, runOnce, scenario, type Scene } from "./harness.ts";

const DAY = 24 * 60;

/** alice has had three edits by bob, each replaced by the next; both have ended. */
async function edited(scene: Scene, prepare: (alice: Person) => void = () => {}) {
  const { alice, bob } = await scene.pair();
  alice.folder.write("doc", "0");
  prepare(alice);
  for (const content of ["0", "1", "2", "3"]) {
    bob.folder.write("doc", content);
    assertEquals(await runOnce(alice, bob), [0, 0]);
  }
  return { alice, bob };
}

const versions = ({ folder }: Person) =>
  folder.names(".tcpsync/versions").map((batch) => folder.read(`.tcpsync/versions/${batch}/doc`)).sort();

for (const days of [41, -41]) {
  scenario(
    `S4 (case 18): a clock that jumps by ${days} days, and back, removes no version`,
    async (scene) => {
      const { alice, bob } = await edited(scene);
      assertEquals(versions(alice), ["0", "1", "2"]);
      for (const minutes of [days * DAY, 0, days * DAY, 0]) {
        alice.minutesAhead = minutes;
        assertEquals(await runOnce(alice, bob), [0, 0]);
        assertEquals(versions(alice), ["0", "1", "2"]);
        assertEquals(alice.program.since(0, "pruned"), []);
      }
    },
  );

  scenario(
    `S4 (case 18): versions made by a clock that is ${days} days wrong stay when it is right`,
    async (scene) => {
      const { alice, bob } = await edited(scene, (alice) => alice.minutesAhead = days * DAY);
      alice.minutesAhead = 0;
      for (const _ of [1, 2]) assertEquals(await runOnce(alice, bob), [0, 0]);
      assertEquals(versions(alice), ["0", "1", "2"]);
    },
  );
}

scenario(
  "S4: versions go in the end where the program runs once a month, but for the newest; it says so",
  async (scene) => {
    const { alice, bob } = await edited(scene);
    const told = [];
    for (let month = 1; month <= 5; month++) {
      alice.minutesAhead = month * 30 * DAY;
      assertEquals(await runOnce(alice, bob), [0, 0]);
      if (month === 1) assertEquals(versions(alice), ["0", "1", "2"]);
      told.push(...alice.program.since(0, "pruned"));
    }
    assertEquals(versions(alice), ["2"]);
    assertEquals(told.map(({ batches, folder }) => [batches, folder]), [[2, alice.folder.path]]);
  },
);

scenario(
  "T10: of what somebody took away the room is too small for, junk of theirs goes first, then what they rewrote, and nothing of today",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((alice, bob) => {
      alice.write("thesis.txt", "years of work");
      alice.write("draft", "0".repeat(800 << 10));
      alice.write("note", "0");
      bob.write("junk", "0".repeat(2 << 20));
    });
    const acts = [
      () => bob.folder.remove("thesis.txt"),
      () => bob.folder.write("draft", "1"),
      () => bob.folder.remove("junk"),
      () => bob.folder.write("note", "1"),
    ];
    for (const act of acts) {
      act();
      await scene.alike(alice, bob);
    }
    const told = [];
    // No more than eight hours are believed of a clock at once.
    for (let hours = 0; hours <= 40; hours += 8) {
      await alice.program.stop();
      alice.minutesAhead = hours * 60;
      alice.start("--keep-size", "512K");
      await scene.alike(alice, bob);
      told.push(...alice.program.since(0, "pruned"));
      const left = [...alice.folder.versions().keys()].sort();
      if (hours <= 24) assertEquals([left, told], [["draft", "junk", "note", "thesis.txt"], []]);
    }
    assertEquals([...alice.folder.versions().keys()].sort(), ["note", "thesis.txt"]);
    assertEquals(told.map(({ why, paths }) => [why, paths]), [["size", ["junk", "draft"]]]);
  },
);
