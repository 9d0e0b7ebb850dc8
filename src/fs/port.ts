// The file calls the program makes: synchronous, on native absolute paths. The one door to the disk (see real.ts).

import type { Separator } from "../core/tree/path.ts";

/** What a look at a path shows; links are not followed. Times are in ms. */
export interface Stat {
  /** Other: a pipe, a socket or a device, which are problems. */
  kind: "file" | "directory" | "link" | "other";
  /** In bytes; of a link and a folder what the system says. */
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
  /** The owner may run it (0o100); false where the system has no such bit. */
  executable: boolean;
  /** The bits of its mode that say who may do what, and whose it is; users and groups are 0 where the system numbers none. */
  mode: number;
  /** The user's number. */
  owner: number;
  /** The group's number. */
  group: number;
}

/** An open file. */
export interface OpenFile {
  /** What it is now, also when its name is gone; `kind` is never link. */
  stat(): Stat;
  /** Bytes read into the buffer, 0 at the end. */
  read(into: Uint8Array): number;
  /** Writes all of the bytes. */
  write(bytes: Uint8Array): void;
  /** Makes it longer, by zeros. False where these take as much room as if they were written. */
  extend(size: number): boolean;
  /** From the file's beginning, in bytes. */
  seek(offset: number): void;
  /** In ms; sets both, when it was changed and when it was read. */
  setTime(mtime: number): void;
  /** Must be called: no collector does it. */
  close(): void;
}

/** Every method throws what the system throws; `failure.ts` says it in words. */
export interface Disk {
  /** This system's, between the names of every path given here. */
  readonly separator: Separator;
  /** The names in it, in no order. */
  list(directory: string): string[];
  /** null when nothing is there. */
  stat(path: string): Stat | null;
  /** Its target, as text, whether anything is there or not. */
  readLink(path: string): string;
  /** Follows a link: look first. */
  openToRead(path: string): OpenFile;
  /** Fails when something is there already. */
  create(path: string): OpenFile;
  /** A file that is there, to read and to write. */
  openToWrite(path: string): OpenFile;
  /** For those who may read it; does nothing where the system has no such bit. */
  setExecutable(path: string, executable: boolean): void;
  /** The bits 0o7777. */
  setMode(path: string, mode: number): void;
  /** Gives it a user, unless that is null, and a group. */
  setOwner(path: string, owner: number | null, group: number): void;
  /** Fails when something is there already, or the one above is not. */
  makeDirectory(path: string): void;
  /** With all above it; those that are there stay as they are. */
  makeDirectories(path: string): void;
  /** The same, for this user alone; one that is there is closed to others, where it can be. */
  makePrivateDirectory(path: string): void;
  /** `target` is text, and looked up by nobody. */
  makeLink(target: string, path: string): void;
  /** A second name for a file; fails when something is there already. */
  hardLink(from: string, to: string): void;
  /** A copy of a file that shares its content, with its mode, where nothing is yet; false, with nothing made, where the disk cannot. */
  cloneFile(from: string, to: string): boolean;
  /** Replaces a file at `to`. */
  rename(from: string, to: string): void;
  /** A file, a link, or an empty directory. */
  remove(path: string): void;
  /** Like `remove`; something that is gone already is no failure. */
  removeIfThere(path: string): void;
  /** A folder with all in it; a link in it goes, not what it leads to. */
  removeTree(path: string): void;
  /** What was written to a file is on the disk when this returns: a power cut does not take it back. */
  flush(path: string): void;
  /** The same for the names in a folder, where the system can be asked for it. */
  flushNames(directory: string): void;
  /** So many bytes may be written to the disk under a path, with something left to others (room.ts); Infinity where the system does not
   * tell. */
  room(path: string): number;
}
