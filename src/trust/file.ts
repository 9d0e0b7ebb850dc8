// The file of one role: an SQLite database for this user alone, with this computer's identity and what a role adds to it.
// Several processes may have it open at once. Invariant: a file that is there and not empty is never begun anew.

import { DatabaseSync, type StatementSync } from "node:sqlite";
import { UserError } from "../core/failure.ts";
import { fileSize, makePrivateFile } from "../fs/private.ts";
import { generateKeyPair, KEY_LENGTH, type KeyPair, keyPairOf, sameKey } from "../wire/channel/keys.ts";

const BUSY_MS = 5000;

const IDENTITY = `
  -- One row. The public key is here as well so that damage to the private one shows.
  CREATE TABLE identity (one INTEGER PRIMARY KEY CHECK (one = 1), private BLOB NOT NULL, public BLOB NOT NULL);
`;

type Value = string | number | Uint8Array;
type StoredRow = Record<string, unknown>;

/** What a role's file is about. */
export interface StoreContents {
  /** The format of the file today, and SQL that makes the tables of this role. */
  format: number;
  tables: string;
  /** Brings a file of the format before to today's. */
  upgrade?(file: TrustFile): void;
  /** For a person: what is lost with the file, and what that means. */
  holds: string;
  without: string;
}

export class TrustFile {
  readonly identity: KeyPair;
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens the file, making it where there is none; its folder must be there. Damage to the file's build shows here.
   * Throws UserError, as every method does. */
  constructor(private readonly path: string, private readonly contents: StoreContents) {
    makePrivateFile(path); // SQLite gives its journal the same mode.
    this.#database = this.#attempt(() => new DatabaseSync(path));
    try {
      this.#attempt(() => this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS}; PRAGMA synchronous = FULL`));
      this.identity = this.change(() => this.#begin());
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close() {
    this.#database.close();
  }

  /** The rows a statement gives. */
  all(sql: string, ...values: Value[]): StoredRow[] {
    return this.#attempt(() => {
      if (!this.#statements.has(sql)) this.#statements.set(sql, this.#database.prepare(sql));
      return this.#statements.get(sql)!.all(...values) as StoredRow[];
    });
  }

  /** The first row a statement gives. */
  first(sql: string, ...values: Value[]): StoredRow | undefined {
    return this.all(sql, ...values)[0];
  }

  /** Does all of `work` or nothing of it, while no other process changes the file. */
  change<T>(work: () => T): T {
    this.#attempt(() => this.#database.exec("BEGIN IMMEDIATE"));
    try {
      const result = work();
      this.#attempt(() => this.#database.exec("COMMIT"));
      return result;
    } catch (error) {
      try {
        this.#database.exec("ROLLBACK");
      } catch {
        // SQLite has rolled back by itself.
      }
      throw error;
    }
  }

  /** A column that holds a key. */
  key(value: unknown): Uint8Array {
    if (value instanceof Uint8Array && value.length === KEY_LENGTH) return value;
    throw this.#damaged("a key in it is none");
  }

  /** A column that holds text. */
  text(value: unknown): string {
    if (typeof value === "string") return value;
    throw this.#damaged("a name in it is none");
  }

  #begin(): KeyPair {
    const format = this.first("PRAGMA user_version")!.user_version as number;
    if (format > this.contents.format) {
      throw new UserError(
        `${this.path} was made by a newer tcpsync: use that one, or name another folder with --state`,
      );
    }
    if (format === 0 && this.#attempt(() => fileSize(this.path)) === 0) this.#fill();
    else if (format === this.contents.format - 1 && this.contents.upgrade) this.#upgrade();
    else if (format !== this.contents.format) throw this.#damaged("its format is unknown");
    const fault = String(this.first("PRAGMA integrity_check(1)")?.integrity_check);
    if (fault !== "ok") throw this.#damaged(fault.split("\n").at(-1)!);
    return this.#readIdentity();
  }

  #fill() {
    const { tables, format } = this.contents;
    this.#attempt(() => this.#database.exec(`${IDENTITY} ${tables} PRAGMA user_version = ${format}`));
    const { privateKey, publicKey } = generateKeyPair();
    this.all("INSERT INTO identity VALUES (1, ?, ?)", privateKey, publicKey);
  }

  #upgrade() {
    this.contents.upgrade!(this);
    this.all(`PRAGMA user_version = ${this.contents.format}`);
  }

  #readIdentity(): KeyPair {
    const row = this.first("SELECT private, public FROM identity");
    if (!row) throw this.#damaged("the identity is missing");
    const pair = keyPairOf(this.key(row.private));
    if (!sameKey(pair.publicKey, this.key(row.public))) throw this.#damaged("the identity's two keys differ");
    return pair;
  }

  #attempt<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw error instanceof UserError ? error : this.#explain(error as Error);
    }
  }

  /** SQLite tells its failures apart by their texts alone here: node:sqlite in Deno gives no numbers. */
  #explain({ message }: Error): UserError {
    const why = message.split("\n")[0]!;
    if (/locked|busy/i.test(why)) {
      return new UserError(`${this.path} is in use by another program for too long: end it and try again`);
    }
    if (/is full/i.test(why)) return new UserError(`Cannot write ${this.path}: the disk is full, make room`);
    if (/readonly|read-only|unable to open|permission|access|I\/O/i.test(why)) {
      return new UserError(
        `Cannot use ${this.path} (${why}): allow this user to read and write it and its folder`,
      );
    }
    return this.#damaged(why);
  }

  #damaged(why: string): UserError {
    const { holds, without } = this.contents;
    return new UserError(
      `${this.path} is damaged (${why}). It holds ${holds}: restore it from a backup, or remove it, after which ${without}`,
    );
  }
}
