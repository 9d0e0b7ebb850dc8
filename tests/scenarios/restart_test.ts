// Stopped, killed and started again, at any time: what was agreed stays agreed, and nothing is lost.

import { assert, assertEquals } from "@std/assert";
import { type Person, scenario, type Scene } from "./harness.ts";
import type { Folder } from "./persons_folder.ts";
import { WINDOWS } from "../support/system.ts";

function fillSixFolders(folder: Folder) {
  for (let number = 0; number < 60; number++) {
    folder.write(`files/${number % 6}/${number}.txt`, `file ${number}\n`);
  }
  folder.write("shared.txt", "as it was\n");
}

/** While nobody looks: edits, deletions, a rename and new files on both sides, none of which clash. */
function workAlone(alice: Folder, bob: Folder, round: number) {
  alice.append("files/0/0.txt", `alice ${round}\n`);
  alice.write(`alice ${round}.txt`, `made by alice in round ${round}`);
  alice.remove(`files/1/${1 + 6 * round}.txt`);
  bob.append("files/2/2.txt", `bob ${round}\n`);
  bob.write(`from bob/${round}.txt`, `made by bob in round ${round}`);
  bob.remove(`files/3/${3 + 6 * round}.txt`);
  bob.rename(`files/4/${4 + 6 * round}.txt`, `files/4/renamed ${round}.txt`);
}

/** Both sides have the work of both, and nobody was asked to choose. */
async function assertContinued(scene: Scene, alice: Person, bob: Person, rounds: number) {
  await scene.alike(alice, bob);
  const { folder } = alice;
  for (let round = 0; round < rounds; round++) {
    assert(folder.read("files/0/0.txt").includes(`alice ${round}\n`));
    assert(folder.read("files/2/2.txt").includes(`bob ${round}\n`));
    assert(folder.has(`alice ${round}.txt`) && folder.has(`from bob/${round}.txt`));
    assert(!folder.has(`files/1/${1 + 6 * round}.txt`) && !folder.has(`files/3/${3 + 6 * round}.txt`));
    assert(folder.has(`files/4/renamed ${round}.txt`) && !folder.has(`files/4/${4 + 6 * round}.txt`));
  }
  assertEquals(folder.tree().keys().filter((path) => path.includes("conflict")).toArray(), []);
  assertEquals(folder.tree().values().filter((entry) => entry.startsWith("file")).toArray().length, 61);
}

scenario("stopped with Ctrl+C and started again, it continues", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  assertEquals((await alice.program.stop()).err, "");
  workAlone(alice.folder, bob.folder, 0);
  alice.start();
  await assertContinued(scene, alice, bob, 1);
  assertEquals(alice.plannedSince(0).conflict, 0);
});

scenario("killed on either side or on both, it continues", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  // Who runs on under Wine is told of no folder that was renamed, until the look at everything.
  const victims = WINDOWS ? [[alice, bob]] : [[alice], [bob], [alice, bob]];
  for (const [round, killed] of victims.entries()) {
    await Promise.all(killed.map((person) => person.program.kill()));
    workAlone(alice.folder, bob.folder, round);
    for (const person of killed) person.start();
    await assertContinued(scene, alice, bob, round + 1);
  }
});

scenario("killed right after an edit, it is still the owner's edit that counts", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  for (let round = 0; round < 3; round++) {
    alice.folder.write("shared.txt", `alice in round ${round}\n`);
    bob.folder.write(`note ${round}.txt`, "a note");
    const victim = round % 2 === 0 ? bob : alice;
    await victim.program.kill();
    victim.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("shared.txt"), `alice in round ${round}\n`);
    assertEquals(alice.folder.read(`note ${round}.txt`), "a note");
  }
  assertEquals(bob.folder.names().filter((name) => name.includes("conflict")), []);
});

scenario("when the server is killed, clients say so, and go on when it is back (field 7)", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  await scene.server.kill();
  const lost = await Promise.all([alice.event("lost"), bob.event("lost")]);
  assert(lost.every(({ reason }) => reason));
  workAlone(alice.folder, bob.folder, 0);
  await scene.serve(scene.port);
  await assertContinued(scene, alice, bob, 1);
});

scenario("killed again and again in the middle of a large first copy, it ends equal", async (scene) => {
  const { alice, bob } = await scene.pair();
  const [small, parts] = WINDOWS ? [200, 80] : [2000, 400];
  for (let number = 0; number < small; number++) {
    alice.folder.write(`small/${number % 50}/${number}.txt`, `small file ${number}\n`.repeat(20));
  }
  const random = crypto.getRandomValues(new Uint8Array(65_536));
  for (let number = 0; number < 4; number++) {
    using file = Deno.openSync(alice.folder.at(`large ${number}.bin`), { write: true, create: true });
    for (let part = 0; part < parts; part++) file.writeSync(random);
  }
  alice.start();
  bob.start();
  for (const victim of [bob, alice, bob, alice]) {
    const partial = await victim.event("progress", ({ bytes, ofBytes }) => bytes > 0 && bytes < ofBytes);
    assert(partial.bytes < partial.ofBytes);
    await victim.program.kill();
    assertWholeFilesOnly(alice.folder, bob.folder);
    victim.start();
  }
  await scene.alike(alice, bob);
});

scenario("a copy that was killed goes on where it was", async (scene) => {
  const { alice, bob } = await scene.pair();
  const size = 128 << 20;
  {
    using file = Deno.openSync(alice.folder.at("film.mkv"), { write: true, create: true });
    file.writeSync(new TextEncoder().encode("the beginning"));
    file.truncateSync(size);
  }
  alice.start();
  bob.start();
  const partial = await bob.event("progress", ({ bytes }) => bytes > 0 && bytes < size);
  await bob.program.kill();
  bob.start();
  await scene.alike(alice, bob);
  const [plan] = bob.program.since(0, "plan");
  const most = size - partial.bytes + (1 << 20);
  assert(plan!.bytes <= most, `${plan!.bytes} come again, where ${most} were missing at most`);
  const [goesOn] = bob.program.since(0, "progress");
  assert(goesOn!.bytes >= size - plan!.bytes, `${goesOn!.bytes} of all: what had come counts`);
});

scenario("S5 (field 8): without its archive a pair merges, and nothing is deleted", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  // Her keys she keeps: without those she would be somebody else.
  for (const { name } of Deno.readDirSync(alice.state)) {
    if (name !== "client.db") Deno.removeSync(`${alice.state}/${name}`, { recursive: true });
  }
  alice.folder.remove("files/0");
  bob.folder.remove("files/1");
  bob.folder.write("new.txt", "new");
  const before = new Set([...alice.folder.tree().keys(), ...bob.folder.tree().keys()]);
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  assertEquals([...bob.folder.tree().keys()].sort(), [...before].sort());
});

scenario("C4: an edit beats a deletion", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  await alice.program.stop();
  alice.folder.remove("files");
  bob.folder.append("files/5/5.txt", "bob needs this\n");
  alice.start();
  await scene.alike(alice, bob);
  assertEquals([...alice.folder.tree().keys()], ["files", "files/5", "files/5/5.txt", "shared.txt"]);
  assertEquals(alice.folder.read("files/5/5.txt"), "file 5\nbob needs this\n");
  assertEquals(alice.plannedSince(0).conflict, 0);
});

scenario("C2 C3: edited apart on both sides, both contents stay", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillSixFolders);
  await bob.program.kill();
  const noon = Date.UTC(2026, 10, 22, 12);
  alice.folder.write("shared.txt", "alice's", noon);
  bob.folder.write("shared.txt", "bob's, later", noon + 60_000);
  bob.start();
  await scene.alike(alice, bob);
  assertEquals(alice.folder.read("shared.txt"), "bob's, later");
  assertEquals(bob.folder.read("shared (conflict alice 2026-11-22 12.00.00).txt"), "alice's");
});

/** Whatever is under its final name is whole. */
function assertWholeFilesOnly(full: Folder, partial: Folder) {
  const wanted = full.tree();
  for (const [path, entry] of partial.tree()) assertEquals(entry, wanted.get(path), path);
}
