// Disks that can do less (N2, N3, N4, S7, S8): what a disk lacks is an ability it has not, and never a failure of the folder. Alice's folder
// is on a disk that lacks something.

import { assert, assertEquals } from "@std/assert";
import { randomBytes } from "../support/bytes.ts";
import { type Lack, LesserDisk } from "../support/lesser_disk.ts";
import { Folder, type Tree } from "./persons_folder.ts";
import { assertRefused, Person, runOnce, scenario, type Scene } from "./harness.ts";
import { startCounted } from "./small_pair.ts";

const IGNORE = !LesserDisk.possible();

/** A folder of which the times and the modes do not matter. */
class SubstantialFolder extends Folder {
  override tree(): Tree {
    return new Map(
      [...super.tree()].map(([path, what]) => [path, what.replace(/^(file \d+) \d+( runs)?/, "$1")]),
    );
  }
}

const inSubstance = (scene: Scene, name: string) => new SubstantialFolder(`${scene.path}/${name}`);

/** alice, whose folder is on such a disk, and bob. */
interface Two {
  alice: Person;
  bob: Person;
  disk: LesserDisk;
  scene: Scene;
}

function onLesserDisk(name: string, lack: Lack, act: (two: Two) => Promise<void>) {
  scenario(name, async (scene) => {
    await scene.serve();
    const alice = new Person(scene, "alice", ["--invite", "bob", "--yes"], inSubstance(scene, "alice"));
    const bob = new Person(scene, "bob", ["--accept-from", "alice", "--yes"], inSubstance(scene, "bob"));
    await using disk = await LesserDisk.mount(alice.folder.path, lack);
    try {
      await act({ alice, bob, disk, scene });
    } finally {
      await Promise.all([alice.program?.kill(), bob.program?.kill()]);
    }
  }, IGNORE);
}

const plans = ({ alice }: Two) => alice.program.events.filter(({ event }) => event === "plan");

/** Nothing changed: nothing is planned, and both folders stay as they are. */
async function nothingComes(two: Two, codes = [0, 0]) {
  const digest = two.alice.program.events.findLast(({ event }) => event === "insync")?.digest;
  assertEquals(await runOnce(two.alice, two.bob), codes);
  assertEquals(plans(two), []);
  assertEquals(two.alice.program.events.findLast(({ event }) => event === "insync")?.digest, digest);
}

const LONG_AGO = Date.UTC(2020, 1, 2, 3, 4, 5, 678);

/** What people do, both ways; at rest both folders hold the same. */
async function workTogether({ alice, bob, scene }: Two) {
  bob.folder.write("doc", "1", LONG_AGO);
  bob.folder.write("run", "#!/bin/sh");
  Deno.chmodSync(bob.folder.at("run"), 0o755);
  bob.folder.write("dir/in", "in");
  alice.folder.write("hers", "1");
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  alice.folder.write("doc", "2");
  bob.folder.write("hers", "2");
  await scene.alike(alice, bob);
  bob.folder.rename("dir", "folder");
  bob.folder.remove("run");
  await scene.alike(alice, bob);
  for (const { program } of [alice, bob]) {
    assertEquals(program.events.filter(({ event }) => event === "conflict" || event === "halted"), []);
  }
  await Promise.all([alice.program.stop(), bob.program.stop()]);
}

const OTHERS: [string, Lack][] = [
  ["whose files are another user's, who alone changes modes and times", {
    ...{ owner: 1, modes: "refused", times: "refused", links: false, hardLinks: false },
  }],
  ["that keeps no time it is given", { times: "ignored", tickMs: 2000 }],
];
for (const [what, lack] of OTHERS) {
  onLesserDisk(`C8 S7: a folder is kept on a disk ${what}`, lack, async (two) => {
    await workTogether(two);
    await nothingComes(two);
    two.bob.folder.append("doc", "3");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals(two.alice.folder.read("doc"), "23");
  });
}

const runs = ({ folder }: Person, name: string) => (Deno.statSync(folder.at(name)).mode! & 0o111) !== 0;

onLesserDisk(
  "C7: what comes from a disk that shows all files as executable is not, unless it was agreed to be",
  { modes: "fixed" },
  async (two) => {
    const { alice, bob } = two;
    alice.folder.write("hers", "1");
    bob.folder.write("run", "#!/bin/sh");
    Deno.chmodSync(bob.folder.at("run"), 0o755);
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals([runs(bob, "hers"), runs(bob, "run")], [false, true]);
    alice.folder.append("run", "\necho");
    alice.folder.append("hers", "2");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals([runs(bob, "hers"), runs(bob, "run")], [false, true]);
    Deno.chmodSync(bob.folder.at("hers"), 0o444);
    alice.folder.remove("hers"); // No edit of bob's: it goes.
    alice.folder.rename("run", "ran");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals([bob.folder.names(), runs(bob, "ran")], [["ran"], true]);
    await nothingComes(two);
  },
);

onLesserDisk(
  "a folder is kept on a disk that cannot lock, by one program at a time",
  { locks: "EACCES" },
  async (two) => {
    const { alice, bob, scene } = two;
    bob.folder.write("doc", "1");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await alice.until(
      "her signature",
      () => / alice \(process \d+\)/.test(alice.folder.read(".tcpsync/presence")),
    );
    const carol = new Person(scene, "carol", ["--invite", "bob", "--yes"], alice.folder).start();
    const server = ["--connect", `127.0.0.1:${scene.port}`, "--invite", "bob", "--yes"];
    const own = ["--folder", alice.folder.path, "--state", alice.state];
    for (const other of [carol, scene.run("her own", ...server, "--name", "alice2", ...own)]) {
      assertRefused(await scene.wait(other.ended, "the refusal"), 3, /is in use by another tcpsync/);
    }
    await alice.program.kill();
    bob.folder.write("doc", "2");
    alice.start(); // Whoever was killed knows that nobody is there.
    await scene.alike(alice, bob);
    await alice.program.stop();
    assertEquals(alice.folder.has(".tcpsync/presence"), false);
  },
);

const problemsTold = ({ program }: Person) =>
  program.events.filter(({ event }) => event === "problem").map((
    { path, reason, retry },
  ) => [path, reason, retry]);

const FAT: Lack = {
  folds: true,
  trimsDots: true,
  refuses: '[:*?"<>|\\\\\x01-\x1f]| $',
  links: false,
  hardLinks: false,
};
const SHARE: Lack = {
  folds: true,
  refuses: "\\\\",
  respells: false,
  alters: { "aux.probe": "AHY9U3~9.PRO", aux: "AHY9U3~9" },
};

const UNKEPT: [string, Lack, string[]][] = [
  ["FAT", FAT, ["a:b", "a\\b", "trail.", "trail ", "c\x01", "...", "dir./in", "dir?/in"]],
  ["a share", SHARE, ["a\\b", "aux"]],
];
for (const [what, lack, odd] of UNKEPT) {
  onLesserDisk(
    `N2: names that ${what} does not keep stay with their owner, and nothing of them is sent`,
    lack,
    async (two) => {
      const { alice, bob } = two;
      for (const name of [...odd, "fine"]) bob.folder.write(name, `of ${name}`);
      assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
      assertEquals(alice.folder.names(), ["fine"]);
      const [first] = plans(two);
      assertEquals([first!.create, first!.bytes, plans(two).length], [1, "of fine".length, 1]);
      const problems = problemsTold(alice);
      assertEquals(problems.map(([path]) => path).sort(), odd.map((path) => path.split("/")[0]!).sort());
      for (const [path, reason, retry] of problems) {
        assert(
          !retry && /^the other computer's disk keeps no .*: rename it$/.test(reason),
          `${path}: ${reason}`,
        );
      }
      for (const name of odd) assertEquals(bob.folder.read(name), `of ${name}`);
      await nothingComes(two, [1, 1]);
    },
  );
}

onLesserDisk("N4: where a disk takes no other spelling, each side's stays as it is", SHARE, async (two) => {
  const { alice, bob, scene } = two;
  bob.folder.write("a.txt", "1");
  bob.folder.write("dir/in", "1");
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  bob.folder.rename("a.txt", "A.TXT");
  bob.folder.rename("dir", "Dir");
  bob.folder.write("A.TXT", "2");
  bob.folder.write("Dir/in", "2");
  await alice.until("the edits", () => alice.folder.read("a.txt") + alice.folder.read("dir/in") === "22");
  alice.folder.write("a.txt", "3");
  await bob.until("her edit", () => bob.folder.read("A.TXT") === "3");
  bob.folder.remove("A.TXT");
  await alice.until("the deletion", () => !alice.folder.has("a.txt"));
  bob.folder.write("a.Txt", "4");
  await alice.until(
    "what is made anew",
    () => alice.folder.has("a.txt") && alice.folder.read("a.txt") === "4",
  );
  for (const person of [alice, bob]) {
    await person.program.stop();
    assertEquals(problemsTold(person), []);
  }
  assertEquals([alice.folder.names(), bob.folder.names()], [["a.txt", "dir"], ["Dir", "a.Txt"]]);
  assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
  assertEquals(plans(two), []);
  await nothingComes(two);
  assertEquals(bob.folder.names(), ["Dir", "a.Txt"]);
});

onLesserDisk("N3: a twin that comes later takes nothing away of what is in sync", FAT, async (two) => {
  const { alice, bob } = two;
  bob.folder.write("plan.txt", "the plan");
  bob.folder.write("dir/in", "in");
  assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
  bob.folder.write("Plan.txt", "another");
  bob.folder.write("Dir/new", "new");
  assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
  assertEquals([plans(two), problemsTold(alice).map(([path]) => path).sort()], [[], ["Dir", "Plan.txt"]]);
  assertEquals([alice.folder.read("plan.txt"), alice.folder.read("dir/in")], ["the plan", "in"]);
  bob.folder.remove("plan.txt");
  bob.folder.remove("dir");
  assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
  assertEquals([alice.folder.read("Plan.txt"), alice.folder.read("Dir/new")], ["another", "new"]);
});

onLesserDisk(
  "S9: of what a disk cannot hold, for its size or its name, no byte is sent, and each is told once",
  { largest: 2 ** 32 - 1, refuses: ":" },
  async ({ alice, bob, scene }) => {
    bob.folder.write("small", "small");
    bob.start();
    await using tap = startCounted(alice);
    await scene.alike(alice, bob);
    bob.folder.write("image", randomBytes(20 << 20));
    Deno.truncateSync(bob.folder.at("image"), 2 ** 32);
    bob.folder.write("film: the second", randomBytes(20 << 20));
    const told = ({ program }: Person) => program.since(0, "problem").map(({ path }) => path).sort();
    for (const person of [alice, bob]) await person.until("both problems", () => told(person).length >= 2);
    for (const name of ["one", "two", "three"]) {
      bob.folder.write(name, name);
      await alice.until(name, () => alice.folder.has(name) && alice.folder.read(name) === name);
    }
    for (const person of [alice, bob]) {
      assertEquals(told(person), ["film: the second", "image"], person.program.story());
    }
    assert(tap.counted.down < 128 << 10, `${tap.counted.down} bytes were sent`);
  },
);

const LIAR: Lack = {
  folds: "full",
  trimsDots: true,
  alters: { "odd\u2014name": "ODD~1", "odd\u2014folder": "ODD~2" },
};
onLesserDisk(
  "N2: what a disk lists otherwise, or takes for another, is taken back; its owner keeps it",
  LIAR,
  async (two) => {
    const { alice, bob } = two;
    for (const name of ["ss", "fine"]) bob.folder.write(name, `of ${name}`);
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    for (const name of ["odd\u2014name", "odd\u2014folder/in", "\u00df"]) {
      bob.folder.write(name, `of ${name}`);
    }
    assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
    const problems = problemsTold(alice).filter(([, , retry]) => !retry);
    assertEquals(problems.map(([path]) => path).sort(), ["odd\u2014folder", "odd\u2014name", "\u00df"]);
    assertEquals(alice.folder.names(), ["fine", "ss"]);
    assertEquals(bob.folder.names(), ["fine", "odd\u2014folder", "odd\u2014name", "ss", "\u00df"]);
    assertEquals([alice.folder.read("ss"), bob.folder.read("\u00df")], ["of ss", "of \u00df"]);
  },
);

onLesserDisk(
  "N4: a rename to what the disk takes for the same name is a rename, and no twin",
  { folds: "full" },
  async (two) => {
    const { alice, bob } = two;
    bob.folder.write("strasse", "street");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    bob.folder.rename("strasse", "stra\u00dfe");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals([alice.folder.names(), bob.folder.names()], [["stra\u00dfe"], ["stra\u00dfe"]]);
    await nothingComes(two);
  },
);

/** The same with such a disk at alice's `stick`, inside her folder on an ordinary one. */
function withInnerDisk(name: string, lack: Lack, act: (two: Two) => Promise<void>) {
  scenario(name, async (scene) => {
    const { alice, bob } = await scene.pair();
    await using disk = await LesserDisk.mount(`${alice.folder.path}/stick`, lack);
    try {
      await act({ alice, bob, disk, scene });
    } finally {
      await Promise.all([alice.program?.kill(), bob.program?.kill()]);
    }
  }, IGNORE);
}

withInnerDisk(
  "N2: of a disk inside the folder, too, what it lists otherwise is taken back",
  LIAR,
  async (two) => {
    const { alice, bob } = two;
    alice.folder.write("stick/fine", "fine");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    bob.folder.write("stick/trail.", "trail");
    bob.folder.write("stick/odd\u2014folder/in", "in");
    assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
    assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
    assertEquals([alice.folder.names("stick"), bob.folder.names("stick")], [
      ["fine"],
      ["fine", "odd\u2014folder", "trail."],
    ]);
    assertEquals(bob.folder.read("stick/trail."), "trail");
  },
);

withInnerDisk(
  "N3 N4: a disk inside the folder may fold case: names are respelled there, and twins stay with their owner",
  { folds: true },
  async (two) => {
    const { alice, bob } = two;
    alice.folder.write("stick/hers", "hers");
    bob.folder.write("stick/his", "his");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    bob.folder.rename("stick/his", "stick/HIS");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals([alice.folder.names("stick"), bob.folder.names("stick")], [["HIS", "hers"], [
      "HIS",
      "hers",
    ]]);
    await nothingComes(two);
    bob.folder.write("stick/HERS", "another");
    for (let starts = 0; starts < 2; starts++) {
      assertEquals(await runOnce(two.alice, two.bob), [1, 1]);
      assertEquals(problemsTold(alice).map(([path]) => path), ["stick/HERS"]);
    }
    assertEquals([alice.folder.names("stick"), alice.folder.read("stick/hers")], [["HIS", "hers"], "hers"]);
    assertEquals([bob.folder.read("stick/hers"), bob.folder.read("stick/HERS")], ["hers", "another"]);
  },
);

const TICKING: Lack = { ...FAT, tickMs: 2000, modes: "fixed" };
onLesserDisk("numbers and times that are others after each mount change nothing", TICKING, async (two) => {
  const { alice, bob, disk } = two;
  for (let number = 0; number < 8; number++) {
    bob.folder.write(`bob/${number}`, `of bob ${number}`, LONG_AGO + number * 777);
    alice.folder.write(`alice/${number}`, `of alice ${number}`);
  }
  assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
  disk.change({ renumber: true });
  await nothingComes(two);
  disk.change({ renumber: true, shiftMs: 3600_000 }); // Summer time.
  await nothingComes(two);
  disk.change({ renumber: true, shiftMs: 0 });
  bob.folder.append("bob/1", ", edited");
  alice.folder.append("alice/1", ", edited");
  assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
  assertEquals(plans(two).map(({ create, update, delete: gone }) => [create, update, gone]), [[0, 2, 0]]);
  assertEquals([alice.folder.read("bob/1"), bob.folder.read("alice/1")], [
    "of bob 1, edited",
    "of alice 1, edited",
  ]);
});

onLesserDisk(
  "M1: a folder renamed while nobody looked, on a disk that gives new numbers, is a rename",
  TICKING,
  async (two) => {
    const { alice, bob, disk } = two;
    for (let number = 0; number < 60; number++) {
      bob.folder.write(
        `many/${number % 3}/${number}`,
        `of ${number}`,
      );
    }
    bob.folder.write("other/1", "another");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    disk.change({ renumber: true });
    alice.folder.rename("many", "more");
    assertEquals(await runOnce(two.alice, two.bob), [0, 0]);
    assertEquals(plans(two).map(({ create, delete: gone, move, bytes }) => [create, gone, move, bytes]), [[
      0,
      0,
      1,
      0,
    ]]);
    assertEquals([bob.folder.names(), bob.folder.read("more/2/2")], [["more", "other"], "of 2"]);
  },
);
