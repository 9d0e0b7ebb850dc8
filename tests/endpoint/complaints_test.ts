// The complaints most often heard of programs like this one, by their number in docs/FIELD.md (other tests bear such numbers too),
// shown not to be true of it where no other test does. Nothing here is timed: what costs is counted.

import { assert, assertEquals } from "@std/assert";
import { later } from "../support/clock_ahead.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";
import { Pair } from "../support/pair.ts";
import { file, mac, posix } from "../support/trees.ts";
import { WINDOWS } from "../support/system.ts";

/** Calls to a computer's disk while something is done, by method; reads of the program's own files are left out. */
function callsAt(duo: Duo, side: SideName, act: () => void): Map<string, number> {
  const calls = new Map<string, number>();
  duo[side].hook = (method, [path]) => {
    if (method === "openToRead" && String(path).includes("/.tcpsync/")) return;
    calls.set(method, (calls.get(method) ?? 0) + 1);
  };
  act();
  duo[side].hook = () => {};
  return calls;
}

const total = (calls: Map<string, number>) => calls.values().reduce((sum, count) => sum + count, 0);

/** Batches of content that cross while something is done. */
function batchesIn(duo: Duo, act: () => void): number {
  let batches = 0;
  duo.onStep = (step) => step.startsWith("batch") && batches++;
  act();
  duo.onStep = () => {};
  return batches;
}

const many = (count: number, folder = "many") =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`${folder}/${n % 20}/${n}.txt`, `file ${n}`]));

Deno.test("field 1: a folder that begins anew under an old name is a new pair: nothing is deleted, both get all", () => {
  using duo = duoWith({ "work/a": "1", "work/b": "2" });
  duo.beta.restart(() => {
    Deno.removeSync(duo.beta.folder, { recursive: true });
    Deno.mkdirSync(duo.beta.folder);
  });
  write(duo.beta.native("other"), "3");
  duo.connect();
  duo.settle();
  assertEquals([...filesIn(duo.alpha.folder).values()].sort(), ["/", "1", "2", "3"]);
  duo.checkInSync();
});

Deno.test("field 6: what cannot be put there, however long, is deleted nowhere, and comes when it can", () => {
  using duo = duoWith({ "d/a": "1" });
  write(duo.alpha.native("d/long"), "kept");
  write(duo.alpha.native("d/a"), "edited");
  for (let start = 0; start < 3; start++) {
    duo.beta.hook = (method, [, to]) => {
      if (/rename|hardLink|copy/.test(method) && /folder\/d\/[^/]*$/.test(String(to))) {
        throw new Error("the path is too long (os error 206)");
      }
    };
    for (let cycle = 0; cycle < 3; cycle++) {
      assertEquals(duo.cycle().failures.map(({ path }) => path).sort(), ["d/a", "d/long"]);
    }
    assertEquals(filesIn(duo.alpha.folder).get("d/long"), "kept");
    assertEquals(filesIn(duo.beta.folder).get("d/a"), "1");
    duo.restart();
  }
  duo.settle();
  duo.checkInSync();
  assertEquals(filesIn(duo.beta.folder).get("d/long"), "kept");
});

Deno.test("field 11: one content under one name in two cases is one file, and no conflict that never ends", () => {
  const pair = new Pair(mac, posix, 0);
  pair.disks.alpha.edit((editor) => editor.set("foo.txt" as never, storedAs(pair, "alpha", "FOO.txt")));
  pair.disks.beta.edit((editor) => editor.set("foo.txt" as never, storedAs(pair, "beta", "foo.txt")));
  for (let cycle = 0; cycle < 3; cycle++) pair.cycle(() => false);
  assertEquals(pair.cycle(() => false), false, "something is left to do, again and again");
  pair.checkInSync();
  for (const side of SIDES) assertEquals(pair.disks[side].tree.children.size, 1);
});

function storedAs(pair: Pair, side: SideName, name: string) {
  return { ...file("the same"), name, id: pair.disks[side].store("the same") };
}

Deno.test("field 14: names stay as their owners made them, composed or not: nothing is renamed, and there are no twins", () => {
  const [composed, decomposed] = ["caf\u00e9.txt", "cafe\u0301.txt"];
  using duo = duoWith();
  write(duo.alpha.native(composed), "1");
  write(duo.beta.native(decomposed), "1");
  duo.settle();
  assertEquals(SIDES.map((side) => [...filesIn(duo[side].folder).keys()]), [[composed], [decomposed]]);
  write(duo.alpha.native(composed), "edited");
  duo.settle();
  assertEquals([...filesIn(duo.beta.folder)], [[decomposed, "edited"]]);
  assertEquals([...filesIn(duo.alpha.folder)], [[composed, "edited"]]);
});

Deno.test("field 17: all times off by an hour, as FAT has it in summer, cross nothing and change nothing", () => {
  using duo = duoWith(many(100));
  for (const [path, content] of filesIn(duo.beta.folder)) {
    if (content === "/") continue;
    const { mtime } = Deno.statSync(duo.beta.native(path));
    const later = new Date(mtime!.getTime() + 3600_000);
    Deno.utimeSync(duo.beta.native(path), later, later);
  }
  let tasks = -1;
  assertEquals(batchesIn(duo, () => tasks = duo.cycle().tasks), 0);
  assertEquals(tasks, 0);
  using _clock = later(2000);
  duo.cycle(); // A time that was set in the second in which the file was read: it is read once more.
  const again = callsAt(duo, "beta", () => assertEquals(duo.cycle().tasks, 0));
  assertEquals(again.get("openToRead") ?? 0, 0, "nothing is read again");
});

Deno.test("field 18, 19: a small file costs as many file calls among many as among few, and travels with others", () => {
  const [few, more] = WINDOWS ? [40, 80] : [100, 400];
  const costs = [few, more].map((count) => {
    using duo = duoWith();
    for (const [path, content] of Object.entries(many(count))) write(duo.alpha.native(path), content);
    let batches = 0;
    const calls = callsAt(duo, "beta", () => batches = batchesIn(duo, () => duo.settle()));
    duo.checkInSync();
    return { calls: total(calls), batches };
  });
  const each = (costs[1]!.calls - costs[0]!.calls) / (more - few);
  assert(each < 16, `${each} calls for a file`);
  assert(costs[0]!.calls < 16 * few + 400, `${costs[0]!.calls} calls for ${few} files`);
  assertEquals(costs.map(({ batches }) => batches), [1, 1]);
});

Deno.test("field 20: one changed file among thousands costs what one changed file costs", () => {
  const [few, more] = WINDOWS ? [20, 200] : [20, 2000];
  const costs = [few, more].map((count) => {
    using duo = duoWith(many(count));
    duo.cycle(false); // What lies about new folders is looked at once more.
    write(duo.alpha.native("many/7/7.txt"), "edited");
    duo.alpha.engine.hint(["many/7/7.txt" as never], false);
    let there = new Map<string, number>();
    const here = callsAt(duo, "alpha", () => there = callsAt(duo, "beta", () => duo.settle(false)));
    assertEquals(filesIn(duo.beta.folder).get("many/7/7.txt"), "edited");
    return [total(here), total(there)];
  });
  assertEquals(costs[1], costs[0]);
  assert(costs[0]!.every((calls) => calls < 60), costs.join());
});

Deno.test("field 22: a renamed folder is renamed there, once, and nothing of it crosses", () => {
  const count = WINDOWS ? 60 : 500;
  using duo = duoWith(many(count, "films"));
  Deno.renameSync(duo.alpha.native("films"), duo.alpha.native("cinema"));
  let batches = 0;
  const calls = callsAt(duo, "beta", () => batches = batchesIn(duo, () => duo.settle()));
  assertEquals([calls.get("rename"), calls.get("openToRead") ?? 0, batches], [1, 0, 0]);
  assertEquals(filesIn(duo.beta.folder).get("cinema/3/3.txt"), "file 3");
  duo.checkInSync();
});
