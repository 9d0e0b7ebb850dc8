// Where other disks are mounted inside the root, by the path as spelled: what was there once is not taken for deleted when it is gone.

import type { DatabaseSync } from "node:sqlite";
import type { Path } from "../../core/tree/path.ts";

/** A disk, or a folder of one, that was seen at `path`: the number its top has there, when that was made (ms, 0: not known), and the
 * range its numbers are counted in (fs/disks/devices.ts; 0: none of its own). */
export interface MountRow {
  /** As spelled; of the mounted folder. */
  path: Path;
  /** The number of its top folder there; 0 where not known. */
  id: number;
  /** When that was made, in ms; 0 where not known. */
  born: number;
  /** 0: none of its own. */
  range: number;
}

/** The mounts of a root, whoever made them. */
export class MountTable {
  /** `database`: an archive's, as `openDatabase` gives it. */
  constructor(private readonly database: DatabaseSync) {}

  /** All of them, by their paths. */
  all(): MountRow[] {
    return this.database.prepare("SELECT * FROM mount ORDER BY path").all() as unknown as MountRow[];
  }

  /** Remembers one, or what is now at its path. */
  put({ path, id, born, range }: MountRow) {
    this.database.prepare("INSERT OR REPLACE INTO mount (path, id, born, range) VALUES (?, ?, ?, ?)")
      .run(path, id, born, range);
  }

  /** It is there no more, and is forgotten. */
  remove(path: Path) {
    this.database.prepare("DELETE FROM mount WHERE path = ?").run(path);
  }
}
