// Conflicts that a person has not settled yet (RULES C9).

import type { DatabaseSync } from "node:sqlite";
import type { Conflict } from "../../core/plan/conflict.ts";
import type { DirectoryEntry } from "../../core/tree/entry.ts";
import type { Path } from "../../core/tree/path.ts";
import { entryAt } from "../../core/tree/tree.ts";

/** A listed conflict and the digests its two files had when both were agreed; null: not agreed yet. */
export interface ListedConflict {
  /** The name in dispute, in the compared form. */
  path: string;
  /** The copy beside it. */
  kept: string;
  /** Whose content the copy is: a user's name. */
  of: string;
  /** Of what has the name; "directory" for a folder. */
  pathDigest: string | null;
  /** Of the copy. */
  keptDigest: string | null;
}

/** The listed ones of all pairs. */
export class Conflicts {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** The listed ones of a pair, by their paths. */
  of(pair: number): ListedConflict[] {
    const rows = this.database.prepare("SELECT * FROM conflict WHERE pair = ? ORDER BY path, kept").all(pair);
    return rows.map((row) => ({
      path: row.path as string,
      kept: row.kept as string,
      of: row.owner as string,
      pathDigest: row.path_digest as string | null,
      keptDigest: row.kept_digest as string | null,
    }));
  }

  /** Lists one, or changes its digests. */
  put(pair: number, { path, kept, of, pathDigest, keptDigest }: ListedConflict) {
    this.database.prepare("INSERT OR REPLACE INTO conflict VALUES (?, ?, ?, ?, ?, ?)")
      .run(pair, path, kept, of, pathDigest, keptDigest);
  }

  /** It is settled. */
  remove(pair: number, { path, kept }: { path: string; kept: string }) {
    this.database.prepare("DELETE FROM conflict WHERE pair = ? AND path = ? AND kept = ?").run(
      pair,
      path,
      kept,
    );
  }

  /** Lists what a commit made, and drops what it settled: of which one of the two files was edited, renamed or deleted. Part of
   * the commit's transaction. `agreed` is the tree it leads to. */
  commit(pair: number, made: readonly Conflict[], agreed: DirectoryEntry) {
    for (const conflict of made) this.put(pair, { ...conflict, pathDigest: null, keptDigest: null });
    for (const listed of this.of(pair)) {
      const now = { pathDigest: contentAt(agreed, listed.path), keptDigest: contentAt(agreed, listed.kept) };
      const isNew = listed.pathDigest === null || listed.keptDigest === null;
      const isSettled = listed.pathDigest !== null && listed.pathDigest !== now.pathDigest ||
        listed.keptDigest !== null && listed.keptDigest !== now.keptDigest;
      if (isSettled) this.remove(pair, listed);
      else if (isNew && (now.pathDigest !== null || now.keptDigest !== null)) {
        this.put(pair, { ...listed, ...now });
      }
    }
  }
}

function contentAt(tree: DirectoryEntry, path: string): string | null {
  const entry = entryAt(tree, path as Path);
  if (!entry || entry.kind === "problem") return null;
  return entry.kind === "directory" ? "directory" : entry.digest;
}
