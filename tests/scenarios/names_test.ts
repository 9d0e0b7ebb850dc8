// Names and files as people and their programs make them, live, between real processes (RULES N, S4).

import { assert, assertEquals } from "@std/assert";
import { holdable, nextTick } from "./alices_disk.ts";
import { type Folder, takesLongPaths } from "./persons_folder.ts";
import { Person, scenario, type Scene } from "./harness.ts";
import { hold, SHARED } from "./held.ts";
import { WINDOWS } from "../support/system.ts";

const EMOJI = "\u{1f469}\u200d\u{1f680}";
const NAMES = holdable([
  "100% of it.txt",
  "%TEMP%",
  "%2e%2e%2fup.txt",
  "it's 'quoted'",
  "$HOME `id` $(id); & ^ !",
  "-rf",
  "#hash [brackets] {braces}",
  " leads with a space",
  "~tilde~",
  `${EMOJI} ${EMOJI}.png`,
  "\u{1f600}".repeat(WINDOWS ? 30 : 63),
  "\u0440\u0443\u0441\u0441\u043a\u0438\u0439 \u4e2d\u6587 \u0639\u0631\u0628\u064a",
  ...(takesLongPaths() ? ["n".repeat(255)] : []),
  ...(WINDOWS
    ? []
    : ['"double"', "back\\slash", "two\nlines", "tab\there", "ends. ", "aux.txt", "a:b|c<d>?*"]),
]);

scenario(
  "N3: names of every kind are made, edited, renamed, in conflict and deleted like any other",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (const name of NAMES) folder.write(`${name}/${name}`, name);
    });
    assertEquals(bob.folder.names(), [...NAMES].sort());
    for (const name of NAMES) bob.folder.append(`${name}/${name}`, " edited");
    await scene.alike(alice, bob);
    const mark = alice.program.mark();
    for (const name of NAMES) alice.folder.rename(`${name}/${name}`, `${name}/renamed`);
    await scene.alike(alice, bob);
    // M6: where a watch tells of the second half of a rename too late, it is a deletion and a creation.
    if (!WINDOWS) assertEquals(alice.plannedSince(mark).bytes, 0);
    await Promise.all([alice.program.kill(), bob.program.kill()]);
    await nextTick();
    for (const name of NAMES) {
      bob.folder.rename(name, renamed(name));
      alice.folder.write(`${name}/renamed`, "alice went on");
      bob.folder.write(`${renamed(name)}/renamed`, "and bob");
    }
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names(), NAMES.map(renamed).sort());
    assertEquals([alice.inSync(bob)?.conflicts, bob.inSync(alice)?.conflicts], [NAMES.length, NAMES.length]);
    alice.folder.remove(renamed(NAMES[0]!));
    bob.folder.remove(renamed(NAMES[1]!));
    await scene.alike(alice, bob);
    assertEquals(bob.folder.names(), NAMES.slice(2).map(renamed).sort());
  },
);

/** Another name of the same kind, of no more bytes. */
function renamed(name: string): string {
  return `${[...name].slice(1).join("")}_`;
}

/** As the programs of an office save: beside it, then in its place, with a lock file for as long as it is open. */
function saveAsOffice(folder: Folder, name: string, text: string, times: number) {
  folder.write(`~$${name}`, "who has it open");
  folder.write(`~WRD000${times}.tmp`, text);
  folder.rename(name, `~WRL000${times}.tmp`);
  folder.rename(`~WRD000${times}.tmp`, name);
  folder.remove(`~WRL000${times}.tmp`);
  folder.remove(`~$${name}`);
}

scenario(
  "S4 (field 16): what an office program saves is one edit there, also when it is saved again and again",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("letter.docx", "draft 0"));
    for (let draft = 1; draft <= 4; draft++) {
      saveAsOffice(alice.folder, "letter.docx", `draft ${draft}`, draft);
      await scene.alike(alice, bob);
      assertEquals(bob.folder.read("letter.docx"), `draft ${draft}`);
      assertEquals(bob.folder.names(), ["letter.docx"]);
    }
    const kept = [...bob.folder.versions().values()];
    assert(kept.includes("draft 3"), "the one before is among the versions");
    // Only one person edits: however fast, nobody is asked to choose.
    for (let save = 1; save <= 40; save++) {
      if (save % 3 === 0) saveAsOffice(alice.folder, "letter.docx", `save ${save}`, save);
      else alice.folder.write("letter.docx", `save ${save}`);
      if (save % 8 === 0) await bob.event("plan");
    }
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("letter.docx"), "save 40");
    for (const person of [alice, bob]) {
      assertEquals([person.plannedSince(0).conflict, person.program.since(0, "conflict")], [0, []]);
      assertEquals(person.program.since(0, "problem").filter(({ retry }) => !retry), []);
    }
  },
);

scenario("read-only files are replaced, renamed and deleted, and stay read-only", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (const name of ["replaced", "renamed", "deleted"]) folder.write(name, name);
  });
  for (const name of ["replaced", "renamed", "deleted"]) Deno.chmodSync(bob.folder.at(name), 0o444);
  await alice.program.kill(); // Wine does not tell of all that comes: the look at the start does.
  await nextTick();
  alice.folder.write("replaced", "anew");
  alice.folder.rename("renamed", "moved");
  alice.folder.remove("deleted");
  alice.start();
  await scene.alike(alice, bob);
  assertEquals([bob.folder.names(), bob.folder.read("replaced")], [["moved", "replaced"], "anew"]);
  for (const name of bob.folder.names()) {
    assertEquals(Deno.statSync(bob.folder.at(name)).mode! & 0o200, 0, `${name} is read-only still`);
  }
  for (const name of bob.folder.names()) Deno.chmodSync(bob.folder.at(name), 0o644);
});

scenario("a root that is reached through a link is watched and synced as any other", async (scene) => {
  const { bob } = await scene.pair();
  scene.folder("where it is").write("here.txt", "here");
  scene.folder("where it is").makeLink("../way to alice", "where it is");
  const alice = new Person(scene, "alice", ["--invite", "bob", "--yes"], scene.folder("way to alice"));
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  alice.folder.write("here.txt", "edited");
  bob.folder.write("there/there.txt", "there");
  await scene.alike(alice, bob);
  assertEquals([bob.folder.read("here.txt"), alice.folder.read("there/there.txt")], ["edited", "there"]);
}, WINDOWS);

scenario(
  "field 15: a file that a program has open is waited for, and delays nothing else",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (const name of ["budget.xlsx", "notes.txt", "other.txt"]) folder.write(name, "as it was");
    });
    const told = (person: Person, path: string) =>
      person.event("problem", (problem) => problem.path === path && problem.retry);
    const waiting = /waiting for budget.xlsx to be closed by the program that has it open/;
    {
      using _held = hold(bob.folder.at("budget.xlsx"));
      alice.folder.write("budget.xlsx", "alice's new one");
      const [here, there] = await Promise.all([told(alice, "budget.xlsx"), told(bob, "budget.xlsx")]);
      assert(waiting.test(here.reason) && waiting.test(there.reason), `${here.reason} | ${there.reason}`);
      alice.folder.write("other.txt", "this goes on");
      await bob.until("an edit beside it", () => bob.folder.read("other.txt") === "this goes on");
      alice.folder.remove("notes.txt");
      await bob.until("a deletion beside it", () => !bob.folder.has("notes.txt"));
    }
    await alikeAgain(scene, alice, bob);
    assertEquals(bob.folder.read("budget.xlsx"), "alice's new one");
    {
      using _held = hold(bob.folder.at("budget.xlsx"));
      alice.folder.remove("budget.xlsx");
      await told(alice, "budget.xlsx");
    }
    await alikeAgain(scene, alice, bob);
    assert(!bob.folder.has("budget.xlsx"));
    {
      // Its owner's program keeps it from being read.
      alice.folder.write("report.docx", "being written");
      using _held = hold(alice.folder.at("report.docx"));
      await told(bob, "report.docx");
      alice.folder.write("other.txt", "and this");
      await bob.until("an edit beside it", () => bob.folder.read("other.txt") === "and this");
    }
    await alikeAgain(scene, alice, bob);
    assertEquals(bob.folder.read("report.docx"), "being written");
    {
      // Others may write it, and still not replace it.
      using _held = hold(bob.folder.at("report.docx"), SHARED);
      alice.folder.write("report.docx", "written");
      const { reason } = await told(bob, "report.docx");
      assertEquals(reason, "waiting for report.docx to be closed by the program that has it open");
    }
    await alikeAgain(scene, alice, bob);
    assertEquals(bob.folder.read("report.docx"), "written");
  },
  !WINDOWS,
);

async function alikeAgain(scene: Scene, alice: Person, bob: Person) {
  await scene.alike(alice, bob);
  assertEquals([alice.inSync(bob)?.problems, bob.inSync(alice)?.problems], [0, 0]);
}
