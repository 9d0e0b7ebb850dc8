// The private folder of a root: identity, staging and versions; the lock that keeps a second process out; and that the folder
// and this program's own state stay apart.

// @ts-types="../types/deno_std.d.ts"
import { dirname, join } from "@std/path";
import { UserError } from "../core/failure.ts";
import { compareKey, PRIVATE_NAME } from "../core/path.ts";
import { resolvedPath } from "../fs/confined.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { DatabaseSync } from "node:sqlite";

/** Native paths inside a root. */
export interface Places {
  folder: string;
  private: string;
  identity: string;
  staging: string;
  versions: string;
  lock: string;
}

export function placesIn(disk: Disk, folder: string): Places {
  const own = `${folder.replace(/[/\\]+$/, "")}${disk.separator}${PRIVATE_NAME}`;
  const at = (name: string) => `${own}${disk.separator}${name}`;
  return {
    folder: folder.replace(/(?<=.)[/\\]+$/, ""),
    private: own,
    identity: at("identity"),
    staging: at("staging"),
    versions: at("versions"),
    lock: at("lock"),
  };
}

/** Throws UserError where one of the two lies in the other: with the folder the private key of the state would be synced. */
export function keepApart(folder: string, stateDir: string) {
  const [one, other] = [placeOf(folder), placeOf(stateDir)];
  if (!one.startsWith(other) && !other.startsWith(one)) return;
  throw new UserError(
    `The folder ${folder} and tcpsync's own folder ${stateDir} lie one in the other, so the private key would be synced: ` +
      "name another folder with --folder, or keep tcpsync's own elsewhere with --state DIR",
  );
}

/** Where a path really is, to be compared, with a separator at its end. Of what is not there yet its nearest parent is looked at. */
function placeOf(path: string): string {
  const place = `${realPath(path)}/`;
  const folded = Deno.build.os === "linux" ? place : compareKey(place.replaceAll("\\", "/"), true);
  return folded.replace(/\/+$/, "/");
}

function realPath(path: string): string {
  try {
    return resolvedPath(path);
  } catch {
    // Not there, or not to be looked at, of which whoever opens it tells.
    const parent = dirname(path);
    const name = /[^/\\]*[/\\]*$/.exec(path)![0];
    return parent === path ? path : join(realPath(parent), name);
  }
}

/** Checks the folder and makes the private one in it. Throws UserError with one clear line. */
export function prepare(disk: Disk, places: Places) {
  const { folder } = places;
  const stat = attempt(folder, () => disk.stat(folder));
  if (!stat) {
    throw new UserError(`The folder ${folder} does not exist: make it, or name another with --folder`);
  }
  const target = stat.kind === "link" ? attempt(folder, () => disk.list(folder)) && "directory" : stat.kind;
  if (target !== "directory") throw new UserError(`${folder} is no folder: name a folder with --folder`);
  attempt(folder, () => {
    for (const directory of [places.private, places.staging, places.versions]) {
      disk.makeDirectories(directory);
    }
  });
}

function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UserError(`The folder ${folder} cannot be used: ${describeFailure(error, folder).reason}`);
  }
}

/** The root's identity, made at first use. A copy of the folder has the same: two such cannot be paired. */
export function identityOf(disk: Disk, places: Places): string {
  const present = readIdentity(disk, places);
  if (present) return present;
  const identity = crypto.randomUUID();
  const fresh = `${places.identity}.new`;
  disk.removeIfThere(fresh);
  const file = disk.create(fresh);
  file.write(new TextEncoder().encode(`${identity}\n`));
  file.close();
  disk.rename(fresh, places.identity);
  return identity;
}

/** The identity a folder has now; null when it has none, or is gone. */
export function readIdentity(disk: Disk, places: Places): string | null {
  const stat = disk.stat(places.identity);
  if (stat?.kind !== "file") return null;
  const file = disk.openToRead(places.identity);
  const bytes = new Uint8Array(64);
  const count = file.read(bytes);
  file.close();
  const text = new TextDecoder().decode(bytes.subarray(0, count)).trim();
  return /^[0-9a-f-]{36}$/.test(text) ? text : null;
}

/** Holds the root for this process until closed or killed: a database nobody else can write to meanwhile. */
export function lockRoot(places: Places): { close(): void } {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(places.lock);
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    if (!/locked|busy/i.test(String(error))) throw error;
    throw new UserError(
      `The folder ${places.folder} is in use by another tcpsync: end that one, or name another folder with --folder`,
    );
  }
}
