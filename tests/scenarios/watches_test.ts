// What a watch costs where each watched folder does, and what becomes of it when the system has no more of them.

import { assert, assertEquals } from "@std/assert";
import { type Folder } from "./persons_folder.ts";
import { unprivileged } from "../support/unprivileged.ts";
import { Person, scenario, type Scene } from "./harness.ts";
import { LINUX } from "../support/system.ts";

/** What a person's client needs beside the folders that are synced: our own, and the one whose canary is waited for. */
const BESIDE = 4;
/** A computer with few watches. */
const FEW_WATCHES = 60;
const WITH_FEW = [
  ...["unshare", "-Ur", "sh", "-c"],
  `echo ${FEW_WATCHES} > /proc/sys/user/max_inotify_watches && exec "$@"`,
  "sh",
];

const UNPRIVILEGED = unprivileged();

/** How many folders a process watches. */
function watches({ program: { pid } }: Person): number {
  let count = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fdinfo`)) {
    try {
      const lines = Deno.readTextFileSync(`/proc/${pid}/fdinfo/${name}`).split("\n");
      count += lines.filter((line) => line.startsWith("inotify")).length;
    } catch {
      // It was closed meanwhile.
    }
  }
  return count;
}

/** Waits until something holds; it is looked at whenever something happens in a person's own or private folder. */
async function untilFlat({ folder, scene }: Person, what: string, holds: () => boolean, inside = ".") {
  using watch = Deno.watchFs([folder.path, folder.at(".tcpsync"), folder.at(inside)], { recursive: false });
  const held = async () => {
    if (holds()) return;
    for await (const _ of watch) if (holds()) return;
  };
  await scene.wait(held(), what);
}

/** Waits until a person's watch hears what happens: it writes a file of its own to prove that. */
async function proven(person: Person) {
  let proofs = 0;
  await untilFlat(person, "the proof of a watch", () => proofs++ > 0);
}

/** Saves a file in a folder, and waits until the other has it. */
async function save(one: Person, other: Person, path: string, text: string) {
  one.folder.write(path, text);
  const holds = () => other.folder.has(path) && other.folder.read(path) === text;
  await untilFlat(other, `${path}: ${text}`, holds, path.replace(/[^/]*$/, ""));
}

/** Waits until a folder somewhere in `x` is there. */
function arrives(person: Person, path: string): Promise<void> {
  return untilFlat(person, path, () => person.folder.has(path), "x");
}

scenario("versions and ignored folders cost no watch", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("x/y/z/f", "0"));
  await proven(alice);
  for (let edit = 1; edit <= 12; edit++) await save(bob, alice, "x/y/z/f", `edit ${edit}`);
  await scene.alike(alice, bob);
  await untilFlat(alice, "versions without watches", () => watches(alice) <= 4 + BESIDE);
  alice.folder.write(".tcpsyncignore", "node_modules/\n");
  await scene.alike(alice, bob);
  for (let count = 0; count < 200; count++) alice.folder.makeFolder(`x/node_modules/${count}/lib`);
  alice.folder.makeFolder("x/new/folder");
  await arrives(bob, "x/new/folder");
  await untilFlat(alice, "ignored folders without watches", () => watches(alice) <= 6 + BESIDE);
  // It hears all the same, also in what came later, in what is renamed, and in what is made anew under the name of another.
  alice.folder.rename("x/new", "x/moved");
  alice.folder.makeFolder("x/later/one");
  await arrives(bob, "x/later/one");
  alice.folder.remove("x/later");
  alice.folder.makeFolder("x/later/two");
  await arrives(bob, "x/later/two");
  await untilFlat(alice, "watches for the new folders", () => watches(alice) >= 9);
  for (const path of ["x/f", "x/y/z/f", "x/moved/folder/f", "x/later/two/f"]) {
    await save(alice, bob, path, "last");
  }
}, !LINUX);

scenario("a folder that nobody may look into does not keep the others from being watched", async (scene) => {
  const { alice: { flags, folder }, bob } = await scene.pair();
  const alice = new Person(scene, "alice", flags, folder, UNPRIVILEGED!);
  folder.write("a/b/f", "one");
  folder.makeFolder("a/closed");
  Deno.chmodSync(folder.at("a/closed"), 0);
  alice.start();
  bob.start();
  await bob.event("plan");
  await untilFlat(bob, "the file", () => bob.folder.has("a/b/f"));
  await untilFlat(alice, "a watch", () => watches(alice) >= 4);
  await save(alice, bob, "a/b/f", "two");
}, !LINUX || !UNPRIVILEGED);

/** alice on a computer with few watches, and bob. */
async function withFew(scene: Scene, fill: (folder: Folder) => void) {
  const { alice: { flags, folder }, bob } = await scene.pair();
  const alice = new Person(scene, "alice", flags, folder, WITH_FEW);
  fill(folder);
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  return { alice, bob };
}

function makeFolders(folder: Folder, name: string, count: number) {
  for (let number = 0; number < count; number++) folder.write(`${name}${number}/f`, `${name} ${number}`);
}

/** Waits until both screens say what alice's watch lacks. */
async function assertTold(alice: Person, bob: Person) {
  for (const person of [alice, bob]) {
    const { why, whose, watched, folders } = await person.event("unwatched", ({ folders }) => folders > 80);
    assertEquals([why, whose, folders], ["watches", "alice", 81], person.name);
    assert(watched > 0 && watched < FEW_WATCHES, `${watched} are watched`);
  }
}

for (const [where, within] of [["at the top", ""], ["in another folder", "early0/"]] as const) {
  scenario(
    `watches that run out ${where} later are told of, and early folders keep theirs`,
    async (scene) => {
      const { alice, bob } = await withFew(scene, (folder) => makeFolders(folder, "early", 40));
      await proven(alice);
      await save(alice, bob, "early7/f", "one");
      makeFolders(alice.folder, `${within}late`, 40);
      await assertTold(alice, bob);
      await scene.alike(alice, bob);
      assert(watches(alice) > 40, `${watches(alice)} are left`);
      for (const number of [0, 7, 39]) await save(alice, bob, `early${number}/f`, "two");
      await save(alice, bob, `${within}late39/f`, "two");
      for (let number = 0; number < 40; number++) alice.folder.remove(`${within}late${number}`);
      for (const person of [alice, bob]) assertEquals((await person.event("watched")).whose, "alice");
      await scene.alike(alice, bob);
      assertEquals([alice.inSync(bob)!.problems, bob.inSync(alice)!.problems], [0, 0]);
    },
    !LINUX || !canHaveFew(),
  );
}

scenario("watches that do not suffice from the start are told of", async (scene) => {
  const { alice, bob } = await withFew(scene, (folder) => makeFolders(folder, "early", 80));
  await assertTold(alice, bob);
  await save(alice, bob, "f", "at the top");
  await save(alice, bob, "early79/f", "two");
  assertEquals((await alice.program.stop()).code, 0);
}, !LINUX || !canHaveFew());

/** Whether this computer lets us make one with few watches. */
function canHaveFew(): boolean {
  const [command, ...args] = WITH_FEW;
  try {
    return new Deno.Command(command!, { args: [...args, "true"] }).outputSync().success;
  } catch {
    return false;
  }
}
