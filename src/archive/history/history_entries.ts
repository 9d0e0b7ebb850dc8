// What was done to each path, for a person to look back on and to undo. A batch is what one plan did: its number is the same on
// both computers. Written with the commit it belongs to, or right after the disk was changed: a history entry tells what happened, and
// stays when the commit is taken back.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import {
  bytesOf,
  type HistoryEntry,
  historyEntryOf,
  isWhat,
  NOTES,
  READABLE,
  TOLD,
  type ToldEntry,
  toldOf,
  type ToldRow,
  type What,
} from "./history_entry.ts";
import { transaction } from "../schema.ts";
import { type Undoing, UndoneBatches } from "./undone.ts";

/** A batch as a list of them shows it. */
export interface BatchLine {
  /** Its pair's number here. */
  pair: number;
  /** Its number, the same on both computers; they rise with time. */
  batch: number;
  /** When the first of it was done, in ms by this computer's clock. */
  time: number;
  /** The name the peer had by then. */
  peer: string;
  /** Without the notes that it was undone. */
  counts: { what: What; mine: boolean; count: number }[];
  /** The first of its paths. */
  paths: string[];
  /** Whether it was undone. */
  undone: Undoing;
  /** Nothing but the undoing of others came in it. */
  isUndo: boolean;
  /** The batches that were undone in it; 0: with somebody else. */
  undoes: number[];
}

/** More than this is no history that anybody reads, but for what versions are kept by. */
const MOST_KEPT_ENTRIES = 100_000;
const FIRST_PATHS = 3;
/** So many rows are read at once. */
const PAGE = 4096;
const NOTED = NOTES.map((what) => `'${what}'`).join(", ");

/** The history entries of a root, of all its pairs together. */
export class HistoryEntries {
  /** Which batches were undone. */
  readonly undone: UndoneBatches;
  readonly #add: StatementSync;
  readonly #last: StatementSync;
  readonly #lastAt: StatementSync;
  /** Of the rows up to that one: those that were found to hold no history entry. */
  readonly #spoiled: number[] = [];
  #readTo = 0;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    this.undone = new UndoneBatches(database);
    this.#last = database.prepare(`SELECT max(batch) AS last FROM ${READABLE} WHERE pair = ?`);
    this.#lastAt = database.prepare(`SELECT max(time) AS time FROM ${READABLE} WHERE pair = ? AND key = ?`);
    this.#add = database.prepare(
      "INSERT INTO deed (pair, batch, time, peer, path, key, what, source, mine, here, old, new, kept, undoes, lived) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT time FROM lived))",
    );
  }

  /** The number of the last batch of a pair, 0 before the first. */
  last(pair: number): number {
    const row = this.#last.get(pair);
    return typeof row?.last === "number" ? row.last : 0;
  }

  /** When the last of them was written down (ms); null before the first. */
  latest(): number | null {
    const row = this.database.prepare("SELECT time FROM deed ORDER BY id DESC LIMIT 1").get();
    return typeof row?.time === "number" ? row.time : null;
  }

  /** Writes them in a transaction of their own. */
  write(pair: number, historyEntries: readonly HistoryEntry[]) {
    if (historyEntries.length > 0) transaction(this.database, () => this.add(pair, historyEntries));
  }

  /** Writes them as part of the transaction at hand. What is part of an undoing belongs to who wanted that. */
  add(pair: number, historyEntries: readonly HistoryEntry[]) {
    if (historyEntries.length === 0) return;
    const { areAny } = this.undone; // Asked once: what is written here undoes no batch anew.
    for (const historyEntry of historyEntries) {
      const { batch, time, peer, path, key, what, source, here, kept } = historyEntry;
      const [old, fresh] = [bytesOf(historyEntry.old), bytesOf(historyEntry.new)];
      const part = areAny ? this.undone.partOf(pair, historyEntry) : null;
      const mine = part?.mine ?? historyEntry.mine;
      const undoes = part?.undoes ?? null;
      this.#add.run(pair, batch, time, peer, path, key, what, source, +mine, +here, old, fresh, kept, undoes);
    }
  }

  /** The names the peer of a pair was known by. */
  peers(pair: number): string[] {
    return this.database.prepare(`SELECT DISTINCT peer FROM ${READABLE} WHERE pair = ?`).all(pair)
      .map(({ peer }) => String(peer));
  }

  /** What a batch did, in the order in which it was done. */
  of(pair: number, batch: number): HistoryEntry[] {
    return this.#read("pair = ? AND batch = ? ORDER BY id", pair, batch);
  }

  /** What happened at a path and below it, newest first, `most` at most; the path in the compared form. */
  at(pair: number, key: string, most: number): HistoryEntry[] {
    return this.#read(
      "pair = ? AND key >= ? AND key < ? AND (key = ? OR key > ?) ORDER BY id DESC LIMIT ?",
      ...[pair, key, `${key}0`, key, `${key}/`, most],
    );
  }

  /** The last thing that happened at a path itself, up to a time (in ms, by this computer's clock); in the compared form. */
  before(pair: number, key: string, time: number): HistoryEntry | null {
    return this.#read("pair = ? AND key = ? AND time <= ? ORDER BY id DESC LIMIT 1", pair, key, time)[0] ??
      null;
  }

  /** What the peer's orders did to this folder less than `ms` before `now`, or as near after it where clocks are set, in the order in
   * which it was done, of the history entries after that `id`. Also a copy of this side's own content, which is the owner's work. */
  *ordered(pairs: readonly number[], now: number, ms: number, id = 0): Generator<ToldEntry> {
    const meant = "(mine = 0 OR what = 'copied')";
    // "+": no index on them, since then each page would be sorted out of all rows.
    const page = this.database.prepare(
      `SELECT ${TOLD} FROM ${READABLE} WHERE id > ? AND +pair IN (${
        marks(pairs)
      }) AND here = 1 AND ${meant} ` +
        `AND abs(time - ?) < ? ORDER BY id LIMIT ${PAGE}`,
    );
    for (let last = id;;) {
      const rows = page.all(last, ...pairs, now, ms) as unknown as ToldRow[];
      yield* rows.values().map(toldOf).filter((historyEntry) => historyEntry !== null);
      if (rows.length < PAGE) return;
      last = rows.at(-1)!.id;
    }
  }

  /** What was moved in this folder in the same time, whoever wanted it. */
  moved(pairs: readonly number[], now: number, ms: number): Iterable<ToldEntry> {
    const rows = this.database.prepare(
      `SELECT ${TOLD} FROM ${READABLE} WHERE pair IN (${marks(pairs)}) AND here = 1 AND source IS NOT NULL ` +
        "AND abs(time - ?) < ? ORDER BY id",
    ).all(...pairs, now, ms) as unknown as ToldRow[];
    return rows.values().map(toldOf).filter((historyEntry) => historyEntry !== null);
  }

  /** When something was last done to one of these paths themselves, in the compared form; 0: nothing is known of that. */
  lastAt(pair: number, keys: readonly string[]): number {
    return keys.reduce((last, key) => Math.max(last, Number(this.#lastAt.get(pair, key)?.time ?? 0)), 0);
  }

  /** When the oldest history entry that is remembered was done, 0 when none is. */
  oldest(): number {
    const time = this.database.prepare(`SELECT min(time) AS time FROM ${READABLE}`).get()?.time;
    return typeof time === "number" ? time : 0;
  }

  /** The batches of all pairs, newest first, `most` at most. */
  numbers(most: number): Omit<BatchLine, "counts" | "paths">[] {
    const rows = this.database.prepare(
      "SELECT pair, batch, min(time) AS time, max(peer) AS peer, sum(undoes IS NOT NULL) > 0 " +
        `AND sum(undoes IS NULL AND what NOT IN (${NOTED})) = 0 AS undo ` +
        `FROM ${READABLE} GROUP BY pair, batch ORDER BY max(CASE WHEN what IN (${NOTED}) THEN 0 ELSE id END) DESC LIMIT ?`,
    ).all(most);
    return rows.map(({ time, peer, undo, ...row }) => {
      const [pair, batch] = [Number(row.pair), Number(row.batch)];
      const known = { pair, batch, time: Number(time), peer: String(peer), isUndo: undo === 1 };
      return { ...known, undone: this.undone.state(pair, batch), undoes: this.undone.undid(pair, batch) };
    });
  }

  /** The same, with what they did. */
  batches(most: number): BatchLine[] {
    return this.numbers(most).map((row) => ({
      ...row,
      counts: this.database.prepare(
        `SELECT what, mine, count(*) AS count FROM ${READABLE} ` +
          "WHERE pair = ? AND batch = ? AND what <> 'undone' GROUP BY what, mine ORDER BY min(id)",
      ).all(row.pair, row.batch).flatMap(({ what, mine, count }) =>
        isWhat(what) ? [{ what, mine: mine === 1, count: Number(count) }] : []
      ),
      paths: this.database.prepare(
        `SELECT path FROM ${READABLE} WHERE pair = ? AND batch = ? AND what <> 'undone' GROUP BY path ORDER BY min(id) LIMIT ?`,
      ).all(row.pair, row.batch, FIRST_PATHS).map(({ path }) => String(path)),
    }));
  }

  /** The folders of versions that hold what the last batch of each pair replaced. */
  lastKept(): Set<string> {
    const kept = this.database.prepare(
      `SELECT DISTINCT substr(kept, 1, instr(kept, '/') - 1) AS folder FROM ${READABLE} WHERE pair = ? AND batch = ? AND kept IS NOT NULL`,
    );
    const last = this.database.prepare(`SELECT pair, max(batch) AS batch FROM ${READABLE} GROUP BY pair`)
      .all();
    return new Set(
      last.flatMap(({ pair, batch }) => kept.all(pair!, batch!).map(({ folder }) => String(folder))),
    );
  }

  /** Forgets what is older than `oldest` (ms, in the archive's own time), and what is too much; the last batch of each pair stays, and
   * of what is too much whatever tells of a kept version: by that it has its share (T10). What was written before there was such a time
   * counts from now on. */
  prune(oldest: number) {
    this.database.exec("UPDATE deed SET lived = coalesce((SELECT time FROM lived), 0) WHERE lived IS NULL");
    this.database.prepare(
      "DELETE FROM deed WHERE (lived < ? OR kept IS NULL AND id <= (SELECT max(id) FROM deed) - ?) " +
        `AND NOT batch IS (SELECT max(batch) FROM ${READABLE} AS other WHERE other.pair = deed.pair)`,
    ).run(oldest, MOST_KEPT_ENTRIES);
    this.undone.prune();
  }

  /** How many rows are none that can be read: they are left out wherever entries are told, and go with their age. Reads each row once. */
  unread(): number {
    const rows = this.database.prepare(`SELECT * FROM ${READABLE} WHERE id > ? ORDER BY id`);
    for (const row of rows.iterate(this.#readTo)) {
      this.#readTo = Number(row.id);
      if (!historyEntryOf(row)) this.#spoiled.push(this.#readTo);
    }
    const { count } = this.database.prepare(
      "SELECT (SELECT count(*) FROM deed) - (SELECT count(*) " +
        `FROM ${READABLE} WHERE id NOT IN (SELECT value FROM json_each(?))) AS count`,
    ).get(JSON.stringify(this.#spoiled))!;
    return Number(count);
  }

  /** What a failing disk made of a row is left out: an undo looks at the files themselves. */
  #read(where: string, ...values: (string | number)[]): HistoryEntry[] {
    const rows = this.database.prepare(`SELECT * FROM ${READABLE} WHERE ${where}`).all(...values);
    return rows.map((row) => historyEntryOf(row)).filter((historyEntry) => historyEntry !== null);
  }
}

/** As many marks as there are values. */
function marks(values: readonly unknown[]): string {
  return values.map(() => "?").join();
}
