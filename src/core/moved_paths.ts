// Paths through many renames, one after the other: where what is at a path after them was before, and the other way round. A path that
// was left counts as what was there before it. Cost of each: its depth, and the renames that have to do with it.

import { parentOf, type Path, ROOT } from "./path.ts";
import type { Move } from "./tree.ts";

type Step = Pick<Move, "from" | "to">;

/** Where what is at a path after these moves was before them. */
export function whereBefore(moves: readonly Step[]): (path: Path) => Path {
  const led = Map.groupBy(moves.keys(), (number) => moves[number]!.to);
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
export function whereAfter(moves: readonly Step[]): (path: Path) => Path {
  return whereBefore(moves.toReversed().map(({ from, to }) => ({ from: to, to: from })));
}

/** The last move before that number which leads to the path, or to a folder that it is in; -1: none does. */
function lastOf(led: ReadonlyMap<Path, readonly number[]>, path: Path, before: number): number {
  let last = -1;
  for (let at = path; at !== ROOT; at = parentOf(at)) {
    last = Math.max(last, led.get(at)?.findLast((number) => number < before) ?? -1);
  }
  return last;
}
