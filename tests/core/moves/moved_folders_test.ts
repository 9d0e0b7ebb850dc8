// M1 where numbers tell nothing: folders are known by what they hold.

import { assertEquals } from "@std/assert";
import { diff } from "../../../src/core/tree/diff.ts";
import type { DirectoryEntry } from "../../../src/core/tree/entry.ts";
import { doubtfulFolders } from "../../../src/core/moves/moved_folders.ts";
import type { Path } from "../../../src/core/tree/path.ts";
import { findMoves } from "../../../src/core/moves/moves.ts";
import { dir, file, undigested } from "../../support/trees.ts";

/** The same files and folders, as they look after a mount that gave them numbers of its own. */
let number = 1000;
const f = (content: string) => file(content, { id: ++number });
const d = (children: Parameters<typeof dir>[0]) => dir(children, ++number);

const moved = (base: DirectoryEntry, tree: DirectoryEntry) =>
  findMoves(base, tree, true, { byContent: true }).map(({ from, to, made }) =>
    made ? `make ${to}` : `${from} > ${to}`
  );

const holding = () => d({ x: f("x"), inner: d({ y: f("y") }) });

const ROWS: [string, DirectoryEntry, DirectoryEntry, string[]][] = [
  ["a folder", dir({ old: holding(), stays: f("1") }), dir({ new: holding(), stays: f("1") }), ["old > new"]],
  ["into a new one", dir({ old: holding() }), dir({ a: d({ new: holding() }) }), ["make a", "old > a/new"]],
  ["out of one that is gone", dir({ a: d({ old: holding(), z: f("z") }) }), dir({ new: holding() }), [
    "a/old > new",
  ]],
  ["two that hold the same", dir({ a: holding(), b: holding() }), dir({ c: holding(), e: holding() }), [
    "a > c",
    "b > e",
  ]],
  ["a copy is none", dir({ old: holding() }), dir({ old: holding(), new: holding() }), []],
  ["one byte is another", dir({ old: holding() }), dir({ new: d({ x: f("z"), inner: d({ y: f("y") }) }) }), [
    "old/inner > new/inner",
  ]],
  ["one that holds nothing is none", dir({ old: d({ e: d({}) }) }), dir({ new: d({ e: d({}) }) }), []],
  ["more in it is another", dir({ old: d({ x: f("x") }) }), dir({ new: d({ x: f("x"), y: f("y") }) }), []],
];

for (const [name, base, tree, expected] of ROWS) {
  Deno.test(`M1 by content: ${name}`, () => {
    const found = moved(base, tree).filter((move) => !move.startsWith("make new"));
    assertEquals(found, expected);
  });
}

Deno.test("M1 by content: what only digests can tell is named, and is none before", () => {
  const base = dir({ old: holding() });
  const tree = dir({
    new: d({ x: undigested(f("x")), inner: d({ y: undigested(f("y")) }) }),
    other: d({ x: undigested(f("x")) }),
  });
  assertEquals(moved(base, tree), []);
  const files = ["new/x", "new/inner/y"] as Path[];
  assertEquals(doubtfulFolders(diff(base, tree, true)), [{ from: "old", to: "new", files }]);
});

Deno.test("M1 by content: a chain of 1,900 folders is looked at", () => {
  const chain = () => {
    let folder = d({ x: f("x") });
    for (let level = 0; level < 1900; level++) folder = d({ n: folder });
    return folder;
  };
  assertEquals(
    doubtfulFolders([{ path: "a" as never, old: chain(), new: null }, {
      path: "b" as never,
      old: null,
      new: chain(),
    }]),
    [],
  );
});
