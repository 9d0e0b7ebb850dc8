// What a client knows: its own identity, the servers it was connected to and the people it met, by their keys.

import { foldName } from "../core/names/name.ts";
import { UserError } from "../core/failure.ts";
import { fingerprint, type KeyPair, sameKey } from "../wire/channel/keys.ts";
import type { StoreContents, TrustFile } from "./file.ts";

export const CLIENT: StoreContents = {
  format: 1,
  tables: `
    -- address: host:port in lower case.
    CREATE TABLE server (address TEXT PRIMARY KEY, key BLOB NOT NULL) WITHOUT ROWID;
    -- name: folded. A name means somebody only on one server.
    CREATE TABLE peer (server BLOB NOT NULL, name TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY (server, name))
      WITHOUT ROWID;
  `,
  holds: "this computer's identity and the keys it knows",
  without: "this computer is a new one for everybody",
};

/** The client's trust. Every method throws UserError when the file cannot be used. */
export class KnownKeys {
  constructor(private readonly file: TrustFile) {}

  get identity(): KeyPair {
    return this.file.identity;
  }

  close() {
    this.file.close();
  }

  /** The key of the server at `host:port`, as remembered at the first connection. */
  server(address: string): Uint8Array | undefined {
    const row = this.file.first("SELECT key FROM server WHERE address = ?", address.toLowerCase());
    return row && this.file.key(row.key);
  }

  /** Remembers a server's key. Another key is never replaced, which another process may have remembered meanwhile:
   * throws UserError, as long as nobody forgets that one. */
  rememberServer(address: string, key: Uint8Array): void {
    this.file.change(() => {
      const known = this.server(address);
      if (known) return mustBeSame(known, key, address);
      this.file.all("INSERT INTO server VALUES (?, ?)", address.toLowerCase(), key);
    });
  }

  /** The key of a person met on the server with that key. */
  peer(server: Uint8Array, name: string): Uint8Array | undefined {
    const row = this.file.first(
      "SELECT key FROM peer WHERE server = ? AND name = ?",
      server,
      foldName(name),
    );
    return row && this.file.key(row.key);
  }

  /** Whether this very person was met under that name, on any server. */
  knows(name: string, key: Uint8Array): boolean {
    return this.file.first("SELECT 1 FROM peer WHERE name = ? AND key = ?", foldName(name), key) !==
      undefined;
  }

  /** A key that somebody of that name had, on any server. */
  metAs(name: string): Uint8Array | undefined {
    const row = this.file.first("SELECT key FROM peer WHERE name = ?", foldName(name));
    return row && this.file.key(row.key);
  }

  /** Remembers a person's key, which is never replaced by another: see `rememberServer`. */
  rememberPeer(server: Uint8Array, name: string, key: Uint8Array): void {
    this.file.change(() => {
      const known = this.peer(server, name);
      if (known) return mustBeSame(known, key, name);
      this.file.all("INSERT INTO peer VALUES (?, ?, ?)", server, foldName(name), key);
    });
  }

  /** Forgets a server (`host:port`), or the person of that name on all servers. What was forgotten, a line each. */
  forget(who: string): string[] {
    return this.file.change(() => who.includes(":") ? this.#forgetServer(who) : this.#forgetPeer(who));
  }

  #forgetServer(address: string): string[] {
    const rows = this.file.all("DELETE FROM server WHERE address = ? RETURNING *", address.toLowerCase());
    return rows.map(({ address, key }) => `${this.file.text(address)} ${fingerprint(this.file.key(key))}`);
  }

  #forgetPeer(name: string): string[] {
    const rows = this.file.all("DELETE FROM peer WHERE name = ? RETURNING *", foldName(name));
    return rows.map((row) => {
      const met = this.#addressOf(this.file.key(row.server));
      return `${this.file.text(row.name)} ${fingerprint(this.file.key(row.key))}, met on ${met}`;
    });
  }

  #addressOf(server: Uint8Array): string {
    const rows = this.file.all("SELECT address FROM server WHERE key = ? ORDER BY address", server);
    const addresses = rows.map((row) => this.file.text(row.address)).join(" or ");
    return addresses || `a server forgotten since, ${fingerprint(server)}`;
  }
}

function mustBeSame(known: Uint8Array, key: Uint8Array, who: string): void {
  if (sameKey(known, key)) return;
  throw new UserError(
    `Another key of ${who} is known: ${fingerprint(known)}, not ${fingerprint(key)}. ` +
      `If the change is right, forget the old one with --forget ${who}`,
  );
}
