// What a server knows: its own identity, and whose each name is. A name belongs to the first key that used it.

import { looksOf } from "../core/names/likeness.ts";
import { foldName } from "../core/names/name.ts";
import { fingerprint, type KeyPair, sameKey } from "../wire/channel/keys.ts";
import type { StoreContents, TrustFile } from "./file.ts";

const LOOKS = `
  -- What an owned name looks like, as it was first spelled.
  CREATE TABLE look (look TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (look, name)) WITHOUT ROWID
`;

export const SERVER: StoreContents = {
  format: 2,
  tables: `
    -- name: folded.
    CREATE TABLE owner (name TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
    ${LOOKS};
  `,
  // Names that were given out before they counted as alike stay with their owners.
  upgrade(file) {
    file.all(LOOKS);
    for (const { name, look } of file.all("SELECT name, look FROM owner")) {
      for (const spelled of [file.text(name), file.text(look)]) {
        addLooks(file, file.text(name), looksOf(spelled));
      }
    }
    file.all("DROP INDEX owner_look");
    file.all("ALTER TABLE owner DROP COLUMN look");
  },
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
    const [folded, looks] = [foldName(name), looksOf(name)];
    return this.file.change(() => {
      const owner = this.file.first("SELECT key FROM owner WHERE name = ?", folded);
      if (owner && !sameKey(this.file.key(owner.key), key)) return "owned";
      if (looks.some((look) => !this.#isLookOf(folded, look) && this.#isTaken(look, key))) return "alike";
      if (owner) return "yours";
      if (this.#count("") >= this.names || this.#count("WHERE key = ?", key) >= NAMES_OF_ONE) return "full";
      this.file.all("INSERT INTO owner VALUES (?, ?)", folded, key);
      addLooks(this.file, folded, looks);
      return "yours";
    });
  }

  /** Whether `name` was given to `key` before, and looks now as it did then. */
  holds(name: string, key: Uint8Array): boolean {
    const folded = foldName(name);
    const owner = this.file.first("SELECT key FROM owner WHERE name = ?", folded);
    return owner !== undefined && sameKey(this.file.key(owner.key), key) &&
      looksOf(name).every((look) => this.#isLookOf(folded, look));
  }

  #isLookOf(folded: string, look: string): boolean {
    return this.file.first("SELECT 1 FROM look WHERE look = ? AND name = ?", look, folded) !== undefined;
  }

  /** Another's name looks so. */
  #isTaken(look: string, key: Uint8Array): boolean {
    const taken = "SELECT 1 FROM look JOIN owner USING (name) WHERE look = ? AND key <> ?";
    return this.file.first(taken, look, key) !== undefined;
  }

  #count(which: string, ...values: Uint8Array[]): number {
    return this.file.first(`SELECT count(*) AS names FROM owner ${which}`, ...values)!.names as number;
  }

  /** Makes a name nobody's. What was forgotten, a line each. */
  forget(name: string): string[] {
    return this.file.change(() => {
      const rows = this.file.all("DELETE FROM owner WHERE name = ? RETURNING *", foldName(name));
      this.file.all("DELETE FROM look WHERE name = ?", foldName(name));
      return rows.map((row) => `${this.file.text(row.name)} ${fingerprint(this.file.key(row.key))}`);
    });
  }
}

function addLooks(file: TrustFile, folded: string, looks: string[]) {
  for (const look of looks) file.all("INSERT OR IGNORE INTO look VALUES (?, ?)", look, folded);
}
