// In which order renames can be done one after the other, where one takes the name that another gives up (RULES M5).

import { joinPath, nameOf, parentOf, type Path, precedes } from "../tree/path.ts";
import type { Move } from "../tree/tree.ts";

/** Renames that lead to different names, none of which lies in what another takes along, in an order in which each finds its new name
 * free. What leads to a name that nobody gives up is left out. `isThere` answers for what they start from; `isFree` tells whether a
 * name may be used between: in a circle one has to make room for the others. */
export function inOrder(
  moves: readonly Move[],
  isThere: (path: Path) => boolean,
  isFree: (path: Path, name: string) => boolean,
): Move[] {
  const leaving = new Map(moves.map((move) => [move.from, move]));
  const possible = new Map<Move, boolean>();
  const ordered: Move[] = [];
  for (const move of moves) {
    const chain: Move[] = [];
    let next: Move | undefined = move;
    while (next && !possible.has(next) && next !== chain[0]) {
      chain.push(next);
      next = isThere(next.to) ? leaving.get(next.to) : undefined;
    }
    const last = chain.at(-1);
    if (!last) continue;
    const steps = next === chain[0] ? openedUp(chain, isFree) : chain.toReversed();
    const isPossible = next === chain[0] ? steps.length > 0 : next ? possible.get(next)! : !isThere(last.to);
    for (const one of chain) possible.set(one, isPossible);
    if (isPossible) { for (const step of steps) ordered.push(step); }
  }
  return ordered;
}

/** A circle of renames, in which each takes the name that the next gives up: the first goes by way of a name between. None where that
 * is taken. */
function openedUp(circle: readonly Move[], isFree: (path: Path, name: string) => boolean): Move[] {
  const first = circle.reduce((one, other) => precedes(other.from, one.from) ? other : one);
  const at = circle.indexOf(first);
  const others = [...circle.slice(at + 1), ...circle.slice(0, at)];
  const name = nameBetween(nameOf(first.from));
  const between = joinPath(parentOf(first.from), name);
  if (!isFree(between, name)) return [];
  return [{ from: first.from, to: between, name }, ...others.reverse(), { ...first, from: between }];
}

/** A name for a moment, no longer than a name can be. Whoever is stopped meanwhile leaves it, and it is synced as any rename is. */
export function nameBetween(name: string): string {
  const dot = name.lastIndexOf(".");
  const [base, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ""];
  return `${[...base].slice(0, 40).join("")}.renaming${[...extension].slice(0, 20).join("")}`;
}
