// Folders that the peer deleted and that stay here for what is ignored in them (RULES I3): they count as absent.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";

export class Leftovers {
  constructor(private readonly database: DatabaseSync) {}

  /** Their paths, in the compared form. */
  paths(pair: number): Path[] {
    const rows = this.database.prepare("SELECT path FROM leftover WHERE pair = ? ORDER BY path").all(pair);
    return rows.map(({ path }) => path as Path);
  }

  add(pair: number, path: Path) {
    this.database.prepare("INSERT OR REPLACE INTO leftover VALUES (?, ?)").run(pair, path);
  }

  remove(pair: number, path: Path) {
    this.database.prepare("DELETE FROM leftover WHERE pair = ? AND path = ?").run(pair, path);
  }
}
