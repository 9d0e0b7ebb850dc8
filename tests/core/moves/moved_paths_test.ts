// Where paths were before renames, and are after them.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { whereAfter, whereBefore } from "../../../src/core/moves/moved_paths.ts";
import { isWithin, type Path } from "../../../src/core/tree/path.ts";
import { stepsOf } from "../../support/steps.ts";

const path = fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 3 })
  .map((names) => names.join("/") as Path);
const moves = fc.array(fc.record({ from: path, to: path }), { maxLength: 8 });

const follow = (path: Path, from: Path, to: Path) =>
  isWithin(path, from) ? to + path.slice(from.length) as Path : path;

Deno.test("it is as if each rename were followed after the other", () => {
  fc.assert(fc.property(moves, path, (moves, path) => {
    assertEquals(whereAfter(moves)(path), moves.reduce((at, { from, to }) => follow(at, from, to), path));
    const back = moves.reduceRight((at, { from, to }) => follow(at, to, from), path);
    assertEquals(whereBefore(moves)(path), back);
  }));
});

Deno.test("however many renames there are, those count that have to do with a path", () => {
  const count = 5000;
  const moves = Array.from(
    { length: count },
    (_, n) => ({ from: `in/f${n}` as Path, to: `out/f${n}` as Path }),
  );
  const steps = stepsOf(() => {
    const before = whereBefore(moves);
    for (const { from, to } of moves) assertEquals(before(to), from);
  });
  assert(steps < 60 * count, `${steps} steps`);
});

Deno.test("however deep a path is, its names are gone through once", () => {
  const levels = 2000;
  const path = Array(levels).fill("d").join("/") as Path;
  const steps = (moves: { from: Path; to: Path }[]) => stepsOf(() => void whereBefore(moves)(path));
  assert(steps([]) < 10, "nothing was renamed");
  assert(steps([{ from: "x" as Path, to: "y" as Path }]) < 20, "it leads elsewhere");
  assert(steps([{ from: "x" as Path, to: "d" as Path }]) < 10 * levels, "it is in what was renamed");
});
