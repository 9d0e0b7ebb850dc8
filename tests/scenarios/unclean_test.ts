// The computer stops without a word, and its disk had not kept what the program had put in place just before: that is fetched again, and
// never sent (docs/decisions/durability.md; field 2).

import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals } from "@std/assert";
import { WINDOWS } from "../support/system.ts";
import { type Person, scenario } from "./harness.ts";
import type { Folder } from "./persons_folder.ts";

const FILES = 40;

function fillWithPictures(folder: Folder) {
  for (let number = 0; number < FILES; number++) {
    folder.write(`photos/${number % 4}/${number}.jpg`, `picture ${number} `.repeat(200));
  }
}

/** What is left of a file whose content had not reached the disk; its time had. */
function lose(folder: Folder, path: string, number: number) {
  const whole = new TextEncoder().encode(folder.read(path));
  const left = [
    new Uint8Array(whole.length),
    new Uint8Array(0),
    whole.subarray(0, whole.length / 2),
  ][number % 3]!;
  folder.write(path, left, folder.mtime(path));
}

/** The files that a person's program, which does not run, has put in place and not proved to be on the disk. */
function unprovenFiles({ state, folder }: Person): string[] {
  const name =
    [...Deno.readDirSync(`${state}/archives`)].find(({ name }) => /^[0-9a-f-]{36}\.sqlite$/.test(name))!
      .name;
  using database = new DatabaseSync(`${state}/archives/${name}`);
  const paths = database.prepare("SELECT path FROM unproven ORDER BY path").all().map(({ path }) =>
    String(path)
  );
  const tree = folder.tree();
  return paths.filter((path) => tree.get(path)?.startsWith("file"));
}

function damagedProblems(person: Person) {
  return person.program.since(0, "problem").filter(({ reason }) => reason.includes("damaged when"));
}

scenario(
  "field 2: damaged by a power cut, files are fetched again and never sent; what was left of them is kept",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(fillWithPictures);
    await bob.program.kill();
    const whole = alice.folder.tree();
    const paths = [...whole.keys()].filter((path) => path.endsWith(".jpg"));
    for (const [number, path] of paths.slice(0, 30).entries()) lose(bob.folder, path, number);
    bob.folder.append("photos/3/39.jpg", "bob's own work, while it was down");
    const mark = alice.program.mark();
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read("photos/3/39.jpg").endsWith("while it was down"), true);
    for (const path of paths.filter((path) => !path.endsWith("/39.jpg"))) {
      assertEquals(alice.folder.tree().get(path), whole.get(path), `${path} is as alice has it`);
    }
    assertEquals(alice.plannedSince(mark).conflict, 0);
    assertEquals(alice.folder.versions().size, 1, "of alice's, only what bob edited was replaced");
    assertEquals([...bob.folder.versions().keys()].sort(), paths.slice(0, 30).sort());
    for (const person of [alice, bob]) {
      const [told, ...others] = damagedProblems(person);
      assert(told?.whose === "bob" && told.reason.includes("29 more") && told.retry, told?.reason);
      assertEquals(others, [], "told once");
    }
  },
);

scenario(
  "a power cut in the middle of a first copy: it ends equal, and nothing torn is sent",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    for (let number = 0; number < (WINDOWS ? 500 : 1500); number++) {
      alice.folder.write(
        `${number % 30}/${number}`,
        `content ${number}`.repeat(50),
      );
    }
    const large = new Uint8Array(4 << 20).fill(7);
    for (let number = 0; number < 20; number++) alice.folder.write(`large ${number}`, large);
    const before = alice.folder.tree();
    alice.start();
    bob.start();
    await bob.event("progress", ({ files, ofFiles }) => files > 0 && files < ofFiles);
    await bob.program.kill();
    const torn = unprovenFiles(bob).filter((_, number) => number % 2 === 0);
    assert(torn.length > 0, "something was put in place");
    for (const [number, path] of torn.entries()) lose(bob.folder, path, number);
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.tree(), before);
  },
);
