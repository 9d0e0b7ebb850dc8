// The program's own folder on a disk that fails: told in one clear line, nothing lost for it, and gone on with by itself.

import { assertEquals } from "@std/assert";
import { SmallDisk } from "../support/small_disk.ts";
import { scenario } from "./harness.ts";
import { NO_DISK } from "./small_pair.ts";

scenario(
  `S5: the disk of bob's archive becomes full: he is told in one line, and it goes on when there is room${NO_DISK}`,
  async (scene) => {
    const { alice, bob } = await scene.pair();
    using disk = SmallDisk.mount(bob.state, 8);
    alice.folder.write("first.txt", "agreed while there was room");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    disk.fill();
    for (let number = 0; number < 400; number++) {
      alice.folder.write(`${number % 7}/from alice ${number}.txt`, `content ${number}`);
      bob.folder.write(`${number % 7}/from bob ${number}.txt`, `content ${number}`);
    }
    const lost = await bob.event("lost", ({ reason }) => /full/.test(reason));
    assertEquals(
      lost.reason,
      "tcpsync's own folder (--state) cannot be used: its disk is full: make room there",
    );
    disk.free();
    await scene.alike(alice, bob);
    assertEquals([...alice.folder.tree().keys()].filter((path) => path.endsWith(".txt")).length, 801);
    assertEquals(alice.plannedSince(0).conflict + alice.plannedSince(0).delete, 0);
  },
  NO_DISK !== "",
);
