// Which batches were undone, and which changes came of that: so who undoes twice goes further back, and not to and fro.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { compareContent, type Entry } from "../../core/tree/entry.ts";
import { comparePath } from "../../core/tree/path.ts";
import { type HistoryEntry, historyEntryOf, isNote, READABLE } from "./history_entry.ts";
import { transaction } from "../schema.ts";

/** How far the undoing of a batch has come on this side. */
export type Undoing = "no" | "begun" | "whole";

/** Of which undoing a history entry is a part. */
export interface PartOf {
  /** The batch that is undone; 0: one of another pair. */
  undoes: number;
  /** This side's person wanted it, whichever computer did it. */
  mine: boolean;
}

/** A history entry that is written down, by its place among all. */
type UndoneRow = HistoryEntry & { id: number };

/** The batches that were undone, found out from the history entries themselves, so that a stop in the middle loses nothing. */
export class UndoneBatches {
  readonly #any: StatementSync;
  readonly #has: StatementSync;
  readonly #last: StatementSync;
  readonly #first: StatementSync;
  readonly #before: StatementSync;
  readonly #folds: StatementSync;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    this.#any = database.prepare("SELECT 1 FROM undone_batch LIMIT 1");
    this.#has = database.prepare("SELECT whole, mine FROM undone_batch WHERE pair = ? AND batch = ?");
    this.#last = database.prepare(
      `SELECT * FROM ${READABLE} WHERE pair = ? AND key = ? ORDER BY id DESC LIMIT 1`,
    );
    // "+": by the path, since a batch may be long.
    this.#first = database.prepare(
      `SELECT * FROM ${READABLE} WHERE pair = ? AND key = ? AND +batch = ? ORDER BY id LIMIT 1`,
    );
    this.#folds = database.prepare("SELECT folds FROM pair WHERE id = ?");
    this.#before = database.prepare(
      `SELECT * FROM ${READABLE} WHERE pair = ? AND key = ? AND id < ? ORDER BY id DESC LIMIT 1`,
    );
  }

  /** How far it has come; "no" also where nothing is known of it. */
  state(pair: number, batch: number): Undoing {
    const row = this.#has.get(pair, batch);
    return !row ? "no" : row.whole === 1 ? "whole" : "begun";
  }

  /** The undoing of a batch begins, as this side's person wants it (`mine`) or the peer's; called again after it was broken off, it
   * goes on. */
  begin(pair: number, batch: number, mine: boolean) {
    if (this.state(pair, batch) !== "no") return;
    transaction(this.database, () => {
      this.#set(pair, batch, { whole: false, mine });
      this.#turn(pair, batch, true, mine);
    });
  }

  /** Marks a batch's undoing as whole: all of it that could be put back here is back. */
  finish(pair: number, batch: number) {
    this.database.prepare("UPDATE undone_batch SET whole = 1 WHERE pair = ? AND batch = ?").run(pair, batch);
  }

  /** The batches that were undone in a batch; 0: one of another pair. */
  undid(pair: number, batch: number): number[] {
    return this.database.prepare(
      `SELECT DISTINCT undoes FROM ${READABLE} WHERE pair = ? AND batch = ? AND undoes IS NOT NULL ORDER BY undoes`,
    ).all(pair, batch).flatMap(({ undoes }) => typeof undoes === "number" ? [undoes] : []);
  }

  /** Whether any batch was undone: else no history entry is a part of that. */
  get areAny(): boolean {
    return this.#any.get() !== undefined;
  }

  /** Of what undoing a history entry is a part that is about to be written; null for any other. The last thing known of its path must be
   * that batch: who goes back to an old content later, by hand, undoes nothing. */
  partOf(pair: number, historyEntry: HistoryEntry): PartOf | null {
    if (isNote(historyEntry.what)) return null;
    const { key, path, source } = historyEntry;
    const moved = source === null ? null : this.#undoingAt(pair, this.#keyIn(pair, source), historyEntry);
    const own = moved ?? this.#undoingAt(pair, key, historyEntry);
    if (own || !historyEntry.mine) return own;
    // What was undone with one person looks like this side's own doing to the others.
    const elsewhere = this.#otherPairs(pair).some((other) => {
      const last = this.#read(this.#last, other, this.#keyIn(other, path));
      return last && isSame(last.new, historyEntry.new) &&
        (last.what === "undone" || last.undoes !== undefined);
    });
    return elsewhere ? { undoes: 0, mine: true } : null;
  }

  /** Forgets batches of which no history entry is left. */
  prune() {
    this.database.exec(
      "DELETE FROM undone_batch WHERE NOT EXISTS " +
        "(SELECT 1 FROM deed WHERE deed.pair = undone_batch.pair AND deed.batch = undone_batch.batch)",
    );
  }

  #undoingAt(pair: number, key: string, historyEntry: HistoryEntry): PartOf | null {
    const last = this.#read(this.#last, pair, key);
    // Noted already, in a batch whose commit was taken back.
    if (last?.undoes !== undefined && last.key === historyEntry.key && isSame(last.new, historyEntry.new)) {
      return { undoes: last.undoes, mine: last.mine };
    }
    for (let done = last; done; done = this.#beforeUndone(pair, done)) {
      const { key, batch } = done;
      const undone = this.#has.get(pair, batch);
      const first = undone && this.#read(this.#first, pair, key, batch);
      if (first && this.#takesBack(pair, first, historyEntry)) {
        return { undoes: batch, mine: undone.mine === 1 };
      }
    }
    return null;
  }

  /** Where an undo was done: what had been done there before that which it undid, by which the path is as it is again. */
  #beforeUndone(pair: number, { id, key, source, undoes }: UndoneRow): UndoneRow | null {
    if (!undoes) return null;
    const undone = this.#read(this.#first, pair, key, undoes) ??
      (source === null ? null : this.#read(this.#first, pair, this.#keyIn(pair, source), undoes));
    return undone && undone.id < id ? this.#read(this.#before, pair, key, undone.id) : null;
  }

  /** Whether a history entry leaves its path as it was before the first thing a batch did there. */
  #takesBack(pair: number, first: HistoryEntry, historyEntry: HistoryEntry): boolean {
    if (first.what === "moved") {
      const isBack = first.source !== null && this.#keyIn(pair, first.source) === historyEntry.key;
      return isBack || first.key === historyEntry.key && historyEntry.new === null;
    }
    // A folder that was made again for what comes back into it, or where a moved thing was before.
    return isSame(first.what === "undone" ? first.new : first.old, historyEntry.new);
  }

  /** A batch is undone, or is so no more: what was undone in it is in effect again, or no more; and so on. */
  #turn(pair: number, batch: number, isUndone: boolean, mine: boolean) {
    for (const target of this.undid(pair, batch)) {
      if (target <= 0 || target >= batch) continue;
      if (!isUndone) this.#set(pair, target, { whole: true, mine });
      else this.database.prepare("DELETE FROM undone_batch WHERE pair = ? AND batch = ?").run(pair, target);
      this.#turn(pair, target, !isUndone, mine);
    }
  }

  #set(pair: number, batch: number, { whole, mine }: { whole: boolean; mine: boolean }) {
    this.database.prepare("INSERT OR REPLACE INTO undone_batch VALUES (?, ?, ?, ?)")
      .run(pair, batch, +whole, +mine);
  }

  #read(statement: StatementSync, ...values: (string | number)[]): UndoneRow | null {
    const row = statement.get(...values);
    const historyEntry = row ? historyEntryOf(row) : null;
    return historyEntry && { ...historyEntry, id: Number(row!.id) };
  }

  #keyIn(pair: number, path: string): string {
    return comparePath(path, this.#folds.get(pair)?.folds === 1);
  }

  #otherPairs(pair: number): number[] {
    return this.database.prepare("SELECT id FROM pair WHERE id <> ?").all(pair).map(({ id }) => Number(id));
  }
}

/** Whether two entries are the same, as far as their digests are known. */
export function isSame(one: Entry | null, other: Entry | null): boolean {
  return one && other ? compareContent(one, other) !== "different" : one === other;
}
