// Files that hold what nobody wrote, or cannot be read any more, as the disk had them when that was found (engine/scrub.ts). They are
// problems, and never sent, until a person settles them.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";

/** `path` as spelled. `changed` is when anything about the file had changed last; `content` its digest, "" where it cannot be read. */
export interface UnsoundFile {
  /** As spelled. */
  path: Path;
  /** In bytes. */
  size: number;
  /** In ms, as seen on this disk. */
  mtime: number;
  /** File ID, 0 where not known. */
  id: number;
  /** ctime, in ms; 0 where the system does not tell. */
  changed: number;
  /** SHA-256 in hex; "" where it could not be read. */
  content: string;
  /** In words, for a person. */
  reason: string;
}

/** What is unsound and not settled. */
export class UnsoundFiles {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** All of them, by their paths. */
  all(): UnsoundFile[] {
    return this.database.prepare("SELECT * FROM unsound ORDER BY path").all() as unknown as UnsoundFile[];
  }

  /** It is unsound from now on, or in another way than before. */
  put({ path, size, mtime, id, changed, content, reason }: UnsoundFile) {
    this.database.prepare("INSERT OR REPLACE INTO unsound VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(path, size, mtime, id, changed, content, reason);
  }

  /** It is settled, or is another file. */
  remove(path: Path) {
    this.database.prepare("DELETE FROM unsound WHERE path = ?").run(path);
  }
}
