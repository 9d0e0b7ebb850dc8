// The disk itself, through Deno's synchronous calls.

import type { Disk, OpenFile, Stat } from "./port.ts";

const WINDOWS = Deno.build.os === "windows";

function statOf(info: Deno.FileInfo): Stat {
  const kind = info.isSymlink ? "link" : info.isFile ? "file" : info.isDirectory ? "directory" : "other";
  return {
    kind,
    size: info.size,
    mtime: info.mtime?.getTime() ?? 0,
    // NTFS IDs can be beyond 2^53 and come rounded, shared by neighbours: no ID is better than a wrong one.
    id: Number.isSafeInteger(info.ino) ? info.ino! : 0,
    executable: !WINDOWS && ((info.mode ?? 0) & 0o100) !== 0,
  };
}

class RealFile implements OpenFile {
  constructor(private readonly file: Deno.FsFile) {}

  stat = (): Stat => statOf(this.file.statSync());
  read = (into: Uint8Array): number => this.file.readSync(into) ?? 0;
  write(bytes: Uint8Array) {
    for (let done = 0; done < bytes.length;) done += this.file.writeSync(bytes.subarray(done));
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
    const mode = (Deno.lstatSync(path).mode ?? 0o644) & 0o777;
    // Whoever may read it may then run it, as a person's chmod +x does.
    Deno.chmodSync(path, executable ? mode | ((mode & 0o444) >> 2) : mode & ~0o111);
  },
  makeDirectory: (path) => Deno.mkdirSync(path),
  makeDirectories: (path) => Deno.mkdirSync(path, { recursive: true }),
  makeLink: (target, path) => Deno.symlinkSync(target, path, WINDOWS ? { type: "file" } : undefined),
  hardLink: (from, to) => Deno.linkSync(from, to),
  copy: (from, to) => Deno.copyFileSync(from, to),
  rename: (from, to) => Deno.renameSync(from, to),
  remove: (path) => Deno.removeSync(path),
  removeIfThere(path) {
    try {
      Deno.removeSync(path);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
  removeTree: (path) => Deno.removeSync(path, { recursive: true }),
};
