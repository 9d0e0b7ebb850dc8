// What people rename while the other one works on it (RULES M, I3), between real programs.

import { assert, assertEquals } from "@std/assert";
import type { Folder } from "./persons_folder.ts";
import { type Person, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

/** Both work while neither program runs; then both start again and come to be in sync. What is ignored they need not have alike. */
async function apart(alice: Person, bob: Person, work: () => void) {
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  work();
  alice.start();
  bob.start();
  const [here, there] = await Promise.all([alice.event("insync"), bob.event("insync")]);
  assertEquals(here.digest, there.digest);
}

scenario("M1 M2 M3 M5 M6 M7 I3: what one renames, the other works on", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (const name of ["x", "y", "z"]) {
      for (const at of ["work", "left", "gone", "here", "there"]) {
        folder.write(`${at}/${name}.txt`, `${at} ${name}`);
      }
    }
    for (const name of ["letter", "memo", "one", "two"]) folder.write(`${name}.txt`, `${name}\n`);
  });
  await apart(alice, bob, () => {
    // M2, M7: bob works in a folder that alice renames, and has something ignored in it.
    alice.folder.rename("work", "works");
    bob.folder.append("work/x.txt", " edited by bob");
    bob.folder.write("work/new.txt", "new");
    bob.folder.remove("work/y.txt");
    bob.folder.rename("work/z.txt", "work/zz.txt");
    bob.folder.write("work/~$x.txt", "open here");
    bob.folder.rename("letter.txt", "letters.txt");
    alice.folder.append("letter.txt", "edited by alice\n");
    // M3: what bob deletes, alice has renamed.
    alice.folder.rename("gone", "back");
    bob.folder.remove("gone");
    // M5: swapped, alike in size and time; and moved into each other.
    bob.folder.rename("one.txt", "-");
    bob.folder.rename("two.txt", "one.txt");
    bob.folder.rename("-", "two.txt");
    alice.folder.rename("here", "there/here");
    bob.folder.rename("there", "here/there");
    // M6: renamed to where the other has made something.
    alice.folder.rename("memo.txt", "note.txt");
    bob.folder.write("note.txt", "bob's note\n");
    // I3: deleted, where the other has something ignored.
    alice.folder.remove("left");
    bob.folder.write("left/Thumbs.db", "small pictures");
  });
  // What is tried again, since it was moved at that moment, is none that stays.
  const told = bob.program.since(0, "problem").filter(({ retry }) => !retry);
  assertEquals(told.map(({ path }) => path), ["left"]);
  const { folder } = alice;
  assertEquals(folder.read("works/x.txt"), "work x edited by bob");
  assertEquals(folder.names("works"), ["new.txt", "x.txt", "zz.txt"]);
  assertEquals(bob.folder.names("works"), ["new.txt", "x.txt", "zz.txt", "~$x.txt"]);
  assertEquals(folder.read("letters.txt"), "letter\nedited by alice\n");
  assertEquals(folder.names("back"), ["x.txt", "y.txt", "z.txt"]);
  assertEquals([folder.read("one.txt"), folder.read("two.txt")], ["two\n", "one\n"]);
  assertEquals(folder.names("here/there"), ["x.txt", "y.txt", "z.txt"]);
  assertEquals(folder.names("there/here"), ["x.txt", "y.txt", "z.txt"]);
  const notes = folder.names().filter((name) => name.startsWith("note"));
  assertEquals(notes.map((name) => folder.read(name)).sort(), ["bob's note\n", "memo\n"]);
  assertEquals(bob.folder.names("left"), ["Thumbs.db"]);
  assertEquals(["work", "gone", "left", "letter.txt", "memo.txt"].filter((name) => folder.has(name)), []);
});

scenario(
  "M4: renamed differently on both sides, it has both names, which is one conflict until one goes",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("plan.txt", "the plan\n"));
    await apart(alice, bob, () => {
      alice.folder.rename("plan.txt", "plans.txt");
      bob.folder.rename("plan.txt", "our plan.txt");
    });
    for (const { program, folder } of [alice, bob]) {
      assertEquals(folder.names(), ["our plan.txt", "plans.txt"]);
      const told = program.since(0, "conflict").map(({ path, kept, of }) => ({ path, kept, of }));
      assertEquals(told, [{ path: "plans.txt", kept: "our plan.txt", of: "bob" }]);
    }
    bob.folder.remove("our plan.txt");
    const settled = await alice.event("insync", ({ conflicts }) => conflicts === 0);
    assertEquals([settled.files, alice.folder.names()], [1, ["plans.txt"]]);
  },
);

/** All that is in a folder's files. */
const textOf = (folder: Folder) => folder.names().map((name) => folder.read(name)).join("\n");

scenario(
  "M8 C2: saved by way of a backup name ten times, while bob edits: every edit is in some file of the folder",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("doc", "the doc\n"));
    const backup = "~WRL0001.tmp";
    for (let round = 0; round < 10; round++) {
      const edit = `edited by bob ${round}\n`;
      alice.folder.write("doc", `round ${round}\n`);
      await scene.alike(alice, bob);
      // Bob edits before he hears of that; or after, where he makes the name anew; or in a file that he has open: that is the backup.
      const way = ["before", "after", WINDOWS ? "after" : "open"][round % 3];
      const open = way === "open" ? Deno.openSync(bob.folder.at("doc"), { append: true }) : null;
      alice.folder.rename("doc", backup);
      if (way === "before") bob.folder.append("doc", edit);
      await bob.until("bob to have the backup", () => bob.folder.has(backup));
      if (way === "after") bob.folder.append("doc", edit);
      open?.writeSync(new TextEncoder().encode(edit));
      open?.close();
      alice.folder.write("doc", `saved by alice ${round}\n`);
      await scene.alike(alice, bob);
      alice.folder.remove(backup);
      await scene.alike(alice, bob);
      const text = textOf(alice.folder);
      assert(text.includes(edit), `bob's edit ${round} is in no file: ${alice.folder.names()}`);
      assert(text.includes(`saved by alice ${round}\n`), `alice's save ${round} is in no file`);
    }
  },
);

scenario(
  "M5 M2: swapped or taken round in a circle here, worked in there: the work follows",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (const name of ["a", "b", "one", "two", "three", "p/x", "q/y", "q/z"]) {
        folder.write(name, `${name}\n`);
      }
    });
    const swap = (one: string, ...others: string[]) => {
      let free = one;
      alice.folder.rename(one, "between");
      for (const other of others) {
        alice.folder.rename(other, free);
        free = other;
      }
      alice.folder.rename("between", free);
    };
    await apart(alice, bob, () => {
      swap("a", "b");
      bob.folder.append("a", "edited by bob\n");
      swap("one", "three", "two");
      bob.folder.append("two", "edited by bob\n");
      swap("p", "q");
      bob.folder.write("p/new", "new\n");
      bob.folder.remove("q/z");
    });
    const { folder } = alice;
    assertEquals([folder.read("a"), folder.read("b")], ["b\n", "a\nedited by bob\n"]);
    assertEquals(["one", "two", "three"].map((name) => folder.read(name)), [
      "three\n",
      "one\n",
      "two\nedited by bob\n",
    ]);
    assertEquals([folder.names("p"), folder.names("q")], [["y"], ["new", "x"]]);
    assertEquals(alice.program.since(0, "conflict"), []);
    assertEquals(alice.plannedSince(0).bytes, "edited by bob\n".length * 2 + "a\ntwo\nnew\n".length);
  },
);

/** How programs save a file: none of them writes into it. */
const SAVES: Record<string, (folder: Folder, name: string, text: string) => void> = {
  git: (folder, name, text) => {
    folder.write(`${name}.lock`, text);
    folder.rename(`${name}.lock`, name);
  },
  vim: (folder, name, text) => {
    folder.rename(name, `${name}~`);
    folder.write(name, text);
    folder.remove(`${name}~`);
  },
  emacs: (folder, name, text) => {
    folder.rename(name, `${name}~`);
    folder.write(name, text);
  },
  office: (folder, name, text) => {
    folder.write(`.~lock.${name}#`, "alice");
    folder.write("lu123.tmp", text);
    folder.rename("lu123.tmp", name);
    folder.remove(`.~lock.${name}#`);
  },
  word: (folder, name, text) => {
    folder.write("~WRD0000.tmp", text);
    folder.rename(name, "~WRL0001.tmp");
    folder.rename("~WRD0000.tmp", name);
    folder.remove("~WRL0001.tmp");
  },
};

scenario(
  "M8 C2: however a program saves, it is an edit, and what the other edits meanwhile stays",
  async (scene) => {
    const programs = Object.keys(SAVES);
    const { alice, bob } = await scene.syncedPair((folder) => {
      for (const name of programs) folder.write(name, "first\n");
    });
    for (let round = 0; round < 5; round++) {
      for (const name of programs) SAVES[name]!(alice.folder, name, `saved ${round}\n`);
      await scene.alike(alice, bob);
    }
    assertEquals(bob.folder.names(), [...programs, "emacs~"].sort());
    assertEquals(programs.map((name) => bob.folder.read(name)), programs.map(() => "saved 4\n"));
    assertEquals(bob.program.since(0, "conflict"), []);
    for (const name of programs) {
      bob.folder.append(name, `${name} edited by bob\n`);
      SAVES[name]!(alice.folder, name, `${name} saved by alice\n`);
    }
    await scene.alike(alice, bob);
    const text = textOf(alice.folder);
    for (const name of programs) {
      assert(text.includes(`${name} edited by bob\n`), `${name}: bob's edit is in no file`);
      assert(text.includes(`${name} saved by alice\n`), `${name}: alice's save is in no file`);
    }
  },
);
