// RULES M9 between real processes: what somebody does, and takes back before the other side's word of it has come.

import { assertEquals } from "@std/assert";
import { Line } from "../support/line.ts";
import type { Folder } from "./persons_folder.ts";
import { type Person, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";
import { until } from "./waiting.ts";

/** What bob says comes so late, in ms. */
const LATE = 400;

interface Change {
  name: string;
  act: (folder: Folder) => void;
  /** Whether bob has it. */
  isThere: (folder: Folder) => boolean;
  back: (folder: Folder) => void;
}

const CHANGES: Change[] = [
  {
    name: "a folder deleted and restored is there",
    act: (folder) => Deno.renameSync(folder.at("big"), folder.at("../bin")),
    isThere: (folder) => !folder.has("big"),
    back: (folder) => Deno.renameSync(folder.at("../bin"), folder.at("big")),
  },
  {
    name: "an edit taken back, and a new file deleted again, are so",
    act(folder) {
      folder.write("doc.txt", "the second version");
      folder.write("new.txt", "new");
    },
    isThere: (folder) => folder.read("doc.txt") === "the second version" && folder.has("new.txt"),
    back(folder) {
      folder.write("doc.txt", "first");
      folder.remove("new.txt");
    },
  },
  {
    name: "a folder renamed and renamed back has its name",
    act: (folder) => folder.rename("big", "other"),
    isThere: (folder) => folder.has("other/39.txt"),
    back: (folder) => folder.rename("other", "big"),
  },
];

/** How alice's client loses what bob has to say. */
const ENDS: [
  how: string,
  end: (alice: Person, line: Line) => Promise<void>,
  again: (alice: Person) => void,
][] = [
  ["the line is cut", (_, line) => Promise.resolve(line.cut()), () => {}],
  ["alice's client is killed", (alice) => alice.program.kill(), (alice) => alice.start()],
];

/** A folder of 200 files, 40 of them in another one: so many are deleted without a question. */
function fillNumbered(folder: Folder) {
  for (let number = 0; number < 160; number++) folder.write(`${number}.txt`, `file ${number}`);
  for (let number = 0; number < 40; number++) folder.write(`big/${number}.txt`, `file ${number}`);
  folder.write("doc.txt", "first");
}

for (const { name, act, isThere, back } of WINDOWS ? CHANGES.slice(0, 1) : CHANGES) {
  for (const [how, end, again] of ENDS) {
    scenario(`M9: ${name} on both sides, where ${how} before bob's word has come`, async (scene) => {
      const { alice, bob } = await scene.pair();
      fillNumbered(alice.folder);
      alice.start();
      const server = scene.port;
      await using line = new Line(() => server);
      scene.port = line.port;
      bob.start();
      scene.port = server;
      await scene.alike(alice, bob);

      line.delayOut = LATE;
      act(alice.folder);
      await until(bob, "what alice did", () => isThere(bob.folder));
      await end(alice, line);
      back(alice.folder);
      const wanted = alice.folder.tree();
      line.delayOut = 0;
      again(alice);
      await scene.alike(alice, bob);
      assertEquals(alice.folder.tree(), wanted);
    });
  }
}
