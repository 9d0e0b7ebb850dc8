// S9: nothing is sent that cannot be kept, between real processes and on real disks, with every byte on the wire counted.

import { assert, assertEquals } from "@std/assert";
import { randomBytes } from "../support/bytes.ts";
import { readOnly, SmallDisk } from "../support/small_disk.ts";
import { Person, scenario, type Scene } from "./harness.ts";
import { NO_DISK, smallDiskPair, startCounted } from "./small_pair.ts";
import { until } from "./waiting.ts";
import { NO_PERMISSIONS, THROUGH } from "../support/unprivileged.ts";

const MIB = 1 << 20;
/** So much is said in any case: who is there, what is planned, that both are in sync. */
const TALK = 128 << 10;
const DAY = 24 * 60;

/** What both were told of what is at `path`, or of the whole disk (""): once each. */
function toldOnce(path: string, ...people: Person[]): string {
  const reasons = people.map(({ program }) => {
    const told = program.since(0, "problem");
    assertEquals(told.map((problem) => problem.path), [path], program.story());
    return told[0]!.reason;
  });
  assertEquals(new Set(reasons).size, 1, reasons.join("\n"));
  return reasons[0]!;
}

/** alice saves something small, and bob gets it. */
async function passes(alice: Person, bob: Person, path: string) {
  alice.folder.write(path, path);
  await until(bob, `${path} at bob`, () => bob.folder.read(path) === path);
}

scenario(
  `S9 (case 8): of a file for which there is no room no byte is sent; small ones go on, and it comes when there is${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await smallDiskPair(scene, 32);
    using _ = disk;
    alice.folder.write("small", "small");
    alice.start();
    await using tap = startCounted(bob);
    await scene.alike(alice, bob);
    alice.folder.write("film.mkv", new Uint8Array(100 * MIB).fill(7));
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    for (const name of ["one", "two", "three"]) await passes(alice, bob, name);
    const reason = toldOnce("", alice, bob);
    assert(/no room .* bob's disk.* 7\d MB are missing/.test(reason), reason);
    assert(tap.counted.down < TALK, `${tap.counted.down} bytes were sent`);
    assert(disk.left > 30 * MIB, `${disk.left} bytes are left`);
    disk.resize(140);
    await scene.alike(alice, bob);
    assert(tap.counted.down < 1.1 * 100 * MIB + TALK, `${tap.counted.down} bytes were sent`);
  },
  NO_DISK !== "",
);

scenario(
  `S9: what fits comes, smallest first, and something is left to others${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await smallDiskPair(scene, 50);
    using _ = disk;
    for (let number = 1; number <= 12; number++) {
      alice.folder.write(`film ${number}.mkv`, new Uint8Array(number * MIB).fill(number));
    }
    alice.start();
    await using tap = startCounted(bob);
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    await until(bob, "the ninth film", () => bob.folder.has("film 9.mkv"));
    await passes(alice, bob, "small");
    toldOnce("", alice, bob);
    assertEquals(bob.folder.names().length, 10);
    assert(disk.left > 0.5 * MIB, `${disk.left} bytes are left`);
    assert(tap.counted.down < 1.1 * 45 * MIB + TALK, `${tap.counted.down} bytes were sent`);
    disk.resize(100);
    await scene.alike(alice, bob);
  },
  NO_DISK !== "",
);

scenario(
  `S9 T10 (case 9): kept versions are named where room is missing; they make way for whoever deleted those files, a day later${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await smallDiskPair(scene, 64);
    using _ = disk;
    for (let number = 0; number < 10; number++) {
      alice.folder.write(`old ${number}`, new Uint8Array(5 * MIB).fill(1 + number));
    }
    alice.start();
    let tap = startCounted(bob);
    await scene.alike(alice, bob);
    for (let number = 0; number < 8; number++) alice.folder.remove(`old ${number}`);
    await scene.alike(alice, bob);
    const before = tap.counted.down;
    for (let number = 0; number < 6; number++) {
      alice.folder.write(`new ${number}`, new Uint8Array(5 * MIB).fill(100 + number));
    }
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    for (const name of ["tiny", "tiny too"]) await passes(alice, bob, name);
    const reason = toldOnce("", alice, bob);
    assert(/kept versions take 42 MB/.test(reason) && /--keep-size/.test(reason), reason);
    assert(tap.counted.down - before < 1.1 * 10 * MIB + TALK, `${tap.counted.down - before} bytes were sent`);
    assertEquals(bob.folder.versions().size, 8);
    // What was replaced last stays in any case.
    alice.folder.write("tiny", "another");
    await until(bob, "an edit at bob", () => bob.folder.read("tiny") === "another");

    // A time by the clock alone counts when it was seen twice.
    for (const minutes of [2 * DAY, 2 * DAY + 1]) {
      await tap[Symbol.asyncDispose]();
      await bob.program.stop();
      bob.minutesAhead = minutes;
      tap = startCounted(bob);
      await bob.event("insync");
    }
    await scene.alike(alice, bob);
    const pruned = () => bob.program.since(0, "pruned");
    await bob.until("what was let go", () => pruned().length > 0);
    const gone = pruned().reduce((sum, { versions }) => sum + versions, 0);
    assertEquals([pruned()[0]!.why, bob.folder.versions().size], ["room", 9 - gone]);
    assert(gone < 8, "more went than had to");
    await tap[Symbol.asyncDispose]();
  },
  NO_DISK !== "",
);

scenario(
  `S9 T10: for alice's content only versions of what alice deleted make way, none of carol's, though those are more${NO_DISK}`,
  async (scene) => {
    const { alice, bob, disk } = await smallDiskPair(scene, 64);
    using _ = disk;
    bob.flags.push("--accept-from", "carol");
    const carol = scene.person("carol", "--invite", "bob");
    for (let number = 0; number < 10; number++) {
      alice.folder.write(`old ${number}`, new Uint8Array(5 * MIB).fill(1 + number));
    }
    for (const person of [alice, bob, carol]) person.start();
    const everywhere = async () => {
      await scene.alike(alice, bob);
      await scene.alike(bob, carol);
      await scene.alike(alice, bob);
    };
    await everywhere();
    const deletes = async (who: Person, numbers: number[]) => {
      for (const number of numbers) who.folder.remove(`old ${number}`);
      await everywhere();
    };
    const [hers, carols] = [[0, 1, 2], [3, 4, 5, 6, 7]];
    await deletes(carol, carols);
    await deletes(alice, hers);
    // What was replaced last stays in any case: with each of the two that is something else.
    for (const who of [alice, carol]) {
      for (const content of ["one", "another"]) {
        who.folder.write(`${who.name}'s note`, content);
        await everywhere();
      }
    }
    for (let number = 0; number < 4; number++) {
      alice.folder.write(`new ${number}`, new Uint8Array(5 * MIB).fill(100 + number));
    }
    await bob.event("problem");
    // A time by the clock alone counts when it was seen twice.
    for (const minutes of [2 * DAY, 2 * DAY + 1]) {
      await bob.program.stop();
      bob.minutesAhead = minutes;
      bob.start();
      await bob.event("insync");
    }
    await everywhere();
    assertEquals(bob.folder.names().filter((name) => name.startsWith("new")).length, 4);
    const left = [...bob.folder.versions().keys()].filter((name) => name.startsWith("old"));
    assertEquals(left.filter((name) => carols.includes(Number(name.slice(4)))).length, carols.length);
    assert(left.length < hers.length + carols.length, "nothing went");
  },
  NO_DISK !== "",
);

scenario(
  `S9: of what a disk inside has no room for no byte is sent, and nothing for the folder's own waits; it comes when there is${NO_DISK}`,
  async (scene) => {
    const { alice, bob } = await scene.pair();
    using disk = SmallDisk.mount(bob.folder.at("usb"), 8);
    alice.folder.write("usb/film.mkv", randomBytes(100 * MIB));
    for (let number = 1; number <= 6; number++) {
      alice.folder.write(`usb/part ${number}`, randomBytes(number * MIB));
    }
    alice.folder.write("docs/other.mkv", randomBytes(12 * MIB));
    alice.start();
    await using tap = startCounted(bob);
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    await until(bob, "what is for the folder's own disk", () => bob.folder.has("docs/other.mkv"));
    await until(bob, "what fits", () => bob.folder.has("usb/part 3"));
    for (const name of ["one", "usb/two", "three"]) await passes(alice, bob, name);
    const reason = toldOnce("usb", alice, bob);
    assert(
      /no room for 120 MB on the disk that bob has mounted here, 120 MB are missing/.test(reason),
      reason,
    );
    assertEquals(bob.folder.names("usb"), ["part 1", "part 2", "part 3", "two"]);
    assert(tap.counted.down < 1.1 * 18 * MIB + TALK, `${tap.counted.down} bytes were sent`);
    disk.resize(140);
    await scene.alike(alice, bob);
    assert(tap.counted.down < 1.1 * 133 * MIB + TALK, `${tap.counted.down} bytes were sent`);
  },
  NO_DISK !== "",
);

scenario(
  `S9: a rename onto a disk inside that has no room for it is told once, nothing else waits for it, and it comes when there is${NO_DISK}`,
  async (scene) => {
    const { alice, bob } = await scene.pair();
    using disk = SmallDisk.mount(bob.folder.at("usb"), 8);
    alice.folder.write("usb/before", "before");
    alice.folder.write("film.mkv", randomBytes(20 * MIB));
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    alice.folder.rename("film.mkv", "usb/film.mkv");
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    alice.folder.write("docs/other.mkv", randomBytes(12 * MIB));
    await until(bob, "what is for the folder's own disk", () => bob.folder.has("docs/other.mkv"));
    for (const name of ["one", "usb/two", "three"]) await passes(alice, bob, name);
    assertEquals(toldOnce("usb", alice, bob), "the disk is full: make room");
    // Between two tries nothing of the copy is left.
    await until(bob, "what has room alone", () => bob.folder.names("usb").join() === "before,two");
    disk.resize(40);
    await scene.alike(alice, bob);
  },
  NO_DISK !== "",
);

/** alice's and bob's folders with one into which nothing can be put at bob's: `close` sees to that. */
async function closedFolder(scene: Scene, close: (path: string) => Disposable) {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "bob");
  const flags = ["--accept-from", "alice", "--yes"];
  const bob = new Person(scene, "bob", flags, scene.folder("bob"), THROUGH ?? []);
  for (const name of ["closed/before", "closed/inner/before"]) alice.folder.write(name, "before");
  alice.start();
  await using tap = startCounted(bob);
  await scene.alike(alice, bob);
  const before = tap.counted.down;
  {
    using _ = close(bob.folder.at("closed"));
    for (let number = 0; number < 300; number++) {
      alice.folder.write(`closed/${number}`, new Uint8Array(30_000).fill(number));
    }
    alice.folder.write("closed/made/inner", "inner");
    await Promise.all([alice.event("problem"), bob.event("problem")]);
    for (const name of ["one", "two", "three"]) await passes(alice, bob, name);
    const reason = toldOnce("closed", alice, bob);
    assert(/^nothing can be put into this folder: /.test(reason), reason);
    assert(tap.counted.down - before < TALK, `${tap.counted.down - before} bytes were sent`);
  }
  await scene.alike(alice, bob);
}

scenario(
  `S9 (case 40): a folder that may not be written is told once, and nothing is sent until it may${NO_PERMISSIONS}`,
  (scene) =>
    closedFolder(scene, (path) => {
      Deno.chmodSync(path, 0o555);
      return { [Symbol.dispose]: () => Deno.chmodSync(path, 0o755) };
    }),
  THROUGH === null,
);

scenario(
  `S9: the same for a folder that is mounted to be read only${NO_DISK}`,
  (scene) => closedFolder(scene, readOnly),
  NO_DISK !== "",
);
