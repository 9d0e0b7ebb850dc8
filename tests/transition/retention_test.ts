// S4: what stays and what goes, by age and by size; that the pruning of a folder does what the policy says; and how age is counted
// where the clock jumps.

import { assertEquals } from "@std/assert";
import { Archive } from "../../src/archive/archive.ts";
import { realDisk } from "../../src/fs/real.ts";
import { Keeping } from "../../src/session/keeping.ts";
import { KEEP, type Limits, mostAtOnce, toRemove } from "../../src/transition/retention.ts";
import { batchesIn, pruneVersions } from "../../src/transition/versions.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

const NOW = Date.UTC(2026, 10, 25);
const DAY = 24 * 3600 * 1000;

/** Batches named by their age in days, of so many bytes each, in the order in which they were made. */
const batches = (ages: number[], bytes = 10) =>
  ages.map((age) => ({ name: String(age), made: NOW - age * DAY, bytes }));

const ROWS: { name: string; ages: number[]; limits: Limits; spared?: string; goes: string[] }[] = [
  { name: "nothing kept, nothing goes", ages: [], limits: KEEP, goes: [] },
  { name: "30 days are kept", ages: [30, 29, 0], limits: KEEP, goes: [] },
  { name: "what is older goes, the oldest first", ages: [90, 31, 0], limits: KEEP, goes: ["90", "31"] },
  { name: "a shorter time", ages: [2, 1, 0], limits: { days: 1, bytes: null }, goes: ["2"] },
  { name: "it fits", ages: [2, 1, 0], limits: { days: 30, bytes: 30 }, goes: [] },
  {
    name: "by size the oldest goes, until the rest fits",
    ages: [2, 1, 0],
    limits: { days: 30, bytes: 25 },
    goes: ["2"],
  },
  {
    name: "time first, then size",
    ages: [40, 2, 1, 0],
    limits: { days: 30, bytes: 20 },
    goes: ["40", "2"],
  },
  { name: "the newest stays, however large", ages: [1, 0], limits: { days: 30, bytes: 1 }, goes: ["1"] },
  {
    name: "the newest stays, however old, and the newest is what was made last, whatever the clock said",
    ages: [-5, 40, 31],
    limits: { days: 30, bytes: 1 },
    goes: ["40", "-5"],
  },
  {
    name: "what belongs to the last batch stays with it",
    ages: [42, 41, 40],
    limits: { days: 30, bytes: 1 },
    spared: "41",
    goes: ["42"],
  },
];

for (const { name, ages, limits, spared, goes } of ROWS) {
  Deno.test(`S4: kept versions: ${name}`, () => {
    assertEquals(toRemove(batches(ages), NOW, limits, new Set(spared && [spared])), goes);
  });
}

Deno.test("S4: by size, a file with two names counts once, and what is no version is not touched", () => {
  using place = temporary();
  const [older, newer] = ["2026-11-20 10.00.00.000", "2026-11-24 10.00.00.000"];
  write(`${place.path}/${older}/d/a`, "x".repeat(100));
  Deno.mkdirSync(`${place.path}/${newer}`);
  Deno.linkSync(`${place.path}/${older}/d/a`, `${place.path}/${newer}/a`);
  write(`${place.path}/my notes/big`, "x".repeat(1000));
  const noted = batchesIn(realDisk, place.path).map((name) => ({ name, made: NOW }));
  assertEquals(noted.map(({ name }) => name), [older, newer]);
  assertEquals(pruneVersions(realDisk, place.path, noted, NOW, { days: 30, bytes: 150 }), null);
  assertEquals(filesIn(place.path).has(`${older}/d/a`), true, "100 bytes, twice named");
  const gone = pruneVersions(realDisk, place.path, noted, NOW, { days: 30, bytes: 50 });
  assertEquals(gone, { batches: 1, until: Date.UTC(2026, 10, 20, 10) });
  assertEquals([...filesIn(place.path).keys()], [newer, `${newer}/a`, "my notes", "my notes/big"]);
});

const HOUR = 3600 * 1000;

/** What clocks show, in days, each time the time is counted, and how many days have then been lived. */
const CLOCKS: { name: string; days: number[]; lived: number }[] = [
  { name: "hours and nights", days: [0, 1 / 24, 2 / 24, 1], lived: 1 },
  { name: "three weeks away count for a third of what is kept", days: [0, 21], lived: 10 },
  { name: "a jump ahead and back is nothing", days: [0, 41, 0, 41, 0], lived: 0 },
  { name: "a jump back and ahead is nothing", days: [0, -41, 0, -20_000, 0], lived: 0 },
  { name: "once a month", days: [0, 30, 60, 90, 120], lived: 40 },
  { name: "a clock that was never set, and then is", days: [-20_000, -20_000, 0, 1], lived: 11 },
];

for (const { name, days, lived } of CLOCKS) {
  Deno.test(`S4 (field 18): the archive's time: ${name}`, () => {
    using place = temporary();
    const archive = new Archive(`${place.path}/archive.sqlite`);
    try {
      const judged = days.map((day) => archive.lived.count(NOW + day * DAY, mostAtOnce(KEEP)));
      assertEquals(Math.round(archive.lived.time / HOUR), lived * 24);
      assertEquals(Math.max(...judged) <= archive.lived.time || lived === 0, true, "never ahead of itself");
    } finally {
      archive.close();
    }
  });
}

Deno.test("S4 (field 18): history has its age by the archive's time, and its newest batch stays", () => {
  using place = temporary();
  const archive = new Archive(`${place.path}/archive.sqlite`);
  const keeping = new Keeping(realDisk, place.path, archive, KEEP);
  const folders = ["2020-01-01 00.00.00.000", "2020-01-01 00.00.00.001", "2026-11-24 10.00.00.000"];
  const note = (batch: number) => {
    Deno.mkdirSync(`${place.path}/${folders[batch]}`);
    archive.deeds.write(1, [{
      ...{ batch, time: 0, peer: "bob", path: "a", key: "a", what: "edited", source: null, mine: false },
      ...{ here: true, old: null, new: null, kept: `${folders[batch]}/a` },
    }]);
  };
  const present = () => [archive.deeds.numbers(9).map(({ batch }) => batch), batchesIn(realDisk, place.path)];
  try {
    keeping.prune(NOW);
    note(0);
    note(1);
    keeping.prune(NOW + 41 * DAY);
    assertEquals(present(), [[1, 0], folders.slice(0, 2)], "however early their clock");
    for (let days = 42; days < 80; days++) keeping.prune(NOW + days * DAY);
    assertEquals(present(), [[1], folders.slice(1, 2)], "the newest stays, whatever its age");
    note(2);
    keeping.prune(NOW + 80 * DAY);
    assertEquals(present(), [[2], folders.slice(2)]);
  } finally {
    archive.close();
  }
});
