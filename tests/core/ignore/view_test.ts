// What a session sees of a root: names in the compared form, one of two that compare equal, nothing that is ignored (RULES N3, I1).

import { assertEquals, assertStrictEquals } from "@std/assert";
import { diff } from "../../../src/core/tree/diff.ts";
import { ignoreRules } from "../../../src/core/ignore/ignore.ts";
import { compareKey } from "../../../src/core/tree/path.ts";
import { Viewer } from "../../../src/core/ignore/view.ts";
import { type Children, dir, file, lines, paths } from "../../support/trees.ts";

/** A snapshot's keys are exact names, whatever compares equal. */
function snapshot(children: Children) {
  const tree = dir();
  const map = new Map(Object.entries(children).map(([name, entry]) => [name, { ...entry, name }]));
  return { ...tree, children: map };
}

const TWINS: [what: string, fold: boolean, names: string[], synced: string][] = [
  ["composed and not", false, ["caf\u00e9", "cafe\u0301"], "cafe\u0301"],
  ["in the other order", false, ["cafe\u0301", "caf\u00e9"], "cafe\u0301"],
  ["of another case, on a disk that folds", true, ["a", "A"], "A"],
  ["of three cases", true, ["ab", "Ab", "aB", "AB"], "AB"],
  // In UTF-8 a character beyond the first plane comes last; in JavaScript's own order it does not.
  ["one beyond the first plane", false, ["\u{2284a}", "\ufacf"], "\ufacf"],
];

for (const [what, fold, names, synced] of TWINS) {
  Deno.test(`N3 of twins the first in byte order is synced, the others are problems: ${what}`, () => {
    const tree = snapshot(Object.fromEntries(names.map((name) => [name, file(name)])));
    const viewer = new Viewer(fold, ignoreRules(""));
    const view = viewer.view(tree);
    assertEquals([...view.children].map(([key, { name }]) => [key, name]), [[
      compareKey(synced, fold),
      synced,
    ]]);
    const problems = viewer.twins(tree);
    assertEquals(problems.map(({ path }) => path).sort(), names.filter((name) => name !== synced).sort());
    for (const { reason, lasting } of problems) {
      assertEquals([reason.includes(`"${synced}"`), /rename/.test(reason), lasting], [true, true, true]);
    }
  });
}

Deno.test("N3 twins are told apart no more when one of them is gone", () => {
  const viewer = new Viewer(true, ignoreRules(""));
  viewer.view(snapshot({ "d": snapshot({ "a": file("one"), "A": file("two") }) }));
  const mended = snapshot({ "d": snapshot({ "a": file("one") }) });
  assertEquals(lines(viewer.view(mended)), lines(dir({ "d": dir({ "a": file("one") }) })));
  assertEquals(viewer.twins(mended), []);
});

Deno.test("N3 where no disk folds case, names of another case are two", () => {
  const viewer = new Viewer(false, ignoreRules(""));
  const tree = snapshot({ "a": file("one"), "A": file("two") });
  assertStrictEquals(viewer.view(tree), tree);
  assertEquals(viewer.twins(tree), []);
});

Deno.test("I1 what is ignored is not in the view, nor is what is in it", () => {
  const viewer = new Viewer(false, ignoreRules("*.log\nbuild/"));
  const tree = snapshot({
    "a.log": file("x"),
    "build": snapshot({ "x": file("x") }),
    "d": snapshot({ "b.log": file("x"), "build": file("a file is no folder") }),
    "~$a": file("x"),
  });
  assertEquals(paths(viewer.view(tree)), ["d", "d/build"]);
});

Deno.test("I2 what becomes ignored leaves the ancestor, a whole folder of it at once; what is ignored no more is new", () => {
  const ancestor = dir({ "a.log": file("x"), "b.txt": file("x"), "build": dir({ "x": file("x") }) });
  const left = new Viewer(false, ignoreRules("*.log\nbuild/")).view(ancestor);
  assertEquals(paths(left), ["b.txt"]);
  assertEquals(diff(ancestor, left, true).map(({ path, new: entry }) => [path, entry]), [
    ["a.log", null],
    ["build", null],
  ]);
  // No longer ignored, it is a file the ancestor does not know: it travels, and is no deletion there.
  const now = new Viewer(false, ignoreRules("build/")).view(ancestor);
  assertEquals(diff(left, now, true).map(({ path, old }) => [path, old]), [["a.log", null]]);
});
