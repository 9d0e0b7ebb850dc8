// What systems keep in a folder for themselves takes no part: bins, what a check of the disk found, another pair's private folder.

import { assert, assertEquals } from "@std/assert";
import { Folder } from "./persons_folder.ts";
import { codesOf, Person, scenario } from "./harness.ts";
import { THROUGH } from "../support/unprivileged.ts";

scenario(
  "I1: a system's own folders and leftovers stay where they are, and one that cannot be read is no problem",
  async (scene) => {
    const { alice } = await scene.pair();
    const flags = ["--accept-from", "alice", "--yes"];
    const bob = new Person(scene, "bob", flags, scene.folder("bob"), THROUGH!);
    bob.folder.write("lost+found/#12", "of a disk check");
    Deno.chmodSync(bob.folder.at("lost+found"), 0);
    for (
      const path of [
        "$RECYCLE.BIN/S-1-5-21/$R1.txt",
        "System Volume Information/tracking.log",
        "stick/.Trash-1000/info/a",
        "stick/.fseventsd/uuid",
        "stick/.Spotlight-V100/store",
        "photos/Desktop.ini",
        "photos/.fuse_hidden0000000a",
        "photos/.nfs00000000000a",
        "photos/a.jpg",
        "notes/lost+found",
      ]
    ) alice.folder.write(path, path);
    const meet = async () => {
      alice.start("--once");
      bob.start("--once");
      return await codesOf(alice, bob);
    };
    assertEquals(await meet(), [0, 0]);
    assertEquals(alice.program.since(0, "problem"), []);
    assertEquals(bob.folder.names(), ["lost+found", "notes", "photos", "stick"]);
    assertEquals(bob.folder.names("stick"), []);
    assertEquals(bob.folder.names("photos"), ["a.jpg"]);
    assertEquals(bob.folder.names("notes"), ["lost+found"], "a file of that name is anybody's");
    Deno.chmodSync(bob.folder.at("lost+found"), 0o700);
  },
  THROUGH === null,
);

scenario(
  "I1: what is moved into a bin in the folder is deleted at the other, and comes back out of it",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("x", "thrown away");
      folder.write("y", "stays");
    });
    alice.folder.makeFolder(".Trash-1000/files");
    alice.folder.rename("x", ".Trash-1000/files/x");
    await alice.event("insync", () => !bob.folder.has("x"));
    assertEquals(bob.folder.names(), ["y"], "bob's bin is his own");
    assertEquals([...bob.folder.versions().values()], ["thrown away"]);
    alice.folder.rename(".Trash-1000/files/x", "x");
    await alice.event("insync", () => bob.folder.has("x"));
  },
);

scenario(
  "I2: what was agreed before a default ignored it leaves the agreement, and stays on both sides",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write(".tcpsyncignore", "!desktop.ini\n");
      folder.write("d/desktop.ini", "agreed");
      folder.write("a", "agreed");
    });
    await Promise.all([alice.program.stop(), bob.program.stop()]);
    for (const { folder } of [alice, bob]) folder.remove(".tcpsyncignore");
    alice.folder.write("d/desktop.ini", "alice's");
    bob.folder.remove("d/desktop.ini");
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    assertEquals([alice.folder.read("d/desktop.ini"), bob.folder.names("d")], ["alice's", []]);
    const told = [...alice.program.since(0, "ignored-lifted"), ...bob.program.since(0, "ignored-lifted")];
    assertEquals(told, []);
  },
);

scenario(
  "I3 I8: of a synced folder in a synced folder the inner .tcpsync is passed over in silence, its files travel",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--invite", "bob");
    const bob = scene.person("bob", "--accept-from", "alice");
    const carol = scene.person("carol", "--accept-from", "anna");
    alice.folder.write("work/plan.txt", "one");
    const work = new Folder(alice.folder.at("work"));
    const anna = new Person(scene, "anna", ["--invite", "carol", "--yes"], work);
    for (const person of [anna, carol]) person.start();
    await scene.alike(anna, carol);
    const meet = async () => {
      alice.start("--once");
      bob.start("--once");
      return await codesOf(alice, bob);
    };
    assertEquals(await meet(), [0, 0]);
    assertEquals(bob.folder.names("work"), ["plan.txt"]);
    assert(!bob.folder.has("work/.tcpsync"));
    bob.folder.write("work/plan.txt", "two");
    assertEquals(await meet(), [0, 0]);
    await scene.alike(anna, carol);
    assertEquals(carol.folder.read("plan.txt"), "two");
    const told = [alice, bob].flatMap(({ program }) => program.since(0, "problem"));
    assertEquals(told, []);
    // The folder goes, but for the inner pair's own.
    await anna.program.stop();
    bob.folder.remove("work");
    assertEquals((await meet()).at(1), 0);
    assertEquals([alice.folder.names("work"), alice.folder.has("work/.tcpsync/identity")], [[], true]);
  },
);
