// Modes, users and groups as they were last seen at paths (as spelled), where they are other than a new file's (scan/rights.ts).

import { checkPath, expect, isCount } from "../checks.ts";
import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";
import type { Rights } from "../../fs/rights.ts";
import { transaction } from "../schema.ts";

/** `gone`: since when nothing is there, in ms of the archive's own time; 0 while something is. */
export interface RememberedRights extends Rights {
  /** As spelled. */
  path: Path;
  /** Kept for a while after, for what comes back (S7). */
  gone: number;
}

/** What was seen of each path last, where that is other than a new file's. */
export class RightsTable {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** All of them; throws where a number is none. */
  all(): RememberedRights[] {
    const rows = this.database.prepare("SELECT path, mode, uid, gid, gone FROM rights").all();
    return rows.map(({ path, mode, uid, gid, gone }) => {
      const row = { path, mode, owner: uid, group: gid, gone } as RememberedRights;
      checkRights(row);
      return row;
    });
  }

  /** What is now remembered of each path; null: nothing. */
  write(changes: readonly { path: Path; now: RememberedRights | null }[]) {
    const put = this.database.prepare("INSERT OR REPLACE INTO rights VALUES (?, ?, ?, ?, ?)");
    const drop = this.database.prepare("DELETE FROM rights WHERE path = ?");
    transaction(this.database, () => {
      for (const { path, now } of changes) {
        if (now) put.run(path, now.mode, now.owner, now.group, now.gone);
        else drop.run(path);
      }
    });
  }
}

/** Throws where the path or a number is none. */
export function checkRights({ path, mode, owner, group, gone }: RememberedRights): void {
  checkPath(path);
  expect([mode, owner, group, gone].every(isCount), "who may do what");
}
