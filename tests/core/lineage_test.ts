// What content another one was made of, and what that decides (M9): rows of three trees with links, and the swap of the sides.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import type { DirectoryEntry } from "../../src/core/tree/entry.ts";
import { edited, isOlder, type Link, MOST_AUTHORS, ordered } from "../../src/core/lineage.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { lineageFromWire, lineageToWire } from "../../src/wire/rows.ts";
import { HIGHEST } from "../../src/core/count.ts";
import { sideOf } from "../support/plan.ts";
import { dir, file, tEmpty, tOne, tThree, tTwo } from "../support/trees.ts";

const first = edited(null, "alice", 1);
const second = edited(first, "alice", 2);
const byBob = edited(first, "bob", 7);

Deno.test("a content is older than what was made of it, by whomever, and than no other", () => {
  const third = edited(byBob, "carol", 1);
  const ORDER: [Link | null, Link | null, boolean][] = [
    [first, second, true],
    [second, first, false],
    [first, first, false],
    [first, byBob, true],
    [first, third, true],
    [second, byBob, false],
    [byBob, second, false],
    [second, third, false],
    [second, ordered(second, third), true],
    [byBob, ordered(byBob, second), true],
    [null, second, false],
    [first, null, false],
  ];
  for (const [one, other, is] of ORDER) assertEquals(isOlder(one, other), is, JSON.stringify([one, other]));
});

Deno.test("T5: a link full of made-up authors is edited and passed on, and honest sides take it", () => {
  const made = Array.from({ length: MOST_AUTHORS }, (_, n) => [`made up ${n}`, HIGHEST] as const);
  const full: Link = { author: "made up 0", number: HIGHEST, holds: new Map(made) };
  const own = edited(full, "carol", 5);
  for (const link of [own, ordered(full, own), ordered(edited(null, "bob", 3), full)]) {
    const row = lineageToWire({ path: "a" as Path, isThere: true, mtime: 0, ...link });
    assertEquals(lineageFromWire(row, "/").holds.get(link.author), link.number);
  }
  assertEquals(isOlder(full, own), true);
});

Deno.test("of two contents at most one is older, whatever was edited and carried elsewhere", () => {
  const step = fc.record({ who: fc.nat(2), from: fc.option(fc.nat(2)) });
  fc.assert(fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
    const held: (Link | null)[] = [null, null, null];
    let number = 0;
    for (const { who, from } of steps) {
      const arriving = from === null ? null : held[from]!;
      if (from === null) held[who] = edited(held[who]!, `${who}`, ++number);
      else if (arriving && isOlder(held[who]!, arriving)) held[who] = ordered(held[who]!, arriving);
    }
    for (const one of held) {
      for (const other of held) assertEquals(isOlder(one, other) && isOlder(other, one), false);
    }
  }));
});

interface Row {
  row: string;
  ancestor: DirectoryEntry;
  alpha: DirectoryEntry;
  beta: DirectoryEntry;
  links: [alpha: Link | null, beta: Link | null];
  /** What is planned: where, and of which size it becomes. */
  plan: string[];
}

const ROWS: Row[] = [
  {
    row: "both changed, and the one is what the other was made of: no conflict",
    ...{ ancestor: tOne, alpha: tTwo, beta: tThree, links: [first, second] },
    plan: ["alpha a.txt 6"],
  },
  {
    row: "both changed, each on his own: a conflict",
    ...{ ancestor: tOne, alpha: tTwo, beta: tThree, links: [second, byBob] },
    plan: ["conflict"],
  },
  {
    row: "new on both sides, and the one is what the other was made of",
    ...{ ancestor: tEmpty, alpha: tTwo, beta: tThree, links: [second, first] },
    plan: ["beta a.txt 4"],
  },
  {
    row: "edited here, and then deleted there: it stays deleted",
    ...{ ancestor: tOne, alpha: tTwo, beta: tEmpty, links: [first, second] },
    plan: ["alpha a.txt gone"],
  },
  {
    row: "deleted here, and edited there on its own: the edit stays (C4)",
    ...{ ancestor: tOne, alpha: tEmpty, beta: tTwo, links: [second, byBob] },
    plan: ["alpha a.txt 4"],
  },
  {
    row: "deleted here, and then made again there as it was",
    ...{ ancestor: tOne, alpha: tEmpty, beta: tOne, links: [first, second] },
    plan: ["alpha a.txt 3"],
  },
  {
    row: "edited here, and then made there as it was before",
    ...{ ancestor: tOne, alpha: tTwo, beta: tOne, links: [first, second] },
    plan: ["alpha a.txt 3"],
  },
  {
    row: "a link alone decides nothing",
    ...{ ancestor: tOne, alpha: tTwo, beta: tEmpty, links: [null, second] },
    plan: ["beta a.txt 4"],
  },
];

function plannedAlong(
  { ancestor, alpha, beta, links: [one, other] }: Omit<Row, "plan">,
  swapped: boolean,
): string[] {
  const at = (link: Link | null) => (path: Path) => path === "a.txt" ? link : null;
  const here = { ...sideOf(ancestor, alpha, "alice"), lineage: at(one) };
  const there = { ...sideOf(ancestor, beta, "bob"), lineage: at(other) };
  const plan = swapped
    ? reconcile(ancestor, there, here, { offset: 0 })
    : reconcile(ancestor, here, there, { offset: 0 });
  if (plan.conflicts.length > 0) return ["conflict"];
  const sides = swapped ? { alpha: plan.beta, beta: plan.alpha } : plan;
  return (["alpha", "beta"] as const).flatMap((side) =>
    [...sides[side].removals, ...sides[side].contents].map(({ path, new: entry }) =>
      `${side} ${path} ${entry?.kind === "file" ? entry.size : "gone"}`
    )
  );
}

for (const { plan, ...row } of ROWS) {
  Deno.test(`M9: ${row.row}`, () => {
    assertEquals(plannedAlong(row, false), plan);
    assertEquals(plannedAlong(row, true), plan, "with the sides swapped");
  });
}

Deno.test("M9: a folder that came and was deleted again goes, but for what was edited in it", () => {
  const links: Record<string, [Link, Link | null]> = {
    d: [first, second],
    "d/old": [first, second],
    "d/new": [byBob, second],
  };
  const ancestor = tEmpty;
  const alpha = dir({ d: dir({ old: file("1"), new: file("22") }) });
  const at = (side: 0 | 1) => (path: Path) => links[path]?.[side] ?? null;
  const here = { ...sideOf(ancestor, alpha, "alice"), lineage: at(0) };
  const there = { ...sideOf(ancestor, tEmpty, "bob"), lineage: at(1) };
  const plan = reconcile(ancestor, here, there, { offset: 0 });
  assertEquals(plan.alpha.removals.map(({ path }) => path as string), ["d/old"]);
  assertEquals([...plan.beta.directories, ...plan.beta.contents].map(({ path }) => path as string), [
    "d",
    "d/new",
  ]);
});
