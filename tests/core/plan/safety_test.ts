// What a plan takes away, and when that is too much (RULES S1, S2).

import { assertEquals } from "@std/assert";
import type { DirectoryEntry } from "../../../src/core/tree/entry.ts";
import { emptyPlan, type Orders, type Task } from "../../../src/core/plan/plan.ts";
import { reconcile } from "../../../src/core/plan/reconcile.ts";
import { emptiedOf, isTooMuch, lossesOf, takingBack } from "../../../src/core/plan/safety.ts";
import { OTHER, SIDES } from "../../../src/core/side.ts";
import { apply } from "../../../src/core/tree/tree.ts";
import { sideOf } from "../../support/plan.ts";
import { at, dir, file, lines, link, tEmpty, tNest } from "../../support/trees.ts";

const AMOUNTS: [lost: number, agreed: number, tooMuch: boolean][] = [
  [50, 50, false], // not more than 50
  [51, 51, true],
  [49, 60, false],
  [51, 204, false], // not more than 25 %
  [51, 203, true],
  [60, 1000, false],
  [251, 1000, true],
  [0, 0, false],
];

for (const [lost, agreed, tooMuch] of AMOUNTS) {
  Deno.test(`S1: ${lost} of ${agreed} agreed files are ${tooMuch ? "" : "not "}too much`, () => {
    assertEquals(isTooMuch(lost, agreed), tooMuch);
  });
}

const several = dir({ a: file("a"), d: dir({ b: file("b"), l: link("b") }) });
const EMPTIED: [what: string, tree: DirectoryEntry, ancestor: DirectoryEntry, gone: number][] = [
  ["nothing left of several files", tEmpty, several, 3],
  ["nothing left of links alone", tEmpty, dir({ l: link("a"), m: link("b") }), 2],
  ["nothing left of one file", tEmpty, dir({ d: dir({ a: file("a") }) }), 0],
  ["nothing where nothing was agreed", tEmpty, dir({ d: dir({}) }), 0],
  ["one file left", dir({ a: file("a") }), several, 0],
  ["an empty folder left", dir({ d: dir({}) }), several, 0],
];

for (const [what, tree, ancestor, gone] of EMPTIED) {
  Deno.test(`S2: ${what} is ${gone > 0 ? "" : "not "}an emptied root`, () => {
    assertEquals(emptiedOf(tree, ancestor), gone);
  });
}

interface Row {
  row: string;
  ancestor?: DirectoryEntry;
  alpha: DirectoryEntry;
  beta: DirectoryEntry;
  /** `path how by`, sorted. */
  losses: string[];
  /** The ancestor, once all of it is taken back. */
  back?: DirectoryEntry;
}

const one = file("one", { id: 1 });
const two = file("two", { id: 2 });
const agreed = dir({ a: one, b: two });

const ROWS: Row[] = [
  { row: "nothing happened", alpha: agreed, beta: agreed, losses: [], back: agreed },
  {
    row: "a file deleted",
    alpha: dir({ b: two }),
    beta: agreed,
    losses: ["a deleted alpha"],
    back: dir({ b: two }),
  },
  {
    row: "a file rewritten",
    alpha: agreed,
    beta: dir({ a: file("encrypted", { id: 1 }), b: two }),
    losses: ["a rewritten beta"],
    back: dir({ a: file("encrypted"), b: two }),
  },
  {
    row: "both sides together",
    alpha: dir({ b: two }),
    beta: dir({ a: one, b: file("2") }),
    losses: ["a deleted alpha", "b rewritten beta"],
    back: dir({ b: file("2") }),
  },
  { row: "a file made", alpha: dir({ a: one, b: two, c: file("c") }), beta: agreed, losses: [] },
  { row: "moves are not counted", alpha: dir({ c: one, d: dir({ e: two }) }), beta: agreed, losses: [] },
  {
    row: "a copy made and the old one deleted is no move, without its ID",
    alpha: dir({ c: file("one", { id: 3 }), b: two }),
    beta: agreed,
    losses: ["a deleted alpha"],
  },
  { row: "only the bit", alpha: dir({ a: { ...one, executable: true }, b: two }), beta: agreed, losses: [] },
  {
    row: "an edit beats a deletion",
    alpha: dir({ b: two }),
    beta: dir({ a: file("1"), b: two }),
    losses: [],
  },
  { row: "both deleted it", alpha: dir({ b: two }), beta: dir({ b: two }), losses: [] },
  {
    row: "a conflict's content is kept in a copy",
    alpha: dir({ a: file("alice's"), b: two }),
    beta: dir({ a: file("bob's"), b: two }),
    losses: [],
  },
  {
    row: "a folder deleted counts its files",
    ancestor: tNest,
    alpha: tEmpty,
    beta: tNest,
    losses: filesOf(tNest).map((path) => `${path} deleted alpha`),
    back: tEmpty,
  },
  {
    row: "a file that became a folder",
    alpha: dir({ a: dir({ x: file("x") }), b: two }),
    beta: agreed,
    losses: ["a deleted alpha"],
  },
  {
    row: "a folder that became a file counts its files",
    ancestor: dir({ d: dir({ x: one, y: two }) }),
    alpha: dir({ d: file("file") }),
    beta: dir({ d: dir({ x: one, y: two }) }),
    losses: ["d/x deleted alpha", "d/y deleted alpha"],
  },
  {
    row: "links count as files do",
    ancestor: dir({ l: link("a"), m: link("m"), n: link("n"), a: one }),
    alpha: dir({ l: link("b"), n: file("n"), a: one }),
    beta: dir({ l: link("a"), m: link("m"), n: link("n"), a: one }),
    losses: ["l rewritten alpha", "m deleted alpha", "n deleted alpha"],
    back: dir({ l: link("b"), n: file("n"), a: one }),
  },
  {
    row: "deleted from a folder that moved",
    ancestor: dir({ d: dir({ x: one, y: two, z: file("z", { id: 3 }) }, 9) }),
    alpha: dir({ e: dir({ y: two, z: file("z", { id: 3 }) }, 9) }),
    beta: dir({ d: dir({ x: one, y: two, z: file("z", { id: 3 }) }, 9) }),
    losses: ["e/x deleted alpha"],
    back: dir({ d: dir({ y: two, z: file("z") }) }),
  },
  { row: "a first meeting", ancestor: tEmpty, alpha: agreed, beta: dir({ a: file("other") }), losses: [] },
];

for (const { row, ancestor = agreed, alpha, beta, losses, back } of ROWS) {
  Deno.test(`S1: ${row}`, () => {
    const sides = [sideOf(ancestor, alpha, "alice"), sideOf(ancestor, beta, "bob")] as const;
    const plan = reconcile(ancestor, ...sides, { offset: 0 });
    const found = { alpha: lossesOf(plan.alpha, alpha), beta: lossesOf(plan.beta, beta) };
    const told = SIDES.flatMap((side) =>
      [...found[side].values()].map(({ path, how }) => `${path} ${how} ${OTHER[side]}`)
    );
    assertEquals(told.sort(), losses);
    if (!back) return;
    const kept = { alpha: new Set(found.alpha.keys()), beta: new Set(found.beta.keys()) };
    const taken = takingBack(plan, kept, ancestor, { alpha, beta });
    assertEquals(lines(apply(ancestor, taken)), lines(back));
  });
}

Deno.test("S1: taking back some of the losses leaves the others", () => {
  const alpha = tEmpty;
  const plan = reconcile(agreed, sideOf(agreed, alpha, "alice"), sideOf(agreed, agreed, "bob"), {
    offset: 0,
  });
  const [first] = lossesOf(plan.beta, agreed).keys();
  const kept = { alpha: null, beta: new Set([first!]) };
  const taken = takingBack(plan, kept, agreed, { alpha, beta: agreed });
  assertEquals(taken.map(({ path }) => path), [first!]);
});

/** Rewrites `a`, as if a copy of it were `kept`. */
const rewriting: Task = { path: at("a"), old: one, new: file("junk"), requires: at("kept") };
const copying: Task = {
  ...{ path: at("kept"), old: null, new: { ...one, name: "kept" } },
  source: { at: "here", path: at("a") },
};

const CLAIMS: [what: string, kept: boolean, orders: Partial<Orders>, tree?: DirectoryEntry][] = [
  ["that is made of it before", true, { contents: [copying, rewriting] }],
  ["that is there", true, { contents: [rewriting] }, dir({ a: one, kept: file("one", { id: 4 }) })],
  ["that is nowhere", false, { contents: [rewriting] }],
  ["that holds something else", false, { contents: [rewriting] }, dir({ a: one, kept: two })],
  ["in whose place something else comes first", false, {
    contents: [{ ...copying, source: { at: "there", path: at("a") } }, copying, rewriting],
  }],
  ["in whose place a folder is made", false, {
    directories: [{ path: at("kept"), old: null, new: dir({}) }],
    contents: [copying, rewriting],
  }],
  ["in whose place something is moved", false, {
    moves: [{ from: at("b"), to: at("kept"), name: "kept" }],
    contents: [copying, rewriting],
  }],
  ["in whose place something is, unless a rename can be done", false, {
    moves: [{ from: at("kept"), to: at("elsewhere"), name: "elsewhere" }],
    contents: [copying, rewriting],
  }, dir({ a: one, kept: two })],
  ["that comes there, if a rename can be done", false, {
    moves: [
      { from: at("kept"), to: at("elsewhere"), name: "elsewhere" },
      { from: at("b"), to: at("kept"), name: "kept" },
    ],
    contents: [rewriting],
  }, dir({ a: one, b: { ...one, name: "b" }, kept: two })],
  ["made of another file", false, {
    contents: [{ ...copying, source: { at: "here", path: at("b") } }, rewriting],
  }],
];

for (const [what, kept, orders, tree = agreed] of CLAIMS) {
  Deno.test(`S1: what is replaced ${kept ? "is no loss" : "is lost"} where the order names a copy ${what}`, () => {
    const losses = lossesOf({ ...emptyPlan().beta, ...orders }, tree);
    assertEquals([...losses.keys()], kept ? [] : ["a"]);
  });
}

function filesOf(tree: DirectoryEntry, path = ""): string[] {
  return [...tree.children].flatMap(([key, entry]) =>
    entry.kind === "directory"
      ? filesOf(entry, `${path}${key}/`)
      : entry.kind === "file"
      ? [`${path}${key}`]
      : []
  ).sort();
}
