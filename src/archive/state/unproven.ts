// What transitions put in place and the disk may not hold yet (docs/decisions/durability.md).
// Invariant: what a transition changes is listed, on the disk, before it is changed; it stays listed until it was flushed or
// is gone, or another content is agreed there. What was damaged before, and whose forgetting was taken back, is both: damaged and listed.

import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";
import { type Content, type Former, formersOf, type Placing } from "../../core/placing.ts";
import type { Move } from "../../core/tree/tree.ts";
import { durably, transaction } from "../schema.ts";

/** A listed placing of a pair; `folds`: how the pair compares names. */
export interface ListedPlacing extends Placing {
  /** Its number here. */
  pair: number;
  /** By this a path is spelled: its form is the pair's. */
  folds: boolean;
}

/** What damage left at a path, as spelled in the root: content (its digest) that nobody wrote. */
export interface Remains {
  /** As spelled in the root. */
  path: Path;
  /** The digest of what is left there. */
  content: string;
}

const COLUMNS = "unproven.pair, path, expected, formers, size, mtime, unproven.id, born, placed, folds";
const LISTED = `SELECT ${COLUMNS} FROM unproven JOIN pair ON pair.id = unproven.pair WHERE placed > 0`;

/** What was put in place and not proved. Paths are in the compared form of each pair. */
export class Unproven {
  readonly #move: StatementSync;
  readonly #moved: StatementSync;
  readonly #within: StatementSync;
  readonly #setFormers: StatementSync;
  readonly #leave: StatementSync;
  readonly #relist: StatementSync;
  readonly #listedAt: StatementSync;
  readonly #isAnother: StatementSync;
  readonly #settle: Drop;
  readonly #strike: Drop;
  readonly #oldest: StatementSync;
  readonly #remains: StatementSync;
  readonly #anyDamaged: StatementSync;
  readonly #damaged: StatementSync;
  readonly #isDamaged: StatementSync;
  /** Nothing is damaged in any pair: the next to say otherwise are `markDamaged` and `markAgain`. Each commit asks, and to look would
   * take as long as the list is. */
  #isAllSound = false;

  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {
    // What is in a folder lies, in the order of the key, between its path with a "/" and with a "0"; one range with the folder itself, so
    // that nothing else is looked at but what comes in between.
    const within = (at: string) =>
      `path >= ${at} AND path < ${at} || '0' AND (path = ${at} OR path > ${at} || '/')`;
    const moved = `pair = ?3 AND ${within("?2")} AND placed IS NOT ?4`;
    const goal = "?1 || substr(path, length(?2) + 1)";
    this.#move = database.prepare(`UPDATE OR REPLACE unproven SET path = ${goal} WHERE ${moved}`);
    this.#moved = database.prepare(
      `SELECT *, ${goal} AS goal FROM unproven WHERE ${moved} AND placed > 0 AND damaged = 0`,
    );
    this.#within = database.prepare(`${LISTED} AND unproven.pair = ?1 AND ${within("?2")}`);
    this.#setFormers = database.prepare("UPDATE unproven SET formers = ? WHERE pair = ? AND path = ?");
    this.#leave = database.prepare("INSERT OR IGNORE INTO unproven VALUES (?, ?, NULL, ?, 0, 0, 0, ?, 0, 0)");
    this.#relist = database.prepare(
      `UPDATE unproven SET expected = ?, formers = ?, size = ?, mtime = ?, id = ?, born = ?
       WHERE pair = ? AND path = ? AND placed = ?`,
    );
    this.#listedAt = database.prepare(`${LISTED} AND unproven.pair = ? AND path = ?`);
    const isAnother = "pair = ?1 AND path = ?2 AND expected IS NOT ?3 AND placed <= ?4";
    this.#isAnother = database.prepare(`SELECT 1 FROM unproven WHERE ${isAnother}`);
    this.#settle = new Drop(database, isAnother);
    this.#strike = new Drop(database, "pair = ?1 AND path = ?2 AND placed = ?3");
    this.#anyDamaged = database.prepare("SELECT 1 FROM unproven WHERE damaged = 1 LIMIT 1");
    this.#damaged = database.prepare(
      "SELECT path FROM unproven WHERE pair = ? AND damaged = 1 ORDER BY path",
    );
    this.#isDamaged = database.prepare("SELECT 1 FROM unproven WHERE pair = ? AND path = ? AND damaged = 1");
    this.#remains = database.prepare("SELECT path, content FROM remains ORDER BY length(path) DESC");
    this.#oldest = database.prepare(`${LISTED} AND placed < ? ORDER BY placed LIMIT ?`);
  }

  /** Lists what is about to be put in place. On the disk: a list that a power cut takes back would leave torn files that nobody knows
   * of. One flush for all of them. */
  list(pair: number, placings: readonly Placing[]) {
    if (placings.length === 0) return;
    const put = this.database.prepare(
      // What is damaged stays so until both sides have forgotten it.
      `INSERT INTO unproven VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT DO UPDATE SET
       expected = excluded.expected, formers = excluded.formers, size = excluded.size, mtime = excluded.mtime,
       id = excluded.id, placed = excluded.placed, born = excluded.born`,
    );
    durably(this.database, () => {
      for (const { path, expected, formers, size, mtime, id, born, placed } of placings) {
        put.run(pair, path, expected, toJson(formers), size, mtime, id, placed, born);
      }
    });
  }

  /** Something else is there by now: it counts from here on, as long as nothing else was put there or found damaged. A power cut may take
   * that back before `secure`. */
  relist({ pair, path, expected, formers, size, mtime, id, born, placed }: ListedPlacing) {
    this.#relist.run(expected, toJson(formers), size, mtime, id, born, pair, path, placed);
  }

  /** What `relist` was told is on the disk. One flush for all of it. */
  secure(placings: readonly ListedPlacing[]) {
    if (placings.length === 0) return;
    durably(this.database, () => {
      for (const placing of placings) this.relist(placing);
    });
  }

  /** All that is listed; what is in a folder before it. */
  listed(): ListedPlacing[] {
    return this.database.prepare(`${LISTED} ORDER BY pair, length(path) DESC`).all().map(placingOf);
  }

  /** What of these paths is listed. */
  listedAt(pair: number, paths: Iterable<Path>): ListedPlacing[] {
    return [...paths].flatMap((path) => this.#listedAt.all(pair, path).map(placingOf));
  }

  /** What is listed at a path, and below it. */
  listedWithin(pair: number, path: Path): ListedPlacing[] {
    return this.#within.all(pair, path).map(placingOf);
  }

  /** The oldest of them, put in place before `before` (ms). */
  oldest(before: number, most: number): ListedPlacing[] {
    return this.#oldest.all(before, most).map(placingOf);
  }

  /** They are on the disk, or a person's work by now: no longer listed. What was put there since stays. */
  strike(placings: readonly Pick<ListedPlacing, "pair" | "path" | "placed">[]) {
    transaction(this.database, () => {
      for (const { pair, path, placed } of placings) this.#strike.run(pair, path, placed);
    });
  }

  /** What was at these paths is damaged: until both sides have forgotten it. Part of a transaction. */
  markDamaged(places: readonly { pair: number; path: Path }[]) {
    this.#isAllSound = false;
    const mark = this.database.prepare(
      "INSERT OR REPLACE INTO unproven VALUES (?, ?, NULL, '[]', 0, 0, 0, 0, 1, 0)",
    );
    for (const { pair, path } of places) mark.run(pair, path);
  }

  /** The forgetting of what was damaged is taken back. What was put there since stays listed. Part of a transaction. */
  markAgain(pair: number, path: Path) {
    this.#isAllSound = false;
    this.database.prepare(
      "INSERT INTO unproven VALUES (?, ?, NULL, '[]', 0, 0, 0, 0, 1, 0) ON CONFLICT DO UPDATE SET damaged = 1",
    ).run(pair, path);
  }

  /** A stop damaged what was at these paths. `left`: what is left of it, until that is taken aside. */
  foundDamaged(places: readonly { pair: number; path: Path }[], left: Remains | null) {
    transaction(this.database, () => {
      this.markDamaged(places);
      if (left) {
        this.database.prepare("INSERT OR REPLACE INTO remains VALUES (?, ?)").run(left.path, left.content);
      }
    });
  }

  /** What is left of damaged files and not taken aside yet; what is in a folder before it. */
  remains(): Remains[] {
    return this.#remains.all() as unknown as Remains[];
  }

  /** It is taken aside, on the disk, or is something else by now. */
  cleared({ path }: Remains) {
    this.database.prepare("DELETE FROM remains WHERE path = ?").run(path);
  }

  /** Paths, of one pair, in the compared form. */
  damaged(pair: number): Path[] {
    this.#isAllSound ||= this.#anyDamaged.get() === undefined;
    return this.#isAllSound ? [] : this.#damaged.all(pair).map(({ path }) => path as Path);
  }

  /** Whether damage is known of that path, in that pair. */
  isDamaged(pair: number, path: Path): boolean {
    return this.#isDamaged.get(pair, path) !== undefined;
  }

  /** Both sides have forgotten what was there. */
  mended(pair: number, path: Path) {
    const at = "WHERE pair = ? AND path = ? AND damaged = 1";
    this.database.prepare(`DELETE FROM unproven ${at} AND placed = 0`).run(pair, path);
    this.database.prepare(`UPDATE unproven SET damaged = 0 ${at}`).run(pair, path);
  }

  /** A commit says so: within its transaction. `placed`: when what led to the commit was put in place; that is listed where it is. A power
   * cut may take a rename back, and what was replaced before it: so what was listed where it came from is listed there still, as what was
   * there before nothing; and what was listed where it comes to, as what was there before it. */
  moved(pair: number, { from, to }: Move, placed: number | null) {
    if (from === to) return;
    const rows = this.#moved.all(to, from, pair, placed).map((row) => ({
      left: placingOf(row),
      goal: row.goal as Path,
    }));
    const there = new Map(this.#within.all(pair, to).map(placingOf).map((one) => [one.path, one]));
    const isOutdated = ({ goal }: { goal: Path }) => there.get(goal)?.placed === placed;
    for (const { left } of rows.filter(isOutdated)) this.#strike.run(pair, left.path, left.placed);
    this.#move.run(to, from, pair, placed);
    for (const row of rows) {
      const { left, goal } = row;
      const before = there.get(goal);
      if (before && !isOutdated(row)) {
        this.#setFormers.run(toJson(formersOf([before, { ...left, expected: null }], null)), pair, goal);
      }
      this.#leave.run(pair, left.path, toJson(formersOf([left], null)), left.placed);
    }
  }

  /** A commit agrees on this content: what is listed as another is settled, unless it was put there later than what led to the commit
   * (`placed`; null: nothing was done here): a peer that lost commits agrees on them again. Where it agrees on nothing, both sides may only
   * have forgotten what is there. Within its transaction. */
  agreed(pair: number, path: Path, content: Content, placed: number | null) {
    if (placed === null || content === null) return;
    // Nearly always what is listed is what the commit agrees on, and a look costs less than two changes of nothing.
    if (this.#isAnother.get(pair, path, content, placed)) this.#settle.run(pair, path, content, placed);
  }
}

/** Takes off the list what `where` says; damaged it stays. */
class Drop {
  readonly #statements: StatementSync[];

  constructor(database: DatabaseSync, where: string) {
    const begins = [
      "DELETE FROM unproven WHERE damaged = 0",
      "UPDATE unproven SET placed = 0 WHERE damaged = 1",
    ];
    this.#statements = begins.map((begin) => database.prepare(`${begin} AND ${where}`));
  }

  run(...values: (number | string | null)[]) {
    for (const statement of this.#statements) statement.run(...values);
  }
}

function toJson(formers: readonly Former[]): string {
  return JSON.stringify(
    formers.map(({ content, mtime, placed }) => [content, mtime, ...placed ? [placed] : []]),
  );
}

function placingOf(row: Record<string, unknown>): ListedPlacing {
  const formers = (JSON.parse(String(row.formers)) as [string, number, number?][]).map(
    ([content, mtime, placed]) => ({ content, mtime, ...placed !== undefined && { placed } }),
  );
  return { ...row as unknown as ListedPlacing, formers, folds: row.folds === 1 };
}
