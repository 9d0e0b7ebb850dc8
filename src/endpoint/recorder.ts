// Notes what an endpoint does, path by path, for a person to look back on: what this side carried out, and what of its own doings
// the peer followed.

import type { HistoryEntry, What } from "../archive/history/history_entry.ts";
import type { HistoryEntries } from "../archive/history/history_entries.ts";
import { copyOf } from "../core/plan/conflict.ts";
import { type DirectoryEntry, EMPTY_ROOT, type Entry, knownDigest, shallow } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { numberedIn, type Orders, type Result, type Task } from "../core/plan/plan.ts";
import { applyMoves, entryAt, type Move, spelledAt } from "../core/tree/tree.ts";
import { wantsContent } from "../stage/staging.ts";
import { HIGHEST } from "../core/count.ts";
import { breach } from "../wire/shape.ts";

/** What was carried out here. `before` and `after` are this side's views; `kept` says where the former content of a path (as
 * spelled) is. */
export interface CarriedOut {
  /** What there was to do here. */
  orders: Orders;
  /** By the numbers of the orders' tasks. */
  results: readonly Result[];
  /** As it was before the first of them. */
  before: DirectoryEntry;
  /** As it is when all are done. */
  after: DirectoryEntry;
  /** What was agreed before, by which a deletion is told from a first coming. */
  ancestor: DirectoryEntry;
  /** From the folder of versions on, with "/". */
  kept: Pick<ReadonlyMap<Path, string>, "get">;
}

/** What both sides agreed. `both`: each had made it by itself. `view`: this side's. */
export interface AgreedUpon {
  /** In the ancestor's paths, in order. */
  moves: readonly Move[];
  /** Without children, parents first. */
  rows: readonly { path: Path; new: Entry | null; both: boolean }[];
  /** As it was before this commit. */
  ancestor: DirectoryEntry;
  /** In the compared form. */
  view: DirectoryEntry;
}

/** Numbers the batches of one pair, and writes history entries for what is done in them. */
export class HistoryRecorder {
  /** The batch at hand, and the last one there was; 0: none yet. */
  #batch = 0;
  #highest = 0;
  /** alpha: the batch of the plan, and of what came while that goes on. */
  #plan = 0;
  #beside = 0;
  /** beta: the first number alpha gave. */
  #first = 0;
  #isUsed = true;
  #peerLast = 0;
  /** What was carried out here in this batch, in the compared form. */
  #done = new Set<Path>();

  /** Numbers go on from the last one the archive knows. */
  constructor(
    private readonly historyEntries: HistoryEntries,
    private readonly pair: number,
    private readonly peer: string,
  ) {}

  /** The number of the last batch known here. */
  get last(): number {
    return Math.max(this.#highest, this.historyEntries.last(this.pair));
  }

  /** alpha: begins the batch of a new plan; where that only goes on, it has the number it had. `peerLast` is the last batch the peer knew
   * when the session began. A number that nothing came of is given again. */
  begin(peerLast: number, goesOn = false): void {
    if (!goesOn && this.#isUsed) {
      this.#plan = this.#next(peerLast);
      this.#isUsed = false;
    }
    this.#beside = 0;
    this.#peerLast = peerLast;
    this.#done.clear();
  }

  /** alpha: the number for the next orders; `isBeside`: they are not part of the plan that goes on. */
  use(isBeside = false): number {
    if (isBeside) this.#beside ||= this.#next(this.#peerLast);
    else this.#isUsed = true;
    return this.#turnTo(isBeside ? this.#beside : this.#plan);
  }

  /** beta: the number alpha gave. Throws Breach. */
  take(batch: number): void {
    if (batch < this.#first || batch > HIGHEST) breach(`batch ${batch} after ${this.#first}`);
    this.#first ||= batch;
    if (batch !== this.#batch) this.#done.clear();
    this.#turnTo(batch);
  }

  /** The number of the orders at hand. */
  get current(): number {
    return this.#batch;
  }

  #turnTo(batch: number): number {
    this.#highest = Math.max(this.#highest, batch);
    return this.#batch = batch;
  }

  #next(peerLast: number): number {
    return Math.min(Math.max(this.last, peerLast) + 1, HIGHEST);
  }

  /** A batch that was begun before the two sides last parted goes on: `done` is what was carried out here of its last chunk. */
  resume(batch: number, done: Iterable<Path>): void {
    this.#plan = this.#turnTo(batch);
    this.#isUsed = true;
    this.#done = new Set(done);
  }

  /** The history entries of what was carried out here. */
  carriedOut(work: CarriedOut): HistoryEntry[] {
    const numbered = numberedIn(work.orders);
    const done = work.results.filter((result) => result.done);
    const moved = done.flatMap(({ index }) => numbered(index).move ?? []);
    const present = applyMoves(work.before, moved);
    const historyEntries = moved.map((move) => this.#moved(move, work));
    for (const { index, digest } of done) {
      const { task } = numbered(index);
      const historyEntry = task && this.#carried(task, digest, present, work);
      if (historyEntry) historyEntries.push(historyEntry);
    }
    return historyEntries;
  }

  /** What the peer's folder followed, as part of a commit. */
  agreed({ moves, rows, ancestor, view }: AgreedUpon): HistoryEntry[] {
    const historyEntries: HistoryEntry[] = [];
    for (const move of moves) {
      if (this.#done.has(move.to)) continue;
      if (move.made) {
        const path = spelledAt(view, move.to) ?? move.to;
        const made = { ...EMPTY_ROOT, name: move.name };
        historyEntries.push(
          this.#historyEntry({ path, key: move.to, what: "created", mine: true, old: null, new: made }),
        );
        continue;
      }
      const entry = entryAt(ancestor, move.from);
      const source = spelledAt(ancestor, move.from) ?? move.from;
      const path = spelledAt(view, move.to) ?? move.to;
      const known = entry && shallow(entry);
      historyEntries.push(
        this.#historyEntry({ path, key: move.to, what: "moved", mine: true, source, old: known, new: known }),
      );
    }
    const base = applyMoves(ancestor, moves);
    for (const { path: key, new: entry, both } of rows) {
      if (both || this.#done.has(key)) continue;
      const old = entryAt(base, key);
      const path = spelledAt(entry ? view : base, key) ?? key;
      const what = whatOf(old, entry);
      if (what) {
        historyEntries.push(
          this.#historyEntry({ path, key, what, mine: true, old: old && shallow(old), new: entry }),
        );
      }
    }
    return historyEntries;
  }

  #moved(move: Move, { before, after }: CarriedOut): HistoryEntry {
    const { from, to, aside, made } = move;
    this.#done.add(to);
    const entry = made ? null : entryAt(before, from);
    const path = spelledAt(after, to) ?? to;
    const now = entryAt(after, to);
    return this.#historyEntry({
      ...{ path, key: to, here: true, mine: aside === true },
      what: aside ? "copied" : made ? "created" : "moved",
      source: made ? null : spelledAt(before, from) ?? from,
      old: entry && shallow(entry),
      new: now && shallow(now),
    });
  }

  /** Null where nothing was to do. */
  #carried(task: Task, digest: string, present: DirectoryEntry, work: CarriedOut): HistoryEntry | null {
    const { path: key, new: entry } = task;
    this.#done.add(key);
    const old = entryAt(present, key);
    if (old?.kind === "directory" && entry?.kind === "directory") return null;
    const spelled = spelledAt(entry ? work.after : present, key) ?? key;
    const isCopy = task.source !== undefined && task.source.path !== key && entry !== null &&
      copyOf(entry.name) !== null;
    const what = isCopy
      ? "copied"
      : task.requires
      ? "outdone"
      : !old && wasDeleted(work.ancestor, key)
      ? "returned"
      : !wantsContent(task) && old?.kind === "file" && entry?.kind === "file"
      ? "mode"
      : whatOf(old, entry) ?? "edited";
    return this.#historyEntry({
      ...{ path: spelled, key, what, here: true, mine: isCopy && task.source!.at === "here" },
      old: old && withDigest(shallow(old), task.old),
      new: entry && (entry.kind === "file" ? { ...entry, digest } : entry),
      kept: work.kept.get(spelled) ?? null,
    });
  }

  #historyEntry(
    known: Pick<HistoryEntry, "path" | "key" | "what" | "mine" | "old" | "new"> & Partial<HistoryEntry>,
  ): HistoryEntry {
    const { peer } = this;
    return { batch: this.#batch, time: Date.now(), peer, source: null, here: false, kept: null, ...known };
  }
}

/** What makes `old` into `entry`; null when nothing a person would see. */
function whatOf(old: Entry | null, entry: Entry | null): What | null {
  if (!old || !entry) return entry ? "created" : old && "deleted";
  if (old.kind === "directory" && entry.kind === "directory") return null;
  if (old.kind !== "file" || entry.kind !== "file" || knownDigest(old) !== knownDigest(entry)) {
    return "edited";
  }
  return old.executable === entry.executable ? null : "mode";
}

/** An agreed file that is here no more: not one whose folder was moved away and is made anew. */
function wasDeleted(ancestor: DirectoryEntry, path: Path): boolean {
  return entryAt(ancestor, path)?.kind === "file";
}

/** What was there, with the digest the plan knew it by, where this side had not needed it. */
function withDigest(present: Entry, planned: Entry | null): Entry {
  return present.kind === "file" && present.digest === "" && planned?.kind === "file"
    ? { ...present, digest: planned.digest }
    : present;
}
