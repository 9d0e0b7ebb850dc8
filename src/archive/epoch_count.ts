// How far a root's epochs had come, as the archive knows it (durability/epoch.ts).

import type { DatabaseSync } from "node:sqlite";
import { checkCount } from "./checks.ts";

/** One number, which only rises. */
export class EpochCount {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** 0 before the first. Throws for what was not written so. */
  get(): number {
    const row = this.database.prepare("SELECT count FROM epoch WHERE id = 1").get();
    if (!row) return 0;
    checkCount(row.count);
    return row.count as number;
  }

  /** Sets the count. Before the folder's count follows, the folder is flushed (durability/epoch.ts). */
  set(count: number) {
    this.database.prepare("INSERT OR REPLACE INTO epoch VALUES (1, ?)").run(count);
  }
}
