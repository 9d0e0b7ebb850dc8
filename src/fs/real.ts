// The disk itself, through Deno's synchronous calls.

import { cloneFile } from "./clone.ts";
import type { Disk, OpenFile, Stat } from "./port.ts";
import { roomUnder } from "./room.ts";

const WINDOWS = Deno.build.os === "windows";
/** Open to its owner alone. */
const PRIVATE = 0o700;

function statOf(info: Deno.FileInfo): Stat {
  const kind = info.isSymlink ? "link" : info.isFile ? "file" : info.isDirectory ? "directory" : "other";
  return {
    kind,
    size: info.size,
    mtime: info.mtime?.getTime() ?? 0,
    // NTFS IDs can be beyond 2^53 and come rounded, shared by neighbours: no ID is better than a wrong one.
    id: Number.isSafeInteger(info.ino) ? info.ino! : 0,
    device: info.dev,
    born: info.birthtime?.getTime() || 0,
    changed: info.ctime?.getTime() || 0,
    links: info.nlink ?? 1,
    executable: !WINDOWS && ((info.mode ?? 0) & 0o100) !== 0,
    mode: (info.mode ?? 0o644) & 0o7777,
    owner: info.uid ?? 0,
    group: info.gid ?? 0,
  };
}

class RealFile implements OpenFile {
  constructor(private readonly file: Deno.FsFile) {}

  stat = (): Stat => statOf(this.file.statSync());
  read = (into: Uint8Array): number => this.file.readSync(into) ?? 0;
  write(bytes: Uint8Array) {
    for (let done = 0; done < bytes.length;) done += this.file.writeSync(bytes.subarray(done));
  }
  extend(size: number): boolean {
    const before = this.file.statSync();
    this.file.truncateSync(size);
    return heldBy(this.file.statSync()) - heldBy(before) < size - before.size;
  }
  seek(offset: number) {
    this.file.seekSync(offset, Deno.SeekMode.Start);
  }
  setTime(mtime: number) {
    const time = new Date(mtime);
    this.file.utimeSync(time, time);
  }
  close = (): void => this.file.close();
}

/** So many bytes it takes on the disk; as many as it has where the system does not say. */
function heldBy({ blocks, size }: Deno.FileInfo): number {
  return blocks === null ? size : blocks * 512;
}

function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0o644) & 0o777;
}

/** So often a replacement is tried that is denied: with this pause after the first time (ms), and twice as long each time. */
const TRIES = 7;
const FIRST_PAUSE_MS = 2;

/** Windows denies access where what is to be replaced is marked read-only, as well as where a program has it open: the first is
 * no reason, as elsewhere, and the second is said. */
function renameOnWindows(from: string, to: string) {
  try {
    return Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
    if (realDisk.stat(from)?.kind === "directory") {
      throw new Error("a program has something in it open, or this user may not rename it");
    }
    if (!realDisk.stat(to)) throw error;
    const isReadOnly = (modeOf(to) & 0o200) === 0;
    if (isReadOnly) Deno.chmodSync(to, 0o666);
    try {
      Deno.openSync(to, { write: true }).close(); // Throws a sharing violation.
      replacePatiently(from, to);
    } catch (reason) {
      if (isReadOnly) Deno.chmodSync(to, 0o444);
      throw reason;
    }
  }
}

/** Replaces what may be written. Whoever watches a folder looks at what changes there, our own watch too, and has it open for an
 * instant; where it stays denied, a program that lets others write has it open. */
function replacePatiently(from: string, to: string) {
  for (let tries = 1;; tries++) {
    try {
      return Deno.renameSync(from, to);
    } catch (error) {
      if (!(error instanceof Deno.errors.PermissionDenied)) throw error;
      if (tries === TRIES) throw new Deno.errors.Busy(error.message);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FIRST_PAUSE_MS * 2 ** (tries - 1));
    }
  }
}

function flushOpened(path: string, options: Deno.OpenOptions) {
  using file = Deno.openSync(path, options);
  file.syncSync();
}

/** The disk of this machine. */
export const realDisk: Disk = {
  separator: WINDOWS ? "\\" : "/",
  list(directory) {
    const names: string[] = [];
    for (const entry of Deno.readDirSync(directory)) names.push(entry.name);
    return names;
  },
  stat(path) {
    try {
      return statOf(Deno.lstatSync(path));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return null;
      throw error;
    }
  },
  readLink: (path) => Deno.readLinkSync(path),
  openToRead: (path) => new RealFile(Deno.openSync(path)),
  create: (path) => new RealFile(Deno.openSync(path, { read: true, write: true, createNew: true })),
  openToWrite: (path) => new RealFile(Deno.openSync(path, { read: true, write: true })),
  setExecutable(path, executable) {
    if (WINDOWS) return;
    const mode = modeOf(path);
    // Whoever may read it may then run it, as a person's chmod +x does.
    Deno.chmodSync(path, executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
  },
  setMode: (path, mode) => Deno.chmodSync(path, mode),
  setOwner: (path, owner, group) => Deno.chownSync(path, owner, group),
  makeDirectory: (path) => Deno.mkdirSync(path),
  makeDirectories: (path) => Deno.mkdirSync(path, { recursive: true }),
  makePrivateDirectory(path) {
    Deno.mkdirSync(path, { recursive: true, mode: PRIVATE });
    const { isDirectory, mode } = Deno.lstatSync(path);
    if (WINDOWS || !isDirectory || (mode! & 0o7777) === PRIVATE) return;
    try {
      Deno.chmodSync(path, PRIVATE);
    } catch {
      // Another user's, or on a disk that knows no modes.
    }
  },
  makeLink: (target, path) => Deno.symlinkSync(target, path, WINDOWS ? { type: "file" } : undefined),
  hardLink: (from, to) => Deno.linkSync(from, to),
  cloneFile,
  rename: (from, to) => WINDOWS ? renameOnWindows(from, to) : Deno.renameSync(from, to),
  remove: (path) => Deno.removeSync(path),
  removeIfThere(path) {
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
  removeTree: (path) => Deno.removeSync(path, { recursive: true }),
  // Windows flushes only what is open for writing.
  flush: (path) => flushOpened(path, { read: true, write: WINDOWS }),
  flushNames(directory) {
    // Windows opens no folder: there the file's own flush writes the log out, and the name with it.
    if (!WINDOWS) flushOpened(directory, { read: true });
  },
  room: roomUnder,
};
