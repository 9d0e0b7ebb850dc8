// Undoing a batch on this side: what it did to this folder is put back, as this person's own doing. It can be called again after
// it was interrupted: what is back already is left alone.

import type { HistoryEntry } from "../archive/history/history_entry.ts";
import type { DirectoryEntry } from "../core/tree/entry.ts";
import { comparePath, type Path } from "../core/tree/path.ts";
import type { Orders } from "../core/plan/plan.ts";
import { type HomeGuard, NO_GUARD } from "../scan/home_guard.ts";
import type { FileTask } from "../stage/staging.ts";
import type { RootEngine } from "../engine/engine.ts";
import { OwnOrders } from "./own_orders.ts";
import { type LeftUndone, type UndoSteps, undoSteps } from "./undo_steps.ts";

/** What came of an undo on one side: how many paths are as they were before, and which stay as they are. */
export interface UndoResult {
  back: number;
  left: LeftUndone[];
}

/** The same, of one try. waits: the rest waits for a copy to another disk, and is for the next try. */
export interface UndoTry extends UndoResult {
  waits: boolean;
}

/** The pair a batch is of, as the archive knows it. */
export interface OfPair {
  id: number;
  folds: boolean;
}

/** Puts back what a batch did here. `mine`: this side's person asked for it. `may` is asked before anything is done: null where it may
 * not be. Throws RootGone, and NotYet before anything is done. */
export function undoBatch(
  engine: RootEngine,
  pair: OfPair,
  batch: number,
  mine: boolean,
  may: (orders: Orders, view: DirectoryEntry) => boolean = () => true,
): UndoTry | null {
  const { historyEntries } = engine.archive;
  const batched = historyEntries.of(pair.id, batch);
  if (batched.length === 0) return { back: 0, left: [], waits: false };
  const home = mine ? NO_GUARD : engine.home.guard(pair.id);
  const { orders, steps } = lookBack(engine, pair, batched, home);
  const source = (task: FileTask) => {
    const kept = steps.kept.get(task.path);
    return kept === undefined ? null : orders.locateKept(kept, task.new);
  };
  orders.stage(steps.contents, source);
  if (!may(steps.contents, orders.view)) return null; // Files are replaced and removed there alone.
  historyEntries.undone.begin(pair.id, batch, mine);
  orders.carryOut(steps.contents, source);
  if (!orders.waits) orders.carryOut(steps.moves, () => null);
  orders.note(pair.id, { batch, peer: batched[0]!.peer, what: "undone", mine });
  const { waits } = orders;
  if (!orders.hasFailed && !waits) historyEntries.undone.finish(pair.id, batch);
  return { back: orders.done.length, left: [...steps.left, ...orders.left], waits };
}

/** Looks at the disk, and says what undoing takes. Throws RootGone, NotYet. */
export function lookBack(
  engine: RootEngine,
  pair: OfPair,
  batched: readonly HistoryEntry[],
  home: HomeGuard = NO_GUARD,
): { orders: OwnOrders; steps: UndoSteps } {
  const orders = new OwnOrders(engine, pair, batched.map(({ path }) => path as Path), home);
  const keys = batched.flatMap(({ key, source }) => [
    key as Path,
    ...(source === null ? [] : [comparePath(source, pair.folds)]),
  ]);
  const comparing = { folds: pair.folds, bit: engine.ability.executable };
  return { orders, steps: undoSteps(batched, orders.digested(keys), comparing) };
}
