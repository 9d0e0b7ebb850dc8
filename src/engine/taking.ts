// Takes a folder into use: its lock, its archive, its identity, and what its disk can do. Nothing in it has been looked at by then.

import { Archive } from "../archive/archive.ts";
import { archiveOf, archivesIn } from "../archive/known_roots.ts";
import { archiveFailure } from "../archive/failing.ts";
import type { Left } from "../archive/last_use.ts";
import type { Signature } from "../archive/signature.ts";
import { isLocked, type Lock, lockedArchive, lockRoot, NO_LOCK } from "../claim/lock.ts";
import { heedPresence, takePresence } from "../claim/presence.ts";
import {
  giveIdentity,
  hideFromGit,
  placesIn,
  prepare,
  type PrivatePlaces,
  readIdentity,
} from "../claim/private_folder.ts";
import type { Ability } from "../core/ability.ts";
import { UserError } from "../core/failure.ts";
import { Epoch } from "../durability/epoch.ts";
import { Devices } from "../fs/disks/devices.ts";
import { withoutModes } from "../fs/disks/modeless.ts";
import { seenThrough } from "../fs/disks/seen.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { makeOwnFile } from "../fs/private.ts";
import { probe, probeIdentity, showsAllExecutable, withoutBirths } from "../fs/probe/probe.ts";
import { rightsOfNew } from "../fs/rights.ts";
import { SeenRights } from "../scan/rights.ts";

/** How a folder is taken into use. */
export interface TakingOptions {
  databases?: Databases;
  /** When this computer was started, in ms. */
  booted?: number | undefined;
  /** The identity of a folder that has none. */
  fresh?: string | undefined;
}

/** A folder in use. */
export interface TakenFolder {
  /** The disk as it is to be used: what it cannot do is not asked of it. */
  disk: Disk;
  /** The file systems that were met. */
  devices: Devices;
  places: PrivatePlaces;
  lock: Lock;
  /** The mark with which the folder is to be signed anew (presence.ts); null where the disk locks. */
  presence: string | null;
  archive: Archive;
  identity: string;
  ability: Ability;
  /** The disk keeps the numbers of files for good. */
  numbersLast: boolean;
  /** How the last program left the folder. */
  left: Left;
  epoch: Epoch;
  rights: SeenRights;
}

/** Takes `folder` into use. Throws UserError, and then holds nothing. */
export function takeFolder(
  disk: Disk,
  folder: string,
  stateDir: string,
  { databases = DATABASES, booted = 0, fresh = crypto.randomUUID() }: TakingOptions,
): TakenFolder {
  const devices = new Devices();
  const seen = seenThrough(disk, (stat) => devices.counted(stat));
  const places = placesIn(disk, folder);
  prepare(disk, places);
  let lock = databases.lockRoot(places, disk);
  let archive: Archive | null = null;
  try {
    const known = readIdentity(disk, places);
    const identity = known ?? fresh;
    // The archive first: by that an identity is known to be one that was given here.
    archive = databases.openArchive(disk, stateDir, identity);
    const kept = keepOthersOut(seen, places, lock, archive.signatures.next());
    lock = kept.lock;
    if (!known) giveIdentity(disk, places, identity);
    hideFromGit(disk, places);
    const can = probed(disk, seen, places);
    const left = archive.lastUse.takeIntoUse(booted);
    const epoch = new Epoch(disk, places.epoch, archive.epoch, Date.now());
    const usual = can.ability.executable ? rightsOfNew(disk, places.staging) : null;
    const rights = new SeenRights(archive.rights, usual, can.ability.foldsCase);
    return { ...can, ...kept, devices, places, archive, identity, left, epoch, rights };
  } catch (error) {
    archive?.close();
    lock.close();
    if (error instanceof UserError) throw error;
    if (!archive && isLocked(error)) throw lockedArchive(disk, places, archivesIn(disk, stateDir));
    const failing = archiveFailure(error);
    if (failing) throw new UserError(`${failing} (${stateDir})`);
    throw new UserError(`The folder ${folder} cannot be used: ${describeFailure(error, folder).reason}`);
  }
}

/** Keeps others out where the disk does not, also those whose disk cannot. `lock`: what the disk gave. */
function keepOthersOut(
  disk: Disk,
  places: PrivatePlaces,
  lock: Lock,
  signature: Signature,
): Pick<TakenFolder, "lock" | "presence"> {
  if (lock === NO_LOCK) return { lock: takePresence(disk, places, signature), presence: signature.fresh };
  if (heedPresence(disk, places, signature.last) === "left") disk.removeIfThere(places.presence);
  return { lock, presence: null };
}

/** What `disk` can do in the folder, and `seen`, which is the same disk, without what it cannot. */
function probed(
  disk: Disk,
  seen: Disk,
  places: PrivatePlaces,
): Pick<TakenFolder, "disk" | "ability" | "numbersLast"> {
  const ability = probe(disk, places.private);
  const { numbersLast, births } = probeIdentity(disk, places.private);
  let able = births ? seen : withoutBirths(seen);
  if (!ability.executable) able = withoutModes(able, !showsAllExecutable(disk, places.private));
  return { disk: able, ability, numbersLast };
}

/** What the engine keeps in files that SQLite opens, whatever disk the folder is on. */
export interface Databases {
  lockRoot: typeof lockRoot;
  openArchive: typeof openArchive;
}

export const DATABASES: Databases = {
  lockRoot,
  openArchive(disk, stateDir, identity) {
    disk.makePrivateDirectory(archivesIn(disk, stateDir));
    return openArchive(disk, stateDir, identity);
  },
};

/** The archive of a root, where there is a folder for archives; one that cannot be read is set aside, which is an empty ancestor (S5). */
export function openArchive(disk: Disk, stateDir: string, identity: string): Archive {
  const file = archiveOf(disk, stateDir, identity);
  makeOwnFile(file, `${file}-wal`, `${file}-shm`);
  try {
    return new Archive(file);
  } catch (error) {
    // A path that cannot be written, or is held by another process, is no damage.
    if (/locked|busy/i.test(String(error)) || archiveFailure(error) || !disk.stat(file)) throw error;
    const aside = `${file}.damaged${disk.separator}${Date.now()}`;
    disk.makePrivateDirectory(`${file}.damaged`);
    disk.rename(file, aside);
    for (const part of ["-wal", "-shm"]) if (disk.stat(file + part)) disk.rename(file + part, aside + part);
    makeOwnFile(file);
    return new Archive(file);
  }
}
