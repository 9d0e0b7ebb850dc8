// Undoing a batch on this side: what it did to this folder is put back, as this person's own doing. It can be called again after
// it was interrupted: what is back already is left alone.

import { comparePath, type Path } from "../core/path.ts";
import type { Hands } from "./hands.ts";
import { OwnOrders } from "./own_orders.ts";
import { type Left, undoSteps } from "./undo_steps.ts";

/** What came of an undo on one side: how many paths are as they were before, and which stay as they are. */
export interface Undone {
  back: number;
  left: Left[];
}

/** Puts back what a batch did here. `mine`: this side's person asked for it. Throws RootGone. */
export function undoBatch(
  hands: Hands,
  pair: { id: number; folds: boolean },
  batch: number,
  mine: boolean,
): Undone {
  const batched = hands.archive.deeds.of(pair.id, batch);
  const orders = new OwnOrders(hands, pair.folds, batched.map(({ path }) => path as Path));
  const keys = batched.flatMap(({ key, source }) => [
    key as Path,
    ...(source === null ? [] : [comparePath(source, pair.folds)]),
  ]);
  const comparing = { folds: pair.folds, bit: hands.ability.executable };
  const steps = undoSteps(batched, orders.digested(keys), comparing);
  orders.carryOut(steps.contents, (task) => {
    const kept = steps.kept.get(task.path);
    return kept === undefined ? null : orders.locateKept(kept, task.new);
  });
  orders.carryOut(steps.moves, () => null);
  orders.note(pair.id, { batch, peer: batched[0]?.peer ?? "", what: "undone", mine });
  return { back: orders.done.length, left: [...steps.left, ...orders.left] };
}
