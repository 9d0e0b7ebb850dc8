// The real disk, but for files that have rotted below the file system: what is read of them is other than what was written, or cannot be
// read at all, and nothing else tells. So a test stands in for a platter that loses bits.

import type { Disk, OpenFile } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";

export class RottenDisk {
  /** By file ID, what is wrong with it. */
  readonly #rotten = new Map<number, "flipped" | "unreadable">();
  /** How many bytes were read of files. */
  read = 0;
  readonly disk: Disk = { ...realDisk, openToRead: (path) => this.#open(path) };

  rot(path: string, how: "flipped" | "unreadable" = "flipped") {
    this.#rotten.set(Deno.lstatSync(path).ino!, how);
  }

  /** The file can be read as it was written. */
  mend(path: string) {
    this.#rotten.delete(Deno.lstatSync(path).ino!);
  }

  #open(path: string): OpenFile {
    const file = realDisk.openToRead(path);
    const how = this.#rotten.get(file.stat().id);
    let isFirst = true;
    return {
      stat: () => file.stat(),
      write: (bytes) => file.write(bytes),
      extend: (size) => file.extend(size),
      seek: (offset) => file.seek(offset),
      setTime: (mtime) => file.setTime(mtime),
      close: () => file.close(),
      read: (into) => {
        if (how === "unreadable") throw new Error(FAULT);
        const count = file.read(into);
        this.read += count;
        if (how === "flipped" && isFirst && count > 0) into[0]! ^= 1;
        isFirst = false;
        return count;
      },
    };
  }
}

const FAULT = Deno.build.os === "windows"
  ? "Data error (cyclic redundancy check). (os error 23)"
  : "Input/output error (os error 5)";
