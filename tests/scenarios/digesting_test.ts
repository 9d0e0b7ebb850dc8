// Large files that both sides have and nobody knows to be the same, or that had just come when the program was killed: they are read, which
// takes its time, is told, and holds nothing up.

import { assert, assertEquals } from "@std/assert";
import type { Folder } from "./persons_folder.ts";
import { codesOf, type Person, scenario } from "./harness.ts";
import type { Told } from "./program.ts";
import { WINDOWS } from "../support/system.ts";

/** So many bytes take long to read. */
const LONG = 32_000_000_000;
const LONG_AGO = Date.UTC(2020, 4, 17, 9, 30, 12, 345);

/** A file of zeros that takes no room on the disk, but as long to read as any. */
function makeSparse(folder: Folder, name: string, size: number, time: number) {
  folder.write(name, "");
  Deno.truncateSync(folder.at(name), size);
  Deno.utimeSync(folder.at(name), new Date(time), new Date(time));
}

/** Both have these files, with another time each. */
function makeAlike(alice: Person, bob: Person, files: Record<string, number>) {
  for (const [name, size] of Object.entries(files)) {
    makeSparse(alice.folder, name, size, LONG_AGO);
    makeSparse(bob.folder, name, size, LONG_AGO + 86_400_000);
  }
}

/** How far `whose` files were read, as `person` was told. */
const digesting = (person: Person, whose: Person) =>
  person.program.since(0, "digesting").filter((told) => told.whose === whose.name);

const isOf = (whose: Person) => (told: Told) => told.whose === whose.name;

scenario(
  "while a large file is read both are told how far that is, small saves pass, and --timeout does not count that time",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    makeAlike(alice, bob, { big: LONG });
    alice.start("--once", "--timeout", "4");
    bob.start("--once", "--timeout", "4");
    await Promise.all([alice, bob].map((person) => person.event("digesting", isOf(person))));
    alice.folder.write("note", "saved meanwhile");
    await bob.until("the note", () => bob.folder.has("note"));
    const first = Date.parse(digesting(bob, bob)[0]!.time);
    for (const person of [alice, bob]) {
      for (const whose of [alice, bob]) {
        await person.until("more than the time-out", () => {
          const last = digesting(person, whose).at(-1);
          return last !== undefined && Date.parse(last.time) > first + 6000;
        });
      }
    }
    for (const person of [alice, bob]) {
      for (const whose of [alice, bob]) {
        const told = digesting(person, whose);
        const bytes = told.map((one) => one.bytes);
        assertEquals(bytes, bytes.toSorted((one, other) => one - other), "it fell back");
        assert(bytes.at(-1)! > bytes[0]! && bytes.at(-1)! < LONG);
        assertEquals([...new Set(told.map(({ ofBytes }) => ofBytes))], [LONG]);
      }
      assertEquals(person.plannedSince(0).bytes, "saved meanwhile".length);
    }
    await Promise.all([alice.program.kill(), bob.program.kill()]);
  },
);

scenario(
  "Ctrl+C is heard in the middle of a file that is read, and what was read to its end is not read again",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    makeAlike(alice, bob, { small: LONG / 32, big: LONG }); // None is read in the moment that a plan takes.
    alice.start();
    bob.start();
    await alice.event("digesting", (told) => isOf(alice)(told) && told.files === 1);
    await alice.program.stop();
    const far = digesting(alice, alice).at(-1)!;
    assertEquals([far.files, far.ofFiles], [1, 2]);
    assert(far.bytes < far.ofBytes, "it was read to its end first");
    alice.start();
    await alice.event("digesting", isOf(alice));
    const again = digesting(alice, alice)[0]!;
    assertEquals([again.ofFiles, again.ofBytes], [1, LONG]);
    await Promise.all([alice.program.kill(), bob.program.kill()]);
  },
  WINDOWS, // Nothing can be sent a Ctrl+C there.
);

scenario(
  "case 27: a large file that had just come before a kill is read again: both are told, small saves pass, and --once waits",
  async (scene) => {
    const size = LONG / 16;
    const { alice, bob } = await scene.syncedPair();
    makeSparse(alice.folder, "big", size, LONG_AGO);
    await bob.until("the file to be agreed", () => bob.inSync(alice)?.bytes === size);
    await bob.program.kill();
    bob.start("--once", "--timeout", "1");
    await Promise.all([alice, bob].map((person) => person.event("digesting", isOf(bob))));
    alice.folder.write("note", "saved meanwhile");
    bob.folder.write("other", "saved meanwhile");
    await bob.until("the note", () => bob.folder.has("note"));
    await alice.until("the other", () => alice.folder.has("other"));
    const [first, far] = [digesting(bob, bob)[0]!, digesting(bob, bob).at(-1)!];
    assertEquals([first.ofBytes, far.ofBytes], [size, size]);
    assert(far.bytes < size, "it was read to its end first");
    assertEquals(bob.program.since(0, "problem").map(({ path, whose }) => [path, whose]), [["big", "bob"]]);
    assertEquals(await codesOf(bob), [0]);
    assertEquals([alice, bob].map((person) => person.program.since(0, "insync").at(-1)!.files), [3, 3]);
    assertEquals(Deno.lstatSync(bob.folder.at("big")).size, size);
    assertEquals(alice.program.since(0, "plan").filter(({ conflict }) => conflict > 0), []);
  },
);
