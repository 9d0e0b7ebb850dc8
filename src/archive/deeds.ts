// What was done to each path, for a person to look back on and to undo. A batch is what one plan did: its number is the same on
// both computers. Written with the commit it belongs to, or right after the disk was changed: a deed tells what happened, and
// stays when the commit is taken back.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import { decode, encode } from "@msgpack/msgpack";
import { type Entry, shallow } from "../core/entry.ts";
import { entryFromWire, entryToWire } from "../wire/rows.ts";
import { transaction } from "./schema.ts";

/** What can happen to a path. copied: what lost in a conflict is kept here; outdone: the other content of a conflict took the
 * name; returned: it was deleted, and an edit of the other person brought it back (C4); mode: the executable bit alone; undone, settled: this side's person, or the peer's, wished it so. */
export const WHATS = [
  ...[
    "created",
    "edited",
    "deleted",
    "moved",
    "mode",
    "copied",
    "outdone",
    "returned",
    "undone",
    "settled",
  ] as const,
];
export type What = typeof WHATS[number];

/** One thing that happened to one path. */
export interface Deed {
  batch: number;
  /** In ms, by this computer's clock. */
  time: number;
  /** The other person's name. */
  peer: string;
  /** As its names were spelled; `key` is the same in the compared form. */
  path: string;
  key: string;
  what: What;
  /** Where a moved entry was before, as spelled. */
  source: string | null;
  /** It was this side's person who changed it; else the peer. */
  mine: boolean;
  /** It was done to this folder by tcpsync; else this person had done it, and the peer's folder followed. */
  here: boolean;
  /** Without children. */
  old: Entry | null;
  new: Entry | null;
  /** Where the former content is kept, from the folder of versions on, with "/". */
  kept: string | null;
}

/** A batch as a list of them shows it. */
export interface BatchLine {
  pair: number;
  batch: number;
  time: number;
  peer: string;
  counts: { what: What; mine: boolean; count: number }[];
  /** The first of its paths. */
  paths: string[];
}

/** More than this is no history that anybody reads, but for what versions are kept by. */
const MOST_DEEDS = 100_000;
const FIRST_PATHS = 3;

export class Deeds {
  readonly #add: StatementSync;
  readonly #last: StatementSync;
  readonly #lastAt: StatementSync;

  constructor(private readonly database: DatabaseSync) {
    this.#last = database.prepare("SELECT max(batch) AS last FROM deed WHERE pair = ?");
    this.#lastAt = database.prepare("SELECT max(time) AS time FROM deed WHERE pair = ? AND key = ?");
    this.#add = database.prepare(
      "INSERT INTO deed (pair, batch, time, peer, path, key, what, source, mine, here, old, new, kept, lived) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, (SELECT time FROM lived))",
    );
  }

  /** The number of the last batch of a pair, 0 before the first. */
  last(pair: number): number {
    const row = this.#last.get(pair);
    return Number.isSafeInteger(row?.last) ? row!.last as number : 0;
  }

  /** Writes them in a transaction of their own. */
  write(pair: number, deeds: readonly Deed[]) {
    if (deeds.length > 0) transaction(this.database, () => this.add(pair, deeds));
  }

  /** Writes them as part of the transaction at hand. */
  add(pair: number, deeds: readonly Deed[]) {
    for (const deed of deeds) {
      const { batch, time, peer, path, key, what, source, mine, here, kept } = deed;
      const [old, fresh] = [bytesOf(deed.old), bytesOf(deed.new)];
      this.#add.run(pair, batch, time, peer, path, key, what, source, +mine, +here, old, fresh, kept);
    }
  }

  /** The names the peer of a pair was known by. */
  peers(pair: number): string[] {
    return this.database.prepare("SELECT DISTINCT peer FROM deed WHERE pair = ?").all(pair)
      .map(({ peer }) => String(peer));
  }

  /** What a batch did, in the order in which it was done. */
  of(pair: number, batch: number): Deed[] {
    return this.#read("pair = ? AND batch = ? ORDER BY id", pair, batch);
  }

  /** What happened at a path and below it, newest first, `most` at most; the path in the compared form. */
  at(pair: number, key: string, most: number): Deed[] {
    return this.#read(
      "pair = ? AND (key = ? OR key > ? AND key < ?) ORDER BY id DESC LIMIT ?",
      ...[pair, key, `${key}/`, `${key}0`, most],
    );
  }

  /** When something was last done to one of these paths themselves, in the compared form; 0: nothing is known of that. */
  lastAt(pair: number, keys: readonly string[]): number {
    const rows = keys.map((key) => this.#lastAt.get(pair, key)?.time);
    return Math.max(0, ...rows.filter((time) => typeof time === "number"));
  }

  /** When the oldest deed that is remembered was done, 0 when none is. */
  oldest(): number {
    const time = this.database.prepare("SELECT min(time) AS time FROM deed").get()?.time;
    return typeof time === "number" ? time : 0;
  }

  /** The batches of all pairs, newest first, `most` at most. */
  numbers(most: number): Omit<BatchLine, "counts" | "paths">[] {
    const rows = this.database.prepare(
      "SELECT pair, batch, max(time) AS time, max(peer) AS peer FROM deed GROUP BY pair, batch ORDER BY max(id) DESC LIMIT ?",
    ).all(most);
    return rows.map(({ pair, batch, time, peer }) => ({
      ...{ pair: Number(pair), batch: Number(batch), time: Number(time), peer: String(peer) },
    }));
  }

  /** The same, with what they did. */
  batches(most: number): BatchLine[] {
    return this.numbers(most).map((row) => ({
      ...row,
      counts: this.database.prepare(
        "SELECT what, mine, count(*) AS count FROM deed WHERE pair = ? AND batch = ? GROUP BY what, mine ORDER BY min(id)",
      ).all(row.pair, row.batch).flatMap(({ what, mine, count }) =>
        isWhat(what) ? [{ what, mine: mine === 1, count: Number(count) }] : []
      ),
      paths: this.database.prepare("SELECT path FROM deed WHERE pair = ? AND batch = ? ORDER BY id LIMIT ?")
        .all(row.pair, row.batch, FIRST_PATHS).map(({ path }) => String(path)),
    }));
  }

  /** The folders of versions that hold what the last batch of each pair replaced. */
  lastKept(): Set<string> {
    const kept = this.database.prepare(
      "SELECT DISTINCT substr(kept, 1, instr(kept, '/') - 1) AS folder FROM deed WHERE pair = ? AND batch = ? AND kept IS NOT NULL",
    );
    const last = this.database.prepare("SELECT pair, max(batch) AS batch FROM deed GROUP BY pair").all();
    return new Set(
      last.flatMap(({ pair, batch }) => kept.all(pair!, batch!).map(({ folder }) => String(folder))),
    );
  }

  /** Forgets what is older than `oldest` (ms, in the archive's own time), and what is too much; the last batch of each pair stays, and
   * of what is too much whatever tells of a kept version: by that it has its share (T10). What was written before there was such a time counts from now on. */
  prune(oldest: number) {
    this.database.exec("UPDATE deed SET lived = coalesce((SELECT time FROM lived), 0) WHERE lived IS NULL");
    this.database.prepare(
      "DELETE FROM deed WHERE (lived < ? OR kept IS NULL AND id <= (SELECT max(id) FROM deed) - ?) " +
        "AND batch < (SELECT max(batch) FROM deed AS other WHERE other.pair = deed.pair)",
    ).run(oldest, MOST_DEEDS);
  }

  /** What a failing disk made of a row is left out: an undo looks at the files themselves. */
  #read(where: string, ...values: (string | number)[]): Deed[] {
    const rows = this.database.prepare(`SELECT * FROM deed WHERE ${where}`).all(...values);
    return rows.flatMap((row) => deedOf(row) ?? []);
  }
}

function isWhat(value: unknown): value is What {
  return WHATS.includes(value as What);
}

function bytesOf(entry: Entry | null): Uint8Array | null {
  return entry && encode(entryToWire(shallow(entry)));
}

function deedOf(row: Record<string, unknown>): Deed | null {
  const { batch, time, peer, path, key, what, source, kept } = row;
  const texts = [peer, path, key].every((text) => typeof text === "string") &&
    [source, kept].every((text) => text === null || typeof text === "string");
  if (!texts || !isWhat(what) || typeof batch !== "number" || typeof time !== "number") {
    return null;
  }
  try {
    const known = { batch, time, peer, path, key, what, source, kept } as Omit<Deed, "mine" | "here">;
    const entries = { old: entryOf(row.old), new: entryOf(row.new) };
    return { ...known, ...entries, mine: row.mine === 1, here: row.here === 1 };
  } catch {
    return null; // No entry as this program writes it.
  }
}

function entryOf(bytes: unknown): Entry | null {
  return bytes === null ? null : entryFromWire(decode(bytes as Uint8Array), "/");
}
