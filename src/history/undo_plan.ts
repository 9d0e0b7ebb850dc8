// What undoing a batch is going to do on both computers, as far as is known here: shown to its person before anything is done.

import type { BatchLine } from "../archive/history/history_entries.ts";
import { type HistoryEntry, isNote } from "../archive/history/history_entry.ts";
import { isSame } from "../archive/history/undone.ts";
import { copyOf } from "../core/plan/conflict.ts";
import type { Entry } from "../core/tree/entry.ts";
import { comparePath, joinPath, nameOf, parentOf, type Path } from "../core/tree/path.ts";
import type { Task } from "../core/plan/plan.ts";
import { entryAt, spelledAt } from "../core/tree/tree.ts";
import { wantsContent } from "../stage/staging.ts";
import type { RootEngine } from "../engine/engine.ts";
import { NOT_KEPT, type OwnOrders } from "./own_orders.ts";
import { lookBack, type OfPair } from "./undo.ts";
import { CHANGED, GONE, type LeftUndone, type UndoSteps } from "./undo_steps.ts";

/** A person's work on a path: whose it was, this side's person's if null, and the batch it went with; none: it is not agreed yet. */
export interface Work {
  who: string | null;
  batch?: number;
}

/** One path that an undo changes. comes: what was deleted is back; goes: what was made is removed; former: it gets the content it
 * had; bit: the executable bit alone; moves: it goes back to where it was. */
export interface UndoChange {
  what: "comes" | "goes" | "former" | "bit" | "moves";
  /** As spelled; of what moves: where it is going to be. */
  path: string;
  /** Where it is now. */
  from?: string;
  /** Whose work that takes back. */
  who: string | null;
  /** The path was worked on since, and yet is what the batch left. */
  since?: Work;
}

export interface UndoPlan {
  pair: number;
  batch: number;
  peer: string;
  time: number;
  /** The batches that were undone in it; 0: with somebody else. */
  undoes: number[];
  changes: UndoChange[];
  /** What somebody put since into a folder that moves back, and goes with it. */
  along: ({ path: string } & Work)[];
  /** What stays as it is. since: who worked on it meanwhile. */
  stays: { path: string; reason: string; since?: Work }[];
}

/** So much of what goes along with a folder is looked up. */
const MOST_ALONG = 1000;

/** Looks at the disk, and tells. Throws RootGone. */
export function planUndo(
  engine: RootEngine,
  pair: OfPair,
  { batch, peer, time, undoes }: Omit<BatchLine, "counts" | "paths">,
): UndoPlan {
  const batched = engine.archive.historyEntries.of(pair.id, batch);
  const { orders, steps } = lookBack(engine, pair, onBoth(batched, pair.folds));
  const outlook = new Outlook(engine, pair, batched, orders, steps);
  return { pair: pair.id, batch, peer, time, undoes, ...outlook.tell() };
}

/** A batch as both computers undo it: what the other one is to put back, or to leave, shows in this folder, too. */
function onBoth(batched: readonly HistoryEntry[], folds: boolean): HistoryEntry[] {
  // What won a conflict there took the name: that is told with the copy.
  const disputed = new Set(
    batched.filter(({ what }) => what === "copied").flatMap(({ key, path }) => {
      const copy = copyOf(nameOf(path as Path));
      return copy ? [joinPath(parentOf(key as Path), comparePath(copy.name, folds))] : [];
    }),
  );
  return batched.filter(({ key, here }) => here || !disputed.has(key as Path))
    .map((historyEntry) => ({ ...historyEntry, here: true, mine: false }));
}

class Outlook {
  readonly #byKey: Map<string, HistoryEntry>;
  readonly #batch: number;

  constructor(
    private readonly engine: RootEngine,
    private readonly pair: OfPair,
    batched: readonly HistoryEntry[],
    private readonly orders: OwnOrders,
    private readonly steps: UndoSteps,
  ) {
    this.#byKey = new Map(
      batched.filter(({ what }) => !isNote(what)).map((historyEntry) => [historyEntry.key, historyEntry]),
    );
    this.#batch = batched[0]?.batch ?? 0;
  }

  tell(): Pick<UndoPlan, "changes" | "along" | "stays"> {
    const { contents, moves, left } = this.steps;
    const lost = new Set(contents.contents.filter((task) => !this.#isKept(task)));
    const tasks = [...contents.directories, ...contents.contents, ...contents.removals, ...moves.removals];
    const done = tasks.filter((task) => !lost.has(task));
    const changes = [
      ...done.map((task) => this.#change(effectOf(task), task.path, this.#spelled(task))),
      ...moves.moves.map(({ from, to }) => this.#moveBack(from, to)),
    ];
    return {
      changes: byPath(changes),
      along: byPath(moves.moves.flatMap(({ from }) => this.#along(from))),
      stays: byPath([
        ...left.map((one) => this.#stays(one)),
        ...[...lost].map((task) => ({ path: this.#spelled(task), reason: NOT_KEPT })),
      ]),
    };
  }

  #stays({ path, reason }: LeftUndone): UndoPlan["stays"][number] {
    const isWorkedOn = reason === CHANGED || reason === GONE;
    const since = isWorkedOn ? this.#since(path, "undos too") ?? this.#unsent(path) : null;
    return { path, reason, ...(since && { since }) };
  }

  #moveBack(from: Path, to: Path): UndoChange {
    const historyEntry = this.#byKey.get(from);
    return { ...this.#change("moves", from, historyEntry?.source ?? to), from: historyEntry?.path ?? from };
  }

  #change(what: UndoChange["what"], key: Path, path: string): UndoChange {
    // A folder that is made again for what comes back into it went with another batch.
    const historyEntry = this.#byKey.get(key) ?? this.#last(this.pair, key);
    const since = this.#since(path, "no undos");
    return { what, path, who: historyEntry ? this.#author(historyEntry) : null, ...(since && { since }) };
  }

  /** What came into a folder after it was moved. */
  #along(folder: Path): UndoPlan["along"] {
    const historyEntries = this.engine.archive.historyEntries.at(this.pair.id, folder, MOST_ALONG);
    const moved = historyEntries.findIndex(({ batch, key }) => batch === this.#batch && key === folder);
    const later = historyEntries.slice(0, Math.max(0, moved)).filter(({ key, what }) =>
      key !== folder && !isNote(what)
    );
    const newest = new Map(later.toReversed().map((historyEntry) => [historyEntry.key, historyEntry]));
    return [...newest.values()].filter(({ key }) => entryAt(this.orders.view, key as Path)).map((
      historyEntry,
    ) => ({
      ...{ path: historyEntry.path, who: this.#author(historyEntry), batch: historyEntry.batch },
    }));
  }

  /** Who worked on a path after the batch, as far as that is agreed. */
  #since(path: string, undos: "undos too" | "no undos"): Work | null {
    const last = this.#last(this.pair, comparePath(path, this.pair.folds));
    if (!last || last.batch === this.#batch || !this.#byKey.has(last.key)) return null;
    // What an undo put back is as the batch left it.
    if (undos === "no undos" && (last.undoes !== undefined || isNote(last.what))) return null;
    return { who: this.#author(last), batch: last.batch };
  }

  /** Whose work it is that is not agreed yet. */
  #unsent(path: string): Work | null {
    const key = comparePath(path, this.pair.folds);
    const [present, agreed] = [this.orders.view, this.engine.archive.ancestor(this.pair.id)]
      .map((tree) => entryAt(tree, key));
    return isSame(present!, agreed!) ? null : { who: this.#giver(path, present!, Infinity) };
  }

  #author({ mine, peer, path, new: made, time }: HistoryEntry): string | null {
    return mine ? this.#giver(path, made, time) : peer;
  }

  /** Of another pair, from whom this content came: to the others it looks like this side's own. */
  #giver(path: string, content: Entry | null, time: number): string | null {
    for (const pair of this.engine.archive.knownPairs()) {
      if (pair.id === this.pair.id) continue;
      const historyEntry = this.#last(pair, comparePath(path, pair.folds), time);
      if (
        historyEntry && !historyEntry.mine && !isNote(historyEntry.what) && isSame(historyEntry.new, content)
      ) return historyEntry.peer;
    }
    return null;
  }

  #last({ id }: { id: number }, key: string, time = Infinity): HistoryEntry | null {
    return this.engine.archive.historyEntries.before(id, key, time);
  }

  /** The other computer's versions are not known here. */
  #isKept(task: Task): boolean {
    if (!wantsContent(task) || !this.#byKey.get(task.path)?.here) return true;
    const kept = this.steps.kept.get(task.path);
    return kept !== undefined &&
      this.engine.disk.stat(this.orders.locateKept(kept, task.new).native) !== null;
  }

  #spelled({ path, new: entry }: Task): string {
    return this.#byKey.get(path)?.path ?? spelledAt(this.orders.view, path) ??
      joinPath(this.#spelledFolder(parentOf(path)), entry?.name ?? nameOf(path));
  }

  #spelledFolder(key: Path): Path {
    return spelledAt(this.orders.view, key) ?? key;
  }
}

function byPath<T extends { path: string }>(told: T[]): T[] {
  return told.sort((one, other) => one.path < other.path ? -1 : one.path > other.path ? 1 : 0);
}

function effectOf(task: Task): UndoChange["what"] {
  if (!task.new) return "goes";
  if (!task.old) return "comes";
  return wantsContent(task) || task.new.kind !== "file" ? "former" : "bit";
}
