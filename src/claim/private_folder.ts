// The private folder of a root: identity, staging and versions, and that all in it is this user's; and that the folder and this program's
// own state stay apart.

import { UserError } from "../core/failure.ts";
import { compareKey, PRIVATE_NAME } from "../core/tree/path.ts";
import { resolvedPath } from "../fs/confined.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { LINK_PROBE } from "../fs/probe/probe.ts";
import { NEW_FILE, rightsOfNew } from "../fs/rights.ts";
import { readStart, writeAnew } from "../fs/small_file.ts";

/** Native paths inside a root. */
export interface PrivatePlaces {
  folder: string;
  private: string;
  identity: string;
  epoch: string;
  staging: string;
  versions: string;
  lock: string;
  holder: string;
  /** Signed anew while a program uses the folder, where the disk cannot lock. */
  presence: string;
}

export function placesIn(disk: Disk, folder: string): PrivatePlaces {
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
    presence: at("presence"),
  };
}

/** Throws UserError where one of the two lies in the other: with the folder the private key of the state would be synced. */
export function keepApart(folder: string, stateDir: string) {
  if (!overlap(folder, stateDir)) return;
  throw new UserError(
    `The folder ${folder} and tcpsync's own folder ${stateDir} lie one in the other, so the private key would be synced: ` +
      "name another folder with --folder, or keep tcpsync's own elsewhere with --state DIR",
  );
}

/** Whether two folders are one, or one of them lies in the other. */
export function overlap(folder: string, other: string): boolean {
  const [place, otherPlace] = [placeOf(folder), placeOf(other)];
  return place.startsWith(otherPlace) || otherPlace.startsWith(place);
}

/** Where a path really is, to be compared, with a separator at its end. Of what is not there yet its nearest parent is looked at. */
export function placeOf(path: string): string {
  const place = `${resolvedPath(path)}/`;
  const folded = Deno.build.os === "linux" ? place : compareKey(place.replaceAll("\\", "/"), true);
  return folded.replace(/\/+$/, "/");
}

/** Checks the folder and makes the private one in it; one that is there is looked at, not followed (RULES S8). Throws
 * UserError with one clear line. */
export function prepare(disk: Disk, places: PrivatePlaces) {
  const { folder, private: top } = places;
  const stat = usable(folder, () => disk.stat(folder));
  if (!stat) {
    throw new UserError(`The folder ${folder} does not exist: make it, or name another with --folder`);
  }
  const target = stat.kind === "link" ? usable(folder, () => disk.list(folder)) && "directory" : stat.kind;
  if (target !== "directory") throw new UserError(`${folder} is no folder: name a folder with --folder`);
  usable(folder, () => {
    checkKind(disk, places, top, "directory");
    makePrivate(disk, places);
    checkOwn(disk, places);
    for (const directory of [places.staging, places.versions]) disk.makePrivateDirectory(directory);
  });
}

const FOR_GIT = "# Made by tcpsync: nothing in here is for git.\n*\n";

/** In a folder that is a repository, too, git is to say nothing of the private one. */
export function hideFromGit(disk: Disk, { private: top }: PrivatePlaces) {
  const file = `${top}${disk.separator}.gitignore`;
  try {
    if (!disk.stat(file)) writeAnew(disk, file, FOR_GIT);
  } catch {
    // On a full disk git says what it likes.
  }
}

/** Makes the private folder, or closes it to others. Who came into it may have the lock in hand for good, and keep everybody out by
 * reading it: another is made then. A process of this user's that holds the old one has the archive too, and keeps others out of that. */
export function makePrivate(disk: Disk, { private: top, lock }: PrivatePlaces) {
  const isOpen = () => ((disk.stat(top)?.mode ?? 0) & FOR_OTHERS) !== 0;
  const wasOpen = isOpen();
  disk.makePrivateDirectory(top);
  if (!wasOpen || isOpen()) return; // On a disk that knows no modes it looks open for good.
  if (disk.stat(lock)?.kind === "file") disk.remove(lock);
}

const FOR_OTHERS = 0o077;

/** What is used in a private folder is of this kind; of staging, what is in it too. */
const KINDS: Readonly<Record<string, Stat["kind"]>> = {
  staging: "directory",
  versions: "directory",
  identity: "file",
  epoch: "file",
  lock: "file",
  presence: "file",
  canary: "file",
};

/** Whatever else is there may be a file or a folder: all of it is real, and this user's. */
function checkOwn(disk: Disk, places: PrivatePlaces) {
  const { private: top, staging } = places;
  const owner = ownerOfNew(disk, places);
  checkOwner(places, top, disk.stat(top), owner);
  for (const name of disk.list(top)) {
    const native = `${top}${disk.separator}${name}`;
    if (name === LINK_PROBE) disk.removeIfThere(native); // A stop left it.
    else checkOwner(places, native, checkKind(disk, places, native, KINDS[name]), owner);
  }
  for (const name of disk.stat(staging) ? disk.list(staging) : []) {
    const native = `${staging}${disk.separator}${name}`;
    checkOwner(
      places,
      native,
      checkKind(disk, places, native, name === NEW_FILE ? "file" : "directory"),
      owner,
    );
  }
}

/** Of what is made in the private folder: this user, where the disk knows users. */
function ownerOfNew(disk: Disk, places: PrivatePlaces): number {
  return unlessClosed(places, () => rightsOfNew(disk, places.private).owner);
}

/** What is done in a private folder that may be another user's, and closed. */
export function unlessClosed<T>(places: PrivatePlaces, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    throw refused(places, places.private, `is closed to this user: ${ELSEWHERE}`);
  }
}

function checkKind(disk: Disk, places: PrivatePlaces, native: string, kind?: Stat["kind"]): Stat | null {
  const stat = disk.stat(native);
  const fits = !stat || (kind ? stat.kind === kind : stat.kind === "file" || stat.kind === "directory");
  if (!fits) {
    const what = stat.kind === "link" ? "a link" : `no ${kind === "directory" ? "folder" : "file"}`;
    throw refused(places, native, `is ${what}: remove it, or move it elsewhere`);
  }
  return stat;
}

function checkOwner(places: PrivatePlaces, native: string, stat: Stat | null, owner: number) {
  if (stat && stat.owner !== owner) {
    throw refused(places, native, `belongs to another user: ${ELSEWHERE}`);
  }
}

const ELSEWHERE = "have it moved elsewhere, or name another with --folder";

function refused({ folder }: PrivatePlaces, native: string, what: string): UserError {
  const inner = native.slice(folder.length).replace(/^[/\\]/, "");
  return new UserError(`The folder ${folder} cannot be used: ${inner} in it ${what}`);
}

/** Whether a private folder is this user's. Throws UserError where it is closed to him, and what the disk throws. */
export function isMine(disk: Disk, places: PrivatePlaces): boolean {
  return ownerOfNew(disk, places) === disk.stat(places.private)?.owner;
}

/** What the disk fails to do in a folder is a reason not to use it. */
export function usable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`The folder ${folder} cannot be used: ${describeFailure(error, folder).reason}`);
  }
}

/** Gives a root an identity: one torn by a power cut would make another root of it. Throws what the disk throws. */
export function giveIdentity(disk: Disk, places: PrivatePlaces, identity: string) {
  writeAnew(disk, places.identity, `${identity}\n`);
}

/** The identity a folder has now; null when it has none, or is gone. */
export function readIdentity(disk: Disk, places: PrivatePlaces): string | null {
  return readIdentityIn(disk, places.private);
}

/** The same of a private folder, wherever it is. */
export function readIdentityIn(disk: Disk, directory: string): string | null {
  const file = `${directory}${disk.separator}identity`;
  if (disk.stat(directory)?.kind !== "directory" || disk.stat(file)?.kind !== "file") return null;
  const text = readStart(disk, file, 64).trim();
  return /^[0-9a-f-]{36}$/.test(text) ? text : null;
}
