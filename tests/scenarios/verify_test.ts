// Sameness by content between real processes: what no look shows is found by reading, where a client runs and where none does.

import { assert, assertEquals } from "@std/assert";
import { plant } from "../support/damaged_archive.ts";
import { editUnseen, HIDES_EDITS, letTheSecondPass } from "../support/unseen.ts";
import { assertRefused, type Person, scenario, type Scene } from "./harness.ts";
import { POSIX } from "../support/system.ts";
import { Program, ROTTEN, type Told } from "./program.ts";

// On Windows a program that is stopped has no time to end in good order: what it did not prove is looked at by its next start, and nothing
// is left for a reading to find. So some scenarios are left out there.

/** A file that is touched right after it was written was not edited for all that can be told. */
const LONG_AGO = Date.UTC(2024, 0, 1);

/** `tcpsync verify` of a person's folder. */
function verify(scene: Scene, { name, folder, state, source }: Person, ...flags: string[]): Program {
  const own = ["verify", "--folder", folder.path, "--state", state, ...flags];
  return scene.add(new Program(`${name}'s verify`, own, source));
}

/** Runs it to its end: what differs, and the exit code. */
async function findingsOf(
  scene: Scene,
  person: Person,
): Promise<{ differs: string[]; code: number; last: Told }> {
  const program = verify(scene, person);
  const { code, err } = await scene.wait(program.ended, "the end of verify");
  assertEquals(err, "");
  const differs = program.since(0, "differs").map(({ what, path }) => `${what} ${path}`);
  const proofs = program.since(0, "proof");
  assertEquals(program.events.at(-1)?.event, "end");
  return { differs, code, last: proofs.at(-1)! };
}

/** In sync, and both ended. */
async function stoppedPair(scene: Scene, files: Record<string, string>) {
  const { alice, bob } = await scene.syncedPair((one) => {
    for (const [path, content] of Object.entries(files)) one.write(path, content, LONG_AGO);
  });
  for (const one of [alice, bob]) await one.program.stop();
  for (const { folder } of [alice, bob]) {
    Object.keys(files).forEach((path) => letTheSecondPass(folder.at(path)));
  }
  return { alice, bob };
}

scenario("verify: all as agreed ends with 0 and says how much was read", async (scene) => {
  const { alice, bob } = await stoppedPair(scene, { "a.txt": "one", "d/b.txt": "three" });
  for (const one of [alice, bob]) {
    const { differs, code, last } = await findingsOf(scene, one);
    assertEquals([differs, code], [[], 0]);
    const { state, files, bytes, ofFiles, ofBytes } = last;
    assertEquals([state, files, bytes, ofFiles, ofBytes], ["done", 2, 8, 2, 8]);
  }
});

scenario(
  "verify: an edit that kept size and time is named, and synced like an edit at the next start; C2 where the peer edited too",
  async (scene) => {
    const { alice, bob } = await stoppedPair(scene, { "a.txt": "content 1", "b.txt": "content 1" });
    editUnseen(`${alice.folder.path}/a.txt`, "content 2");
    editUnseen(`${alice.folder.path}/b.txt`, "content 2");
    bob.folder.write("b.txt", "content 3, bob's");
    assertEquals(await findingsOf(scene, bob).then(({ differs, code }) => [differs, code]), [
      ["changed b.txt"],
      1,
    ]);
    const { differs, code } = await findingsOf(scene, alice);
    assertEquals([differs, code], [["edit a.txt", "edit b.txt"], 1]);
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("a.txt"), "content 2");
    const contents = [...bob.folder.tree().keys()].map((path) => bob.folder.read(path)).sort();
    assertEquals(contents, ["content 2", "content 2", "content 3, bob's"]);
  },
  !HIDES_EDITS,
);

scenario("verify: what is new, changed and gone is named as well", async (scene) => {
  const { alice } = await stoppedPair(scene, { "a.txt": "a", "b.txt": "b", "c.txt": "c" });
  alice.folder.write("b.txt", "edited");
  alice.folder.remove("c.txt");
  alice.folder.write("e.txt", "new");
  const { differs, code } = await findingsOf(scene, alice);
  assertEquals([differs.sort(), code], [["changed b.txt", "gone c.txt", "new e.txt"], 1]);
});

const MANY = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`d/${n}.bin`, "x".repeat(50_000 + n)]));

scenario("verify: killed in the middle, it goes on where it stopped", async (scene) => {
  const { alice } = await stoppedPair(scene, MANY);
  const first = verify(scene, alice, "--rate", "1M");
  const { files } = await scene.wait(first.event("proof", ({ files }) => files > 3), "some progress");
  await first.kill();
  const second = verify(scene, alice);
  const begun = await scene.wait(second.event("proof"), "the next reading");
  assert(begun.files >= files && begun.files < 40, `${begun.files} of 40 files, ${files} were read`);
  const { code } = await scene.wait(second.ended, "its end");
  assertEquals([code, second.since(0, "proof").at(-1)!.files], [0, 40]);
});

scenario(
  "verify: Ctrl+C ends it with 2, and says how far it came",
  async (scene) => {
    const { alice } = await stoppedPair(scene, MANY);
    const program = verify(scene, alice, "--rate", "500K");
    await scene.wait(program.event("proof", ({ files }) => files > 1), "some progress");
    const { code, err } = await program.stop();
    assertEquals([code, err], [2, ""]);
    const { state, files } = program.since(0, "proof").at(-1)!;
    assertEquals([state, files > 1 && files < 40], ["stopped", true]);
  },
  !POSIX,
);

scenario("verify: what cannot begin ends with 3 and one clear line", async (scene) => {
  const { alice, bob } = await scene.syncedPair((one) => one.write("a.txt", "a"));
  const ended = (program: Program) => scene.wait(program.ended, "the end of verify");
  assertRefused(await ended(verify(scene, alice)), 3, /alice.*\/verify|type the command there/);
  const stranger = scene.person("carol");
  assertRefused(await ended(verify(scene, stranger)), 3, /does not exist|never kept/);
  assertRefused(await ended(scene.run("no folder", "verify")), 3, /--folder/);
  assertRefused(await ended(verify(scene, bob, "--rate", "fast")), 3, /--rate fast/);
});

scenario(
  "verify: where both hold what the archives call otherwise, the digest was wrong: it is set right, and nothing is sent",
  async (scene) => {
    const { alice, bob } = await stoppedPair(scene, { "a.txt": "content 1", "b.txt": "content 1" });
    for (const { state } of [alice, bob]) {
      plant(state, "UPDATE ancestor SET digest = zeroblob(32) WHERE path = 'a.txt'");
    }
    assertEquals((await findingsOf(scene, alice)).differs, ["disk a.txt"], "alone it looks like a bad disk");
    alice.start();
    bob.start();
    const right = await Promise.all([alice, bob].map((one) => one.event("differs")));
    assertEquals(right.map(({ path, what }) => [path, what]), [["a.txt", "digest"], ["a.txt", "digest"]]);
    await scene.alike(alice, bob);
    assertEquals(alice.plannedSince(0).bytes + bob.plannedSince(0).bytes, 0);
    for (const one of [alice, bob]) await one.event("verified", ({ apart }) => apart === 0);
    for (const one of [alice, bob]) await one.program.stop();
    for (const one of [alice, bob]) {
      const { differs, code } = await findingsOf(scene, one);
      assertEquals([differs, code], [[], 0]);
    }
  },
  !POSIX,
);

scenario(
  "verify: a file with nothing but zeros is told on both screens, and comes again once it is deleted",
  async (scene) => {
    const { alice, bob } = await stoppedPair(scene, { "a.txt": "content 1" });
    editUnseen(`${bob.folder.path}/a.txt`, "\0".repeat(9));
    assertEquals(await findingsOf(scene, bob).then(({ differs, code }) => [differs, code]), [
      ["disk a.txt"],
      1,
    ]);
    alice.start();
    bob.start();
    for (const one of [alice, bob]) {
      const { path, whose, retry } = await one.event("problem");
      assertEquals([path, whose, retry], ["a.txt", "bob", false]);
    }
    assertEquals(alice.folder.read("a.txt"), "content 1");
    bob.folder.remove("a.txt");
    for (const one of [alice, bob]) assertEquals((await one.event("mended")).path, "a.txt");
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("a.txt"), "content 1");
  },
  !POSIX,
);

scenario(
  "verify: a file of which the disk has lost a bit is told on both screens, and is never sent",
  async (scene) => {
    const { alice, bob } = await stoppedPair(scene, { "d/rotten": "content 1", "d/sound": "content 2" });
    alice.source = ROTTEN;
    const { differs, code } = await findingsOf(scene, alice);
    assertEquals([differs, code], [["disk d/rotten"], 1]);
    alice.start();
    bob.start();
    for (const one of [alice, bob]) {
      const { path, whose, retry } = await one.event("problem");
      assertEquals([path, whose, retry], ["d/rotten", "alice", false]);
    }
    alice.folder.rename("d", "e"); // What is rotten stays out of that, too.
    alice.folder.write("beside", "beside");
    await bob.until("what is beside it", () => bob.folder.has("beside"));
    await Promise.all([alice.event("insync"), bob.event("insync")]);
    const contents = [...bob.folder.tree().keys()].filter((path) => path.endsWith("rotten"))
      .map((path) => bob.folder.read(path));
    assertEquals(contents, ["content 1"]);
    assertEquals([...bob.folder.versions().values()], [], "nothing was replaced");
  },
  !POSIX,
);
