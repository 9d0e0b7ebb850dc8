// Whether a file that looks as before may have been written to all the same: where its time says nothing.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/path.ts";
import type { Stat } from "../../src/fs/port.ts";
import { Settling } from "../../src/scan/settling.ts";

const A = "a" as Path;
const FAT = 1_700_000_000_000;
const fileOf = (mtime: number): Stat => ({
  kind: "file",
  size: 5,
  mtime,
  id: 1,
  born: 0,
  changed: 0,
  links: 1,
  mode: 0o644,
  owner: 0,
  group: 0,
  executable: false,
});

const ROWS: [what: string, mtime: number, placed: number, looked: number, distrusted: boolean][] = [
  ["placed in the tick of its time, looked at in it", FAT, FAT + 500, FAT + 900, true],
  ["placed in the tick of its time, looked at after it", FAT, FAT + 500, FAT + 2600, true],
  ["placed after the tick of its time", FAT, FAT + 2001, FAT + 2600, false],
  ["with a time of whole seconds, placed in that second", FAT + 1000, FAT + 1900, FAT + 3600, true],
  ["with a time of whole seconds, placed after it", FAT + 1000, FAT + 2100, FAT + 3600, false],
  ["with a fine time, placed at once", FAT + 1, FAT + 15, FAT + 3600, true],
  ["with a fine time, placed later", FAT + 1, FAT + 100, FAT + 3600, false],
  ["with a time that is still to come", FAT + 1000, FAT + 200, FAT + 3600, true],
];

for (const [what, mtime, placed, looked, distrusted] of ROWS) {
  Deno.test(`a file ${what} is ${distrusted ? "not " : ""}taken for unchanged`, () => {
    const settling = new Settling();
    settling.notePlaced(A, fileOf(mtime), placed);
    settling.look(looked, true);
    assertEquals([settling.isSettled(A, fileOf(mtime), true), settling.isDistrusted(A, fileOf(mtime))], [
      true,
      distrusted,
    ]);
  });
}

Deno.test("what was seen in the tick of its time is looked at once more after it, and no more then", () => {
  const settling = new Settling();
  const looks = [500, 1500, 2600, 9000].map((after) => {
    settling.look(FAT + after, true);
    settling.isSettled(A, fileOf(FAT), true);
    return settling.isDistrusted(A, fileOf(FAT));
  });
  assertEquals(looks, [false, true, true, false]);
});
