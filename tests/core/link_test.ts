// Which links may travel (RULES N5).

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { linkProblem } from "../../src/core/link.ts";
import { temporary } from "../support/folder.ts";
import fc from "../support/property.ts";

const CASES: [folder: string, target: string, travels: boolean][] = [
  ["", "a", true],
  ["", "./a/b", true],
  ["", ".", true],
  ["", "a//b/./c/", true],
  ["", "a/../b", false],
  ["", "..", false],
  ["", "a/../../b", false],
  ["d", "../a", true],
  ["d", "../../a", false],
  ["d/e", "../../a", true],
  ["d/e", "./..//../a", true],
  ["d/e", "../..", true],
  ["d/e", "../../..", false],
  ["d/e", "../a/..", false],
  ["x", "y/../secret", false],
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

const FOLDERS = ["", "a", "a/b", "a/b/c", "d"];
const GOALS = ["", "a", "b", "c", "d", "k", "l", "a/b", "b/c", "a/k", "a/b/l", "b/k", "d/l", "secret"];

/** Links of a small tree, up and down in it, to folders, by way of each other, to nothing. */
const links = fc.array(
  fc.record({
    folder: fc.constantFrom(...FOLDERS),
    name: fc.constantFrom("k", "l"),
    ups: fc.constantFrom("./", "../", "../../", "../../../"),
    goal: fc.constantFrom(...GOALS),
    rest: fc.constantFrom("", "", "/k", "/..", "/../..", "/../secret"),
  }),
  { minLength: 12, maxLength: 20 },
);

Deno.test({
  name: "N5: of links that may travel none leads out, also by way of the others",
  ignore: Deno.build.os === "windows",
  fn() {
    let followed = 0;
    fc.assert(
      fc.property(links, (links) => {
        using place = temporary();
        const root = `${Deno.realPathSync(place.path)}/outside/root`;
        for (const folder of FOLDERS) Deno.mkdirSync(`${root}/${folder}`, { recursive: true });
        Deno.writeTextFileSync(`${root}/../secret`, "secret");
        Deno.writeTextFileSync(`${root}/secret`, "not secret");
        const made: string[] = [];
        for (const { folder, name, ups, goal, rest } of links) {
          const [path, target] = [`${root}/${folder}/${name}`, ups + goal + rest];
          if (linkProblem(folder as Path, target) !== null || made.includes(path)) continue;
          Deno.symlinkSync(target, path);
          made.push(path);
        }
        for (const path of made) {
          const real = realPath(path);
          if (real === null) continue;
          followed++;
          assert(`${real}/`.startsWith(`${root}/`), `${path} leads to ${real}`);
        }
      }),
      { numRuns: 300 },
    );
    assert(followed > 150, `only ${followed} links led anywhere`);
  },
});

/** Where a link leads, null when nowhere. */
function realPath(path: string): string | null {
  try {
    return Deno.realPathSync(path);
  } catch {
    return null;
  }
}
