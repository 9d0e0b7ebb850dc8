// The tables of an archive: one SQLite file per root, found by the root's identity (RULES S5).

import { DatabaseSync } from "node:sqlite";

/** Raised when a table, a column or an index is added; older archives get what they lack. */
const FORMAT = 10;
/** Columns that came later. */
const COLUMNS = [
  { table: "rules", name: "theirs", type: "INTEGER NOT NULL DEFAULT 0" },
  { table: "ancestor", name: "born", type: "INTEGER" },
  { table: "unproven", name: "born", type: "INTEGER NOT NULL DEFAULT 0" },
  { table: "deed", name: "lived", type: "INTEGER" },
  { table: "deed", name: "undoes", type: "INTEGER" },
];

const TABLES = `
  -- One row per peer: their root's identity and their public key, in hex. The same history and generation on both sides mean the same
  -- ancestor.
  CREATE TABLE IF NOT EXISTS pair (
    id INTEGER PRIMARY KEY, peer_root TEXT NOT NULL, peer_key TEXT NOT NULL, folds INTEGER NOT NULL,
    history TEXT NOT NULL, generation INTEGER NOT NULL, UNIQUE (peer_root, peer_key)
  );
  -- The last agreed tree. mtime, id and born are as seen on this machine; path is in the compared form.
  CREATE TABLE IF NOT EXISTS ancestor (
    pair INTEGER NOT NULL, path TEXT NOT NULL, name TEXT NOT NULL, kind INTEGER NOT NULL,
    size INTEGER, mtime INTEGER, executable INTEGER, digest BLOB, target TEXT, id INTEGER, born INTEGER,
    PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  -- How to take back each of the last commits, for the case that only one side made it.
  CREATE TABLE IF NOT EXISTS undo (
    pair INTEGER NOT NULL, generation INTEGER NOT NULL, steps BLOB NOT NULL, PRIMARY KEY (pair, generation)
  ) WITHOUT ROWID;
  -- The chunk of a plan that this side carried out last (unsettled.ts).
  CREATE TABLE IF NOT EXISTS unsettled (
    pair INTEGER PRIMARY KEY, generation INTEGER NOT NULL, chunk TEXT NOT NULL, batch INTEGER NOT NULL,
    time INTEGER NOT NULL, orders BLOB NOT NULL, results BLOB, terms BLOB
  );
  -- Conflicts a person has not settled yet (C9), with the digests that both files had.
  CREATE TABLE IF NOT EXISTS conflict (
    pair INTEGER NOT NULL, path TEXT NOT NULL, kept TEXT NOT NULL, owner TEXT NOT NULL,
    path_digest TEXT, kept_digest TEXT, PRIMARY KEY (pair, path, kept)
  ) WITHOUT ROWID;
  -- Folders that the peer deleted and that stay here for what is ignored in them (I3).
  CREATE TABLE IF NOT EXISTS leftover (
    pair INTEGER NOT NULL, path TEXT NOT NULL, PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  -- What was ignored here when the peer changed that (kept_home.ts).
  CREATE TABLE IF NOT EXISTS kept_home (
    path TEXT PRIMARY KEY, pair INTEGER NOT NULL, id INTEGER NOT NULL, born INTEGER NOT NULL, state INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- What was done to each path: the entries of the history (history_entries.ts). The table has the name that archives of before know.
  CREATE TABLE IF NOT EXISTS deed (
    id INTEGER PRIMARY KEY, pair INTEGER NOT NULL, batch INTEGER NOT NULL, time INTEGER NOT NULL,
    peer TEXT NOT NULL, path TEXT NOT NULL, key TEXT NOT NULL, what TEXT NOT NULL, source TEXT,
    mine INTEGER NOT NULL, here INTEGER NOT NULL, old BLOB, new BLOB, kept TEXT, lived INTEGER,
    undoes INTEGER
  );
  CREATE INDEX IF NOT EXISTS deed_at ON deed (pair, key);
  CREATE INDEX IF NOT EXISTS deed_of ON deed (pair, batch);
  CREATE INDEX IF NOT EXISTS deed_moved ON deed (pair, batch) WHERE source IS NOT NULL;
  -- Batches that were undone; whole: here to the end; mine: as this side's person wanted (undone.ts).
  CREATE TABLE IF NOT EXISTS undone_batch (
    pair INTEGER NOT NULL, batch INTEGER NOT NULL, whole INTEGER NOT NULL, mine INTEGER NOT NULL,
    PRIMARY KEY (pair, batch)
  ) WITHOUT ROWID;
  -- Files that were deleted or rewritten here in the last minute (S1), with the digest each had, and when, in ms.
  CREATE TABLE IF NOT EXISTS loss (
    pair INTEGER NOT NULL, path TEXT NOT NULL, digest BLOB NOT NULL, time INTEGER NOT NULL, PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  -- Where losses that people said yes to are still under way.
  CREATE TABLE IF NOT EXISTS approved (
    pair INTEGER NOT NULL, path TEXT NOT NULL, digest BLOB NOT NULL, PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  -- Where what is at a path comes from (lineages.ts), for all pairs: in one normal form, as spelled; holds: pairs of author and
  -- number, in JSON. And one row: who edits in this root, and the number of the last edit.
  CREATE TABLE IF NOT EXISTS lineage (
    at INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT UNIQUE NOT NULL, author TEXT NOT NULL, number INTEGER NOT NULL,
    holds TEXT NOT NULL, there INTEGER NOT NULL, content TEXT NOT NULL, seen TEXT NOT NULL,
    time INTEGER NOT NULL
  );
  CREATE TABLE IF NOT EXISTS author (id INTEGER PRIMARY KEY, author TEXT NOT NULL, number INTEGER NOT NULL);
  -- Rights last seen at paths, where they are other than a new file's; gone: since when nothing is there (ms of its own time), 0 while
  -- something is.
  CREATE TABLE IF NOT EXISTS rights (
    path TEXT PRIMARY KEY, mode INTEGER NOT NULL, uid INTEGER NOT NULL, gid INTEGER NOT NULL, gone INTEGER NOT NULL
  ) WITHOUT ROWID;
  -- One row: the ignore rules that held last; theirs: the peer changes them, or has, and they were not read since (kept_home.ts).
  CREATE TABLE IF NOT EXISTS rules (id INTEGER PRIMARY KEY, text TEXT NOT NULL, theirs INTEGER NOT NULL DEFAULT 0);
  -- One row: how far the root's epochs had come (durability/epoch.ts).
  CREATE TABLE IF NOT EXISTS epoch (id INTEGER PRIMARY KEY, count INTEGER NOT NULL);
  -- What the other side still has to hear of (peer_requests.ts): a batch to undo, or a conflict that is settled.
  CREATE TABLE IF NOT EXISTS wish (
    id TEXT PRIMARY KEY, pair INTEGER NOT NULL, undo INTEGER, path TEXT, kept TEXT
  );
  -- What was put in place and the disk may not hold yet; damaged: it did not, and both
  -- sides have to forget it. formers: content, mtime, and when it was put there, in JSON.
  CREATE TABLE IF NOT EXISTS unproven (
    pair INTEGER NOT NULL, path TEXT NOT NULL, expected TEXT, formers TEXT NOT NULL,
    size INTEGER NOT NULL, mtime INTEGER NOT NULL, id INTEGER NOT NULL, placed INTEGER NOT NULL, damaged INTEGER NOT NULL,
    born INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (pair, path)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS unproven_placed ON unproven (placed);
  -- What is left of damaged files in the root, by the path as spelled.
  CREATE TABLE IF NOT EXISTS remains (path TEXT PRIMARY KEY, content TEXT NOT NULL) WITHOUT ROWID;
  -- One row: how long the archive has lived, and what the clock showed when that was last counted, in ms (lived.ts).
  CREATE TABLE IF NOT EXISTS lived (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, clock INTEGER NOT NULL);
  -- The folders of kept versions in the order in which they were noted, and when that was, in the archive's own time.
  CREATE TABLE IF NOT EXISTS kept_batch (id INTEGER PRIMARY KEY, name TEXT UNIQUE NOT NULL, made INTEGER NOT NULL);
  -- One row: whether a process uses the archive (found so at opening, it was stopped), and when the computer it ran on was started.
  CREATE TABLE IF NOT EXISTS last_use (id INTEGER PRIMARY KEY, open INTEGER NOT NULL, booted INTEGER NOT NULL);
  -- One row: the mark that the last run signed a folder with whose disk cannot lock (signature.ts).
  CREATE TABLE IF NOT EXISTS signature (id INTEGER PRIMARY KEY, mark TEXT NOT NULL);
  -- When the content of each part of the folder was read last, and the reading that is under way (read_marks.ts).
  CREATE TABLE IF NOT EXISTS read_mark (position TEXT PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS reading (
    id INTEGER PRIMARY KEY, begun INTEGER NOT NULL, asked INTEGER NOT NULL, position TEXT NOT NULL,
    files INTEGER NOT NULL, bytes INTEGER NOT NULL
  );
  -- Digests of files that nothing is agreed on yet, by the path as spelled (digested.ts).
  CREATE TABLE IF NOT EXISTS digested (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL, id INTEGER NOT NULL, born INTEGER NOT NULL,
    digest BLOB NOT NULL
  ) WITHOUT ROWID;
  -- Files that hold what nobody wrote, by the path as spelled (unsound.ts).
  CREATE TABLE IF NOT EXISTS unsound (
    path TEXT PRIMARY KEY, size INTEGER NOT NULL, mtime INTEGER NOT NULL, id INTEGER NOT NULL,
    changed INTEGER NOT NULL, content TEXT NOT NULL, reason TEXT NOT NULL
  ) WITHOUT ROWID;
  -- Where other disks are mounted in the folder, by the path as spelled (mounts.ts).
  CREATE TABLE IF NOT EXISTS mount (
    path TEXT PRIMARY KEY, id INTEGER NOT NULL, born INTEGER NOT NULL, range INTEGER NOT NULL
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
    if (format > FORMAT) throw new Error(`the archive has format ${format}, this program knows ${FORMAT}`);
    if (format < FORMAT) transaction(database, () => bringUp(database));
    const { integrity_check: found } = database.prepare("PRAGMA integrity_check(1)").get() as {
      integrity_check: string;
    };
    if (found !== "ok") throw new Error(`the archive is damaged: ${found}`);
    tryTables(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Puts a row into each table, and takes it back. Throws where the page of an empty table belongs to another table, which SQLite's own
 * check does not find. */
function tryTables(database: DatabaseSync) {
  const columns = database.prepare("SELECT name FROM pragma_table_info(?)");
  database.exec("BEGIN");
  try {
    const tables = database.prepare(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    for (const { name } of tables.all()) {
      const values = columns.all(name!).map(() => "0").join(", ");
      database.exec(`INSERT OR REPLACE INTO ${quoted(name)} VALUES (${values})`);
    }
  } finally {
    rollBack(database);
  }
}

function quoted(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}

function bringUp(database: DatabaseSync) {
  bindPairsToKeys(database);
  database.exec(TABLES);
  for (const { table, name, type } of COLUMNS) {
    const present = database.prepare("SELECT name FROM pragma_table_info(?)").all(table);
    if (!present.some((column) => column.name === name)) {
      database.exec(`ALTER TABLE ${table} ADD COLUMN ${name} ${type}`);
    }
  }
  database.exec(`PRAGMA user_version = ${FORMAT}`);
}

/** Older archives found a pair by its root alone. Whose key it was they do not say, so nobody is taken for that peer: they meet
 * anew, which deletes nothing (C6), and what happened before can be looked back on. */
function bindPairsToKeys(database: DatabaseSync) {
  const columns = database.prepare("SELECT name FROM pragma_table_info('pair')").all();
  if (columns.length === 0 || columns.some(({ name }) => name === "peer_key")) return;
  database.exec("ALTER TABLE pair RENAME TO old_pair");
  database.exec(TABLES);
  database.exec(`INSERT INTO pair SELECT id, peer_root, '', folds, history, generation FROM old_pair;
    DROP TABLE old_pair`);
}

/** Does all of `work`, or nothing of it; when this returns it is on the disk. */
export function durably(database: DatabaseSync, work: () => void) {
  database.exec("PRAGMA synchronous = FULL");
  try {
    transaction(database, work);
  } finally {
    database.exec("PRAGMA synchronous = NORMAL");
  }
}

/** Does all of `work`, or nothing of it. A power cut may take back the last such transactions, and then none before them. */
export function transaction(database: DatabaseSync, work: () => void) {
  database.exec("BEGIN IMMEDIATE");
  try {
    work();
    database.exec("COMMIT");
  } catch (error) {
    rollBack(database);
    throw error;
  }
}

function rollBack(database: DatabaseSync) {
  try {
    database.exec("ROLLBACK");
  } catch {
    // A full or failing disk has ended it already.
  }
}
