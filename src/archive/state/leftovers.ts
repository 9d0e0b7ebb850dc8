// Folders that the peer deleted and that stay here for what is ignored in them (RULES I3): they count as absent.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";

/** Of all pairs, whose leftovers are their own. */
export class Leftovers {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** Their paths, in the compared form. */
  paths(pair: number): Path[] {
    const rows = this.database.prepare("SELECT path FROM leftover WHERE pair = ? ORDER BY path").all(pair);
    return rows.map(({ path }) => path as Path);
  }

  /** Counts as absent from now on. */
  add(pair: number, path: Path) {
    this.database.prepare("INSERT OR REPLACE INTO leftover VALUES (?, ?)").run(pair, path);
  }

  /** It counts as present again. */
  remove(pair: number, path: Path) {
    this.database.prepare("DELETE FROM leftover WHERE pair = ? AND path = ?").run(pair, path);
  }
}
