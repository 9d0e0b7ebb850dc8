// What may be told of a side while its ignore rules cannot be read: no content and no name that was not agreed.

import { assertEquals } from "@std/assert";
import { diff } from "../../../src/core/tree/diff.ts";
import type { DirectoryEntry } from "../../../src/core/tree/entry.ts";
import { ROOT } from "../../../src/core/tree/path.ts";
import { applyMoves, type Move, walk } from "../../../src/core/tree/tree.ts";
import { withoutNews } from "../../../src/core/ignore/withheld.ts";
import { dir, file, move } from "../../support/trees.ts";

const ANCESTOR = dir({
  a: file("a"),
  b: file("b"),
  d: dir({ x: file("x"), y: file("y"), e: dir({ z: file("z") }) }),
});

const DID: [what: string, tree: DirectoryEntry, moves: Move[], told: string[]][] = [
  ["an edit goes", dir({ ...children(ANCESTOR), a: file("edited") }), [], ["a"]],
  ["a deletion goes", dir({ b: file("b"), d: ANCESTOR.children.get("d")! }), [], ["a"]],
  ["a deleted folder goes", dir({ a: file("a"), b: file("b") }), [], ["d"]],
  [
    "a new file and a new folder stay",
    dir({ ...children(ANCESTOR), n: file("n"), m: dir({ n: file("n") }) }),
    [],
    [],
  ],
  [
    "what was renamed counts as where it was",
    dir({ b: file("b"), c: file("a"), d: ANCESTOR.children.get("d")! }),
    [
      move("a", "c"),
    ],
    [],
  ],
  [
    "a folder that was renamed, and another thing taken out of it",
    dir({ a: file("a"), x: file("x"), f: dir({ y: file("new y"), e: dir({ z: file("z") }) }) }),
    [move("d", "f"), move("f/x", "x")],
    ["b"],
  ],
  ["a folder deleted but for what was taken out of it", dir({ a: file("a"), b: file("b"), z: file("z") }), [
    move("d/e/z", "z"),
  ], []],
  [
    "a file that a folder has replaced is gone",
    dir({ ...children(ANCESTOR), a: dir({ n: file("n") }) }),
    [],
    ["a"],
  ],
];

for (const [what, tree, moves, told] of DID) {
  Deno.test(`I6: while rules cannot be read: ${what}`, () => {
    const changes = diff(applyMoves(ANCESTOR, moves), tree, true);
    const left = withoutNews({ tree, moves, changes }, ANCESTOR, true);
    assertEquals(left.moves, []);
    assertEquals(left.changes.map(({ path }) => path as string), told);
    assertEquals(diff(ANCESTOR, left.tree, true), left.changes);
    const names = (of: DirectoryEntry) => new Set([...walk(ROOT, of)].map(([path]) => path));
    assertEquals(names(left.tree).isSubsetOf(names(ANCESTOR)), true, "no new name");
  });
}

function children(directory: DirectoryEntry) {
  return Object.fromEntries(directory.children);
}
