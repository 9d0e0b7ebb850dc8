// Files that hold what nobody wrote, or cannot be read any more, as the disk had them when that was found (engine/scrub.ts). They are
// problems, and never sent, until a person settles them.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";

/** `path` as spelled. `changed` is when anything about the file had changed last; `content` its digest, "" where it cannot be read. */
export interface UnsoundFile {
  path: Path;
  size: number;
  mtime: number;
  id: number;
  changed: number;
  content: string;
  reason: string;
}

export class UnsoundFiles {
  constructor(private readonly database: DatabaseSync) {}

  all(): UnsoundFile[] {
    return this.database.prepare("SELECT * FROM unsound ORDER BY path").all() as unknown as UnsoundFile[];
  }

  put({ path, size, mtime, id, changed, content, reason }: UnsoundFile) {
    this.database.prepare("INSERT OR REPLACE INTO unsound VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(path, size, mtime, id, changed, content, reason);
  }

  remove(path: Path) {
    this.database.prepare("DELETE FROM unsound WHERE path = ?").run(path);
  }
}
