// How much room a disk has for what comes, out of what the system tells of it.

import { assert, assertEquals } from "@std/assert";
import { type DiskSize, roomFor, roomOf, roomUnder } from "../../src/fs/room.ts";
import { temporary } from "../support/folder.ts";

const GIB = 2 ** 30;
const disk = (blocks: number, bavail: number, more: Partial<DiskSize> = {}): DiskSize => ({
  ...{ bsize: 4096, blocks: blocks / 4096, bavail: bavail / 4096, files: 0, ffree: 0 },
  ...more,
});

const ROWS: [what: string, size: DiskSize, room: number][] = [
  ["of a small disk a hundredth is left to others", disk(10 * GIB, 4 * GIB), Math.floor(3.9 * GIB)],
  ["of a large one 256 MiB", disk(1000 * GIB, 4 * GIB), 3.75 * GIB],
  ["there may be less than that", disk(1000 * GIB, GIB / 8), 0],
  [
    "blocks are counted in fragments where there are any",
    disk(1000 * GIB, 4 * GIB, { bsize: 1 << 20, frsize: 4096 }),
    3.75 * GIB,
  ],
  ["a disk of no size does not tell", disk(0, 0), Infinity],
  ["where no more names can be held there is no room", disk(10 * GIB, 4 * GIB, { files: 5 }), 0],
  ["some disks do not count names", disk(1000 * GIB, 4 * GIB, { files: 0, ffree: 0 }), 3.75 * GIB],
];

for (const [what, size, room] of ROWS) {
  Deno.test(`S9: ${what}`, () => assertEquals(roomOf(size), room));
}

Deno.test("S9: a disk is asked for its room; what cannot be asked is no reason to refuse anything", () => {
  using place = temporary();
  const room = roomUnder(place.path);
  assert(room > 0 && room < 2 ** 60, `${room}`);
  assertEquals(roomUnder(`${place.path}/missing`), Infinity);
  assertEquals([0, 1, 4096, 4097].map(roomFor), [0, 4096, 4096, 8192]);
});
