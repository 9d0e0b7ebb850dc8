// Renames that are agreed in parts: where a later one leads depends on some of those before it, and on no others.

import { assertEquals } from "@std/assert";
import fc from "../../support/property.ts";
import type { Path } from "../../../src/core/tree/path.ts";
import { AgreedMoves, stepsOf } from "../../../src/core/moves/places.ts";
import type { Move } from "../../../src/core/tree/tree.ts";
import { dir, file } from "../../support/trees.ts";

const TREE = dir({
  a: dir({ x: file("1"), b: dir({ y: file("2") }) }),
  c: dir({ z: file("3") }),
  f: file("4"),
});
const PLACES = ["a", "a/b", "a/x", "b", "c", "c/b", "c/z", "f", "m", "m/n", "m/n/x", "c/a", "b/y"];
const place = fc.constantFrom(...PLACES) as fc.Arbitrary<Path>;
const move: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ from: place, to: place }).map(({ from, to }) => ({ from, to, name: to.split("/").at(-1)! })),
  place.map((at) => ({ from: at, to: at, name: at.split("/").at(-1)!, made: true })),
);

Deno.test("of the renames that are agreed already those are kept on which it depends where others lead", () => {
  fc.assert(fc.property(fc.array(move, { maxLength: 12 }), fc.nat(12), (moves, cut) => {
    const { steps } = stepsOf(TREE, moves, "alpha");
    const [first, rest] = [steps.slice(0, cut), steps.slice(cut)];
    const whole = new AgreedMoves();
    whole.of(first);
    const later = new AgreedMoves();
    later.of(whole.before(rest));
    assertEquals(later.of(rest), whole.of(rest));
  }));
});

Deno.test("a rename into a folder that was renamed depends on that, and not on its neighbours", () => {
  const moves = [["a", "m"], ["f", "g"], ["c/z", "m/z"]].map(([from, to]) =>
    ({ from, to, name: to!.split("/").at(-1) }) as Move
  );
  const { steps } = stepsOf(TREE, moves, "alpha");
  const agreed = new AgreedMoves();
  agreed.of(steps.slice(0, 2));
  assertEquals(agreed.before(steps.slice(2)).map(({ name }) => name), ["m"]);
});
