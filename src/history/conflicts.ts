// Listed conflicts (RULES C9) as a person sees and settles them: whose content gets the name, or both stay.

import type { KnownPair } from "../archive/archive.ts";
import type { ListedConflict } from "../archive/state/conflicts.ts";
import { copyOf } from "../core/plan/conflict.ts";
import { compareContent, type Entry, shallow } from "../core/tree/entry.ts";
import { NotYet } from "../core/failure.ts";
import { nameOf, type Path } from "../core/tree/path.ts";
import { emptyPlan, type Task } from "../core/plan/plan.ts";
import { entryAt, spelledAt, walk } from "../core/tree/tree.ts";
import type { RootEngine } from "../engine/engine.ts";
import { OwnOrders } from "./own_orders.ts";
import type { LeftUndone } from "./undo_steps.ts";

/** Whose content gets the name; or both files stay as they are. */
export type ConflictSide = "mine" | "theirs" | "both";

/** One of the two files of a conflict; null when it is gone. `size` is null for what is no file. */
export interface Half {
  path: string;
  kind: Entry["kind"];
  size: number | null;
  mtime: number | null;
}

/** A listed conflict with both its files. `of`: whose content the copy is; `copyIsMine`: this side's person's. `alike`: both have
 * the same content. */
export interface ShownConflict {
  pair: number;
  path: string;
  kept: string;
  of: string;
  copyIsMine: boolean;
  named: Half | null;
  copy: Half | null;
  alike: boolean;
}

/** All conflicts of a root, by their paths. Throws RootGone. */
export function listConflicts(engine: RootEngine): ShownConflict[] {
  const { archive } = engine;
  return archive.knownPairs().flatMap((pair) => {
    const listed = archive.conflicts.of(pair.id);
    if (listed.length === 0) return [];
    const orders = new OwnOrders(engine, pair, []);
    return listed.map((conflict) => show(engine, pair, conflict, orders));
  });
}

function show(
  engine: RootEngine,
  pair: KnownPair,
  conflict: ListedConflict,
  { view }: OwnOrders,
): ShownConflict {
  const [path, kept] = [conflict.path as Path, conflict.kept as Path];
  const [named, copy] = [entryAt(view, path), entryAt(view, kept)];
  const half = (key: Path, entry: Entry | null): Half | null =>
    entry && {
      path: spelledAt(view, key) ?? key,
      kind: entry.kind,
      size: entry.kind === "file" ? entry.size : null,
      mtime: entry.kind === "file" ? entry.mtime : null,
    };
  return {
    pair: pair.id,
    path: spelledAt(view, path) ?? path,
    kept: spelledAt(view, kept) ?? kept,
    of: conflict.of,
    copyIsMine: isMine(engine, pair, conflict),
    named: half(path, named),
    copy: half(kept, copy),
    alike: named !== null && copy !== null && compareContent(named, copy) === "same",
  };
}

/** The history says whose the copy was, else the names by which the peer was known. */
function isMine(
  { archive: { historyEntries } }: RootEngine,
  pair: KnownPair,
  { kept, of }: ListedConflict,
): boolean {
  const made = historyEntries.at(pair.id, kept, 1000).find((historyEntry) =>
    historyEntry.key === kept && historyEntry.what === "copied"
  );
  return made ? made.mine : !historyEntries.peers(pair.id).includes(of);
}

/** Settles a listed conflict on this side. What loses the name goes to the kept versions (S4). Returns what stays, with reasons:
 * none when it is settled. Throws RootGone, and NotYet before it is done, or where a part of it waits. */
export function settle(
  engine: RootEngine,
  pair: KnownPair,
  conflict: ListedConflict,
  side: ConflictSide,
): LeftUndone[] {
  if (side === "both") return [];
  const [path, kept] = [conflict.path as Path, conflict.kept as Path];
  const orders = new OwnOrders(engine, pair, []);
  const view = orders.digested([path, kept]);
  const [named, copy] = [entryAt(view, path), entryAt(view, kept)];
  const copyWins = isMine(engine, pair, conflict) === (side === "mine");
  // Two names for one thing (M4): what loses is the name.
  const isCopy = copy === null || copyOf(copy.name) !== null;
  if (copyWins && copy && isCopy) takeName(orders, path, named, kept, copy);
  const [loser, lost] = copyWins && !isCopy ? [path, named] : [kept, copy];
  if (lost && orders.left.length === 0 && !orders.waits) removeAll(orders, loser, lost);
  const { historyEntries } = engine.archive;
  const peer = historyEntries.peers(pair.id)[0] ?? conflict.of;
  orders.note(pair.id, { batch: historyEntries.last(pair.id), peer, what: "settled", mine: true });
  if (orders.waits) throw new NotYet();
  return orders.left;
}

/** Gives the copy's content the name; the copy itself goes after that. */
function takeName(orders: OwnOrders, path: Path, named: Entry | null, kept: Path, copy: Entry) {
  if (named && compareContent(named, copy) === "same") return;
  const old = named?.kind === "directory" ? null : named;
  const name = named?.name ?? nameOf(path);
  const task: Task = {
    path,
    old: old && shallow(old),
    new: { ...shallow(copy), name },
    source: { at: "here", path: kept },
  };
  const taking = { ...emptyPlan().alpha, contents: [task] };
  const source = () => orders.locate(kept);
  orders.stage(taking, source);
  if (named?.kind === "directory") {
    removeAll(orders, path, named);
    if (orders.left.length > 0 || orders.waits) return;
  }
  orders.carryOut(taking, source);
}

function removeAll(orders: OwnOrders, path: Path, entry: Entry) {
  const removals = [...walk(path, entry)].map(([at, inner]): Task => ({
    path: at,
    old: shallow(inner),
    new: null,
  }));
  orders.carryOut({ ...emptyPlan().alpha, removals: removals.reverse() }, () => null);
}
