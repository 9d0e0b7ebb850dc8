// The tables of an archive: one SQLite file per root, found by the root's identity (RULES S5).

import { DatabaseSync } from "node:sqlite";

const FORMAT = 1;

const TABLES = `
  -- One row per pair of roots. The same history and generation on both sides mean the same ancestor.
  CREATE TABLE pair (
    id INTEGER PRIMARY KEY, peer_root TEXT UNIQUE NOT NULL, folds INTEGER NOT NULL,
    history TEXT NOT NULL, generation INTEGER NOT NULL
  );
  -- The last agreed tree. mtime and id are as seen on this machine; path is in the compared form.
  CREATE TABLE ancestor (
    pair INTEGER NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
    size INTEGER, mtime INTEGER, executable INTEGER, digest BLOB, target TEXT, id INTEGER,
    PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  -- How to take back each of the last commits, for the case that only one side made it.
  CREATE TABLE undo (
    pair INTEGER NOT NULL, generation INTEGER NOT NULL, steps BLOB NOT NULL, PRIMARY KEY (pair, generation)
  ) WITHOUT ROWID;
  -- Conflicts a person has not settled yet (C9), with the digests that both files had.
  CREATE TABLE conflict (
    pair INTEGER NOT NULL, path TEXT NOT NULL, kept TEXT NOT NULL, owner TEXT NOT NULL,
    path_digest TEXT, kept_digest TEXT, PRIMARY KEY (pair, path, kept)
  ) WITHOUT ROWID;
`;

/** Opens or makes the database. It stays locked for this process until closed. Throws what SQLite throws, and when SQLite
 * finds damage anywhere: later, in the middle of a session, it would be too late to do without. */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL");
    const { user_version: format } = database.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (format === 0) database.exec(`BEGIN; ${TABLES} PRAGMA user_version = ${FORMAT}; COMMIT`);
    else if (format !== FORMAT) {
      throw new Error(`the archive has format ${format}, this program knows ${FORMAT}`);
    }
    const { integrity_check: found } = database.prepare("PRAGMA integrity_check(1)").get() as {
      integrity_check: string;
    };
    if (found !== "ok") throw new Error(`the archive is damaged: ${found}`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
