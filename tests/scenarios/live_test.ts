// Two people at work at the same time: whatever one does in the folder, the other has soon.

import { assert, assertEquals } from "@std/assert";
import { needing, scenario } from "./harness.ts";
import { HALVES_MAY_PART } from "./program.ts";
import { WINDOWS } from "../support/system.ts";

const LARGE = 300 << 20;
const MOST_MEMORY = 400 << 20;
const PHOTOS = WINDOWS ? 100 : 500;

scenario("C1 C8: files made, edited and deleted on either side are so on the other", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("start.txt", "start\n"));
  for (const [one, other] of [[alice, bob], [bob, alice]] as const) {
    const who = one.name;
    one.folder.write(`${who}/new.txt`, `${who} made this\n`);
    await scene.alike(one, other);
    one.folder.append(`${who}/new.txt`, "and went on\n");
    await scene.alike(one, other);
    assertEquals(other.folder.read(`${who}/new.txt`), `${who} made this\nand went on\n`);
    one.folder.write(`${who}/new.txt`, "short");
    one.folder.write("start.txt", `${who} was here last\n`);
    await scene.alike(one, other);
    Deno.truncateSync(one.folder.at(`${who}/new.txt`), 2);
    await scene.alike(one, other);
    assertEquals(other.folder.read(`${who}/new.txt`), "sh");
    one.folder.write(`${who}/new.txt`, "");
    one.folder.write(`${who}/binary`, crypto.getRandomValues(new Uint8Array(65_000)));
    one.folder.makeFolder(`${who}/empty/emptier`);
    await scene.alike(one, other);
    one.folder.remove(`${who}/new.txt`);
    one.folder.remove(`${who}/empty/emptier`);
    await scene.alike(one, other);
    assert(!other.folder.has(`${who}/new.txt`));
    assert(other.folder.has(`${who}/empty`));
  }
  for (const person of [alice, bob]) assertEquals(person.plannedSince(0).conflict, 0);
});

scenario("C8: saving by renaming onto the old file, and edits of one size, arrive", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("letter.txt", "draft 0\n"));
  for (let draft = 1; draft <= 3; draft++) {
    alice.folder.write("letter.txt.tmp", `draft ${draft}\n`);
    alice.folder.rename("letter.txt.tmp", "letter.txt");
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("letter.txt"), `draft ${draft}\n`);
    bob.folder.write("letter.txt", `DRAFT ${draft}\n`);
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read("letter.txt"), `DRAFT ${draft}\n`);
  }
  assertEquals(alice.folder.names(), ["letter.txt"]);
});

scenario(
  needing("C7 N5: links and executable bits are kept the same", "links", "executable"),
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("bin/tool", "#!/bin/sh\n");
      folder.makeLink("current", "bin");
    });
    Deno.chmodSync(alice.folder.at("bin/tool"), 0o755);
    await scene.alike(alice, bob);
    assertEquals(alice.plannedSince(0).bytes, 10);
    Deno.chmodSync(bob.folder.at("bin/tool"), 0o644);
    bob.folder.remove("current");
    bob.folder.makeLink("current", "bin/tool");
    bob.folder.makeLink("nowhere yet", "bin/missing");
    await scene.alike(alice, bob);
    assertEquals(Deno.readLinkSync(alice.folder.at("current")), "bin/tool");
    alice.folder.remove("current");
    await scene.alike(alice, bob);
  },
  WINDOWS,
);

scenario(
  needing("N5: a link that leads outside is a problem, and stops nothing else", "links"),
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    alice.folder.makeLink("outside", "../../etc");
    const told = await bob.event("problem");
    assertEquals([told.path, told.retry], ["outside", false]);
    alice.folder.write("other.txt", "this goes on");
    await bob.event("insync", ({ files, problems }) => files === 1 && problems === 1);
    assertEquals(bob.folder.names(), ["other.txt"]);
    alice.folder.remove("outside");
    await bob.event("insync", ({ problems }) => problems === 0);
    await scene.alike(alice, bob);
  },
  WINDOWS,
);

scenario(needing("a large file arrives whole without being held in memory", "room"), async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("small.txt", "s"));
  {
    using file = Deno.openSync(alice.folder.at("film.mkv"), { write: true, create: true });
    file.writeSync(new TextEncoder().encode("the beginning"));
    file.seekSync(LARGE - 7, Deno.SeekMode.Start);
    file.writeSync(new TextEncoder().encode("the end"));
  }
  await scene.alike(alice, bob);
  assertEquals(Deno.statSync(bob.folder.at("film.mkv")).size, LARGE);
  bob.folder.append("film.mkv", ", and more");
  await scene.alike(alice, bob);
  for (const person of [alice, bob]) {
    const most = highestMemory(person.program.pid);
    assert(most < MOST_MEMORY, `${person.name} took ${most >> 20} MB`);
  }
});

scenario("M1: what is renamed or moved sends no content again", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    folder.write("song.txt", "la la la\n");
    for (let number = 0; number < PHOTOS; number++) folder.write(`album/${number}.txt`, `photo ${number}\n`);
    folder.write("archive/old.txt", "old\n");
  });
  const moves: [string, string][] = [
    ["song.txt", "tune.txt"],
    ["album", "pictures"],
    ["pictures", "archive/pictures"],
    ["archive/old.txt", "oldest.txt"],
  ];
  for (const [number, [from, to]] of moves.entries()) {
    const [one, other] = number % 2 === 0 ? [alice, bob] : [bob, alice];
    const mark = one.program.mark();
    one.folder.rename(from, to);
    await scene.alike(one, other);
    const planned = one.plannedSince(mark);
    if (HALVES_MAY_PART && planned.move === 0) continue;
    assertEquals([planned.bytes, planned.delete, planned.conflict], [0, 0, 0], `${from} → ${to}`);
    assertEquals(planned.move, 1, `${from} → ${to}`);
  }
  assertEquals(bob.folder.names("archive/pictures").length, PHOTOS);
});

scenario("M1: what is moved into a folder made for it sends no content again", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (let number = 0; number < 50; number++) folder.write(`album/${number}.txt`, `photo ${number}\n`);
    folder.write("letter.txt", "dear\n");
  });
  await alice.program.stop();
  alice.folder.makeFolder("2026/november");
  alice.folder.rename("album", "2026/november/album");
  alice.folder.rename("letter.txt", "2026/letter.txt");
  alice.start();
  await scene.alike(alice, bob);
  assertEquals(alice.plannedSince(0), { bytes: 0, move: 2, delete: 0, conflict: 0 });
  assertEquals(bob.folder.names("2026/november/album").length, 50);
});

scenario(
  needing("N4 (field 10): a rename that changes only the case is one move", "spelling"),
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("Readme/Notes.TXT", "text"));
    for (const [from, to] of [["Readme/Notes.TXT", "Readme/notes.txt"], ["Readme", "README"]] as const) {
      const mark = alice.program.mark();
      alice.folder.respell(from, to);
      await scene.alike(alice, bob);
      const { bytes, move, delete: deleted } = alice.plannedSince(mark);
      assertEquals({ bytes, deleted }, { bytes: 0, deleted: 0 });
      assert(move >= 1);
    }
    assertEquals(bob.folder.names(), ["README"]);
    assertEquals(bob.folder.names("README"), ["notes.txt"]);
  },
);

scenario(
  "S4: what was deleted or replaced is among the kept versions of the one who lost it",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("letter.txt", "first");
      for (let number = 0; number < 200; number++) {
        folder.write(`old/${number % 9}/${number}`, `old ${number}`);
      }
    });
    alice.folder.write("letter.txt", "second");
    alice.folder.remove("old");
    await scene.alike(alice, bob);
    assert(!bob.folder.has("old"));
    const kept = bob.folder.versions();
    assertEquals(kept.get("letter.txt"), "first");
    for (let number = 0; number < 200; number++) {
      assertEquals(kept.get(`old/${number % 9}/${number}`), `old ${number}`);
    }
    assertEquals(kept.size, 201);
    assertEquals(alice.folder.versions().size, 0, "what its owner saved over is the owner's");
  },
);

scenario("C5: a file becomes a folder, and a folder a file", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    folder.write("one", "a file");
    folder.write("two/inside.txt", "in a folder");
  });
  alice.folder.remove("one");
  alice.folder.write("one/inside.txt", "in a folder now");
  alice.folder.remove("two");
  alice.folder.write("two", "a file now");
  await scene.alike(alice, bob);
  bob.folder.remove("one");
  bob.folder.write("one", "a file again");
  await scene.alike(alice, bob);
  assertEquals(alice.folder.read("two"), "a file now");
  assertEquals(alice.folder.names(), ["one", "two"]);
});

scenario("I1 I2: what either side ignores stays where it is, and is deleted nowhere", async (scene) => {
  const { alice, bob } = await scene.pair();
  alice.folder.write(".tcpsyncignore", "*.log\nbuild/\n");
  alice.folder.write("noise.log", "noise");
  alice.folder.write("build/out.bin", "out");
  alice.folder.write("scratch/idea.txt", "an idea");
  alice.folder.write("~$budget.xlsx", "a lock file of an office program");
  alice.start();
  bob.start();
  await bob.event("insync", () => bob.folder.has(".tcpsyncignore"));
  assertEquals(bob.folder.names(), [".tcpsyncignore", "scratch"]);
  bob.folder.write("bob.log", "bob's noise");
  bob.folder.write("after.txt", "after");
  await bob.event("insync", () => alice.folder.has("after.txt"));
  assert(!alice.folder.has("bob.log"));
  bob.folder.write(".tcpsyncignore", "*.log\nbuild/\nscratch/\n");
  await bob.event("insync", () => alice.folder.read(".tcpsyncignore").includes("scratch"));
  bob.folder.remove("scratch");
  bob.folder.write("last.txt", "last");
  await bob.event("insync", () => alice.folder.has("last.txt"));
  assertEquals(alice.folder.read("scratch/idea.txt"), "an idea");
  assertEquals(alice.folder.read("noise.log"), "noise");
  assertEquals(bob.folder.read("bob.log"), "bob's noise");
});

/** The most memory the process ever had, where the system tells. */
function highestMemory(pid: number): number {
  if (Deno.build.os !== "linux") return 0;
  const kilobytes = /VmHWM:\s+(\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  return Number(kilobytes) * 1024;
}
