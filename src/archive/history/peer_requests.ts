// What this side's person wished that the other side has to know of, kept until it said that it does.

import type { DatabaseSync } from "node:sqlite";
import type { Wished } from "../../core/peer_request.ts";

/** Wishes the peers do not know of yet. */
export class Wishes {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** Replaces one of the same id. */
  add(pair: number, wish: Wished) {
    const { undo, path, kept } = "undo" in wish
      ? { ...wish, path: null, kept: null }
      : { undo: null, ...wish.settled };
    this.database.prepare("INSERT OR REPLACE INTO wish VALUES (?, ?, ?, ?, ?)").run(
      wish.id,
      pair,
      undo,
      path,
      kept,
    );
  }

  /** The oldest of them, `most` at most. What a failing disk made of one is left out: a person can wish it again. */
  of(pair: number, most: number): Wished[] {
    const rows = this.database.prepare("SELECT * FROM wish WHERE pair = ? ORDER BY rowid LIMIT ?").all(
      pair,
      most,
    );
    return rows.flatMap(({ id, undo, path, kept }): Wished[] => {
      if (typeof id !== "string") return [];
      if (Number.isSafeInteger(undo)) return [{ id, undo: undo as number }];
      return typeof path === "string" && typeof kept === "string" ? [{ id, settled: { path, kept } }] : [];
    });
  }

  /** The other side knows. */
  remove(pair: number, id: string) {
    this.database.prepare("DELETE FROM wish WHERE pair = ? AND id = ?").run(pair, id);
  }
}
