// Disks on which nothing can be kept: full from the start, and not to be written on.

import { assert, assertEquals } from "@std/assert";
import { SmallDisk } from "../support/small_disk.ts";
import { Folder } from "./persons_folder.ts";
import { assertRefused, Person, scenario, type Scene } from "./harness.ts";
import { NO_DISK, startCounted } from "./small_pair.ts";

/** Alice, whose folder with a file in it is on a disk of its own, and bob. */
async function pairOnDisk(scene: Scene) {
  await scene.serve();
  const disk = SmallDisk.mount(`${scene.path}/disk`, 8);
  const folder = new Folder(`${disk.path}/alice`);
  folder.write("hers.txt", "hers");
  const alice = new Person(scene, "alice", ["--invite", "bob", "--yes"], folder);
  return { alice, bob: scene.person("bob", "--accept-from", "alice"), disk };
}

scenario(
  `a folder on a disk that may not be written on is refused in one line, and stays as it is${NO_DISK}`,
  async (scene) => {
    const { alice, disk } = await pairOnDisk(scene);
    using _ = disk;
    disk.forbidWriting();
    alice.start("--once", "--timeout", "20");
    assertRefused(await alice.ended(), 3, /alice.*its disk is read only/);
    assertEquals(alice.folder.names(), ["hers.txt"]);
  },
  NO_DISK !== "",
);

scenario(
  `what is on a full disk is sent, what does not fit is told, and comes when there is room${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await pairOnDisk(scene);
    using _ = disk;
    bob.start();
    await using tap = startCounted(alice);
    await scene.alike(alice, bob);
    disk.fill();
    bob.folder.write("large.bin", new Uint8Array(2 << 20).fill(1));
    for (const person of [alice, bob]) {
      await person.event("problem", ({ reason }) => /no room for 2.1 MB/.test(reason));
    }
    alice.folder.rename("hers.txt", "still hers.txt");
    await bob.until("bob to have the rename", () => bob.folder.has("still hers.txt"));
    assert(tap.counted.down < 128 << 10, `${tap.counted.down} bytes were sent`);
    disk.free();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names(), ["large.bin", "still hers.txt"]);
  },
  NO_DISK !== "",
);
