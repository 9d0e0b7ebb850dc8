// S4, T10: what stays and what goes, by age and by size; that the pruning of a folder does what the policy says; and how age is counted
// where the clock jumps.

import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Archive } from "../../src/archive/archive.ts";
import { realDisk } from "../../src/fs/real.ts";
import { Keeping } from "../../src/engine/keeping.ts";
import {
  KEEP,
  type KeptVersion,
  mostAtOnce,
  OWN,
  pastTheirTime,
  toMakeWay,
} from "../../src/transition/retention.ts";
import { batchesIn, filesKeptIn, removeVersions } from "../../src/transition/versions.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import fc from "../support/property.ts";

const NOW = Date.UTC(2026, 10, 25);
const DAY = 24 * 3600 * 1000;

/** Batches named by their age in days, in the order in which they were made. */
const batches = (ages: number[]) => ages.map((age) => ({ name: String(age), made: NOW - age * DAY }));

const ROWS: { name: string; ages: number[]; days?: number; spared?: string; goes: string[] }[] = [
  { name: "nothing kept, nothing goes", ages: [], goes: [] },
  { name: "30 days are kept", ages: [30, 29, 0], goes: [] },
  { name: "what is older goes, the oldest first", ages: [90, 31, 0], goes: ["90", "31"] },
  { name: "a shorter time", ages: [2, 1, 0], days: 1, goes: ["2"] },
  { name: "the last day is kept whatever is asked for", ages: [2, 1, 0], days: 0, goes: ["2"] },
  {
    name: "the newest stays, however old, and the newest is what was made last, whatever the clock said",
    ages: [-5, 40, 31],
    goes: ["40"],
  },
  {
    name: "what belongs to the last batch stays with it",
    ages: [42, 41, 40],
    spared: "41",
    goes: ["42"],
  },
];

for (const { name, ages, days = 30, spared, goes } of ROWS) {
  Deno.test(`S4: kept versions: ${name}`, () => {
    const limits = { days, bytes: null };
    assertEquals(pastTheirTime(batches(ages), NOW, limits, new Set(spared && [spared])), goes);
  });
}

/** `bob 3 gone`: bob deleted it three days ago; ... `old`: rewrote it; `own`: what he had brought himself. */
function version(text: string): KeptVersion {
  const [author, age, how, own] = text.split(" ");
  const made = NOW - Number(age) * DAY;
  const why = { author: author === "?" ? null : author!, deleted: how === "gone", brought: own === "own" };
  return { place: text, made, bytes: 10, ...why };
}

const SIZES: { name: string; kept: string[]; most: number; of?: string; stays?: string[]; goes: string[] }[] =
  [
    { name: "it fits", kept: ["bob 3 old", "bob 2 old"], most: 20, goes: [] },
    {
      name: "the oldest goes, until the rest fits",
      kept: ["bob 4 old", "bob 3 old", "bob 2 old"],
      most: 15,
      goes: ["bob 4 old", "bob 3 old"],
    },
    {
      name: "what was deleted outlives what was rewritten",
      kept: ["bob 4 gone", "bob 3 old", "bob 2 old"],
      most: 10,
      goes: ["bob 3 old", "bob 2 old"],
    },
    {
      name: "who takes most gives: nobody who takes no more than an equal share",
      kept: ["carol 9 gone", "bob 4 gone", "bob 3 old", "bob 2 gone"],
      most: 20,
      goes: ["bob 3 old", "bob 4 gone"],
    },
    {
      name: "what this side's person did has a share, and so has what nobody knows of",
      kept: [" 9 old", "? 8 gone", "bob 4 gone", "bob 3 gone"],
      most: 30,
      goes: ["bob 4 gone"],
    },
    {
      name: "what somebody brought, and takes away, pushes out nothing of others",
      kept: ["bob 9 gone", "bob 4 gone own", "bob 3 gone own", "bob 2 gone own"],
      most: 20,
      goes: ["bob 4 gone own", "bob 3 gone own"],
    },
    {
      name: "the last day stays, and nothing goes in its place",
      kept: ["bob 4 gone", "bob 0.9 old", "bob 0.8 old"],
      most: 10,
      goes: [],
    },
    {
      name: "what has to stay does, and nothing goes in its place",
      kept: ["bob 4 gone", "bob 3 old", "bob 2 old"],
      most: 10,
      stays: ["bob 3 old"],
      goes: ["bob 2 old"],
    },
    {
      name: "where the room is for somebody's content, only theirs makes way",
      kept: ["carol 9 old", "carol 8 old", "bob 4 gone", "bob 3 old"],
      most: 10,
      of: "bob",
      goes: ["bob 3 old", "bob 4 gone"],
    },
  ];

for (const { name, kept, most, of, stays = [], goes } of SIZES) {
  Deno.test(`T10: kept versions by size: ${name}`, () => {
    const room = { now: NOW, most, ...(of && { of }) };
    const gone = toMakeWay(kept.map(version), room, ({ place }) => stays.includes(place));
    assertEquals(gone.map(({ place }) => place), goes);
  });
}

const Kept = fc.array(
  fc.record({
    author: fc.constantFrom("alice", "bob", OWN, null),
    deleted: fc.boolean(),
    brought: fc.boolean(),
    bytes: fc.integer({ min: 0, max: 20 }),
    age: fc.constantFrom(0, 0.5, 1, 2, 20),
  }),
  { maxLength: 30 },
).map((versions) =>
  versions.sort((one, other) => other.age - one.age)
    .map(({ age, ...version }, at) => ({ ...version, place: String(at), made: NOW - age * DAY }))
);
const sizeOf = (versions: KeptVersion[]) => versions.reduce((sum, { bytes }) => sum + bytes, 0);
const shareOf = ({ author, brought }: KeptVersion) => `${author} ${brought}`;

Deno.test("T10: by size, whatever is kept: it fits but for the last day, and nobody loses anything of an equal share", () => {
  fc.assert(fc.property(Kept, fc.integer({ min: 0, max: 300 }), (versions, most) => {
    const gone = toMakeWay(versions, { now: NOW, most });
    const left = versions.filter((version) => !gone.includes(version));
    assertEquals(gone.filter(({ made }) => made > NOW - DAY), [], "the last day stays");
    if (versions.every(({ made }) => made <= NOW - DAY)) assert(sizeOf(left) <= most, "it fits");
    if (sizeOf(versions) <= most) assertEquals(gone, [], "it fitted");
    const shares = Map.groupBy(versions, shareOf);
    for (const share of shares.values()) {
      const lost = share.filter((version) => gone.includes(version));
      if (lost.length > 0) assert(sizeOf(share) > most / shares.size, "an equal share");
      const rewritten = share.filter((version) =>
        !version.deleted && version.bytes > 0 && left.includes(version)
      );
      if (lost.some(({ deleted }) => deleted)) {
        assertEquals(rewritten.filter(({ made }) => made <= NOW - DAY), [], "deleted after rewritten");
      }
    }
  }));
});

Deno.test("T10: whatever somebody does besides, nothing goes of what others did", () => {
  fc.assert(fc.property(Kept, fc.nat(60), (versions, junk) => {
    const most = sizeOf(versions);
    const bobs = (bytes: number) => ({ ...version("bob 2 gone own"), bytes });
    const gone = toMakeWay([...versions, ...Array.from({ length: junk }, () => bobs(5))], { now: NOW, most });
    const shares = new Set([...versions.map(shareOf), "bob true"]);
    for (const share of new Set(gone.map(shareOf))) {
      const taken = sizeOf(versions.filter((version) => shareOf(version) === share));
      assert(share === "bob true" || taken > most / shares.size, `${share} had no more than an equal share`);
    }
  }));
});

Deno.test("S4: by size, a file with two names counts once, and what is no version is not touched", () => {
  using place = temporary();
  const [older, newer] = ["2026-11-20 10.00.00.000", "2026-11-24 10.00.00.000"];
  write(`${place.path}/${older}/d/a`, "x".repeat(100));
  Deno.mkdirSync(`${place.path}/${newer}`);
  Deno.linkSync(`${place.path}/${older}/d/a`, `${place.path}/${newer}/a`);
  write(`${place.path}/my notes/big`, "x".repeat(1000));
  const names = batchesIn(realDisk, place.path);
  assertEquals(names, [older, newer]);
  const counted = new Set<number>();
  const found = names.flatMap((name) => [...filesKeptIn(realDisk, place.path, name, counted)]);
  assertEquals(found, [{ place: `${older}/d/a`, bytes: 100 }, { place: `${newer}/a`, bytes: 0 }]);
  assertEquals(removeVersions(realDisk, place.path, found.slice(0, 1)), found.slice(0, 1));
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
  Deno.test(`S4 (case 18): the archive's time: ${name}`, () => {
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

Deno.test("S4 (case 18): history has its age by the archive's time, and its newest batch stays", () => {
  using place = temporary();
  const archive = new Archive(`${place.path}/archive.sqlite`);
  const keeping = new Keeping(realDisk, place.path, archive, KEEP);
  const folders = ["2020-01-01 00.00.00.000", "2020-01-01 00.00.00.001", "2026-11-24 10.00.00.000"];
  const note = (batch: number) => {
    Deno.mkdirSync(`${place.path}/${folders[batch]}`);
    archive.historyEntries.write(1, [{
      ...{ batch, time: 0, peer: "bob", path: "a", key: "a", what: "edited", source: null, mine: false },
      ...{ here: true, old: null, new: null, kept: `${folders[batch]}/a` },
    }]);
  };
  const present =
    () => [archive.historyEntries.numbers(9).map(({ batch }) => batch), batchesIn(realDisk, place.path)];
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

Deno.test("T10: who fills the history takes nothing out of it that tells of a kept version", () => {
  using place = temporary();
  const file = `${place.path}/archive.sqlite`;
  const open = () => new Archive(file);
  let archive = open();
  const pair = archive.pair({ root: "root of bob", key: "key of bob" }, false);
  const historyEntry = (path: string, kept: string | null) => ({
    ...{
      batch: 1,
      time: 0,
      peer: "bob",
      path,
      key: path,
      what: "deleted" as const,
      source: null,
      mine: false,
    },
    ...{ here: true, old: null, new: null, kept },
  });
  archive.historyEntries.write(pair, [
    historyEntry("thesis", "2026-11-24 10.00.00.000/thesis"),
    historyEntry("other", null),
  ]);
  archive.close();
  const database = new DatabaseSync(file);
  database.exec(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) " +
      "INSERT INTO deed (pair, batch, time, peer, path, key, what, mine, here) " +
      `SELECT ${pair}, 2, 0, 'bob', 'junk', 'junk', 'edited', 0, 1 FROM n`,
  );
  database.close();
  archive = open();
  try {
    archive.historyEntries.prune(0);
    assertEquals(archive.historyEntries.of(pair, 1).map(({ path }) => path), ["thesis"]);
    assertEquals([...archive.causes.all().values()].map(({ peerKey, deleted }) => [peerKey, deleted]), [[
      "key of bob",
      true,
    ]]);
  } finally {
    archive.close();
  }
});
