// One process for each root: a lock the system gives back by itself, and beside it, for a person, who holds it.

import { UserError } from "../core/failure.ts";
import type { Disk } from "../fs/port.ts";
import { makeOwnFile } from "../fs/private.ts";
import { readStart } from "../fs/small_file.ts";
import { DatabaseSync } from "node:sqlite";
import type { Places } from "./folder.ts";

/** Holds the root for this process until closed or killed: a database nobody else can write to meanwhile. Throws UserError where
 * another process has it. */
export function lockRoot(places: Places, disk: Disk): { close(): void } {
  try {
    const stat = disk.stat(places.lock);
    if (stat && !mayBeLock(places, disk)) disk.remove(places.lock);
    makeOwnFile(places.lock);
    return openLock(places.lock);
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) {
      throw new UserError(`The folder ${places.folder} cannot be used: ${whyNot((error as Error).message)}`);
    }
    throw new InUse(`The folder ${places.folder} is in use by another tcpsync${holderOf(places, disk)}`);
  }
}

/** Whether there is a lock that a tcpsync may hold. It never has content: SQLite acts on what a database holds, or what lies beside
 * one that holds something. */
export function mayBeLock({ lock }: Places, disk: Disk): boolean {
  const stat = disk.stat(lock);
  return stat?.kind === "file" && stat.size === 0;
}

function openLock(file: string): { close(): void } {
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
export function signLock(places: Places, disk: Disk, name: string) {
  const since = new Date().toISOString().slice(0, 19).replace("T", " ");
  try {
    disk.removeIfThere(places.holder);
    const file = disk.create(places.holder);
    file.write(new TextEncoder().encode(`${name} (process ${Deno.pid}), since ${since} UTC\n`));
    file.close();
  } catch {
    // A full disk: the lock holds all the same.
  }
}

const SIGNED = /^[^\n]{1,60} \(process \d+\), since [-:\d ]{19} UTC$/;

/** ", alice (process 4711), since 2026-11-22 18:07:33 UTC"; nothing where it is not known. */
function holderOf(places: Places, disk: Disk): string {
  try {
    if (disk.stat(places.holder)?.kind !== "file") return "";
    const text = readStart(disk, places.holder, 300).trim();
    return SIGNED.test(text) ? `, ${text}` : "";
  } catch {
    return ""; // It is only just being taken into use, or held by a program that signs nothing.
  }
}

function whyNot(reason: string): string {
  if (/disk is full/i.test(reason)) return "its disk is full: make room there";
  return `the lock in it cannot be opened (${reason}). ` +
    "Allow this user to write in it, and have it where its path has fewer than 250 characters";
}
