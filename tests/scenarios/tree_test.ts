// The main job on a real tree: TCPSYNC_TREE names a folder with many files, such as the unpacked source of Linux.
// It is copied first and stays as it is. Without it, a tree made here stands in, so that the scenario always runs.

import { assertEquals } from "@std/assert";
import type { Folder } from "./persons_folder.ts";
import { type Person, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const TREE = Deno.env.get("TCPSYNC_TREE");
const STAND_IN_FOLDERS = WINDOWS ? 9 : 60;
const STAND_IN_FILES = 50;

scenario(
  "M1 C8: a large tree from alice to an empty bob, then edits, a renamed folder, deletions",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    if (TREE && !WINDOWS) await copyTree(TREE, alice.folder);
    else makeTree(alice.folder);
    for (const person of [alice, bob]) person.start("--approve-mass-change"); // Each for the own folder.
    await scene.alike(alice, bob);

    const [largest, second, third] = foldersBySize(alice.folder);
    const mark = alice.program.mark();
    alice.folder.rename(largest!, `${largest}-renamed`);
    await scene.alike(alice, bob);
    const { bytes, move, delete: removed } = alice.plannedSince(mark);
    assertEquals({ bytes, move, removed }, { bytes: 0, move: 1, removed: 0 });

    // Wine hears nothing of what happens in a folder after its renaming: it would be found by the next look at everything.
    edit(alice, WINDOWS ? third! : `${largest}-renamed`, 20);
    edit(bob, second!, 20);
    await scene.alike(alice, bob);

    alice.folder.remove(second!);
    bob.folder.remove(third!);
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names().includes(second!) || bob.folder.names().includes(third!), false);
    assertEquals(alice.plannedSince(0).conflict, 0);
  },
);

async function copyTree(tree: string, folder: Folder) {
  const args = ["-a", "--reflink=auto", `${tree}/.`, folder.path];
  const { success } = await new Deno.Command("cp", { args }).output();
  if (!success) throw new Error(`cannot copy ${tree}`);
}

function makeTree(folder: Folder) {
  for (let one = 0; one < STAND_IN_FOLDERS; one++) {
    const parent = `part ${one % 6}/chapter ${one}`;
    for (let file = 0; file < STAND_IN_FILES - one % 6; file++) {
      folder.write(`${parent}/${file}.txt`, `${parent}, file ${file}\n`.repeat(1 + file * 7 % 90));
    }
  }
}

/** The top folders, the one with the most entries first. */
function foldersBySize(folder: Folder): string[] {
  const count = (path: string): number => {
    let sum = 0;
    for (const entry of Deno.readDirSync(path)) sum += entry.isDirectory ? count(`${path}/${entry.name}`) : 1;
    return sum;
  };
  const folders = folder.names().filter((name) => Deno.lstatSync(folder.at(name)).isDirectory);
  const sizes = new Map(folders.map((name) => [name, count(folder.at(name))]));
  return folders.sort((one, other) => sizes.get(other)! - sizes.get(one)!);
}

/** Appends to some plain files of a folder. */
function edit({ folder, name }: Person, inside: string, most: number) {
  const open = [inside];
  for (let left = most, path = open.pop(); left > 0 && path !== undefined; path = open.pop()) {
    for (const entry of Deno.readDirSync(folder.at(path))) {
      const at = `${path}/${entry.name}`;
      if (entry.isDirectory) open.push(at);
      else if (entry.isFile && left-- > 0) folder.append(at, `${name} was here\n`);
    }
  }
}
