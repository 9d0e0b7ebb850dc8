// What undoing a batch takes on the side it was done to: its history entries backwards, wherever the path still is what the batch left.
// Pure. What cannot be put back is told by name.

import type { HistoryEntry } from "../archive/history/history_entry.ts";
import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  shallow,
} from "../core/tree/entry.ts";
import { comparePath, joinPath, nameOf, namesOf, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { emptyPlan, type Orders, type Task } from "../core/plan/plan.ts";
import { entryAt, type Move, TreeEditor } from "../core/tree/tree.ts";

/** A path that stays as it is, and why. */
export interface LeftUndone {
  path: string;
  reason: string;
}

/** Two orders, one after the other: content first, then what was moved goes back. `kept`: where the former content of a path
 * lies. */
export interface UndoSteps {
  contents: Orders;
  moves: Orders;
  kept: Map<Path, string>;
  left: LeftUndone[];
}

/** How this side compares: names by folded case; files with their executable bit. */
export interface StepComparing {
  folds: boolean;
  bit: boolean;
}

/** Why a path is left as it is. */
export const CHANGED = "it was changed since";
export const GONE = "it was moved or deleted since";
const OF_CONFLICT = "it belongs to a conflict, which /resolve settles";
const NOT_EMPTY = "it holds what came later";

/** `historyEntries` in the order in which they were done; `view` is this side's tree, with the digests of the files in question. */
export function undoSteps(
  historyEntries: readonly HistoryEntry[],
  view: DirectoryEntry,
  comparing: StepComparing,
): UndoSteps {
  const done = historyEntries.filter(({ here, what }) => here && what !== "undone" && what !== "settled");
  return new Backwards(view, comparing, done).steps();
}

class Backwards {
  readonly #contents = emptyPlan().alpha;
  readonly #moves = emptyPlan().alpha;
  readonly #kept = new Map<Path, string>();
  readonly #left: LeftUndone[] = [];
  /** What will not be where it is: files the batch made, and what goes back to where it was. */
  readonly #leaving = new Set<string>();
  /** What of it is there until the moves: what moves back itself, and folders that wait for it. */
  readonly #waiting = new Set<string>();
  /** As it is when folders are made again, and what was moved so far is back. */
  readonly #moved: TreeEditor;

  constructor(
    private readonly view: DirectoryEntry,
    private readonly comparing: StepComparing,
    private readonly historyEntries: readonly HistoryEntry[],
  ) {
    this.#moved = new TreeEditor(view);
  }

  steps(): UndoSteps {
    const folders: { task: Task; spelled: string }[] = [];
    for (const historyEntry of this.historyEntries.toReversed()) {
      if (historyEntry.what === "moved") this.#moveBack(historyEntry);
      else if (historyEntry.what === "copied") {
        if (!historyEntry.mine) this.#left.push({ path: historyEntry.path, reason: OF_CONFLICT });
      } else if (historyEntry.what !== "outdone") this.#putBack(historyEntry, folders); // That is told with its copy.
    }
    folders.sort((one, other) => other.task.path.length - one.task.path.length);
    for (const { task, spelled } of folders) this.#removeFolder(task, spelled);
    this.#contents.directories.sort((one, other) => one.path.length - other.path.length);
    return { contents: this.#contents, moves: this.#moves, kept: this.#kept, left: this.#left };
  }

  /** What the batch made is removed; what it replaced or deleted comes back. */
  #putBack({ key, path, old, new: made, kept }: HistoryEntry, folders: { task: Task; spelled: string }[]) {
    const at = key as Path;
    const present = entryAt(this.view, at);
    if (this.#isAs(present, old)) return;
    if (!this.#isAs(present, made)) return this.#leave(path, present);
    if (old) this.#makeParents(at, path);
    const task: Task = { path: at, old: present && shallow(present), new: old };
    if (!old && present?.kind === "directory") folders.push({ task, spelled: path });
    else if (!old) {
      this.#leaving.add(at);
      this.#contents.removals.push(task);
    } else if (old.kind === "directory") this.#makeFolder(task);
    else {
      if (kept !== null) this.#kept.set(at, kept);
      this.#contents.contents.push(task);
    }
  }

  #leave(path: string, present: Entry | null) {
    this.#left.push({ path, reason: present ? CHANGED : GONE });
  }

  #moveBack({ key, path, source, old, new: made }: HistoryEntry) {
    const [at, from] = [key as Path, comparePath(source!, this.comparing.folds)];
    const present = this.#moved.get(at);
    const name = nameOf(source as Path);
    if (from === at ? present?.name === name : !present && this.#moved.get(from)) return; // It is there already.
    this.#makeParents(from, source!);
    const move: Move = { from: at, to: from, name };
    const isLeft = this.#isAs(present, made) || this.#isAs(present, old);
    if (!present || !isLeft || !this.#moved.move(move)) return this.#leave(path, present);
    this.#leaving.add(at);
    this.#waiting.add(at);
    this.#moves.moves.push(move);
  }

  /** A folder the batch made goes only with all that is in it; after the moves, when something moves out of it. */
  #removeFolder(task: Task, spelled: string) {
    const inside = [...childrenOf(entryAt(this.view, task.path)).keys()].map((name) =>
      joinPath(task.path, name)
    );
    if (!inside.every((path) => this.#leaving.has(path))) {
      return void this.#left.push({ path: spelled, reason: NOT_EMPTY });
    }
    this.#leaving.add(task.path);
    const waits = inside.some((path) => this.#waiting.has(path));
    if (waits) this.#waiting.add(task.path);
    (waits ? this.#moves : this.#contents).removals.push(task);
  }

  /** Folders that went with this batch or another are made again for what comes back into them. */
  #makeParents(key: Path, path: string) {
    const names = namesOf(path as Path);
    const missing: Task[] = [];
    for (let place = parentOf(key); place !== ROOT && !this.#moved.get(place); place = parentOf(place)) {
      names.pop();
      missing.push({ path: place, old: null, new: { ...EMPTY_ROOT, name: names.at(-1)! } });
    }
    for (const task of missing.reverse()) this.#makeFolder(task);
  }

  #makeFolder(task: Task) {
    this.#moved.set(task.path, task.new);
    this.#contents.directories.push(task);
  }

  #isAs(present: Entry | null, entry: Entry | null): boolean {
    if (!present || !entry) return present === entry;
    if (compareContent(present, entry) !== "same") return false;
    const isFile = present.kind === "file" && entry.kind === "file";
    return !isFile || !this.comparing.bit || present.executable === entry.executable;
  }
}
