// By what a file is known: a number, a size and a time alone never carry content to another path, or hide an edit.

import { assert, assertEquals } from "@std/assert";
import type { Folder } from "./persons_folder.ts";
import { SLOW_TOO } from "../support/slow.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import { beforeFullLook } from "./program.ts";
import { until, watched } from "./waiting.ts";
import { LINUX, WINDOWS } from "../support/system.ts";

const LONG_AGO = Date.UTC(2024, 0, 1);
const SIX = [0, 1, 2, 3, 4, 5];

/** Something done in alice's folder, while her client runs or not. */
async function whileStoppedOrNot(stopped: boolean, alice: Person, act: () => void) {
  if (stopped) await alice.program.stop();
  act();
  if (stopped) alice.start();
}

function contents(folder: Folder, names: string[]): string[] {
  return names.map((name) => folder.read(name));
}

/** Waits for something else to be done on both sides: what was done before it has been looked at. */
async function exchange(scene: Scene, alice: Person, bob: Person, mark: string) {
  alice.folder.write(`mark ${mark}`, mark);
  await until(bob, `mark ${mark}`, () => bob.folder.has(`mark ${mark}`));
  await scene.alike(alice, bob);
}

scenario(
  "M1 (case A1): files whose numbers went to others while nobody looked keep their contents",
  async (scene) => {
    const names = SIX.map((number) => `f${number}`);
    const fill = (folder: Folder) => {
      for (const number of SIX) folder.write(`f${number}`, `content ${number}`.repeat(9000), LONG_AGO);
    };
    const { alice, bob } = await scene.syncedPair(fill);
    await whileStoppedOrNot(true, alice, () => {
      const { folder } = alice;
      for (const number of SIX) folder.rename(`f${number}`, `t${number}`);
      for (const number of SIX) folder.rename(`t${number}`, `f${(number + 1) % 6}`);
      fill(folder); // Each in place: as a folder restored from a backup, or FAT mounted anew, has it.
    });
    await exchange(scene, alice, bob, "restored");
    assertEquals(contents(bob.folder, names), contents(alice.folder, names));
    assertEquals(bob.folder.versions().size, 0, "nothing was replaced");
    assertEquals(alice.plannedSince(0).delete + bob.plannedSince(0).delete, 0);
  },
);

for (const stopped of [false, true]) {
  const when = stopped ? "while nobody looked" : "while it is watched";

  scenario(
    `M1 (case A1): a number given again, ${when}, carries no content to another name`,
    async (scene) => {
      const { alice, bob } = await scene.syncedPair((folder) => {
        for (const number of SIX) folder.write(`a${number}`, `removed ${number}`, LONG_AGO);
        for (const number of SIX) folder.write(`c${number}`, `copied  ${number}`, LONG_AGO);
      });
      await whileStoppedOrNot(stopped, alice, () => {
        for (const number of SIX) {
          alice.folder.remove(`a${number}`);
          alice.folder.write(`b${number}`, `copied  ${number}`, LONG_AGO); // As cp -p does.
        }
      });
      await exchange(scene, alice, bob, "copied");
      assertEquals(
        contents(bob.folder, SIX.map((number) => `b${number}`)),
        SIX.map((number) => `copied  ${number}`),
      );
    },
  );

  scenario(
    `M1 (case A1): a file made anew with size and time of the one before, ${when}, arrives`,
    async (scene) => {
      const { alice, bob } = await scene.syncedPair((folder) => {
        for (const number of SIX) folder.write(`src/${number}`, `release 1, ${number}`, LONG_AGO);
      });
      await whileStoppedOrNot(stopped, alice, () => {
        for (const number of SIX) {
          alice.folder.remove(`src/${number}`);
          alice.folder.write(`src/${number}`, `release 2, ${number}`, LONG_AGO); // As tar does, over a release before.
        }
      });
      await exchange(scene, alice, bob, "unpacked");
      assertEquals(bob.folder.read("src/3"), "release 2, 3");
    },
  );
}

scenario("an edit that keeps size and time is seen, and meets the other's edit as C2", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("song", "tag one, music", LONG_AGO));
  await watched(alice, bob);
  alice.folder.write("song", "tag two, music", LONG_AGO);
  await until(bob, "the edit", () => bob.folder.read("song") === "tag two, music");
  await scene.alike(alice, bob);
  await scene.server.kill();
  await Promise.all([alice.event("lost"), bob.event("lost")]);
  alice.folder.write("song", "tag six, music", LONG_AGO);
  bob.folder.append("song", ", longer");
  await scene.serve(scene.port);
  const { kept } = await alice.event("conflict");
  await scene.alike(alice, bob);
  assertEquals(contents(alice.folder, ["song", kept]), ["tag two, music, longer", "tag six, music"]);
});

scenario(
  "an edit that keeps size and time and that no watch told of is not replaced unseen",
  async (scene) => {
    const fill = (folder: Folder) => folder.write("song", "tag one, music", LONG_AGO);
    const { alice, bob } = await scene.syncedPair(fill);
    // Through a name outside the folder, which no watch tells of.
    const outside = `${scene.path}/outside`;
    Deno.linkSync(alice.folder.at("song"), outside);
    await watched(alice, bob);
    using file = Deno.openSync(outside, { write: true });
    file.writeSync(new TextEncoder().encode("tag two, music"));
    file.utimeSync(LONG_AGO / 1000, LONG_AGO / 1000);
    bob.folder.append("song", ", longer");
    const { kept } = await alice.event("conflict");
    await scene.alike(alice, bob);
    assertEquals(contents(alice.folder, ["song", kept]), ["tag one, music, longer", "tag two, music"]);
  },
  WINDOWS,
);

scenario("who writes through one name of a file writes all of them", async (scene) => {
  const names = ["names/in", "names/in2"]; // In a folder in which no name changes: else a look at it shows them all.
  const { alice, bob } = await scene.syncedPair((folder) => {
    folder.write(names[0]!, "1");
    Deno.linkSync(folder.at(names[0]!), folder.at(names[1]!));
  });
  await watched(alice, bob);
  let text = "1";
  for (const name of names) {
    alice.folder.append(name, " and 2"); // In place.
    text += " and 2";
    const both = () => contents(bob.folder, names).every((content) => content === text);
    await until(bob, "both", both, beforeFullLook(10));
    await scene.alike(alice, bob);
  }
});

scenario("a write through a name outside the folder (case 23) arrives", async (scene) => {
  const names = ["names/in", "names/in2"];
  const outside = `${scene.path}/outside`;
  const { alice, bob } = await scene.syncedPair((folder) => {
    folder.write(names[0]!, "1");
    for (const other of [folder.at(names[1]!), outside]) Deno.linkSync(folder.at(names[0]!), other);
  });
  await watched(alice, bob);
  // No event tells of it: a look at everything finds it, or before that one for what was made beside it.
  Deno.writeTextFileSync(outside, "1 and 2");
  if (!SLOW_TOO) alice.folder.write("names/beside", "beside");
  const both = () => contents(bob.folder, names).every((content) => content === "1 and 2");
  await until(bob, "both", both, SLOW_TOO ? undefined : beforeFullLook(25));
  await scene.alike(alice, bob);
}, WINDOWS);

scenario(
  "S4 (case 24): who writes through another name of a file rewrites no version of it",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("111", "v1");
      Deno.linkSync(folder.at("111"), folder.at("222"));
    });
    bob.folder.write("111", "v2");
    await until(alice, "the edit", () => alice.folder.read("111") === "v2");
    alice.folder.write("222", "scribble"); // In place.
    await scene.alike(alice, bob);
    assertEquals(contents(bob.folder, ["111", "222"]), ["v2", "scribble"]);
    assertEquals(alice.folder.versions().get("111"), "v1");
  },
  WINDOWS,
);

scenario("what is written by way of the memory arrives when its file is closed", async (scene) => {
  const { alice, bob } = await scene.syncedPair((folder) => folder.write("map", "....".repeat(1024)));
  await watched(alice, bob);
  const before = alice.folder.mtime("map");
  const script = [
    "import mmap, sys",
    "f = open(sys.argv[1], 'r+b'); m = mmap.mmap(f.fileno(), 0)",
    "for word in sys.stdin: m[0:4] = word.strip().encode(); print(word, flush=True)",
    "m.close(); f.close()",
  ].join("\n");
  const writer = new Deno.Command("python3", {
    args: ["-c", script, alice.folder.at("map")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const input = writer.stdin.getWriter();
  const told = writer.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const say = async (word: string) => {
    await input.write(new TextEncoder().encode(`${word}\n`));
    await scene.wait(told.read(), word);
  };
  const arrives = (word: string) =>
    until(bob, word, () => bob.folder.read("map").startsWith(word), beforeFullLook(25));
  try {
    await say("AAAA");
    if (alice.folder.mtime("map") > before) { // A disk in memory tells nothing of such a write before the file is closed.
      alice.folder.write("beside", "a look comes");
      await arrives("AAAA");
      await scene.alike(alice, bob);
    }
    await say("LAST"); // It leaves no trace in size or times.
  } finally {
    await input.close();
    await writer.status;
    await told.cancel();
  }
  await arrives("LAST");
  await scene.alike(alice, bob);
}, !LINUX);

for (const minutesAhead of [1, -1]) {
  scenario(
    `a file that is being written (case 20) does not travel in part, though its clock is ${minutesAhead} min ahead`,
    async (scene) => {
      const { alice, bob } = await scene.pair();
      alice.minutesAhead = minutesAhead;
      alice.start();
      bob.start();
      await scene.alike(alice, bob);
      await watched(alice, bob);
      const parts = new Set<number>();
      const watch = Deno.watchFs(bob.folder.path);
      const noting = (async () => {
        for await (const _ of watch) if (bob.folder.has("log")) parts.add(bob.folder.read("log").length);
      })();
      const file = Deno.openSync(alice.folder.at("log"), { write: true, create: true });
      for (let number = 0; number < 8; number++) {
        file.writeSync(new Uint8Array(1000).fill(65));
        alice.folder.write(`beside ${number}`, "a look comes");
        await until(bob, "what is beside it", () => bob.folder.has(`beside ${number}`));
      }
      file.close();
      await until(bob, "the whole", () => bob.folder.has("log") && bob.folder.read("log").length === 8000);
      watch.close();
      await noting;
      assertEquals([...parts], [8000]);
    },
    !LINUX,
  );
}

scenario("a file that its writer still has open does not travel in part", async (scene) => {
  const { alice, bob } = await scene.syncedPair();
  alice.folder.write("known", "first");
  await watched(alice, bob);
  await scene.alike(alice, bob);
  for (const name of ["new", "known"]) {
    const file = Deno.openSync(alice.folder.at(name), { write: true, create: true, truncate: true });
    file.writeSync(new TextEncoder().encode("the first half "));
    for (const mark of ["one", "two", "three"]) {
      alice.folder.write(`${name} ${mark}`, mark);
      await until(bob, mark, () => bob.folder.has(`${name} ${mark}`));
    }
    assert(!bob.folder.has(name) || bob.folder.read(name) === "first", "no half of it");
    file.writeSync(new TextEncoder().encode("and the second"));
    file.close();
    const whole = "the first half and the second";
    await until(bob, "the whole", () => bob.folder.has(name) && bob.folder.read(name) === whole);
    await scene.alike(alice, bob);
  }
}, !LINUX);
