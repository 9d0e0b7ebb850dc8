// S9: what of a plan is left out because one side cannot have it, and what is said of that.

import { assertEquals } from "@std/assert";
import type { DirectoryEntry } from "../../src/core/tree/entry.ts";
import { type Closed, roughly } from "../../src/core/plan/hindrance.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import { shortage, withholdClosed, withholdInside, withholdLarge } from "../../src/plan/withholding.ts";
import { sideOf, told } from "../support/plan.ts";
import { dir, file, tEmpty } from "../support/trees.ts";

const MB = 1_000_000;
const REASON = "nothing can be put into this folder";
const closed = (path: string, isFolder = true): Closed => ({
  ...{ path: path as Path, isFolder },
  ...{ reason: isFolder ? REASON : "no such name", lasting: !isFolder },
});

interface Row {
  row: string;
  ancestor?: DirectoryEntry;
  alpha: DirectoryEntry;
  beta: DirectoryEntry;
  room?: number;
  /** Of disks inside. */
  rooms?: Record<string, number | null>;
  /** Those that proved full. */
  full?: string[];
  closed?: Closed[];
  kept?: number;
  /** Of the plan, but for what is agreed and digests. */
  plan: string[];
}

/** What is planned where bob's side, which is beta's, is hindered so. */
function plannedHindered(
  { ancestor = tEmpty, alpha, beta, room, rooms = {}, full = [], closed = [], kept = 0 }: Row,
): string[] {
  const sides = [sideOf(ancestor, alpha, "alice"), sideOf(ancestor, beta, "bob")] as const;
  const plan = reconcile(ancestor, ...sides, { offset: 0 });
  const hindered = {
    ...{ side: "beta", tree: beta, owner: "bob", other: "alice", kept } as const,
    hindrances: {
      room: room ?? null,
      rooms: new Map(Object.entries(rooms) as [Path, number][]),
      full: new Set(full),
      closed,
    },
  };
  plan.problems.push(...withholdClosed(plan, hindered), ...withholdInside(plan, hindered).problems);
  plan.problems.push(...withholdLarge(plan, hindered));
  const whose = new Set(plan.problems.map(({ whose }) => whose!));
  return [...told(plan).filter((line) => !line.startsWith("agreed")), ...whose];
}

const sized = (content: string, size: number) => file(content, { size });
const agreed = dir({ closed: dir({ a: file("a"), in: dir({ b: file("b") }) }), c: file("c") });
const NO_ROOM = "problem: : there is no room for 9 MB on bob's disk, 5 MB are missing: make room there";

const NO_ROOM_INSIDE =
  "problem: usb: there is no room for 9 MB on the disk that bob has mounted here, 5 MB are missing: make room there";

const ROWS: Row[] = [
  {
    row: "what fits comes, the smallest first",
    alpha: dir({ one: sized("one", MB), nine: sized("nine", 9 * MB), two: sized("two", 2 * MB) }),
    beta: tEmpty,
    room: 7 * MB + 4096 * 3,
    plan: ['beta: one nothing becomes "one"', 'beta: two nothing becomes "two"', NO_ROOM, "bob"],
  },
  {
    row: "versions are named where there are any",
    alpha: dir({ nine: sized("nine", 9 * MB) }),
    beta: tEmpty,
    room: 4 * MB + 4096,
    kept: 2.34 * MB,
    plan: [
      `${NO_ROOM}; kept versions take 2.3 MB of it, and --keep-size lets fewer stay, but for the last day's`,
      "bob",
    ],
  },
  {
    row: "a disk inside has room of its own, for which nothing else waits, and no version makes way",
    alpha: dir({
      nine: sized("9", 9 * MB),
      usb: dir({ nine: sized("nine", 9 * MB), d: dir({ one: file("1") }) }),
    }),
    beta: dir({ usb: dir() }),
    room: 20 * MB,
    rooms: { usb: 4 * MB + 4096 },
    kept: 2.34 * MB,
    plan: [
      'beta: nine nothing becomes "9"',
      "beta: usb/d nothing becomes folder",
      'beta: usb/d/one nothing becomes "1"',
      NO_ROOM_INSIDE,
      "bob",
    ],
  },
  {
    row: "what disks that proved full have no room for is told as where they did",
    alpha: dir({ nine: sized("9", 9 * MB), usb: dir({ nine: sized("nine", 9 * MB), one: file("1") }) }),
    beta: dir({ usb: dir() }),
    room: 4 * MB + 4096,
    rooms: { usb: 4 * MB + 4096 },
    full: ["", "usb"],
    kept: 2.34 * MB,
    plan: [
      'beta: usb/one nothing becomes "1"',
      "problem: : the disk is full: make room",
      "problem: usb: the disk is full: make room",
      "bob",
    ],
  },
  {
    row: "what waits for a disk inside needs no room of the own one",
    alpha: dir({ four: sized("4", 4 * MB), usb: dir({ nine: sized("nine", 9 * MB) }) }),
    beta: dir({ usb: dir() }),
    room: 4 * MB + 4096,
    rooms: { usb: 4 * MB + 4096 },
    plan: ['beta: four nothing becomes "4"', NO_ROOM_INSIDE, "bob"],
  },
  {
    row: "of a disk in a disk inside nobody knows: everything is tried there",
    alpha: dir({ usb: dir({ in: dir({ nine: sized("nine", 9 * MB) }) }) }),
    beta: dir({ usb: dir({ in: dir() }) }),
    room: 20 * MB,
    rooms: { usb: 4 * MB, "usb/in": null },
    plan: ['beta: usb/in/nine nothing becomes "nine"'],
  },
  {
    row: "where nobody knows how much room there is, everything is tried",
    alpha: dir({ nine: sized("nine", 9 * MB) }),
    beta: tEmpty,
    plan: ['beta: nine nothing becomes "nine"'],
  },
  {
    row: "nothing is agreed of a path of which one side's part is left out: an executable bit merged on both",
    alpha: dir({ a: sized("long", 9 * MB) }),
    beta: dir({ a: file("a", { executable: true, mtime: 5 }) }),
    ancestor: dir({ a: file("a") }),
    room: 4 * MB,
    plan: [NO_ROOM, "bob"],
  },
  {
    row: "into a closed folder nothing comes, and nothing out of it goes; into folders in it, it does",
    ancestor: agreed,
    alpha: dir({
      closed: dir({ in: dir({ b: file("b!") }), made: dir({ x: file("x") }), y: file("y") }),
      c: file("c!"),
    }),
    beta: agreed,
    closed: [closed("closed")],
    plan: [
      'beta: c "c" becomes "c!"',
      'beta: closed/in/b "b" becomes "b!"',
      `problem: closed: ${REASON}`,
      "bob",
    ],
  },
  {
    row: "a folder stays that something in it cannot be taken from",
    ancestor: agreed,
    alpha: dir({ c: file("c") }),
    beta: agreed,
    closed: [closed("closed/in")],
    plan: ['beta: closed/a "a" becomes nothing', `problem: closed/in: ${REASON}`, "bob"],
  },
  {
    row: "an empty closed folder goes: that is a matter of the one it is in",
    ancestor: dir({ closed: dir() }),
    alpha: tEmpty,
    beta: dir({ closed: dir() }),
    closed: [closed("closed")],
    plan: ["beta: closed folder becomes nothing"],
  },
  {
    row: "what only another name mends is its owner's matter",
    alpha: dir({ "a:b": file("a"), c: file("c") }),
    beta: tEmpty,
    closed: [closed("a:b", false)],
    plan: ['beta: c nothing becomes "c"', "problem: a:b: no such name", "alice"],
  },
  {
    row: "what is closed and not planned for is no problem",
    alpha: dir({ c: file("c") }),
    beta: dir({ closed: dir() }),
    closed: [closed("closed"), closed("x", false)],
    plan: ["alpha: closed nothing becomes folder", 'beta: c nothing becomes "c"'],
  },
];

for (const row of ROWS) {
  Deno.test(`S9: ${row.row}`, () => assertEquals(plannedHindered(row), row.plan));
}

Deno.test("S9: a conflict is carried out as a whole, or fails as a whole: its room is counted before that of others", () => {
  const [one, other] = [sized("one", 3 * MB), sized("other", 3 * MB)];
  const sides = [dir({ a: { ...one, mtime: 9000 }, b: sized("b", MB) }), dir({ a: other })] as const;
  const plan = reconcile(tEmpty, sideOf(tEmpty, sides[0], "alice"), sideOf(tEmpty, sides[1], "bob"), {
    offset: 0,
  });
  const hindered = {
    ...{ side: "beta", tree: sides[1], owner: "bob", other: "alice", kept: 0 } as const,
    hindrances: { room: 4 * MB, rooms: new Map(), full: new Set<string>(), closed: [] },
  };
  const { missing, least } = shortage(plan, hindered)!;
  assertEquals([roughly(missing), roughly(least)], ["3 MB", "1 MB"]);
  withholdLarge(plan, hindered);
  assertEquals(plan.beta.contents.map(({ path }) => path as string), [
    "a (conflict bob 1970-01-01 00.00.00)",
    "a",
  ]);
});

Deno.test("S9: where only disks inside have too little, the own disk is asked for nothing", () => {
  const alpha = dir({
    four: sized("4", 4 * MB),
    usb: dir({ nine: sized("nine", 9 * MB), two: sized("2", 2 * MB) }),
  });
  const beta = dir({ usb: dir() });
  const plan = reconcile(tEmpty, sideOf(tEmpty, alpha, "alice"), sideOf(tEmpty, beta, "bob"), { offset: 0 });
  const hindered = {
    ...{ side: "beta", tree: beta, owner: "bob", other: "alice", kept: 0 } as const,
    hindrances: { room: 7 * MB, rooms: new Map([["usb" as Path, MB]]), full: new Set<string>(), closed: [] },
  };
  const { inside } = withholdInside(plan, hindered);
  const short = shortage(plan, hindered, inside)!;
  assertEquals([short.missing, short.least, roughly(short.inside.get("usb" as Path)!)], [0, 0, "2 MB"]);
});

Deno.test("S9: figures stay the same while they hardly change", () => {
  const figures = [0, 999, 1000, 73_400_320, 73_900_000, 1_499_000_000].map(roughly);
  assertEquals(figures, ["0 bytes", "1000 bytes", "1 kB", "73 MB", "74 MB", "1.5 GB"]);
});
