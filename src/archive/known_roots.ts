// Which root was kept in which folder (RULES S2): one that suddenly holds another root, or none, is not touched before people
// have said so. A root that moved takes its entry along: where it was before, anything may be. And with whom each was kept.

import { DatabaseSync } from "node:sqlite";
import type { Disk } from "../fs/port.ts";
import { makeOwnFile } from "../fs/private.ts";
import { transaction } from "./schema.ts";

/** How long a write waits for another process, in ms: each is in the database for a moment only. */
const BUSY_MS = 5000;

/** Somebody a root was kept with: a name means somebody only on one server, the public key (hex) says who that is. */
export interface Person {
  /** As the server knew them. */
  name: string;
  /** Public key in hex. */
  key: string;
}

/** The roots of a state folder. It throws what SQLite throws. */
export class KnownRoots {
  readonly #database: DatabaseSync;

  /** Makes the file where there is none. */
  constructor(file: string) {
    this.#database = new DatabaseSync(file);
    try {
      this.#database.exec(`PRAGMA busy_timeout = ${BUSY_MS};
        CREATE TABLE IF NOT EXISTS root (place TEXT UNIQUE NOT NULL, identity TEXT PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS partner (identity TEXT, name TEXT, key TEXT, PRIMARY KEY (identity, name, key))
          WITHOUT ROWID`);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** The identity of the root last kept at a place; null when none was. */
  at(place: string): string | null {
    const row = this.#database.prepare("SELECT identity FROM root WHERE place = ?").get(place);
    return typeof row?.identity === "string" ? row.identity : null;
  }

  /** Where a root was last kept; null when it never was. */
  placeOf(identity: string): string | null {
    const row = this.#database.prepare("SELECT place FROM root WHERE identity = ?").get(identity);
    return typeof row?.place === "string" ? row.place : null;
  }

  /** A root is kept at that place from now on, and at no other; what was kept there is at none. */
  record(place: string, identity: string) {
    if (this.at(place) === identity) return;
    transaction(this.#database, () => {
      this.#database.prepare("DELETE FROM root WHERE place = ? OR identity = ?").run(place, identity);
      this.#database.prepare("INSERT INTO root VALUES (?, ?)").run(place, identity);
    });
  }

  /** The people with whom the root last kept at a place was kept, or a root in that place or around it. Places end with a separator. */
  people(place: string): Person[] {
    const named = "SELECT DISTINCT name, key FROM partner JOIN root USING (identity) " +
      "WHERE instr(root.place, ?1) = 1 OR instr(?1, root.place) = 1 ORDER BY name, key";
    const rows = this.#database.prepare(named).all(place);
    return rows.map(({ name, key }) => ({ name: String(name), key: String(key) }));
  }

  /** Adds a person to those a root was kept with; another name of the same key counts as another person. */
  recordPerson(identity: string, { name, key }: Person) {
    this.#database.prepare("INSERT OR IGNORE INTO partner VALUES (?, ?, ?)").run(identity, name, key);
  }

  /** What was recorded stays. */
  close() {
    this.#database.close();
  }
}

/** All that SQLite and this program make for an archive: the file, those beside it, and where damaged ones are set aside. */
export function filesOf(archive: string): string[] {
  return ["", "-wal", "-shm", "-journal", ".damaged"].map((end) => archive + end);
}

/** Where the archive of a root is. */
export function archiveOf(disk: Disk, stateDir: string, identity: string): string {
  return `${archivesIn(disk, stateDir)}${disk.separator}${identity}.sqlite`;
}

/** Whether a root of that identity was made here: it has an archive, or had one when it was last kept. */
export function isKnownRoot(disk: Disk, stateDir: string, identity: string): boolean {
  if (disk.stat(archiveOf(disk, stateDir, identity))) return true;
  return withKnownRoots(disk, stateDir, (roots) => roots.placeOf(identity) !== null);
}

/** The folder of all archives. */
export function archivesIn(disk: Disk, stateDir: string): string {
  return `${stateDir}${disk.separator}archives`;
}

/** Uses what is known in a state folder. What cannot be read is set aside: then nothing is known. */
export function withKnownRoots<T>(disk: Disk, stateDir: string, use: (known: KnownRoots) => T): T {
  const directory = archivesIn(disk, stateDir);
  disk.makePrivateDirectory(directory);
  const file = `${directory}${disk.separator}roots.sqlite`;
  try {
    return useOf(file, use);
  } catch (error) {
    if (!/not a database|malformed/i.test(String(error))) throw error;
    disk.rename(file, `${file}.damaged-${Date.now()}`);
    return useOf(file, use);
  }
}

function useOf<T>(file: string, use: (known: KnownRoots) => T): T {
  makeOwnFile(file, `${file}-journal`);
  const known = new KnownRoots(file);
  try {
    return use(known);
  } finally {
    known.close();
  }
}
