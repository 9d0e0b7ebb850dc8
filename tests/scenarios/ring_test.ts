// Three people, each of whom keeps one folder with the two others (M9): what one does reaches both by two ways.

import { assertEquals } from "@std/assert";
import { SLOW_TOO } from "../support/slow.ts";
import { WINDOWS } from "../support/system.ts";
import type { Folder } from "./persons_folder.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import { until } from "./waiting.ts";

/** As often as a log is written to. */
const EVERY_MS = 150;
const LINES = SLOW_TOO ? 250 : 30;

async function ring(scene: Scene): Promise<Person[]> {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "bob", "--accept-from", "carol");
  const bob = scene.person("bob", "--invite", "carol", "--accept-from", "alice");
  const carol = scene.person("carol", "--invite", "alice", "--accept-from", "bob");
  for (const person of [alice, bob, carol]) person.start();
  await allAlike(scene, alice, bob, carol);
  return [alice, bob, carol];
}

async function allAlike(scene: Scene, alice: Person, bob: Person, carol: Person) {
  for (let round = 0; round < 2; round++) {
    await scene.alike(alice, bob);
    await scene.alike(bob, carol);
    await scene.alike(carol, alice);
  }
}

scenario(
  "M9: a file that one of three writes to again and again is no conflict, and comes whole",
  async (scene) => {
    const [alice, bob, carol] = await ring(scene) as [Person, Person, Person];
    let text = "";
    for (let line = 0; line < LINES; line++) {
      alice.folder.write("log.txt", text += `line ${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS)); // Its writer's own time.
    }
    await allAlike(scene, alice, bob, carol);
    for (const { folder } of [alice, bob, carol]) {
      assertEquals(folder.names(), ["log.txt"]);
      assertEquals(folder.read("log.txt"), text);
    }
  },
);

/** What alice does to the agreed folders, once and then once more. */
interface Story {
  what: string;
  first: (folder: Folder) => void;
  /** The first is there. */
  isDone: (folder: Folder) => boolean;
  then: (folder: Folder) => void;
  all: Record<string, string>;
}

const AGREED = { "kept/f": "1", "made/x": "x" };

const STORIES: Story[] = [
  {
    what: "an edit after another is no conflict",
    first: (folder) => folder.write("kept/f", "22"),
    isDone: (folder) => folder.read("kept/f") === "22",
    then: (folder) => folder.write("kept/f", "333"),
    all: { ...AGREED, "kept/f": "333" },
  },
  {
    what: "what was edited and deleted is not revived",
    first: (folder) => folder.write("kept/f", "22"),
    isDone: (folder) => folder.read("kept/f") === "22",
    then: (folder) => folder.remove("kept/f"),
    all: { "made/x": "x" },
  },
  {
    what: "a folder that was made and deleted is not revived",
    first: (folder) => folder.write("new/deep/x", "new"),
    isDone: (folder) => folder.read("new/deep/x") === "new",
    then: (folder) => folder.remove("new"),
    all: AGREED,
  },
  {
    what: "a folder that was deleted and made again stays",
    first: (folder) => folder.remove("made"),
    isDone: (folder) => !folder.has("made"),
    then: (folder) => folder.write("made/x", "x"),
    all: AGREED,
  },
];

function filesOf(folder: Folder): Record<string, string> {
  const files = [...folder.tree()].filter(([, what]) => what.startsWith("file"));
  return Object.fromEntries(files.map(([path]) => [path, folder.read(path)] as const).sort());
}

for (const [number, { what, first, isDone, then, all }] of STORIES.entries()) {
  for (const order of SLOW_TOO ? [0, 1] : [number % 2]) {
    const way = ["carol by way of bob", "bob by way of carol"][order];
    scenario(`M9: ${what}, though its first half came to ${way} alone`, async (scene) => {
      const [alice, bob, carol] = await ring(scene) as [Person, Person, Person];
      for (const [path, content] of Object.entries(AGREED)) alice.folder.write(path, content);
      await allAlike(scene, alice, bob, carol);
      const [near, far] = order === 0 ? [bob, carol] : [carol, bob];
      far.program.freeze();
      first(alice.folder);
      await until(near, `the first half at ${near.name}`, () => isDone(near.folder));
      await scene.alike(alice, near);
      await alice.program.stop();
      far.program.thaw();
      await until(far, `the first half at ${far.name}`, () => isDone(far.folder));
      await scene.alike(near, far);
      near.program.freeze();
      then(alice.folder);
      alice.start();
      await scene.alike(alice, far);
      near.program.thaw();
      await allAlike(scene, alice, bob, carol);
      for (const { folder } of [alice, bob, carol]) assertEquals(filesOf(folder), all);
    }, WINDOWS);
  }
}
