// The safety stops (RULES S1-S3) between real processes: both sides halt and say why, and nothing on the other side is changed.
// All people here give `--yes`, which answers no halt.

import { assert, assertEquals } from "@std/assert";
import { codesOf, type Person, scenario } from "./harness.ts";
import { differences, type Folder } from "./persons_folder.ts";
import type { Told } from "./program.ts";
import { copyFolder } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";
import { OLD } from "./photos.ts";

const FILES = 60;

/** Both have the same before they meet: what either added within the hour would not count. */
function fillAlbums(...folders: Folder[]) {
  for (const folder of folders) {
    folder.write("letter.txt", "dear\n", OLD);
    for (let number = 0; number < FILES; number++) folder.write(inAlbum(number), `file ${number}\n`, OLD);
  }
}

/** Fifteen to a folder. */
const inAlbum = (number: number) => `photos/${Math.floor(number / 15)}/${number}.txt`;

/** Takes a folder away in one stroke: what goes file by file can be followed before the last of them is gone. */
function takeFolderAway(folder: Folder, path: string) {
  folder.rename(path, `../${path.replace("/", " ")}`);
}

/** Encrypts everything, as a program does that wants a ransom: in place, or under a new name. */
function encrypt(folder: Folder, ending = "") {
  for (let number = 0; number < FILES; number++) {
    folder.write(inAlbum(number) + ending, `encrypted ${number * 7919}`);
    if (ending) folder.remove(inAlbum(number));
  }
}

/** `act` in the one's folder halts both, for a reason that they both are told, and changes nothing in the other's. */
async function assertHalts(one: Person, other: Person, act: () => void, reason: RegExp): Promise<Told> {
  const before = other.folder.tree();
  act();
  const told = await Promise.all([one.event("halted"), other.event("halted")]);
  for (const { reason: said } of told) assert(reason.test(said), `"${said}" does not say ${reason}`);
  assertEquals(told[0].plan, told[1].plan);
  assertEquals(differences(other.folder.tree(), before), []);
  return told[0];
}

scenario(
  "S1 S3 (field 4): a mass deletion halts; when the files are back it goes on by itself",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillAlbums);
    const act = () => takeFolderAway(alice.folder, "photos");
    const halted = await assertHalts(alice, bob, act, /^alice deleted 60 of the 61 agreed files$/);
    assertEquals([halted.plan.delete, halted.paths.length], [FILES + 5, 20]);
    alice.folder.write("new.txt", "work goes on");
    bob.folder.write("bob.txt", "here too");
    alice.folder.rename("../photos", "photos");
    for (const person of [alice, bob]) assertEquals((await person.event("resumed")).how, "over");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names(), ["bob.txt", "letter.txt", "new.txt", "photos"]);
  },
);

scenario(
  "S1 S3 (field 4): a mass rewrite halts, also under new names; --approve-mass-change goes on",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillAlbums);
    await bob.program.stop();
    await assertHalts(bob, alice, () => {
      encrypt(bob.folder);
      bob.start();
    }, /^bob rewrote 60 of the 61 agreed files$/);
    await Promise.all([alice.program.stop(), bob.program.stop()]);
    await assertHalts(bob, alice, () => {
      encrypt(bob.folder, ".locked");
      alice.start();
      bob.start();
    }, /^bob deleted 60 of the 61 agreed files$/);
    assertEquals(alice.folder.read(inAlbum(7)), "file 7\n");
    await alice.program.stop();
    alice.start("--approve-mass-change");
    assertEquals((await bob.event("resumed")).how, "approved");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read(`${inAlbum(7)}.locked`), `encrypted ${7 * 7919}`);
    assertEquals(alice.folder.versions().get(inAlbum(7)), "file 7\n");
  },
);

scenario("S1: a slow mass deletion halts, over several cycles and a restart", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillAlbums);
  takeFolderAway(alice.folder, "photos/0");
  await scene.alike(alice, bob);
  await Promise.all([alice.program.kill(), bob.program.kill()]);
  alice.start();
  bob.start();
  for (const path of ["photos/1", "photos/2"]) takeFolderAway(alice.folder, path);
  await scene.alike(alice, bob);
  const reason =
    /^alice deleted 15 of the 61 agreed files, and 45 more were lost within the last minute: \/undo brings those back$/;
  await assertHalts(alice, bob, () => takeFolderAway(alice.folder, "photos/3"), reason);
});

scenario("S1 E2: with --once a halt ends with code 2, and changes nothing", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillAlbums);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  await assertHalts(alice, bob, () => {
    takeFolderAway(alice.folder, "photos");
    alice.start("--once");
    bob.start("--once");
  }, /^alice deleted 60 of the 61 agreed files$/);
  assertEquals(await codesOf(alice, bob), [2, 2]);
  assert(bob.folder.has(inAlbum(0)));
});

scenario("S1 E2: a halted session ends at --timeout", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillAlbums);
  await bob.program.stop();
  bob.start("--timeout", WINDOWS ? "10" : "1"); // Time enough to meet where programs start slowly.
  await assertHalts(alice, bob, () => takeFolderAway(alice.folder, "photos"), /^alice deleted 60/);
  assertEquals(await codesOf(bob), [2]);
});

scenario("S2 (field 1): an emptied folder halts; approved it is merged and gets all back", async (scene) => {
  const { alice, bob } = await scene.syncedPair((...folders) => {
    fillAlbums(...folders);
    for (const folder of folders) folder.remove("letter.txt");
  });
  const before = bob.folder.tree();
  const act = () => takeFolderAway(alice.folder, "photos");
  await assertHalts(alice, bob, act, /^alice's folder is empty, where 60 files were agreed$/);
  await alice.program.stop();
  alice.start("--approve-mass-change");
  for (const person of [alice, bob]) assertEquals((await person.event("resumed")).how, "merged");
  await scene.alike(alice, bob);
  assertEquals(differences(alice.folder.tree(), before), []);
});

scenario(
  "S2: a folder that is gone while it runs halts; when it is back it goes on by itself",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillAlbums);
    for (const [one, other] of [[alice, bob], [bob, alice]] as const) {
      await assertHalts(one, other, () => {
        Deno.renameSync(one.folder.path, `${one.folder.path}.away`);
        Deno.mkdirSync(one.folder.path);
      }, new RegExp(`^${one.name}'s folder is gone, or is not the one it was`));
      other.folder.write(`${other.name}.txt`, "work goes on");
      Deno.removeSync(one.folder.path, { recursive: true });
      Deno.renameSync(`${one.folder.path}.away`, one.folder.path);
      assertEquals((await other.event("resumed")).how, "over");
      await scene.alike(alice, bob);
      one.folder.write("after.txt", `after ${one.name}`);
      await scene.alike(alice, bob);
    }
  },
  Deno.build.os === "windows",
);

/** Puts another folder in the place of a person's, and gives the function that takes it away again. */
function replaceFolder({ folder }: Person): () => void {
  Deno.renameSync(folder.path, `${folder.path}.away`);
  Deno.mkdirSync(folder.path);
  return () => {
    Deno.removeSync(folder.path, { recursive: true });
    Deno.renameSync(`${folder.path}.away`, folder.path);
  };
}

const NO_IDENTITY = /^(alice|bob)'s folder is not the one that was kept there: it carries no identity/;

scenario(
  "S2: a folder with nothing in it, as where a drive is not mounted, is not touched",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillAlbums);
    for (const [one, other] of [[alice, bob], [bob, alice]] as const) {
      await one.program.stop();
      const putBack = replaceFolder(one);
      await assertHalts(one, other, () => one.start(), NO_IDENTITY);
      assertEquals([...Deno.readDirSync(one.folder.path)], []);
      putBack();
      for (const person of [alice, bob]) assertEquals((await person.event("resumed")).how, "over");
      one.folder.write(`${one.name}.txt`, "work goes on");
      await scene.alike(alice, bob);
    }
  },
);

scenario(
  "S2: a folder with another identity halts; approved it is merged, and nothing is deleted",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillAlbums);
    await bob.program.stop();
    const putBack = replaceFolder(bob);
    bob.folder.write(".tcpsync/identity", `${crypto.randomUUID()}\n`);
    bob.folder.write("letter.txt", "another letter\n");
    bob.folder.write("other.txt", "of another folder\n");
    await assertHalts(bob, alice, () => bob.start(), /^bob's folder is another one than was kept there$/);
    assertEquals(bob.folder.names(".tcpsync"), ["identity"]);
    await bob.program.stop();
    bob.start("--approve-mass-change");
    for (const person of [alice, bob]) assertEquals((await person.event("resumed")).how, "merged");
    await scene.alike(alice, bob);
    const letters = alice.folder.names().filter((name) => name.startsWith("letter"));
    assertEquals(letters.map((name) => alice.folder.read(name)).sort(), ["another letter\n", "dear\n"]);
    assertEquals([alice.folder.read("other.txt"), bob.folder.read(inAlbum(3))], [
      "of another folder\n",
      "file 3\n",
    ]);
    // From now on this is the folder that is kept there.
    await bob.program.stop();
    putBack();
    await assertHalts(bob, alice, () => bob.start(), /^bob's folder is another one than was kept there$/);
  },
);

scenario("S2 E2: with --once a folder that is another ends with code 2", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillAlbums);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  replaceFolder(alice);
  await assertHalts(alice, bob, () => {
    alice.start("--once");
    bob.start("--once");
  }, NO_IDENTITY);
  assertEquals(await codesOf(alice, bob), [2, 2]);
  assertEquals([...Deno.readDirSync(alice.folder.path)], []);
});

/** Whether this test may mount. */
const canMount = Deno.build.os === "linux" && Deno.uid() === 0 &&
  new Deno.Command("unshare", { args: ["-m", "true"], stderr: "null" }).outputSync().success;

scenario("S2: a mount that goes away, before the start or while it runs, and comes back", async (scene) => {
  const { alice, bob } = await scene.pair();
  const disk = scene.folder("disk");
  const run = (...args: string[]) => {
    const { success, stderr } = new Deno.Command(args[0]!, { args: args.slice(1) }).outputSync();
    assert(success, new TextDecoder().decode(stderr));
  };
  const mount = () => run("mount", "--bind", disk.path, alice.folder.path);
  const unmount = () => run("umount", "--lazy", alice.folder.path);
  mount();
  try {
    fillAlbums(alice.folder);
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await assertHalts(alice, bob, unmount, /^alice's folder is gone, or is not the one it was/);
    mount();
    assertEquals((await bob.event("resumed")).how, "over");
    alice.folder.write("again.txt", "there again");
    await scene.alike(alice, bob);
    await alice.program.stop();
    unmount();
    await assertHalts(alice, bob, () => alice.start(), NO_IDENTITY);
    assertEquals([...Deno.readDirSync(alice.folder.path)], []);
    mount();
    assertEquals((await bob.event("resumed")).how, "over");
    await scene.alike(alice, bob);
  } finally {
    unmount();
  }
}, !canMount);

scenario("S2: a folder restored from an old backup halts, also when few files are older", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillAlbums);
  await bob.program.stop();
  copyFolder(bob.folder.path, `${bob.folder.path}.backup`);
  bob.start();
  alice.folder.write("letter.txt", "dear, and more since\n");
  await scene.alike(alice, bob);
  await Promise.all([bob.program.stop(), alice.program.stop()]);
  Deno.removeSync(bob.folder.path, { recursive: true });
  Deno.renameSync(`${bob.folder.path}.backup`, bob.folder.path);
  await assertHalts(bob, alice, () => {
    alice.start();
    bob.start();
  }, /^bob's folder is older than it was, as from a backup: bob rewrote 1 of the 61 agreed files$/);
  await alice.program.stop();
  alice.start("--approve-mass-change");
  assertEquals((await bob.event("resumed")).how, "approved");
  await scene.alike(alice, bob);
  assertEquals(alice.folder.read("letter.txt"), "dear\n");
}, Deno.build.os === "windows");
