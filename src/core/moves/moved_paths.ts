// Paths through many renames, one after the other: where what is at a path after them was before, and the other way round. A path that
// was left counts as what was there before it. Cost of each: its depth, and the renames that have to do with it.

import type { Path } from "../tree/path.ts";
import { PathMap } from "../tree/path_map.ts";
import type { Move } from "../tree/tree.ts";

/** A rename, by its paths alone. */
export type PathStep = Pick<Move, "from" | "to">;

/** Where what is at a path after these moves was before them. */
export function whereBefore(moves: readonly PathStep[]): (path: Path) => Path {
  if (moves.length === 0) return (path) => path;
  const led = new PathMap<number[]>(); // The numbers of the moves that lead to a path, in order.
  for (const [number, { to }] of moves.entries()) {
    const known = led.get(to);
    if (known) known.push(number);
    else led.set(to, [number]);
  }
  return (path) => {
    for (let before = moves.length;;) {
      before = lastOf(led, path, before);
      if (before < 0) return path;
      const { from, to } = moves[before]!;
      path = from + path.slice(to.length) as Path;
    }
  };
}

/** Where what is at a path before these moves is after them. */
export function whereAfter(moves: readonly PathStep[]): (path: Path) => Path {
  return whereBefore(moves.toReversed().map(({ from, to }) => ({ from: to, to: from })));
}

/** The last move before that number which leads to the path, or to a folder that it is in; -1: none does. */
function lastOf(led: PathMap<number[]>, path: Path, before: number): number {
  let last = -1;
  for (const numbers of led.valuesTo(path)) {
    last = Math.max(last, numbers.findLast((number) => number < before) ?? -1);
  }
  return last;
}
