// Files that hold secrets: readable by this user alone. On Windows the user's data folder sees to that.

import { describeFailure } from "./failure.ts";
import { folderState } from "./folder.ts";
import { UserError } from "../core/failure.ts";

const WINDOWS = Deno.build.os === "windows";
const OWNER_ALONE = 0o600;
const OWNER_ALONE_ENTERS = 0o700;
const FOR_OTHERS = 0o077;
/** Everybody makes files in it and removes his own alone. */
const SHARED = 0o1000;

/** Makes the folder and its parents for this user alone; one that is there and open is closed to others. Throws UserError. */
export function makePrivateFolder(path: string): void {
  if (folderState(path) === "other") throw new UserError(`${path} is no folder: name a folder with --state`);
  try {
    Deno.mkdirSync(path, { recursive: true, mode: OWNER_ALONE_ENTERS });
  } catch (error) {
    const { reason } = describeFailure(error, path);
    throw new UserError(`Cannot make the folder ${path} (${reason}): name another with --state`);
  }
  closeFolder(path);
}

/** One that all users share, as the system's for temporary files, is not taken from them. */
function closeFolder(path: string) {
  const mode = Deno.statSync(path).mode ?? 0;
  if (WINDOWS || (mode & FOR_OTHERS) === 0) return;
  const refused = (why: string) =>
    new UserError(`The folder ${path} ${why}: name one that is yours alone with --state`);
  if ((mode & SHARED) !== 0) throw refused("is shared with other users");
  try {
    Deno.chmodSync(path, OWNER_ALONE_ENTERS);
  } catch {
    throw refused("is open to other users, and this one may not close it");
  }
}

/** Makes an empty file for this user alone; one that is there keeps what it holds, and is closed to others again when it
 * was open to them. Throws UserError. */
export function makePrivateFile(path: string): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: OWNER_ALONE }).close();
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw unusable(path, error);
    closeToOthers(path);
  }
}

/** Closes files of the program's own to other users, and makes the first where there is none. Whoever opens it tells what cannot be. */
export function makeOwnFile(path: string, ...others: string[]): void {
  try {
    Deno.openSync(path, { write: true, createNew: true, mode: OWNER_ALONE }).close();
  } catch {
    for (const present of [path, ...others]) closeIfOpen(present);
  }
}

function closeIfOpen(path: string) {
  try {
    const { isFile, mode } = Deno.lstatSync(path);
    if (isFile && !WINDOWS && ((mode ?? 0) & FOR_OTHERS) !== 0) Deno.chmodSync(path, OWNER_ALONE);
  } catch {
    // It is not there, or on a disk that knows no modes.
  }
}

/** The size of a file in bytes. */
export function fileSize(path: string): number {
  return Deno.statSync(path).size;
}

function closeToOthers(path: string): void {
  try {
    const { isFile, mode } = Deno.statSync(path);
    if (!isFile) throw new UserError(`${path} is no file: move it away, or name another folder with --state`);
    if (!WINDOWS && ((mode ?? 0) & FOR_OTHERS) !== 0) Deno.chmodSync(path, OWNER_ALONE);
  } catch (error) {
    throw error instanceof UserError ? error : unusable(path, error);
  }
}

function unusable(path: string, error: unknown): UserError {
  const { reason } = describeFailure(error, path);
  return new UserError(
    `Cannot use ${path} (${reason}): make it yours alone, or name another folder with --state`,
  );
}
