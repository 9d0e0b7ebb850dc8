// Which renames are found, and that finding them looks at each thing a few times only.

import { assert, assertEquals } from "@std/assert";
import type { DirectoryEntry, Entry } from "../../../src/core/tree/entry.ts";
import { findMoves } from "../../../src/core/moves/moves.ts";
import { applyMoves } from "../../../src/core/tree/tree.ts";
import { dir, file, folded, lines, link, tEmpty, undigested } from "../../support/trees.ts";

const f = (content: string, id: number) => file(content, { id });
const x = f("x", 11), y = f("y", 12), z = f("z", 13);

const MOVES: [string, DirectoryEntry, DirectoryEntry, string[]][] = [
  ["nothing", dir({ "a": x }), dir({ "a": x }), []],
  ["a file", dir({ "a": x }), dir({ "b": x }), ["a > b"]],
  ["a file into a folder", dir({ "a": x, "d": dir({}, 1) }), dir({ "d": dir({ "a": x }, 1) }), ["a > d/a"]],
  ["a folder", dir({ "d": dir({ x, y }, 1) }), dir({ "e": dir({ x, y }, 1) }), ["d > e"]],
  ["an empty folder", dir({ "d": dir({}, 1) }), dir({ "e": dir({}, 1) }), ["d > e"]],
  [
    "a folder in a folder",
    dir({ "d": dir({ "s": dir({ x }, 2) }, 1) }),
    dir({ "d": dir({ "t": dir({ x }, 2) }, 1) }),
    ["d/s > d/t"],
  ],
  [
    "a folder, and one in it",
    dir({ "d": dir({ "s": dir({ x }, 2), y, z }, 1) }),
    dir({ "e": dir({ "t": dir({ x }, 2), y, z }, 1) }),
    ["d > e", "e/s > e/t"],
  ],
  ["out of a removed folder", dir({ "d": dir({ x, y }, 1) }), dir({ x }), ["d/x > x"]],
  [
    "out of a moved folder",
    dir({ "d": dir({ x, y, z }, 1) }),
    dir({ "e": dir({ x, y }, 1), z }),
    ["d > e", "e/z > z"],
  ],
  [
    "into a moved folder",
    dir({ "d": dir({ x, y }, 1), z }),
    dir({ "e": dir({ x, y, z }, 1) }),
    ["d > e", "z > e/z"],
  ],
  ["several files", dir({ "a": x, "b": y }), dir({ "c": x, "d": y }), ["a > c", "b > d"]],
  ["a chain: first what gives up its name", dir({ "a": x, "b": y }), dir({ "b": x, "c": y }), [
    "b > c",
    "a > b",
  ]],
  [
    "M5 a swap, by way of a name between",
    dir({ "a.txt": x, "b": y }),
    dir({ "a.txt": y, "b": x }),
    ["a.txt > a.renaming.txt", "b > a.txt", "a.renaming.txt > b"],
  ],
  [
    "M5 a circle",
    dir({ "a": x, "b": y, "c": z }),
    dir({ "b": x, "c": y, "a": z }),
    ["a > a.renaming", "c > a", "b > c", "a.renaming > b"],
  ],
  [
    "M5 a swap where the name between is taken is none",
    dir({ "a": x, "a.renaming": z, "b": y }),
    dir({ "a": y, "a.renaming": z, "b": x }),
    [],
  ],
  [
    "M5 folders swapped, and what was moved in them",
    dir({ "p": dir({ x, y }, 1), "q": dir({ z }, 2) }),
    dir({ "p": dir({ z }, 2), "q": dir({ x, "n": y }, 1) }),
    ["p > p.renaming", "q > p", "p.renaming > q", "q/y > q/n"],
  ],
  [
    "M5 swapped folders that hold the same names",
    dir({ "p": dir({ "x": x }, 1), "q": dir({ "x": y }, 2) }),
    dir({ "p": dir({ "x": y }, 2), "q": dir({ "x": x }, 1) }),
    ["p > p.renaming", "q > p", "p.renaming > q"],
  ],
  [
    "M5 a swap in a folder that was moved",
    dir({ "d": dir({ "a": x, "b": y, z, "s": dir({}, 2) }, 1) }),
    dir({ "e": dir({ "a": y, "b": x, z, "s": dir({}, 2) }, 1) }),
    ["d > e", "e/a > e/a.renaming", "e/b > e/a", "e/a.renaming > e/b"],
  ],
  ["a file moved over another is its new content", dir({ "a": x, "b": y }), dir({ "b": x }), []],
  [
    "a folder moved over another: what was in it",
    dir({ "p": dir({ x }, 1), "q": dir({ y }, 2) }),
    dir({ "p": dir({ y }, 2) }),
    ["q/y > p/y"],
  ],
  [
    "a folder made anew with the number of another",
    dir({ "p": dir({}, 1), "q": dir({}, 2) }),
    dir({ "p": dir({}, 2), "q": dir({}, 1) }),
    [],
  ],
  [
    "M8 a save by way of a backup name is an edit",
    dir({ "doc": x }),
    dir({ "doc": f("new", 20), "old": x }),
    [],
  ],
  [
    "M8 of backups by number the former ones were moved",
    dir({ "log": x, "log.1": y }),
    dir({ "log": f("new", 20), "log.1": x, "log.2": y }),
    ["log.1 > log.2"],
  ],
  [
    "M8 a backup in the place of the last one",
    dir({ "doc": x, "doc~": y }),
    dir({ "doc": f("new", 20), "doc~": x }),
    [],
  ],
  [
    "a folder moved away and made anew was moved",
    dir({ "d": dir({ x, y }, 1) }),
    dir({ "d": dir({ z }, 3), "e": dir({ x, y }, 1) }),
    ["d > e"],
  ],
  ["a copy is none", dir({ "a": x }), dir({ "a": x, "b": f("x", 14) }), []],
  ["an edited file is none", dir({ "a": x }), dir({ "b": f("!", 11) }), []],
  ["a file whose digest is not known is none", dir({ "a": x }), dir({ "b": undigested(x) }), []],
  ["a reused ID is none", dir({ "a": x }), dir({ "b": f("other", 11) }), []],
  ["a reused ID of a folder is none", dir({ "d": dir({ x, y }, 1) }), dir({ "e": dir({ z }, 1) }), []],
  ["a reused ID of another kind is none", dir({ "a": x }), dir({ "d": dir({}, 11) }), []],
  ["an ID that is not known is none", dir({ "a": f("x", 0) }), dir({ "b": f("x", 0) }), []],
  ["links have no ID", dir({ "a": link("t") }), dir({ "b": link("t") }), []],
  [
    "half of a folder is enough",
    dir({ "d": dir({ x, y }, 1) }),
    dir({ "e": dir({ x, "n": f("n", 15) }, 1) }),
    ["d > e"],
  ],
  [
    "a folder replaced by a file of its name, moved elsewhere",
    dir({ "d": dir({ x, y }, 1) }),
    dir({ "d": f("new", 20), "e": dir({ x, y }, 1) }),
    ["d > e"],
  ],
  ["case only", folded({ "A": x }), folded({ "a": x }), ["a > a as a"]],
  [
    "case only, in a folder spelled anew",
    folded({ "D": folded({ "X": x, y }, 1) }),
    folded({ "d": folded({ "x": x, y }, 1) }),
    ["d > d as d", "d/x > d/x as x"],
  ],
  ["another normal form is none", dir({ "\u00e9": x }), dir({ "e\u0301": x }), []],
  [
    "into a folder that was itself made: the folder first",
    dir({ "a": x }),
    dir({ "d": dir({ "e": dir({ "a": x }, 6) }, 5) }),
    ["d > d as d", "d/e > d/e as e", "a > d/e/a"],
  ],
];

for (const [name, base, tree, expected] of MOVES) {
  Deno.test(`M1 found: ${name}`, () => {
    const moves = findMoves(base, tree, true);
    assertEquals(moves.map(renameText), expected);
    const twice = findMoves(applyMoves(base, moves), tree, true);
    assertEquals(twice, [], "after them there are none");
  });
}

Deno.test("M8 a file made for the save that takes the name is that name's new content, an old one a renamed one", () => {
  const base = dir({ "doc": x, "fresh": y }), tree = dir({ "doc": y, "backup": x });
  assertEquals(findMoves(base, tree, true, { isFresh: ({ id }) => id === y.id }), []);
  assertEquals(findMoves(base, tree, true).map(renameText), ["doc > backup", "fresh > doc"]);
  const swapped = findMoves(dir({ "a": x, "b": y }), dir({ "a": y, "b": x }), true, { isFresh: () => true });
  assertEquals(swapped.length, 3, "a swap is one, however new the files are");
});

Deno.test("M5 no circle goes by way of a name that is ignored", () => {
  const isIgnored = (_: string, name: string) => name.endsWith(".renaming");
  assertEquals(findMoves(dir({ "a": x, "b": y }), dir({ "a": y, "b": x }), true, { isIgnored }), []);
});

function renameText({ from, to, name }: { from: string; to: string; name: string }): string {
  return from === to ? `${from} > ${to} as ${name}` : `${from} > ${to}`;
}

/** A folder that counts how often anything in it is looked at. */
class CountingMap extends Map<string, Entry> {
  static looks = 0;
  override get(key: string) {
    CountingMap.looks++;
    return super.get(key);
  }
  override has(key: string) {
    CountingMap.looks++;
    return super.has(key);
  }
  override *[Symbol.iterator]() {
    for (const pair of super.entries()) {
      CountingMap.looks++;
      yield pair;
    }
    return undefined;
  }
}

function counted(entry: DirectoryEntry): DirectoryEntry {
  const children = new CountingMap();
  for (const [key, child] of entry.children) {
    children.set(key, child.kind === "directory" ? counted(child) : child);
  }
  return { ...entry, children };
}

function manyFiles(count: number, firstId: number): Record<string, Entry> {
  const children: Record<string, Entry> = {};
  for (let index = 0; index < count; index++) children[`f${index}`] = f("same", firstId + index);
  return children;
}

function looksFor(base: DirectoryEntry, tree: DirectoryEntry): { looks: number; moves: number } {
  const [from, to] = [counted(base), counted(tree)];
  CountingMap.looks = 0;
  const moves = findMoves(from, to, true).length;
  return { looks: CountingMap.looks, moves };
}

const BIG = 30_000;
const MOST_LOOKS = 20;

Deno.test("M1 a folder of 30,000 files is one move, and each file is looked at a few times", () => {
  const { looks, moves } = looksFor(
    dir({ "d": dir(manyFiles(BIG, 100), 1) }),
    dir({ "e": dir(manyFiles(BIG, 100), 1) }),
  );
  assertEquals(moves, 1);
  assert(looks < MOST_LOOKS * BIG, `${looks} looks`);
});

Deno.test("M1 30,000 files moved one by one are looked at a few times each", () => {
  const { looks, moves } = looksFor(
    dir({ "d": dir(manyFiles(BIG, 100), 1), "e": dir({}, 2) }),
    dir({ "d": dir({}, 1), "e": dir(manyFiles(BIG, 100), 2) }),
  );
  assertEquals(moves, BIG);
  assert(looks < MOST_LOOKS * BIG, `${looks} looks`);
});

Deno.test("M1 130,000 files moved one by one are found, however many they are", () => {
  const many = dir(manyFiles(130_000, 100), 1);
  const [base, tree] = [{ "in": many, "year": dir({}, 2) }, { "in": dir({}, 1), "year": { ...many, id: 2 } }];
  assertEquals(findMoves(dir(base), dir(tree), true).length, 130_000);
});

Deno.test("M1 300 folders moved into one another's neighbours cost no more", () => {
  const folders = (prefix: string) => {
    const children: Record<string, Entry> = {};
    for (let at = 0; at < 300; at++) children[prefix + at] = dir(manyFiles(100, 1_000 + at * 100), 100 + at);
    return dir(children);
  };
  const { looks, moves } = looksFor(folders("a"), folders("b"));
  assertEquals(moves, 300);
  assert(looks < MOST_LOOKS * BIG, `${looks} looks`);
});

Deno.test("M1 finding nothing in two empty trees", () => assertEquals(findMoves(tEmpty, tEmpty, true), []));

Deno.test("M1 moves lead from one tree to the other", () => {
  const [, base, tree] = MOVES.find(([name]) => name === "a folder, and one in it")!;
  assertEquals(lines(applyMoves(base, findMoves(base, tree, true))), lines(tree));
});
