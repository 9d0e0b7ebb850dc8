// With what mark the runs of this program sign a folder whose disk cannot lock (claim/presence.ts): each has one of its own, and the next
// one knows the last. An archive is open in one process alone, so whoever signed with that has ended.

import type { DatabaseSync } from "node:sqlite";

/** The marks of the run before, if there was one, and of this one. */
export interface Signature {
  /** Null before the first run. */
  last: string | null;
  /** A UUID, of this run alone. */
  fresh: string;
}

/** One mark, that of the run before. */
export class Signatures {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** A new run begins. */
  next(): Signature {
    const row = this.database.prepare("SELECT mark FROM signature WHERE id = 1").get();
    const fresh = crypto.randomUUID();
    this.database.prepare("INSERT OR REPLACE INTO signature VALUES (1, ?)").run(fresh);
    return { last: typeof row?.mark === "string" ? row.mark : null, fresh };
  }
}
