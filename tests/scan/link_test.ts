// Which links may travel (RULES N5).

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/path.ts";
import { linkProblem } from "../../src/scan/link.ts";

const CASES: [folder: string, target: string, travels: boolean][] = [
  ["", "a", true],
  ["", "./a/b", true],
  ["", "a/../b", true],
  ["", "..", false],
  ["", "a/../../b", false],
  ["d", "../a", true],
  ["d", "../../a", false],
  ["d/e", "../../a", true],
  ["", "/a", false],
  ["", "C:/a", false],
  ["", "c:a", false],
  ["", "", false],
  ["", "a\0b", false],
];

for (const [folder, target, travels] of CASES) {
  Deno.test(`N5: in "${folder}" a link to "${target.replace("\0", "NUL")}" ${travels ? "travels" : "stays"}`, () => {
    assertEquals(linkProblem(folder as Path, target) === null, travels);
  });
}
