// The file calls the program makes: synchronous, on native absolute paths. The one door to the disk (see real.ts).

import type { Separator } from "../core/tree/path.ts";

/** What a look at a path shows; links are not followed. Times are in ms. */
export interface Stat {
  kind: "file" | "directory" | "link" | "other";
  size: number;
  /** NaN for a date that no calendar holds. */
  mtime: number;
  /** The file ID, 0 where the system has none. */
  id: number;
  /** The number of the disk it is on, which may be another one after the next mount; 0 where the system has none. */
  device: number;
  /** When it was made, 0 where the disk does not tell. */
  born: number;
  /** When anything about it changed last, its names and permissions too (ctime, in whole seconds); 0 where the system does not
   * tell. */
  changed: number;
  /** How many names it has; 1 where the system does not tell. */
  links: number;
  executable: boolean;
  /** The bits of its mode that say who may do what, and whose it is; users and groups are 0 where the system numbers none. */
  mode: number;
  owner: number;
  group: number;
}

/** An open file. */
export interface OpenFile {
  stat(): Stat;
  /** Bytes read into the buffer, 0 at the end. */
  read(into: Uint8Array): number;
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): void;
  /** Makes it longer, by zeros. False where these take as much room as if they were written. */
  extend(size: number): boolean;
  seek(offset: number): void;
  setTime(mtime: number): void;
  close(): void;
}

/** Every method throws what the system throws; `failure.ts` says it in words. */
export interface Disk {
  readonly separator: Separator;
  list(directory: string): string[];
  /** null when nothing is there. */
  stat(path: string): Stat | null;
  readLink(path: string): string;
  openToRead(path: string): OpenFile;
  /** Fails when something is there already. */
  create(path: string): OpenFile;
  openToWrite(path: string): OpenFile;
  setExecutable(path: string, executable: boolean): void;
  setMode(path: string, mode: number): void;
  /** Gives it a user, unless that is null, and a group. */
  setOwner(path: string, owner: number | null, group: number): void;
  makeDirectory(path: string): void;
  makeDirectories(path: string): void;
  /** The same, for this user alone; one that is there is closed to others, where it can be. */
  makePrivateDirectory(path: string): void;
  makeLink(target: string, path: string): void;
  /** A second name for a file; fails when something is there already. */
  hardLink(from: string, to: string): void;
  copy(from: string, to: string): void;
  /** Replaces a file at `to`. */
  rename(from: string, to: string): void;
  /** A file, a link, or an empty directory. */
  remove(path: string): void;
  /** Like `remove`; something that is gone already is no failure. */
  removeIfThere(path: string): void;
  removeTree(path: string): void;
  /** What was written to a file is on the disk when this returns: a power cut does not take it back. */
  flush(path: string): void;
  /** The same for the names in a folder, where the system can be asked for it. */
  flushNames(directory: string): void;
  /** So many bytes may be written to the disk under a path, with something left to others (room.ts); Infinity where the system does not
   * tell. */
  room(path: string): number;
}
