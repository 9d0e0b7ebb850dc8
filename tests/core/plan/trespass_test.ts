// What of an order reaches into what is ignored here, and what of an honest one only looks as if it did.

import { assertEquals } from "@std/assert";
import { EMPTY_ROOT, type Entry } from "../../../src/core/tree/entry.ts";
import { ignoreRules } from "../../../src/core/ignore/ignore.ts";
import { nameOf, type Path } from "../../../src/core/tree/path.ts";
import { emptyPlan, type Orders, type Task } from "../../../src/core/plan/plan.ts";
import { apply, type Move } from "../../../src/core/tree/tree.ts";
import { trespass, trespassOf } from "../../../src/core/plan/trespass.ts";
import { file, move } from "../../support/trees.ts";

const RULES = ".git/\n*.key\n/p2/secret/\n*conflict*\n";
const rules = ignoreRules(RULES);

const folder = (path: string): Entry => ({ ...EMPTY_ROOT, name: nameOf(path as Path) });
const plain = (path: string): Entry => ({ ...file("x"), name: nameOf(path as Path) });
const task = (
  path: string,
  entry: Entry | null,
  old: Entry | null = null,
  more: Partial<Task> = {},
): Task => ({
  path: path as Path,
  old,
  new: entry,
  ...more,
});
const dir = (path: string) => task(path, folder(path));
const put = (path: string, name = nameOf(path as Path)) => task(path, { ...plain(path), name });

/** What takes part here. */
const here = apply(
  EMPTY_ROOT,
  ["a", "p", "p/secret", "p/secret/own", "old.txt"].map((path) => ({
    path: path as Path,
    new: path.includes("own") || path.includes(".txt") ? plain(path) : folder(path),
  })),
);

const ROWS: [what: string, orders: Partial<Orders>, path: string | null][] = [
  ["a folder", { directories: [dir(".git")] }, ".git"],
  ["a file in one that it makes", { directories: [dir(".git")], contents: [put(".git/config")] }, ".git"],
  ["a file in one that is here", { contents: [put(".git/hooks/post-checkout")] }, ".git"],
  ["a file deep in a folder of this side's", { contents: [put("a/b/.git/config")] }, "a/b/.git"],
  ["a file", { contents: [put("a/id.key")] }, "a/id.key"],
  ["a file under another name than its path says", { contents: [put("a/x", "id.key")] }, "a/id.key"],
  ["a file whose path is ignored under another name", { contents: [put("id.key", "x")] }, "id.key"],
  [
    "an edit of a file that is not told of",
    { contents: [task("id.key", plain("id.key"), plain("id.key"))] },
    "id.key",
  ],
  ["a deletion", { removals: [task(".git/config", null, plain("config"))] }, ".git"],
  ["a move there", { moves: [move("old.txt", "a/new.key")] }, "a/new.key"],
  ["a move there under another name", { moves: [move("a", "b", { name: ".git" })] }, ".git"],
  ["a move from there", { moves: [move(".git", "git")] }, ".git"],
  ["a folder made by a move", { moves: [move(".git", ".git", { made: true })] }, ".git"],
  [
    "a copy from there",
    { contents: [{ ...put("x"), source: { at: "here", path: "id.key" as Path } }] },
    "id.key",
  ],
  [
    "a conflict copy of what is ignored",
    { contents: [put("id (conflict bob 2026-11-22 18.07.33).key")] },
    "id (conflict bob 2026-11-22 18.07.33).key",
  ],
  [
    "a conflict copy in a folder that is",
    { contents: [put(".git/x (conflict bob 2026-11-22 18.07.33)")] },
    ".git",
  ],
  ["honest: a conflict copy, though such are ignored", {
    contents: [put("a/x (conflict bob 2026-11-22 18.07.33).txt")],
  }, null],
  ["honest: a file of the name of an ignored folder", { contents: [put("a/.git")] }, null],
  [
    "honest: in folders that it makes",
    { directories: [dir("b"), dir("b/c")], contents: [put("b/c/x")] },
    null,
  ],
  ["honest: an edit of what a move led there", {
    moves: [move("p", "p2")],
    contents: [task("p2/secret/own", plain("own"), plain("own"))],
  }, null],
  ["honest: a deletion of what is gone", { removals: [task("a/x", null, plain("x"))] }, null],
];

for (const [what, orders, path] of ROWS) {
  Deno.test(`I4 T2 an order into what is ignored here: ${what}`, () => {
    assertEquals(trespass({ ...emptyPlan().beta, ...orders }, here, rules), path as Path | null);
  });
}

Deno.test("I4 T2 a change told of what is ignored here, also where a move led it", () => {
  const told = (rows: [string, Entry | null][], moves: Move[] = []) => {
    const changes = rows.map(([path, entry]) => ({ path: path as Path, new: entry }));
    return trespassOf({ tree: apply(here, changes), moves, rows: changes }, rules);
  };
  assertEquals(told([["a/.git", folder(".git")], ["a/.git/x", plain("x")]]), "a/.git" as Path);
  assertEquals(told([["x.key", plain("x.key")]]), "x.key" as Path);
  assertEquals(told([["x.key", folder("x.key")]], [move("a", "x.key")]), "x.key" as Path);
  assertEquals(
    told([["x.key", null], ["a/x", plain("x")], [".git/x", plain("x")]]),
    null,
    "nothing comes of these",
  );
});
