// Looks that take long, in one process: how far they are is told to who waits, and one that is to end does, whatever it had seen.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { RootGone, ScanFailed } from "../../src/core/failure.ts";
import { walk } from "../../src/core/tree/tree.ts";
import { ROOT } from "../../src/core/tree/path.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { realDisk } from "../../src/fs/real.ts";
import { followLook, type LookCount, Looks } from "../../src/root/looks.ts";
import { temporary, write } from "../support/folder.ts";
import { slowClock } from "../support/slices.ts";

const FILES = 100;

Deno.test("a look is told to who waits for it, until it is over; one that nobody waits for is not", async () => {
  const told: LookCount[] = [];
  const looks = new Looks();
  looks.tell = (count) => told.push(count);
  looks.hear({ looked: 1000 });
  const [one, other] = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const answers = [looks.wait(one.promise), looks.wait(other.promise)];
  looks.hear({ looked: 2000 });
  looks.hear({ looked: 3000 });
  one.resolve(1);
  await answers[0];
  assertEquals(told.map(({ files, over }) => over || files), [2000, 3000]);
  other.reject(new Error("gone"));
  await answers[1]!.catch(() => {});
  assertEquals(told.map(({ files, over }) => over || files), [2000, 3000, true]);
  await looks.wait(Promise.resolve());
  assertEquals(told.length, 3, "one that took a moment was told");
});

Deno.test("a look says how many names it has looked at, each half second", () => {
  const said: number[] = [];
  using _clock = slowClock(); // 10 ms go by each time.
  const follow = followLook(({ looked }) => said.push(looked), new Looks().memory);
  for (let looked = 1; looked < 140; looked++) follow(looked);
  assertEquals(said.length, 2);
});

Deno.test("a look that is to end does, and the next one sees all", () => {
  using place = temporary();
  for (let i = 0; i < FILES; i++) write(`${place.path}/root/${i % 7}/${i}`, "content");
  const ended = new Looks();
  const memories = [ended.memory, new Looks().memory];
  const heard: number[] = [];
  const looks = () => {
    const follow = followLook(() => {}, memories.shift()!);
    return (looked: number) => {
      heard.push(looked);
      if (looked > FILES / 2) ended.stop();
      follow(looked);
    };
  };
  const engine = new RootEngine(realDisk, `${place.path}/root`, `${place.path}/state`, { looks });
  const error = assertThrows(() => engine.scan(), RootGone);
  assert(!(error instanceof ScanFailed), "it was taken for a failure");
  assert(heard.at(-1)! < FILES, "it went on to its end");
  assertEquals(engine.hasScanned, false);
  engine.scan();
  const files = [...walk(ROOT, engine.snapshot)].filter(([, { kind }]) => kind === "file");
  assertEquals(files.length, FILES);
  engine.close();
});
