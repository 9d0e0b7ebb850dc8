// C8 (case 15): times before 1970, also on a runtime that tells them mirrored, as Deno 2.6 does on Windows.

import { assert, assertEquals } from "@std/assert";
import { withEarlyTimes } from "../../../src/fs/disks/early_times.ts";
import type { Disk, OpenFile, Stat } from "../../../src/fs/port.ts";
import { realDisk } from "../../../src/fs/real.ts";
import { seenThrough } from "../../../src/fs/disks/seen.ts";
import { duoWith } from "../../support/duo.ts";
import { temporary, write } from "../../support/folder.ts";

/** What Deno 2.6.8 was seen to do on Windows. */
const sinceEpoch = (stat: Stat): Stat => ({ ...stat, mtime: Math.abs(stat.mtime) });
const seen = seenThrough(realDisk, sinceEpoch);
const garbling = (file: OpenFile): OpenFile => ({
  ...file,
  setTime: (mtime) => file.setTime(mtime < 0 && mtime % 1000 !== 0 ? mtime + 4295 : mtime),
});
const old: Disk = {
  ...seen,
  create: (path) => garbling(seen.create(path)),
  openToWrite: (path) => garbling(seen.openToWrite(path)),
};

const TIMES: [name: string, time: number, seen?: number][] = [
  ["1910", Date.UTC(1910, 4, 5)],
  ["1901", Date.UTC(1901, 11, 13, 20, 45, 53)],
  ["1969, with a fraction", Date.UTC(1969, 6, 20, 20, 17, 40, 500)],
  ["the first day", 1000],
  ["2026", Date.UTC(2026, 0, 1)],
];

for (const [kind, disk] of [["that tells them as they are", realDisk], ["that mirrors them", old]] as const) {
  for (const [name, time] of TIMES) {
    Deno.test(`C8 (case 15): on a runtime ${kind}, a file of ${name} is seen and set so`, () => {
      using place = temporary();
      const path = `${place.path}/file`;
      write(path, "content", new Date(time));
      const early = withEarlyTimes(disk, place.path);
      assertEquals(early.stat(path)!.mtime, time);
      const file = early.openToWrite(path);
      assertEquals(file.stat().mtime, time);
      file.setTime(time);
      file.close();
      const set = realDisk.stat(path)!.mtime;
      assert(time - set >= 0 && time - set < 1000, `set to ${set}`);
      assertEquals([...Deno.readDirSync(place.path)].length, 1, "nothing is left behind");
    });
  }
}

Deno.test("case 15: nothing is tried where no time may be a mirror image", () => {
  using place = temporary();
  write(`${place.path}/file`, "content", new Date(Date.UTC(2020)));
  const create = () => {
    throw new Error("tried");
  };
  const early = withEarlyTimes({ ...old, create }, place.path);
  assertEquals(early.stat(`${place.path}/file`)!.mtime, Date.UTC(2020));
});

Deno.test("C2 (case 15): on a runtime that mirrors times, a file of 1910 keeps no name against an edit of today", () => {
  using folder = temporary();
  using duo = duoWith({ f: "agreed" }, "alpha", { alpha: withEarlyTimes(old, folder.path) });
  write(duo.alpha.native("f"), "of 1910", new Date(Date.UTC(1910, 4, 5)));
  write(duo.beta.native("f"), "of today", new Date());
  duo.settle();
  assertEquals(Deno.readTextFileSync(duo.alpha.native("f")), "of today");
  const names = [...Deno.readDirSync(duo.beta.folder)].map(({ name }) => name);
  assert(names.includes("f (conflict alpha 1910-05-05 00.00.00)"), names.join());
});
