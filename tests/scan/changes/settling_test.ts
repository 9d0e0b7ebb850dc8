// Whether a file that looks as before may have been written to all the same: where its time says nothing.

import { assertEquals } from "@std/assert";
import type { Path } from "../../../src/core/tree/path.ts";
import type { Stat } from "../../../src/fs/port.ts";
import type { Kinds } from "../../../src/fs/watch/told.ts";
import { Settling } from "../../../src/scan/changes/settling.ts";

const A = "a" as Path;
const FAT = 1_700_000_000_000;
const fileOf = (mtime: number): Stat => ({
  device: 1,
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

const NOW = 1_700_000_000_007;
const STAMPS: [what: string, stamp: number][] = [
  ["just now", NOW],
  [
    "an hour ago, as on a file server whose clock is behind, or by a program that keeps times",
    NOW - 3_600_000,
  ],
  ["in an hour, as by a clock that is ahead", NOW + 3_600_000],
];

for (const [what, stamp] of STAMPS) {
  Deno.test(`case 20: a file the watch told of, written ${what}, waits until two looks agree`, () => {
    const settling = new Settling();
    const look = (at: number, stat: Stat, kinds: Kinds = []) => {
      settling.look(NOW + at, kinds.length === 0, new Map([[A, kinds]]));
      return settling.isSettled(A, stat, false);
    };
    const grown = { ...fileOf(stamp), size: 6 };
    assertEquals(look(0, fileOf(stamp), ["modify"]), false);
    assertEquals(settling.waiting(), [A]);
    assertEquals(look(45, grown, ["modify"]), false, "it was written between the looks");
    assertEquals(look(60, grown), false, "a look at everything in between settles nothing");
    assertEquals(look(90, grown), true);
    assertEquals(settling.waiting(), []);
  });

  Deno.test(`a clock that is set back does not make a file written ${what} wait for it`, () => {
    const settling = new Settling();
    settling.look(NOW, false, new Map([[A, ["modify"]]]));
    assertEquals(settling.isSettled(A, fileOf(stamp), false), false);
    settling.look(NOW - 7_200_000, false);
    assertEquals(settling.isSettled(A, fileOf(stamp), false), true);
  });
}

const LINE: Kinds = ["modify", "access"];
const CLOSES: [what: string, at: number[], taken: boolean[]][] = [
  ["a person's saves are taken as they are closed", [0, 100, 250, 2000], [true, true, true, true]],
  ["of lines that come fast the first is taken, and no other until there is a pause", [
    0,
    10,
    20,
    70,
    140,
    215,
    300,
  ], [
    ...[true, false, false, false, false, false],
    true,
  ]],
];

for (const [what, times, wanted] of CLOSES) {
  Deno.test(`a file that is closed after each write: ${what}`, () => {
    const settling = new Settling();
    settling.closesTold = true;
    const taken = times.map((at, size) => {
      settling.look(NOW + at, false, new Map([[A, LINE]]));
      return settling.isSettled(A, { ...fileOf(NOW + at), size }, false, size - 1);
    });
    assertEquals(taken, wanted);
  });
}

Deno.test("what a look at everything finds written long ago waits for no other look", () => {
  const settling = new Settling();
  settling.look(NOW, true);
  assertEquals(settling.isSettled(A, fileOf(NOW - 3_600_000), false), true);
});
