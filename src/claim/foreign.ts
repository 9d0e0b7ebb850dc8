// A private folder that this computer did not make: it came with an archive, a clone, a copy or a stick (RULES S8). All of it is moved
// into a folder of its own in the private one; nothing of it is used, and nothing is looked at through a link. Where a stick was used
// on another computer meanwhile, what is this computer's comes back from there.

import { isKnownRoot, withKnownRoots } from "../archive/known_roots.ts";
import type { Disk } from "../fs/port.ts";
import { LINK_PROBE } from "../fs/probe/probe.ts";
import {
  isMine,
  makePrivate,
  placeOf,
  placesIn,
  type PrivatePlaces,
  readIdentity,
  readIdentityIn,
  unlessClosed,
  usable,
} from "./private_folder.ts";
import { lockRoot, mayBeLock } from "./lock.ts";
import { heedPresence } from "./presence.ts";

/** The native path of the private folder that this computer made for a root: its own, or one that lies in that of another. Null where
 * there is none. */
export function ownIn(disk: Disk, { private: top }: PrivatePlaces, isOwn: (identity: string) => boolean) {
  const isIt = (directory: string) => {
    const identity = readIdentityIn(disk, directory);
    return identity !== null && isOwn(identity);
  };
  if (isIt(top)) return top;
  return setAside(disk, top).map((name) => `${top}${disk.separator}${name}`).find(isIt) ?? null;
}

/** Whether an identity is that of a root which is kept in this folder by this computer: not of one that is kept elsewhere, and of
 * which this is a copy. */
export function ownIdentities(disk: Disk, folder: string, stateDir: string): (identity: string) => boolean {
  return (identity) => isKnownRoot(disk, stateDir, identity) && !isCopy(disk, folder, stateDir, identity);
}

/** Sees to it that the private folder, if there is one, is this computer's own. Returns where what was there is now; null where it is
 * not to be moved. Throws UserError where another process uses it, or it cannot be moved. */
export function takeOver(disk: Disk, folder: string, stateDir: string): string | null {
  const places = placesIn(disk, folder);
  const { private: top } = places;
  return usable(folder, () => {
    if (disk.stat(top)?.kind !== "directory") return null; // The code that makes the folder reports this.
    const own = unlessClosed(places, () => ownIn(disk, places, ownIdentities(disk, folder, stateDir)));
    if (own === top) return null;
    makePrivate(disk, places);
    if (!isMine(disk, places) || !own && isBare(disk, top)) return null;
    // Both throw where one with another state folder uses it.
    if (mayBeLock(places, disk)) lockRoot(places, disk).close();
    heedPresence(disk, places, null);
    const moved = moveAside(disk, top);
    if (own) {
      moveAll(disk, own, top);
      disk.remove(own);
    }
    return moved;
  });
}

const ASIDE = /^foreign-\d+$/;
/** Whoever prepares a folder could make any number of them. */
const MOST_ASIDE = 100;

/** The folders in a private one that hold what others made. */
function setAside(disk: Disk, top: string): string[] {
  if (disk.stat(top)?.kind !== "directory") return [];
  const isOne = (name: string) =>
    ASIDE.test(name) && disk.stat(`${top}${disk.separator}${name}`)?.kind === "directory";
  return disk.list(top).filter(isOne).sort().slice(0, MOST_ASIDE);
}

/** What a stop leaves of a private folder that is only just being made. */
const HALF_MADE = new Set(["identity.new", LINK_PROBE]);

/** One that is only just being made: nothing in it came from anybody. */
function isBare(disk: Disk, top: string): boolean {
  const others = new Set([...setAside(disk, top), ...HALF_MADE]);
  return disk.list(top).every((name) => {
    const native = `${top}${disk.separator}${name}`;
    const stat = others.has(name) ? null : disk.stat(native);
    return !stat ||
      (stat.kind === "directory" ? disk.list(native).length === 0 : stat.kind === "file" && stat.size === 0);
  });
}

/** A stop in between leaves a part of it aside; the rest follows then. What lies aside already stays beside it. */
function moveAside(disk: Disk, top: string): string {
  const before = new Set(setAside(disk, top));
  let number = 1;
  while (disk.stat(`${top}${disk.separator}foreign-${number}`)) number++;
  const aside = `${top}${disk.separator}foreign-${number}`;
  disk.makeDirectory(aside);
  moveAll(disk, top, aside, (name) => !before.has(name) && name !== `foreign-${number}`);
  return aside;
}

/** What says whose it is goes first: the rest without it is nobody's. Links are moved as links. */
function moveAll(disk: Disk, from: string, to: string, goes: (name: string) => boolean = () => true) {
  const names = disk.list(from).filter(goes);
  const isFirst = (name: string) => name === "identity" ? 0 : 1;
  for (const name of names.sort((one, other) => isFirst(one) - isFirst(other))) {
    disk.rename(`${from}${disk.separator}${name}`, `${to}${disk.separator}${name}`);
  }
}

/** Whether the root is still there where it was last kept, and that is another folder. */
function isCopy(disk: Disk, folder: string, stateDir: string, identity: string): boolean {
  const place = withKnownRoots(disk, stateDir, (roots) => roots.placeOf(identity));
  if (place === null || place === placeOf(folder)) return false;
  const [here, there] = [placesIn(disk, folder), placesIn(disk, place)];
  try {
    return readIdentity(disk, there) === identity && !isSameFolder(disk, here.private, there.private);
  } catch {
    return false; // A disk that cannot be looked at now, or written.
  }
}

/** One folder may have two names, and two numbers (by way of a share): what is made in it shows by both. */
function isSameFolder(disk: Disk, one: string, other: string): boolean {
  const [made, shown] = [one, other].map((directory) => `${directory}${disk.separator}probe-place`);
  disk.removeIfThere(made!);
  disk.create(made!).close();
  try {
    return disk.stat(shown!) !== null;
  } finally {
    disk.remove(made!);
  }
}
