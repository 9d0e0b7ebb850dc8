// S4: what stays and what goes, by age and by size; and that the pruning of a folder does what the policy says.

import { assertEquals } from "@std/assert";
import { realDisk } from "../../src/fs/real.ts";
import { KEEP, type Limits, toRemove } from "../../src/transition/retention.ts";
import { pruneVersions } from "../../src/transition/versions.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

const NOW = Date.UTC(2026, 10, 25);
const DAY = 24 * 3600 * 1000;

/** Batches named by their age in days, of so many bytes each. */
const batches = (ages: number[], bytes = 10) =>
  ages.map((age) => ({ name: String(age), time: NOW - age * DAY, bytes }));

const ROWS: { name: string; ages: number[]; limits: Limits; goes: string[] }[] = [
  { name: "nothing kept, nothing goes", ages: [], limits: KEEP, goes: [] },
  { name: "30 days are kept", ages: [0, 29, 30], limits: KEEP, goes: [] },
  { name: "what is older goes, the oldest first", ages: [31, 0, 90], limits: KEEP, goes: ["90", "31"] },
  { name: "a shorter time", ages: [0, 1, 2], limits: { days: 1, bytes: null }, goes: ["2"] },
  { name: "it fits", ages: [0, 1, 2], limits: { days: 30, bytes: 30 }, goes: [] },
  {
    name: "by size the oldest goes, until the rest fits",
    ages: [0, 2, 1],
    limits: { days: 30, bytes: 25 },
    goes: ["2"],
  },
  {
    name: "time first, then size",
    ages: [0, 1, 2, 40],
    limits: { days: 30, bytes: 20 },
    goes: ["40", "2"],
  },
  { name: "the newest stays, however large", ages: [0, 1], limits: { days: 30, bytes: 1 }, goes: ["1"] },
  {
    name: "the newest goes too when its time is over",
    ages: [31],
    limits: { days: 30, bytes: 1 },
    goes: ["31"],
  },
];

for (const { name, ages, limits, goes } of ROWS) {
  Deno.test(`S4: kept versions: ${name}`, () => {
    assertEquals(toRemove(batches(ages), NOW, limits), goes);
  });
}

Deno.test("S4: by size, a file with two names counts once, and what is no version is not touched", () => {
  using place = temporary();
  const [older, newer] = ["2026-11-20 10.00.00.000", "2026-11-24 10.00.00.000"];
  write(`${place.path}/${older}/d/a`, "x".repeat(100));
  Deno.mkdirSync(`${place.path}/${newer}`);
  Deno.linkSync(`${place.path}/${older}/d/a`, `${place.path}/${newer}/a`);
  write(`${place.path}/my notes/big`, "x".repeat(1000));
  pruneVersions(realDisk, place.path, NOW, { days: 30, bytes: 150 });
  assertEquals(filesIn(place.path).has(`${older}/d/a`), true, "100 bytes, twice named");
  pruneVersions(realDisk, place.path, NOW, { days: 30, bytes: 50 });
  assertEquals([...filesIn(place.path).keys()], [newer, `${newer}/a`, "my notes", "my notes/big"]);
});
