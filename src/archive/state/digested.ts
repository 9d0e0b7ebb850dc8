// Digests of files that nothing is agreed on yet, for the next start: whoever is stopped in the middle of a first comparison does not
// read again what was read. Paths are as spelled. What is agreed is in the ancestors, and no longer here.

import { checkPath, expect, isCount, isTime } from "../checks.ts";
import type { DatabaseSync } from "node:sqlite";
import type { FileEntry } from "../../core/tree/entry.ts";
import { nameOf, type Path } from "../../core/tree/path.ts";
import { fromBlob, toBlob } from "../row.ts";
import { transaction } from "../schema.ts";

/** One digest a file, by what the file looked like. */
export class Digested {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** These files were read to their end. */
  note(files: readonly [Path, FileEntry][]) {
    if (files.length === 0) return;
    const put = this.database.prepare(
      "INSERT OR REPLACE INTO digested (path, size, mtime, id, born, digest) VALUES (?, ?, ?, ?, ?, ?)",
    );
    transaction(this.database, () => {
      for (const [path, { size, mtime, id, born, digest }] of files) {
        put.run(path, size, mtime, id, born, toBlob(digest));
      }
    });
  }

  /** All of them, as they were seen when they were read. */
  all(): Map<Path, FileEntry> {
    const files = new Map<Path, FileEntry>();
    for (const row of this.database.prepare("SELECT * FROM digested").iterate()) {
      const path = String(row.path) as Path;
      const [size, mtime, id, born] = [row.size, row.mtime, row.id, row.born].map(Number);
      const digest = fromBlob(row.digest as Uint8Array);
      const seen = { size: size!, mtime: mtime!, id: id!, born: born! };
      files.set(path, { kind: "file", name: nameOf(path), executable: false, digest, ...seen });
    }
    return files;
  }

  /** All is agreed, or nothing of it is relied on. */
  clear() {
    this.database.exec("DELETE FROM digested");
  }
}

/** Throws where the path, a number or the digest is none. */
export function checkDigested(path: Path, { size, mtime, id, born, digest }: FileEntry): void {
  checkPath(path);
  const numbers = isCount(size) && isTime(mtime) && isTime(born) && Number.isFinite(id);
  expect(numbers && digest.length === 64, "a digest");
}
