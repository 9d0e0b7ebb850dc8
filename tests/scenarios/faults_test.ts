// Disks, permissions, networks and processes that fail at a chosen moment, between real processes: what is told, and that it goes
// on by itself. What happens at any moment is for tests/chaos.

import { assert, assertEquals } from "@std/assert";
import { codesOf, Person, scenario } from "./harness.ts";
import type { Told } from "./program.ts";
import { NO_DISK, smallDiskPair } from "./small_pair.ts";
import { WINDOWS } from "../support/system.ts";
import { until } from "./waiting.ts";
import { NO_PERMISSIONS, THROUGH } from "../support/unprivileged.ts";

const isFull = ({ reason, retry }: Told) =>
  /there is no room for .*make room there/.test(reason) && retry === true;

scenario(
  `E2 S6: a disk that becomes full in a first copy is told on both screens, and the copy goes on when there is room${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await smallDiskPair(scene, 16);
    using _ = disk;
    for (let number = 0; number < 12; number++) {
      alice.folder.write(`film ${number}.mkv`, new Uint8Array(700_000).fill(number));
    }
    bob.folder.write("bob's.txt", "bob's");
    disk.fill(3 << 20);
    alice.start("--once", "--timeout", "20");
    bob.start("--once", "--timeout", "20");
    assertEquals(await codesOf(alice, bob), [2, 2]);
    for (const { program } of [alice, bob]) assert(program.since(0, "problem").some(isFull), program.story());
    assertEquals(alice.folder.read("bob's.txt"), "bob's");
    const arrived = bob.folder.names().filter((name) => name.startsWith("film"));
    assert(arrived.length > 0 && arrived.length < 12, `${arrived.length} films arrived`);
    for (const name of arrived) assertEquals(bob.folder.read(name), alice.folder.read(name));

    alice.start();
    bob.start();
    await Promise.all([alice.event("problem", isFull), bob.event("problem", isFull)]);
    disk.free();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names().length, 13);
  },
  NO_DISK !== "",
);

scenario(
  `N6: a folder that loses its permission is told, loses nothing on either side, and is taken up when it is back${NO_PERMISSIONS}`,
  async (scene) => {
    await scene.serve();
    const alice = new Person(scene, "alice", ["--invite", "bob", "--yes"], scene.folder("alice"), THROUGH!);
    const bob = scene.person("bob", "--accept-from", "alice");
    for (let number = 0; number < 5; number++) alice.folder.write(`private/${number}.txt`, `${number}`);
    alice.folder.write("open.txt", "open");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);

    Deno.chmodSync(alice.folder.at("private"), 0);
    const told = ({ path, reason }: Told) => path === "private" && /no permission/.test(reason);
    await Promise.all([alice.event("problem", told), bob.event("problem", told)]);
    alice.folder.write("open.txt", "still works");
    bob.folder.write("private/3.txt", "bob goes on");
    await until(bob, "alice's edit", () => bob.folder.read("open.txt") === "still works");
    assertEquals(bob.folder.names("private").length, 5);

    Deno.chmodSync(alice.folder.at("private"), 0o755);
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read("private/3.txt"), "bob goes on");
    assertEquals(alice.folder.names("private").length, 5);
    assertEquals([alice.plannedSince(0).delete, bob.plannedSince(0).delete], [0, 0]);
  },
  THROUGH === null,
);

scenario(
  "a file that is written slowly for long keeps nothing else waiting, and arrives when it is done",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    let writing = true;
    let lines = 0;
    const writer = (async () => {
      while (writing) {
        alice.folder.append("log.txt", `line ${lines++}\n`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    for (let number = 0; number < 5; number++) {
      alice.folder.write(`quick ${number}.txt`, "quick");
      await until(bob, `quick ${number}.txt`, () => bob.folder.has(`quick ${number}.txt`));
    }
    const written = lines;
    writing = false;
    await writer;
    assert(written > 0, "the log was not being written");
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("log.txt").split("\n").length, lines + 1);
    assertEquals(bob.folder.names().filter((name) => name.includes("conflict")), []);
  },
);

scenario("the server killed while a change is under way: both go on where they were", async (scene) => {
  const { alice, bob } = await scene.syncedPair();
  for (let round = 0; round < 2; round++) {
    alice.folder.write("large.bin", new Uint8Array(WINDOWS ? 4 << 20 : 24 << 20).fill(65 + round));
    bob.folder.write(`from bob ${round}.txt`, "bob's");
    await bob.event("plan", ({ bytes }) => bytes > 1 << 20);
    await scene.server.kill();
    alice.folder.write(`while nobody is there ${round}.txt`, "alice's");
    await scene.serve(scene.port);
    await scene.alike(alice, bob);
  }
  assertEquals(bob.folder.names().length, 5);
});

scenario("both programs killed at once in the middle of an exchange", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (let number = 0; number < 200; number++) folder.write(`files/${number}.txt`, `file ${number}`);
  });
  for (let round = 0; round < 2; round++) {
    for (let number = 0; number < 40; number++) alice.folder.append(`files/${number}.txt`, ` and ${round}`);
    bob.folder.rename(`files/${100 + round}.txt`, `files/bob's ${round}.txt`);
    bob.folder.remove(`files/${150 + round}.txt`);
    await bob.event("plan", ({ update }) => update > 0);
    await Promise.all([alice.program.kill(), bob.program.kill()]);
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    assert(bob.folder.has(`files/bob's ${round}.txt`) && !alice.folder.has(`files/${150 + round}.txt`));
    assertEquals(bob.folder.read("files/7.txt"), `file 7${round === 0 ? " and 0" : " and 0 and 1"}`);
  }
  assertEquals(bob.folder.names("files").length, 198);
});

scenario(
  "a client that is stopped for a while, as by a closed laptop, goes on when it wakes",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("shared.txt", "as it was"));
    for (const [sleeper, awake] of [[bob, alice], [alice, bob]] as const) {
      sleeper.program.freeze();
      awake.folder.write("shared.txt", `changed while ${sleeper.name} slept`);
      sleeper.folder.write(`by another program of ${sleeper.name}.txt`, "made meanwhile");
      sleeper.program.thaw();
      await scene.alike(alice, bob);
      assertEquals(sleeper.folder.read("shared.txt"), `changed while ${sleeper.name} slept`);
    }
    assertEquals(alice.folder.names().length, 3);
  },
  WINDOWS,
);
