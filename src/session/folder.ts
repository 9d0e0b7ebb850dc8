// The private folder of a root: identity, staging and versions; and that the folder and this program's own state stay apart.

import { UserError } from "../core/failure.ts";
import { compareKey, PRIVATE_NAME } from "../core/path.ts";
import { resolvedPath } from "../fs/confined.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";

/** Native paths inside a root. */
export interface Places {
  folder: string;
  private: string;
  identity: string;
  epoch: string;
  staging: string;
  versions: string;
  lock: string;
  holder: string;
}

export function placesIn(disk: Disk, folder: string): Places {
  const bare = folder.replace(disk.separator === "/" ? /\/+$/ : /[/\\]+$/, "");
  const own = `${bare}${disk.separator}${PRIVATE_NAME}`;
  const at = (name: string) => `${own}${disk.separator}${name}`;
  return {
    // The top of a drive needs its separator: "C:" is the folder one was last in there.
    folder: /^([A-Za-z]:)?$/.test(bare) ? `${bare}${disk.separator}` : bare,
    private: own,
    identity: at("identity"),
    epoch: at("epoch"),
    staging: at("staging"),
    versions: at("versions"),
    lock: at("lock"),
    holder: at("in use by"),
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
export function placeOf(path: string): string {
  const place = `${resolvedPath(path)}/`;
  const folded = Deno.build.os === "linux" ? place : compareKey(place.replaceAll("\\", "/"), true);
  return folded.replace(/\/+$/, "/");
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
      disk.makePrivateDirectory(directory);
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
  // A power cut that tore it would make another root of this one.
  attemptToFlush(() => disk.flush(fresh));
  disk.rename(fresh, places.identity);
  attemptToFlush(() => disk.flushNames(places.private));
  return identity;
}

function attemptToFlush(flush: () => void) {
  try {
    flush();
  } catch {
    // Not every disk can be asked to.
  }
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
