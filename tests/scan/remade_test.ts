// Which names count as made anew, so that what was moved away from them was a backup (RULES M8).

import { assertEquals } from "@std/assert";
import type { DirectoryEntry } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { isFresh, KEPT_MS, Remade, REMADE_MS } from "../../src/scan/remade.ts";
import { dir, file } from "../support/trees.ts";

const doc = file("one", { id: 1 }), anew = file("two", { id: 2 });
const before = dir({ "doc": doc }), between = dir({ "doc~": doc }), after = dir({ "doc": anew, "doc~": doc });
const NOW = 1_000_000;

/** What counts as remade after looks that saw these trees at these times. */
function remadeAfter(...looks: [number, DirectoryEntry, string[]?][]): string[] {
  const remade = new Remade();
  let last = before;
  for (const [at, tree, writing = []] of looks) {
    remade.look(last, tree, writing as Path[], NOW + at);
    last = tree;
  }
  return remade.paths();
}

const ROWS: [string, [number, DirectoryEntry, string[]?][], string[]][] = [
  ["a name that was left alone", [[0, before]], []],
  ["a name that was left", [[0, between]], []],
  ["a name that was left and made anew", [[0, between], [REMADE_MS, after]], ["doc"]],
  ["a name that was made anew late", [[0, between], [REMADE_MS + 1, after]], []],
  ["a file that takes long to be written", [[0, between], [50, between, ["doc"]], [9000, after]], ["doc"]],
  ["a name that is replaced was not left", [[0, dir({ "doc": anew })]], []],
  ["a name that a folder takes", [[0, between], [50, dir({ "doc": dir(), "doc~": doc })]], []],
  ["after a while that is forgotten", [[0, between], [50, after], [KEPT_MS + 51, after]], []],
  ["a clock that is set back forgets", [[0, between], [-1, after]], []],
];

for (const [name, looks, expected] of ROWS) {
  Deno.test(`M8 remade: ${name}: ${expected.length}`, () => assertEquals(remadeAfter(...looks), expected));
}

Deno.test("M8 a file is fresh for as long as a save takes, and one whose birth is not known never", () => {
  const born = (at: number) => file("x", { born: at });
  const fresh = [NOW, NOW - REMADE_MS, NOW - REMADE_MS - 1, NOW + 1, 0].map((at) => isFresh(born(at), NOW));
  assertEquals(fresh, [true, true, false, false, false]);
});
