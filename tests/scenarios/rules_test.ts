// The rules between real processes, several rows to a pair: what must come of work on both sides while nobody looks.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { differences, Folder, takesLongPaths } from "./persons_folder.ts";
import { needing, Person, runOnce, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
const HOUR = 3_600_000;
const LONG_PATHS = takesLongPaths();

scenario(needing("C2 C3: who keeps a name, and what the other content is called", "times"), async (scene) => {
  const { alice, bob } = await scene.pair();
  const long = "n".repeat(246) + ".txt";
  const both = (path: string, one: [string, number], other: [string, number]) => {
    alice.folder.write(path, ...one);
    bob.folder.write(path, ...other);
  };
  both("later.txt", ["alice's", NOON], ["bob's, later", NOON + HOUR]);
  // Under two seconds apart, the digests decide: of these, that of "a" is the greater one.
  both("close.txt", ["a", NOON], ["b", NOON + 1000]);
  both("bare", ["alice's, later", NOON + HOUR], ["bob's", NOON]);
  both(".dotted", ["alice's, later", NOON + HOUR], ["bob's", NOON]);
  both("a.tar.gz", ["alice's, later", NOON + HOUR], ["bob's", NOON]);
  if (LONG_PATHS) both(long, ["alice's, later", NOON + HOUR], ["bob's", NOON]);
  const mark = (whose: string) => ` (conflict ${whose} 2026-11-22 12.00.00)`;
  both("taken.txt", ["alice's, later", NOON + HOUR], ["bob's", NOON]);
  alice.folder.write(`taken${mark("bob")}.txt`, "of another time", NOON);
  assertEquals(await runOnce(alice, bob), [1, 1]);
  await scene.alike(alice, bob);
  const copies: [copy: string, content: string, path: string][] = [
    [`later${mark("alice")}.txt`, "alice's", "later.txt"],
    [`close${mark("bob").replace("00)", "01)")}.txt`, "b", "close.txt"],
    [`bare${mark("bob")}`, "bob's", "bare"],
    [`.dotted${mark("bob")}`, "bob's", ".dotted"],
    [`a.tar${mark("bob")}.gz`, "bob's", "a.tar.gz"],
    [`taken${mark("bob").replace(")", " 2)")}.txt`, "bob's", "taken.txt"],
  ];
  if (LONG_PATHS) {
    copies.push(["n".repeat(255 - mark("bob").length - 4) + mark("bob") + ".txt", "bob's", long]);
  }
  for (const [copy, content, path] of copies) {
    assertEquals(bob.folder.read(copy), content, copy);
    assert(bob.folder.read(path) !== content, path);
  }
  assertEquals(bob.folder.read(`taken${mark("bob")}.txt`), "of another time");
  const told = alice.program.since(0, "conflict").map(({ path, kept }) => `${path} ${kept}`);
  for (const [copy, , path] of copies) assert(told.includes(`${path} ${copy}`), copy);
});

scenario("C2: a clock that is wrong by an hour decides nothing", async (scene) => {
  const { alice, bob } = await scene.pair();
  bob.minutesAhead = 60;
  // By bob's clock an hour later, in truth half an hour before alice.
  bob.folder.write("plan.txt", "bob's, earlier", NOON + HOUR / 2);
  alice.folder.write("plan.txt", "alice's, later", NOON);
  bob.folder.write("list.txt", "bob's, later", NOON + 2 * HOUR);
  alice.folder.write("list.txt", "alice's, earlier", NOON);
  assertEquals(await runOnce(alice, bob), [1, 1]);
  await scene.alike(alice, bob);
  assertEquals(alice.folder.read("plan.txt"), "alice's, later");
  assertEquals(alice.folder.read("list.txt"), "bob's, later");
});

scenario(
  needing("C1 C4 C5 C8: work on both sides while nobody looks", "times", "executable"),
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const inside = ["a", "b", "deep/c"];
    for (const folder of ["edited in", "only deleted in", "made in", "bit in"]) {
      for (const name of inside) alice.folder.write(`${folder}/${name}`, `${folder} ${name}`, NOON);
    }
    for (const name of ["edited.txt", "touched.txt", "alike.txt", "gone.txt"]) {
      alice.folder.write(name, name, NOON);
    }
    assertEquals(await runOnce(alice, bob), [0, 0]);

    const [mine, yours] = [alice.folder, bob.folder];
    mine.remove("edited.txt");
    yours.write("edited.txt", "bob went on");
    mine.write("alike.txt", "the same", NOON + HOUR);
    yours.write("alike.txt", "the same", NOON + 2 * HOUR);
    mine.remove("gone.txt");
    yours.remove("gone.txt");
    mine.write("touched.txt", "touched.txt", NOON + HOUR);
    yours.remove("edited in");
    mine.write("edited in/deep/c", "alice went on");
    mine.remove("only deleted in/deep");
    yours.remove("only deleted in");
    yours.write("only deleted in", "a file now", NOON);
    yours.write("made in/new", "bob made this");
    mine.remove("made in");
    mine.write("made in", "a file now", NOON);
    if (!WINDOWS) {
      Deno.chmodSync(mine.at("bit in/a"), 0o755);
      yours.remove("bit in");
    }
    assertEquals(await runOnce(alice, bob), [1, 1]);
    const digests = [alice, bob].map(({ program }) => program.since(0, "insync").at(-1)!.digest);
    assertEquals(digests[0], digests[1]);
    const differing = differences(mine.tree(), yours.tree()).map((line) => line.split(":")[0]);
    assertEquals(differing, ["alike.txt", "touched.txt"], "which differ in time alone");
    assertEquals(mine.read("edited.txt"), "bob went on", "C4");
    assertEquals(mine.mtime("touched.txt"), NOON + HOUR, "C8");
    assertEquals(yours.names("edited in"), ["deep"], "C4: the edited file and its parents stay");
    assertEquals(yours.read("edited in/deep/c"), "alice went on");
    assertEquals(mine.read("only deleted in"), "a file now", "C5");
    const copy = "made in (conflict alice 2026-11-22 12.00.00)";
    assertEquals([yours.read(copy), mine.names("made in")], ["a file now", ["new"]], "C4, C5: per path");
    if (!WINDOWS) assertEquals(yours.names("bit in"), ["a"], "C4: an executable bit is an edit");
    const kept = alice.program.since(0, "conflict").map(({ path, kept, of }) => [path, kept, of]);
    assertEquals(kept, [["made in", copy, "alice"]]);
  },
);

scenario(
  "C9: a conflict is settled by an edit, a rename or a deletion of one of its two files",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    for (const name of ["edited", "renamed", "deleted"]) {
      alice.folder.write(name, "alice's", NOON);
      bob.folder.write(name, "bob's", NOON + HOUR);
    }
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    const copyOf = (name: string) => `${name} (conflict alice 2026-11-22 12.00.00)`;
    assertEquals(alice.inSync(bob)?.conflicts, 3);
    bob.folder.write("other.txt", "this settles nothing");
    await scene.alike(alice, bob);
    assertEquals(alice.inSync(bob)?.conflicts, 3);
    assertEquals(alice.program.since(0, "conflict").length, 3, "each is told once");
    const acts = [
      () => alice.folder.append("edited", " and more"),
      () => bob.folder.rename(copyOf("renamed"), "alice's renamed"),
      () => alice.folder.remove(copyOf("deleted")),
    ];
    for (const [number, act] of acts.entries()) {
      act();
      await scene.alike(alice, bob);
      assertEquals([alice.inSync(bob)?.conflicts, bob.inSync(alice)?.conflicts], [2 - number, 2 - number]);
    }
    assertEquals(alice.folder.names(), [
      "alice's renamed",
      "deleted",
      "edited",
      copyOf("edited"),
      "other.txt",
      "renamed",
    ]);
  },
);

scenario(
  needing(
    "N3 N5 E1: twins, names that are no text, links that lead out: told on both sides, and stop nothing",
    "links",
    "case",
  ),
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const [composed, apart] = ["caf\u00e9.txt", "cafe\u0301.txt"];
    alice.folder.write(composed, "composed", NOON);
    alice.folder.write(apart, "apart", NOON);
    bob.folder.write("d/E\u0301/x", "in the first", NOON);
    bob.folder.write("d/\u00c9/y", "in the second", NOON);
    // Some disks (ntfs3) take no such name.
    const { success: isTaken } = new Deno.Command("python3", {
      args: [
        "-c",
        "import sys; open(sys.argv[1].encode() + b'/odd \\xff.txt', 'w').write('odd')",
        alice.folder.path,
      ],
    }).outputSync();
    alice.folder.makeLink("absolute", "/etc/passwd");
    alice.folder.makeLink("up and out", "../..");
    bob.folder.makeLink("fine", "d");
    bob.folder.write("empty", "");
    bob.folder.makeFolder("nothing in it");
    assertEquals(await runOnce(alice, bob), [1, 1]);
    const noText = isTaken ? ["odd \ufffd.txt"] : [];
    const problems = ["absolute", "caf\u00e9.txt", "d/\u00c9", ...noText, "up and out"];
    for (const person of [alice, bob]) {
      const told = person.program.since(0, "problem").sort((one, other) => one.path < other.path ? -1 : 1);
      assertEquals(told.map(({ path }) => path), problems);
      assert(told.every(({ retry, reason }) => !retry && /rename|make it/.test(reason)));
      const { files, bytes, problems: count } = person.program.since(0, "insync").at(-1)!;
      assertEquals(
        { files, bytes, count },
        { files: 3, bytes: 17, count: problems.length },
        "plain files that are agreed",
      );
    }
    assertEquals(bob.folder.read(apart), "apart", "the first in byte order");
    assert(!bob.folder.has(composed));
    assertEquals(alice.folder.names("d"), ["E\u0301"]);
    assertEquals(Deno.readLinkSync(alice.folder.at("fine")), "d");
    alice.folder.rename(composed, "coffee.txt");
    bob.folder.remove("d/\u00c9");
    for (const name of ["absolute", "up and out"]) alice.folder.remove(name);
    new Deno.Command("python3", {
      args: ["-c", "import os, sys; os.remove(sys.argv[1].encode() + b'/odd \\xff.txt')", alice.folder.path],
    }).outputSync();
    assertEquals(await runOnce(alice, bob), [0, 0]);
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("coffee.txt"), "composed");
  },
  WINDOWS,
);

scenario("N2 E1: a path that is too long where bob keeps his folder is told on both sides", async (scene) => {
  const { alice } = await scene.pair();
  const deep = scene.folder("bob").at(`${"deep".repeat(50)}/`.repeat(2).slice(0, -1));
  const bob = new Person(scene, "bob", ["--accept-from", "alice", "--yes"], new Folder(deep));
  const folders = `${"d".repeat(200)}/`.repeat(17);
  alice.folder.write(`${folders}${"e".repeat(100)}/fits too.txt`, "fits");
  alice.folder.write(`${folders}fits.txt`, "fits");
  assertEquals(await runOnce(alice, bob), [0, 0]);
  alice.folder.write(`${folders}${"e".repeat(100)}/${"n".repeat(200)}.txt`, "longer");
  assertEquals(await runOnce(alice, bob), [1, 1]);
  for (const person of [alice, bob]) {
    const [told] = person.program.since(0, "problem");
    assertMatch(told!.reason, /^the path is 3722 bytes long, the other computer allows \d+: shorten/);
    assertEquals([told!.path, told!.retry], [`${folders}${"e".repeat(100)}/${"n".repeat(200)}.txt`, false]);
  }
  alice.folder.rename(folders.slice(0, 200), "short");
  assertEquals(await runOnce(alice, bob), [0, 0]);
}, Deno.build.os !== "linux");

scenario(
  needing(
    "N6: a folder replaced by a link that leads out is deleted nowhere, and lives again when it is back",
    "links",
  ),
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("work/one.txt", "one");
      folder.write("work/deep/two.txt", "two");
    });
    alice.folder.rename("work", "../moved out");
    alice.folder.makeLink("work", "../moved out");
    const told = await bob.event("problem");
    assertEquals([told.path, told.retry], ["work", false]);
    bob.folder.write("work/deep/two.txt", "bob went on");
    bob.folder.write("other.txt", "this goes on");
    await alice.event("insync", () => alice.folder.has("other.txt"));
    assertEquals(bob.folder.names("work"), ["deep", "one.txt"]);
    assertEquals(alice.folder.read("../moved out/deep/two.txt"), "two", "nothing is written through a link");
    alice.folder.remove("work");
    alice.folder.rename("../moved out", "work");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read("work/deep/two.txt"), "bob went on");
  },
  WINDOWS,
);

scenario(
  "I1: a default is taken back, what either side ignores is ignored, and new rules hold before insync",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    for (const { folder, name } of [alice, bob]) {
      folder.write("Thumbs.db", `${name}'s`);
      folder.write(`~$${name}.docx`, `${name}'s lock`);
      folder.write(`${name}.tmp`, `${name}'s scratch`);
      folder.write(`${name}.log`, `${name}'s log`);
    }
    alice.folder.write(".tcpsyncignore", "*.tmp\n!~$*\n", NOON);
    bob.folder.write(".tcpsyncignore", "*.log\n", NOON + HOUR);
    assertEquals(await runOnce(alice, bob), [1, 1]);
    const copy = ".tcpsyncignore (conflict alice 2026-11-22 12.00.00)";
    assertEquals(alice.folder.read(".tcpsyncignore"), "*.log\n", "the rules are synced as any file");
    const own = ({ name }: Person) => [`${name}.log`, `${name}.tmp`, `~$${name}.docx`];
    // What alice ignores stays home though bob's rules came in the place of hers (I4).
    for (const [one, others] of [[alice, ["bob.tmp"]], [bob, []]] as const) {
      assertEquals(one.folder.names(), [...own(one), ...others, ".tcpsyncignore", copy, "Thumbs.db"].sort());
    }
    alice.folder.remove(copy);
    // Each lets travel what is ignored in the own folder (I4).
    for (const { folder } of [alice, bob]) {
      folder.write(".tcpsyncignore", "*.log\n!~$*\n!Thumbs.db\n!*.tmp\n");
    }
    bob.folder.write("Thumbs.db", "the same");
    alice.folder.write("Thumbs.db", "the same");
    assertEquals(await runOnce(alice, bob), [0, 0]);
    assertEquals(bob.folder.read("~$alice.docx"), "alice's lock", "in the same run as the rules");
    assertEquals(alice.program.since(0, "insync").map(({ files }) => files), [6]);
  },
);
