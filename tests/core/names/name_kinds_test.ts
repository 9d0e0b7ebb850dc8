// N2: what some disks do not keep in a name, and the sentence that says so.

import { assertEquals } from "@std/assert";
import { namingProblem } from "../../../src/core/ability.ts";
import { KINDS, NAME_KINDS, unkeptName } from "../../../src/core/names/name_kinds.ts";
import { posix } from "../../support/trees.ts";

const ROWS: [name: string, kind: typeof NAME_KINDS[number], what: string][] = [
  ["a:b", "sign", '":" in a name (character 2)'],
  ["what?", "sign", '"?" in a name (character 5)'],
  ["a\\b", "backslash", '"\\" in a name (character 2)'],
  ["tab\t", "control", "control character 9 in a name (character 4)"],
  ["trail.", "dot", "dot at the end of a name (character 6)"],
  ["...", "dot", "dot at the end of a name (character 3)"],
  ["trail ", "space", "space at the end of a name (character 6)"],
  ["aux", "device", "file of the name AUX"],
  ["Con.tar.gz", "device", "file of the name CON"],
  ["\uf021", "private", "U+F021 in a name (character 1)"],
  ["a\u{1f600}", "wide", "U+1F600 in a name (character 2)"],
];

for (const [name, kind, what] of ROWS) {
  Deno.test(`N2 a disk that keeps no ${kind}: ${JSON.stringify(name)}`, () => {
    const reason = `the other computer's disk keeps no ${what}: rename it`;
    assertEquals(namingProblem(name, { ...posix, unkept: [kind] }), reason);
    assertEquals(
      namingProblem(name, { ...posix, unkept: NAME_KINDS.filter((other) => other !== kind) }),
      null,
    );
    assertEquals(namingProblem(name, posix), null);
  });
}

Deno.test("N2 ordinary names are kept by every disk", () => {
  for (
    const name of [
      "a b.txt",
      ".dot",
      "auxiliary",
      "com10",
      "\u0438\u043c\u044f.doc",
      "e\u0301",
      "a..b",
      "8~1",
    ]
  ) {
    assertEquals(unkeptName(name, NAME_KINDS), null, name);
  }
});

Deno.test("each kind of names has one to try it with, which is of no other kind", () => {
  for (const kind of NAME_KINDS) {
    const { sample } = KINDS[kind];
    assertEquals(NAME_KINDS.filter((other) => KINDS[other].find.test(sample)), [kind]);
  }
});
