// What this side's person asks of the other side, kept until that said that it knows.

import type { DatabaseSync } from "node:sqlite";
import type { PeerRequest } from "../../core/peer_request.ts";

/** Requests the peers do not know of yet, in the table that the format calls `wish`. */
export class PeerRequestTable {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** Replaces one of the same id. */
  add(pair: number, request: PeerRequest) {
    const { undo, path, kept } = "undo" in request
      ? { ...request, path: null, kept: null }
      : { undo: null, ...request.settled };
    this.database.prepare("INSERT OR REPLACE INTO wish VALUES (?, ?, ?, ?, ?)").run(
      request.id,
      pair,
      undo,
      path,
      kept,
    );
  }

  /** The oldest of them, `most` at most. What a failing disk made of one is left out: a person can ask for it again. */
  of(pair: number, most: number): PeerRequest[] {
    const rows = this.database.prepare("SELECT * FROM wish WHERE pair = ? ORDER BY rowid LIMIT ?").all(
      pair,
      most,
    );
    return rows.flatMap(({ id, undo, path, kept }): PeerRequest[] => {
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
