// One process for each root: a lock the system gives back by itself, and beside it, for a person, who holds it.

import { UserError } from "../core/failure.ts";
import type { Disk } from "../fs/port.ts";
import { makeOwnFile } from "../fs/private.ts";
import { readStart } from "../fs/small_file.ts";
import { DatabaseSync } from "node:sqlite";
import type { PrivatePlaces } from "./private_folder.ts";

/** What keeps others out until closed. */
export interface Lock {
  close(): void;
}

/** The disk cannot lock: who holds the root is to be told by other means (presence.ts). */
export const NO_LOCK: Lock = { close: () => {} };

/** Holds the root for this process until closed or killed: a database nobody else can write to meanwhile. NO_LOCK where the disk
 * cannot. Throws UserError where another process has it. */
export function lockRoot(places: PrivatePlaces, disk: Disk): Lock {
  try {
    const stat = disk.stat(places.lock);
    if (stat && !mayBeLock(places, disk)) disk.remove(places.lock);
    makeOwnFile(places.lock);
    return openLock(places.lock);
  } catch (error) {
    if (!canLock(disk, places.private)) return NO_LOCK;
    if (!isLocked(error)) {
      throw new UserError(`The folder ${places.folder} cannot be used: ${whyNot((error as Error).message)}`);
    }
    throw new InUse(`The folder ${places.folder} is in use by another tcpsync${holderOf(places, disk)}`);
  }
}

/** Whether SQLite found that another process has a database, or took a disk that cannot lock for one. */
export function isLocked(error: unknown): boolean {
  return /locked|busy/i.test(String(error));
}

/** Whether the disk under a folder can lock: tried on a file that nobody else knows. A disk that cannot answers for each file as for
 * one that another process has (a share), or that it fails. What else is wrong there is another matter. */
export function canLock(disk: Disk, directory: string): boolean {
  const own = `${directory}${disk.separator}probe-lock-${crypto.randomUUID()}`;
  try {
    disk.create(own).close();
    openLock(own).close();
    return true;
  } catch (error) {
    return !isLocked(error) && !/disk i\/o error|locking protocol/i.test(String(error));
  } finally {
    removeIfPossible(disk, own);
  }
}

function removeIfPossible(disk: Disk, path: string) {
  try {
    disk.removeIfThere(path);
  } catch {
    // A folder that cannot be written.
  }
}

/** Whether there is a lock that a tcpsync may hold. It never has content: SQLite acts on what a database holds, or what lies beside
 * one that holds something. */
export function mayBeLock({ lock }: PrivatePlaces, disk: Disk): boolean {
  const stat = disk.stat(lock);
  return stat?.kind === "file" && stat.size === 0;
}

/** The error for an archive that cannot be opened because it is locked. */
export function lockedArchive(disk: Disk, places: PrivatePlaces, archives: string): UserError {
  if (canLock(disk, archives)) return new InUse(`The folder ${places.folder} is in use by another tcpsync`);
  return new UserError(
    `The disk of tcpsync's own folder ${archives} cannot lock files: keep it elsewhere with --state DIR`,
  );
}

function openLock(file: string): Lock {
  const database = new DatabaseSync(file);
  try {
    // Nothing is ever written in it, so there is no journal either.
    database.exec("PRAGMA journal_mode = MEMORY; PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Another process has the root; `fact` says so without saying what to do. */
export class InUse extends UserError {
  constructor(readonly fact: string) {
    super(`${fact}: end that one, or name another folder with --folder`);
  }
}

/** Writes down who holds the lock, for the one it keeps out. What an ended process left is never read: nobody is kept out then. */
export function signLock(places: PrivatePlaces, disk: Disk, name: string) {
  try {
    disk.removeIfThere(places.holder);
    const file = disk.create(places.holder);
    file.write(new TextEncoder().encode(`${signature(name)}\n`));
    file.close();
  } catch {
    // A full disk: the lock holds all the same.
  }
}

/** "alice (process 4711), since 2026-11-22 18:07:33 UTC" */
export function signature(name: string): string {
  const since = new Date().toISOString().slice(0, 19).replace("T", " ");
  return `${name} (process ${Deno.pid}), since ${since} UTC`;
}

/** A signature that a file holds, as a person may be shown it; "" where it is none. */
export function signatureIn(text: string): string {
  return SIGNED.test(text) ? text : "";
}

const SIGNED = /^[^\n]{1,60} \(process \d+\), since [-:\d ]{19} UTC$/;

/** ", alice (process 4711), since 2026-11-22 18:07:33 UTC"; nothing where it is not known. */
function holderOf(places: PrivatePlaces, disk: Disk): string {
  try {
    if (disk.stat(places.holder)?.kind !== "file") return "";
    const signed = signatureIn(readStart(disk, places.holder, 300).trim());
    return signed && `, ${signed}`;
  } catch {
    return ""; // It is only just being taken into use, or held by a program that signs nothing.
  }
}

function whyNot(reason: string): string {
  if (/disk is full/i.test(reason)) return "its disk is full: make room there";
  return `the lock in it cannot be opened (${reason}). ` +
    "Allow this user to write in it, and have it where its path has fewer than 250 characters";
}
