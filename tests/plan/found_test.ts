// What of an order is found done, where the program was stopped in the midst of it.

import { assertEquals } from "@std/assert";
import type { DirectoryEntry, Entry } from "../../src/core/tree/entry.ts";
import { nameOf, type Path } from "../../src/core/tree/path.ts";
import { emptyPlan, type Orders } from "../../src/core/plan/plan.ts";
import { foundDone, undigested } from "../../src/plan/found.ts";
import { dir, file, lines, link, move } from "../support/trees.ts";

const namedAt = (path: string, entry: Entry | null) => entry && { ...entry, name: nameOf(path as Path) };
const task = (path: string, old: Entry | null, entry: Entry | null) => ({
  ...{ path: path as Path, old: namedAt(path, old), new: namedAt(path, entry) },
});

interface Row {
  what: string;
  orders: Partial<Orders>;
  before: DirectoryEntry;
  after: DirectoryEntry;
  /** By index. */
  done: number[];
  between?: string[];
}

const ROWS: Row[] = [
  {
    what: "nothing",
    orders: { removals: [task("a", file("1"), null)], contents: [task("b", file("2"), file("3"))] },
    before: dir({ a: file("1"), b: file("2") }),
    after: dir({ a: file("1"), b: file("2") }),
    done: [],
  },
  {
    what: "a folder that was removed as far as one file",
    orders: {
      removals: [task("d/a", file("1"), null), task("d/b", file("2"), null), task("d", dir(), null)],
    },
    before: dir({ d: dir({ a: file("1"), b: file("2") }) }),
    after: dir({ d: dir({ b: file("2") }) }),
    done: [0],
  },
  {
    what: "a whole folder removed, and one made with what is in it",
    orders: {
      removals: [task("d/a", file("1"), null), task("d", dir(), null)],
      directories: [task("e", null, dir())],
      contents: [task("e/b", null, file("2")), task("l", null, link("x"))],
    },
    before: dir({ d: dir({ a: file("1") }) }),
    after: dir({ e: dir({ b: file("2") }), l: link("x") }),
    done: [0, 1, 2, 3, 4],
  },
  {
    what: "content put where it was renamed to, out of a folder that was renamed",
    orders: { moves: [move("d", "e"), move("e/a", "b")], contents: [task("b", file("1"), file("2"))] },
    before: dir({ d: dir({ a: file("1") }) }),
    after: dir({ e: dir(), b: file("2") }),
    done: [0, 1, 2],
  },
  {
    what: "the first of two renames",
    orders: { moves: [move("d", "e"), move("e/a", "b")] },
    before: dir({ d: dir({ a: file("1") }) }),
    after: dir({ e: dir({ a: file("1") }) }),
    done: [0],
  },
  {
    what: "a rename round about",
    orders: { moves: [move("a", "t"), move("b", "a"), move("t", "b")] },
    before: dir({ a: file("1"), b: file("2") }),
    after: dir({ t: file("1"), a: file("2") }),
    done: [0, 1],
  },
  {
    what: "a new file where another was renamed from",
    orders: { moves: [move("a", "b")], contents: [task("a", null, file("2"))] },
    before: dir({ a: file("1") }),
    after: dir({ a: file("2"), b: file("1") }),
    done: [0, 1],
  },
  {
    what: "a folder made, and another spelled anew",
    orders: { moves: [move("m", "m", { made: true }), move("d", "d", { name: "D" })] },
    before: dir({ d: dir() }),
    after: dir({ m: dir(), d: { ...dir(), name: "d" } }),
    done: [0],
  },
  {
    what: "an executable bit",
    orders: {
      contents: [task("a", file("1"), file("1", { executable: true })), task("b", file("1"), file("1"))],
    },
    before: dir({ a: file("1"), b: file("1", { executable: true }) }),
    after: dir({ a: file("1", { executable: true }), b: file("1", { executable: true }) }),
    done: [0],
  },
  {
    what: "a file gone, and the folder not made that was to take its place; and the other way round",
    orders: {
      directories: [task("a", file("1"), dir())],
      contents: [task("d", dir(), file("2")), task("e", null, file("3")), task("f", file("4"), file("5"))],
    },
    before: dir({ a: file("1"), d: dir(), f: file("4") }),
    after: dir({ f: file("4") }),
    done: [],
    between: ["d", "a"],
  },
];

for (const { what, orders, before, after, done, between = [] } of ROWS) {
  Deno.test(`found done: ${what}`, () => {
    const found = foundDone({ ...emptyPlan().alpha, ...orders }, after, true);
    assertEquals(found.results.map(({ index }) => index), done);
    assertEquals(found.between as string[], between);
    assertEquals(lines(found.before), lines(before));
  });
}

Deno.test("what was put in place is known by its digest, which is asked for where it decides", () => {
  const orders = {
    ...emptyPlan().alpha,
    contents: [task("a", null, file("1")), task("b", null, file("22"))],
  };
  const unknown = dir({ a: { ...file("1"), digest: "" }, b: { ...file("333"), digest: "" } });
  assertEquals(undigested(orders, unknown) as string[], ["a"]);
  assertEquals(foundDone(orders, unknown, true).results, []);
  const [result] = foundDone(orders, dir({ a: file("1") }), true).results;
  assertEquals(result, { index: 0, done: true, digest: file("1").digest });
});

Deno.test("a side without executable bits finds content by itself", () => {
  const orders = { ...emptyPlan().alpha, contents: [task("a", null, file("1", { executable: true }))] };
  assertEquals(foundDone(orders, dir({ a: file("1") }), false).results.length, 1);
  assertEquals(foundDone(orders, dir({ a: file("1") }), true).results.length, 0);
});
