// Disks inside the folder: whatever is mounted there is kept like the rest (N6: its files are not taken for deleted once it is gone).

import { assert, assertEquals, assertMatch } from "@std/assert";
import { Mount } from "../support/mounts.ts";
import type { Folder } from "./persons_folder.ts";
import { Person, scenario, type Scene } from "./harness.ts";
import { beforeFullLook } from "./program.ts";
import { until, watched } from "./waiting.ts";

const IGNORED = !Mount.possible();

/** What is mounted at bob's `usb`, from elsewhere: a folder of a disk of its own, or of the very disk that his folder is on. */
const KINDS: Record<string, (scene: Scene) => Mount | Folder> = {
  "another disk": (scene) => Mount.memory(scene.folder("elsewhere").path),
  "a folder of the same disk": (scene) => scene.folder("elsewhere"),
};

/** Mounts that at bob's `usb`, and unmounts it at the end of the scene, whatever is mounted there then. */
function withDisk(kind: string, act: (scene: Scene, mount: () => Mount) => Promise<void>) {
  return async (scene: Scene) => {
    const source = KINDS[kind]!(scene);
    const mounted: Mount[] = [];
    const mount = () => {
      const disk = Mount.bind(source.path, scene.folder("bob").at("usb"));
      mounted.push(disk);
      return disk;
    };
    try {
      mount();
      await act(scene, mount);
    } finally {
      for (const disk of mounted) disk[Symbol.dispose]();
      if (source instanceof Mount) source[Symbol.dispose]();
    }
  };
}

/** alice and bob in sync, with a few files in `usb` and beside it, which one of them had before. */
async function fillAndSync(scene: Scene, owner: "alice" | "bob") {
  return await scene.syncedPair((alice, bob) => {
    const folder = owner === "alice" ? alice : bob;
    for (let number = 0; number < 5; number++) folder.write(`usb/f${number}`, `file ${number}`);
    folder.write("usb/deep/er/f", "deep");
    folder.write("docs/plain", "plain");
    folder.write("docs/sub/inner", "inner");
    folder.makeLink("usb/link", "f0");
  });
}

/** What is kept of what was at a path, the newest first. */
function versionsOf(folder: Folder, path: string): string[] {
  const batches = folder.names(".tcpsync/versions").map((batch) => `.tcpsync/versions/${batch}/${path}`);
  return batches.filter((at) => folder.has(at)).map((at) => folder.read(at)).reverse();
}

/** No name that was on its way is left. */
function assertClean({ folder }: Person) {
  const left = [...folder.tree().keys()].filter((path) => path.includes(".tcpsync"));
  assertEquals(left, [], "names that were on their way");
}

for (const kind of Object.keys(KINDS)) {
  scenario(
    `D1: what is done at the other side arrives on ${kind} inside, and the other way round`,
    withDisk(kind, async (scene) => {
      const { alice, bob } = await fillAndSync(scene, "alice");
      const alike = async (one: Person, other: Person) => {
        await scene.alike(one, other);
        assertEquals([one.inSync(other)!.problems, other.inSync(one)!.problems], [0, 0]);
      };
      for (const [number, [one, other]] of ([[alice, bob], [bob, alice]] as const).entries()) {
        const { name, folder } = one;
        folder.write(`usb/new of ${name}`, `new of ${name}`);
        folder.write("usb/f1", `edited by ${name}`);
        Deno.chmodSync(folder.at("usb/f1"), number === 0 ? 0o755 : 0o644);
        folder.rename(`usb/f${2 + number}`, `usb/deep/renamed by ${name}`);
        folder.rename(number === 0 ? "usb/deep/er" : "usb/folder of alice", `usb/folder of ${name}`);
        folder.remove("usb/link");
        folder.makeLink("usb/link", `f${number}`);
        folder.remove(number === 0 ? "usb/f4" : "usb/new of alice");
        await alike(one, other);
      }
      alice.folder.rename("docs/plain", "usb/plain");
      alice.folder.rename("docs/sub", "usb/sub");
      await alike(alice, bob);
      alice.folder.rename("usb/plain", "docs/plain");
      alice.folder.rename("usb/sub", "docs/sub");
      await alike(alice, bob);
      assertEquals(versionsOf(bob.folder, "usb/f1"), ["file 1"]);
      assertEquals(versionsOf(bob.folder, "usb/f4"), ["file 4"]);
      assertClean(bob);
      alice.folder.remove("usb");
      await bob.until("an empty disk", () => bob.folder.has("usb") && bob.folder.names("usb").length === 0);
      await alice.event("insync");
      bob.folder.write("usb/later", "later");
      await alice.until("what bob makes later", () => alice.folder.has("usb/later"));
      await scene.alike(alice, bob);
    }),
    IGNORED,
  );

  scenario(
    `D2: what was on ${kind} inside stays at the other side while that is gone`,
    withDisk(kind, async (scene, mount) => {
      const { alice, bob } = await fillAndSync(scene, "bob");
      const whole = bob.folder.tree();
      const mark = alice.program.mark();
      unmount(bob);
      await missing(bob, "usb");
      await missing(alice, "usb");
      // What is done elsewhere arrives, and what is done there waits: nothing comes onto the bare mount point.
      alice.folder.write("usb/f0", "edited meanwhile");
      alice.folder.write("usb/new", "new");
      alice.folder.write("docs/new", "new");
      await bob.until("what is done elsewhere", () => bob.folder.has("docs/new"));
      await Promise.all([alice.event("insync"), bob.event("insync")]);
      assertEquals(bob.folder.names("usb"), []);
      assertEquals(alice.plannedSince(mark).delete, 0);
      mount();
      await scene.alike(alice, bob);
      assertEquals(bob.folder.read("usb/f0"), "edited meanwhile");
      assertEquals([...whole.keys()].filter((path) => !bob.folder.has(path)), []);
      assertEquals(alice.plannedSince(mark).delete, 0);
      assertEquals([alice.inSync(bob)!.problems, bob.inSync(alice)!.problems], [0, 0]);
    }),
    IGNORED,
  );

  scenario(
    `D2: ${kind} inside that goes while its client is stopped is missed all the same, until its folder is removed`,
    withDisk(kind, async (scene, mount) => {
      const { alice, bob } = await fillAndSync(scene, "bob");
      await bob.program.stop();
      unmount(bob);
      const mark = alice.program.mark();
      bob.start();
      await missing(bob, "usb");
      await missing(alice, "usb");
      alice.folder.write("usb/new", "new");
      await bob.program.stop();
      mount();
      bob.start();
      await scene.alike(alice, bob);
      assertEquals(alice.plannedSince(mark).delete, 0);
      await bob.program.stop();
      unmount(bob);
      bob.start();
      await missing(bob, "usb");
      Deno.removeSync(bob.folder.at("usb"));
      await alice.until("a deletion that is meant", () => !alice.folder.has("usb"));
      await scene.alike(alice, bob);
    }),
    IGNORED,
  );
}

/** Takes the disk away, as a cable that is pulled. */
function unmount({ folder }: Person) {
  const { success } = new Deno.Command("umount", { args: ["--lazy", folder.at("usb")] }).outputSync();
  assert(success, "it is unmounted");
}

/** Waits until somebody is told that the disk at a path is gone. */
async function missing(person: Person, path: string) {
  const { reason } = await person.event("problem", (told) => told.path === path);
  assertMatch(reason, /disk that was mounted here is not there: connect it again/);
}

scenario("D4: both screens say when what tells of no changes made elsewhere was looked at", async (scene) => {
  using _ = Mount.mute(scene.folder("elsewhere").path, scene.folder("bob").at("share"));
  const { alice, bob } = await scene.syncedPair((alice) => alice.write("share/f", "one"));
  for (const person of [alice, bob]) {
    const { mute, apart } = await person.event("verified");
    assertEquals([typeof mute, apart], ["number", 0], person.name);
  }
  await watched(alice, bob); // The looks that each start brings are over: what comes now a look at the folders has to find.
  // Through the share, as a program of another computer would: a new name shows in its folder's time.
  Deno.writeTextFileSync(scene.folder("elsewhere").at("new"), "new");
  await until(alice, "what was made elsewhere", () => alice.folder.has("share/new"), beforeFullLook(25));
}, !Mount.mutePossible());
