// What a server knows: its own identity, and whose each name is. A name belongs to the first key that used it.

import { foldName, looksLike } from "../core/name.ts";
import { fingerprint, type KeyPair, sameKey } from "../wire/keys.ts";
import type { Contents, TrustFile } from "./file.ts";

export const SERVER: Contents = {
  tables: `
    -- name: folded. look: the look-alike form of the name as it was first spelled.
    CREATE TABLE owner (name TEXT PRIMARY KEY, look TEXT NOT NULL, key BLOB NOT NULL) WITHOUT ROWID;
    CREATE INDEX owner_look ON owner (look);
  `,
  holds: "this server's identity and the owners of its names",
  without: "this server is a new one for everybody and its names belong to nobody",
};

/** One computer has a few users; with many names it only takes them from others. */
const NAMES_OF_ONE = 16;

/** The server's trust. Every method throws UserError when the file cannot be used. */
export class NameOwners {
  constructor(private readonly file: TrustFile, private readonly names: number) {}

  get identity(): KeyPair {
    return this.file.identity;
  }

  close() {
    this.file.close();
  }

  /** Makes `name` belong to `key` when it is nobody's yet. "owned": it is another's; "alike": it is spelled so that it
   * looks like another's name; "full": no more names are given out, or none to this key. */
  claim(name: string, key: Uint8Array): "yours" | "owned" | "alike" | "full" {
    const [folded, look] = [foldName(name), looksLike(name)];
    return this.file.change(() => {
      const owner = this.file.first("SELECT key FROM owner WHERE name = ?", folded);
      if (owner && !sameKey(this.file.key(owner.key), key)) return "owned";
      if (this.file.first("SELECT 1 FROM owner WHERE look = ? AND key <> ?", look, key)) return "alike";
      if (owner) return "yours";
      if (this.#count("") >= this.names || this.#count("WHERE key = ?", key) >= NAMES_OF_ONE) return "full";
      this.file.all("INSERT INTO owner VALUES (?, ?, ?)", folded, look, key);
      return "yours";
    });
  }

  #count(which: string, ...values: Uint8Array[]): number {
    return this.file.first(`SELECT count(*) AS names FROM owner ${which}`, ...values)!.names as number;
  }

  /** Makes a name nobody's. What was forgotten, a line each. */
  forget(name: string): string[] {
    return this.file.change(() => {
      const rows = this.file.all("DELETE FROM owner WHERE name = ? RETURNING *", foldName(name));
      return rows.map((row) => `${this.file.text(row.name)} ${fingerprint(this.file.key(row.key))}`);
    });
  }
}
