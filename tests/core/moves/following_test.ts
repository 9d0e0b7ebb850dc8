// Renames on both sides, as rows: what is followed, in whose paths, and what is left to deletion and creation (RULES M).

import { assert, assertEquals } from "@std/assert";
import type { DirectoryEntry } from "../../../src/core/tree/entry.ts";
import { follow } from "../../../src/core/moves/following.ts";
import { nameOf, type Path } from "../../../src/core/tree/path.ts";
import { applyMoves } from "../../../src/core/tree/tree.ts";
import { checkRows, type Row } from "../../support/plan.ts";
import { stepsOf } from "../../support/steps.ts";
import { dir, file, link, posix, tEmpty } from "../../support/trees.ts";

const X = file("x", { id: 11 });
const Y = file("y", { id: 12 });
const Z = file("z", { id: 13 });
const D_XY = dir({ "x": X, "y": Y }, 10);

const ROWS: Row[] = [
  {
    row: "M1 a moved file is moved",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: dir({ "a": file("one", { id: 1 }) }),
    plan: ["beta: move a to b"],
  },
  {
    row: "M1 a moved folder is one change",
    ancestor: dir({ "a": dir({ "x": file("x", { id: 2 }), "y": file("y", { id: 3 }) }, 1) }),
    alpha: dir({ "b": dir({ "x": file("x", { id: 2 }), "y": file("y", { id: 3 }) }, 1) }),
    beta: dir({ "a": dir({ "x": file("x", { id: 2 }), "y": file("y", { id: 3 }) }, 1) }),
    plan: ["beta: move a to b"],
  },
  {
    row: "M1 both moved alike",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: dir({ "b": file("one", { id: 1 }) }),
    plan: ["shared: a is b"],
  },
  {
    row: "M1 nothing is agreed about a moved file before the move has succeeded",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1, executable: true }) }),
    beta: dir({ "a": file("one", { id: 1 }) }),
    abilities: { beta: { ...posix, executable: false } },
    plan: ["beta: move a to b"],
  },
  {
    row: "M1 a folder both moved alike is one step, however much is in it",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: dir({ "e": D_XY }),
    plan: ["shared: d is e"],
  },
  {
    row: "M2 a file renamed here, edited there: first the name, then the edit",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: dir({ "a": file("two!", { id: 1 }) }),
    plan: ["beta: move a to b"],
  },
  {
    row: "M2 once the name is agreed, the edit follows under it",
    ancestor: dir({ "b": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: dir({ "b": file("two!", { id: 1 }) }),
    plan: ['alpha: b "one" becomes "two!"'],
  },
  {
    row: "M2 a folder renamed here; added to, edited in, deleted from there",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: dir({ "d": dir({ "x": file("x!", { id: 11 }), "n": file("new", { id: 13 }) }, 10) }),
    plan: ['alpha: e/y "y" becomes nothing', "beta: move d to e"],
  },
  {
    row: "M2 what the renamer did in the folder comes with it at once",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": dir({ "x": file("x!", { id: 11 }), "y": Y, "n": file("new", { id: 13 }) }, 10) }),
    beta: dir({ "d": dir({ "x": X, "y": Y, "o": file("other", { id: 14 }) }, 10) }),
    plan: ['beta: e/n nothing becomes "new"', 'beta: e/x "x" becomes "x!"', "beta: move d to e"],
  },
  {
    row: "M2 a rename in a folder that the other side renamed",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: dir({ "d": dir({ "x": X, "z": Y }, 10) }),
    plan: ["alpha: move e/y to e/z", "beta: move d to e"],
  },
  {
    row: "M2 moved into a folder that the other side renamed",
    ancestor: dir({ "d": D_XY, "f": file("f", { id: 15 }) }),
    alpha: dir({ "e": D_XY, "f": file("f", { id: 15 }) }),
    beta: dir({ "d": dir({ "x": X, "y": Y, "f": file("f", { id: 15 }) }, 10) }),
    plan: ["alpha: move f to e/f", "beta: move d to e"],
  },
  {
    row: "M2 moved out of a folder that the other side renamed",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: dir({ "d": dir({ "x": X }, 10), "y": Y }),
    plan: ["alpha: move e/y to y", "beta: move d to e"],
  },
  {
    row: "M2 an edit of both in a renamed folder waits for the name",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": dir({ "x": file("here", { id: 11, mtime: 1000 }), "y": Y }, 10) }),
    beta: dir({ "d": dir({ "x": file("there", { id: 11, mtime: 9000 }), "y": Y }, 10) }),
    plan: ["beta: move d to e"],
  },
  {
    row: "M3 a file renamed here, deleted there: the new name stays",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: tEmpty,
    plan: ["agreed: a nothing", 'beta: b nothing becomes "one"'],
  },
  {
    row: "M3 a folder renamed here, deleted there: the new name stays, with all in it",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: tEmpty,
    plan: [
      "agreed: d nothing",
      "beta: e nothing becomes folder",
      'beta: e/x nothing becomes "x"',
      'beta: e/y nothing becomes "y"',
    ],
  },
  {
    row: "M3 a folder renamed here, replaced by a file there: both are there",
    ancestor: dir({ "d": D_XY }),
    alpha: dir({ "e": D_XY }),
    beta: dir({ "d": file("now a file", { id: 30 }) }),
    plan: [
      'alpha: d nothing becomes "now a file"',
      "beta: e nothing becomes folder",
      'beta: e/x nothing becomes "x"',
      'beta: e/y nothing becomes "y"',
    ],
  },
  {
    row: "M4 a file renamed differently on both sides: both names, one conflict",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1 }) }),
    beta: dir({ "c": file("one", { id: 1 }) }),
    plan: [
      "agreed: a nothing",
      'alpha: c nothing becomes "one"',
      'beta: b nothing becomes "one"',
      "conflict: b, c of bob",
    ],
    swapped: [
      "agreed: a nothing",
      'alpha: c nothing becomes "one"',
      'beta: b nothing becomes "one"',
      "conflict: c, b of alice",
    ],
  },
  {
    row: "M4 what rests on a folder that both renamed differently is left to deletion and creation",
    ancestor: dir({ "d": dir({ "x": X }, 10), "f": file("f", { id: 15 }) }),
    alpha: dir({ "e": dir({ "x": X, "f": file("f", { id: 15 }) }, 10) }),
    beta: dir({ "g": dir({ "x": X }, 10), "f": file("f", { id: 15 }) }),
    plan: [
      "agreed: d nothing",
      "alpha: g nothing becomes folder",
      'alpha: g/x nothing becomes "x"',
      "beta: e nothing becomes folder",
      'beta: e/f nothing becomes "f"',
      'beta: e/x nothing becomes "x"',
      'beta: f "f" becomes nothing',
      "conflict: e, g of bob",
    ],
    swapped: [
      "agreed: d nothing",
      "alpha: g nothing becomes folder",
      'alpha: g/x nothing becomes "x"',
      "beta: e nothing becomes folder",
      'beta: e/f nothing becomes "f"',
      'beta: e/x nothing becomes "x"',
      'beta: f "f" becomes nothing',
      "conflict: g, e of alice",
    ],
  },
  {
    row: "M5 M2 two files swapped here, one edited there: first the names",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "a": Y, "b": X }),
    beta: dir({ "a": file("x!", { id: 11 }), "b": Y }),
    plan: ["beta: move a to a.renaming", "beta: move b to a", "beta: move a.renaming to b"],
  },
  {
    row: "M5 M2 a circle here, one edited there: first the names",
    ancestor: dir({ "a": X, "b": Y, "c": Z }),
    alpha: dir({ "a": Z, "b": X, "c": Y }),
    beta: dir({ "a": X, "b": file("y!", { id: 12 }), "c": Z }),
    plan: [
      "beta: move a to a.renaming",
      "beta: move c to a",
      "beta: move b to c",
      "beta: move a.renaming to b",
    ],
  },
  {
    row: "M5 M2 a chain here, each edited there: first the names",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "b": X, "c": Y }),
    beta: dir({ "a": file("x!", { id: 11 }), "b": file("y!", { id: 12 }) }),
    plan: ["beta: move b to c", "beta: move a to b"],
  },
  {
    row: "M5 M2 two folders swapped here; added to, edited in, deleted from there: first the names",
    ancestor: dir({ "p": D_XY, "q": dir({ "z": Z }, 20) }),
    alpha: dir({ "p": dir({ "z": Z }, 20), "q": D_XY }),
    beta: dir({
      "p": dir({ "x": X, "new": file("new") }, 10),
      "q": dir({ "z": file("z!", { id: 13 }) }, 20),
    }),
    plan: [
      'alpha: q/y "y" becomes nothing',
      "beta: move p to p.renaming",
      "beta: move q to p",
      "beta: move p.renaming to q",
    ],
  },
  {
    row: "M5 both swapped the same",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "a": Y, "b": X }),
    beta: dir({ "a": Y, "b": X }),
    plan: ["shared: a is a.renaming", "shared: b is a", "shared: a is b"],
  },
  {
    row: "M5 swapped here, one deleted there: both contents stay",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "a": Y, "b": X }),
    beta: dir({ "a": X }),
    plan: ['beta: a "x" becomes "y"', 'beta: b nothing becomes "x"'],
  },
  {
    row: "M5 swapped here, one moved elsewhere there: it has both names",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "a": Y, "b": X }),
    beta: dir({ "b": Y, "c": X }),
    plan: [
      'alpha: c nothing becomes "x"',
      'beta: a nothing becomes "y"',
      'beta: b "y" becomes "x"',
      "conflict: b, c of bob",
    ],
    swapped: [
      'alpha: c nothing becomes "x"',
      'beta: a nothing becomes "y"',
      'beta: b "y" becomes "x"',
      "conflict: c, b of alice",
    ],
  },
  {
    row: "M5 one of a chain that both moved elsewhere: what takes its name is its new content",
    ancestor: dir({ "a": X, "b": Y }),
    alpha: dir({ "b": X, "c": Y }),
    beta: dir({ "b": X, "d": Y }),
    plan: [
      "agreed: a nothing",
      'agreed: b "x"',
      'alpha: d nothing becomes "y"',
      'beta: c nothing becomes "y"',
      "conflict: c, d of bob",
    ],
    swapped: [
      "agreed: a nothing",
      'agreed: b "x"',
      'alpha: d nothing becomes "y"',
      'beta: c nothing becomes "y"',
      "conflict: d, c of alice",
    ],
  },
  {
    row: "M8 C2 saved here by way of a backup name, edited there: the name is in dispute, the backup is new",
    ancestor: dir({ "doc": X }),
    alpha: dir({ "doc": file("saved", { id: 20, mtime: 9000 }), "doc~": X }),
    beta: dir({ "doc": file("x!", { id: 11, mtime: 1000 }) }),
    plan: [
      'alpha: doc (conflict bob 1970-01-01 00.00.01) nothing becomes "x!" from there doc',
      'beta: doc (conflict bob 1970-01-01 00.00.01) nothing becomes "x!" from here doc',
      'beta: doc "x!" becomes "saved"',
      'beta: doc~ nothing becomes "x"',
      "conflict: doc, doc (conflict bob 1970-01-01 00.00.01) of bob",
    ],
  },
  {
    row: "M8 saved here by way of a backup name, untouched there",
    ancestor: dir({ "doc": X }),
    alpha: dir({ "doc": file("saved", { id: 20 }), "doc~": X }),
    beta: dir({ "doc": X }),
    plan: ['beta: doc "x" becomes "saved"', 'beta: doc~ nothing becomes "x"'],
  },
  {
    row: "M5 two folders renamed to one name unite",
    ancestor: dir({ "c": dir({ "x": X }, 10), "d": dir({ "y": Y }, 20) }),
    alpha: dir({ "d": dir({ "y": Y }, 20), "u": dir({ "x": X }, 10) }),
    beta: dir({ "c": dir({ "x": X }, 10), "u": dir({ "y": Y }, 20) }),
    plan: [
      "agreed: u folder",
      "alpha: d folder becomes nothing",
      'alpha: d/y "y" becomes nothing',
      'alpha: u/y nothing becomes "y"',
      "beta: c folder becomes nothing",
      'beta: c/x "x" becomes nothing',
      'beta: u/x nothing becomes "x"',
    ],
  },
  {
    row: "M5 folders moved into each other: both contents stay, the same on both sides",
    ancestor: dir({ "a": dir({ "x": X }, 10), "b": dir({ "y": Y }, 20) }),
    alpha: dir({ "b": dir({ "y": Y, "a": dir({ "x": X }, 10) }, 20) }),
    beta: dir({ "a": dir({ "x": X, "b": dir({ "y": Y }, 20) }, 10) }),
    plan: [
      "alpha: a nothing becomes folder",
      "alpha: a/b nothing becomes folder",
      'alpha: a/b/y nothing becomes "y"',
      'alpha: b/y "y" becomes nothing',
      'beta: a/x "x" becomes nothing',
      "beta: b nothing becomes folder",
      "beta: b/a nothing becomes folder",
      'beta: b/a/x nothing becomes "x"',
    ],
  },
  {
    row: "M6 a rename to where the other side made something: both contents stay",
    ancestor: dir({ "a": file("one", { id: 1 }) }),
    alpha: dir({ "b": file("one", { id: 1, mtime: 9000 }) }),
    beta: dir({ "a": file("one", { id: 1 }), "b": file("else", { id: 2, mtime: 1000 }) }),
    plan: [
      'alpha: b (conflict bob 1970-01-01 00.00.01) nothing becomes "else" from there b',
      'beta: a "one" becomes nothing',
      'beta: b (conflict bob 1970-01-01 00.00.01) nothing becomes "else" from here b',
      'beta: b "else" becomes "one"',
      "conflict: b, b (conflict bob 1970-01-01 00.00.01) of bob",
    ],
  },
  {
    row: "M6 one rename that clashes does not keep the others from being followed",
    ancestor: dir({ "a": file("one", { id: 1 }), "c": file("two", { id: 2 }), "d": D_XY }),
    alpha: dir({ "b": file("one", { id: 1 }), "e": D_XY, "f": file("two", { id: 2 }) }),
    beta: dir({ "b": file("one", { id: 3 }), "c": file("two", { id: 2 }), "d": D_XY }),
    plan: ["agreed: a nothing", 'agreed: b "one"', "beta: move c to f", "beta: move d to e"],
  },
];

checkRows(ROWS);

/** What was agreed, renames of alpha's, and how many of them beta repeats. */
const RISING: [string, DirectoryEntry, [string, string][], number][] = [
  ["a link that then leads out", dir({ "a": dir({ "k": link("../f") }) }), [["a/k", "k"]], 0],
  ["a link that stays inside", dir({ "a": dir({ "k": link("f") }) }), [["a/k", "k"]], 1],
  [
    "a folder with a link that then leads out",
    dir({ "a": dir({ "b": dir({ "c": dir({ "k": link("../../../f") }) }) }) }),
    [["a/b", "b"]],
    0,
  ],
  [
    "a folder with a link that led out only after two moves",
    dir({ "a": dir({ "b": dir({ "c": dir({ "k": link("../../f") }) }) }) }),
    [["a/b", "b"], ["b/c", "c"]],
    1,
  ],
  ["a folder deeper", dir({ "a": dir({ "k": link("../f") }), "d": dir() }), [["a", "d/a"]], 1],
];

for (const [what, base, renames, count] of RISING) {
  Deno.test(`N5 M1 ${what}: ${count} of ${renames.length} followed`, () => {
    const moves = renames.map(([from, to]) => ({
      from: from as Path,
      to: to as Path,
      name: nameOf(to as Path),
    }));
    const alpha = { tree: applyMoves(base, moves), moves, ability: posix };
    const { beta } = follow(base, { alpha, beta: { tree: base, moves: [], ability: posix } });
    assertEquals(beta.map(({ move }) => move), moves.slice(0, count));
  });
}

Deno.test("renames that a peer made up lead nowhere and do no harm", () => {
  const path = (text: string) => text as Path;
  const moves = [
    { from: path("none"), to: path("e"), name: "e" },
    { from: path("d"), to: path("d/in/itself"), name: "itself" },
    { from: path("d"), to: path("d/x"), name: "x" },
    { from: path("d/x"), to: path("none/x"), name: "x" },
    { from: path("d"), to: path("d"), name: "d", made: true },
  ];
  const base = dir({ "d": D_XY });
  const mover = { tree: base, moves, ability: posix };
  const following = follow(base, { alpha: mover, beta: mover });
  assertEquals([following.alpha, following.beta, following.shared, following.parted], [[], [], [], []]);
});

Deno.test("a peer's renames of which each stands or falls with the next are given up, not tried for ever", () => {
  const count = 400;
  const names = Array.from({ length: count }, (_, number) => number);
  const ancestor = dir({
    ...Object.fromEntries(names.map((n) => [`a${n}`, file(`${n}`, { id: n + 1 })])),
    taken: file("taken", { id: count + 1 }),
  });
  const move = (from: string, to: string) => ({ from: from as Path, to: to as Path, name: to });
  // Each comes to the place of the one before it, and the first to where the other side has something.
  const moves = [
    ...names.map((n) => move(`a${n}`, `b${n}`)),
    move("taken", "moved away"),
    ...names.slice(1).reverse().map((n) => move(`b${n}`, `a${n - 1}`)),
    move("b0", "taken"),
  ];
  const other = dir({ ...Object.fromEntries(ancestor.children), "moved away": file("new") });
  const side = { ability: posix };
  let following = null;
  const steps = stepsOf(() => {
    following = follow(ancestor, {
      alpha: { ...side, tree: applyMoves(ancestor, moves), moves },
      beta: { ...side, tree: other, moves: [] },
    });
  });
  assertEquals(following!["beta"], []);
  assert(steps < 6000 * count, `${steps} steps`);
});
