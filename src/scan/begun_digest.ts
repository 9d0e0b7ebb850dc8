// A file that is digested a stretch at a time. Nothing is open between two stretches; where anything about it changes meanwhile it is begun
// anew, as long as it looks as it was seen.

import { createHash, type Hash } from "node:crypto";
import { type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import { isAllZero } from "../core/zeros.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "./identity.ts";

/** What is in a file that was read to its end. */
export interface ReadContent {
  digest: string;
  /** Nothing, or nothing but zeros. */
  blank: boolean;
  /** When the reading began, and when anything about the file had changed last then: in ms. */
  at: number;
  changed: number;
}

/** How far a file is read. */
interface ReadSoFar extends Omit<ReadContent, "digest"> {
  hash: Hash;
  offset: number;
}

export class BegunDigest {
  #progress: ReadSoFar | null = null;

  /** `native`: where it is; `seen`: how it was seen. */
  constructor(private readonly disk: Disk, private readonly native: string, readonly seen: FileEntry) {}

  /** Whether this is of a file that was seen so. */
  isOf(seen: FileEntry): boolean {
    return isSeenAlike(this.seen, seen);
  }

  /** So many bytes are read. */
  get bytes(): number {
    return this.#progress?.offset ?? 0;
  }

  /** Reads on until its end, or about until that time, at least a piece: then it is "unread". "changed": it is not as it was seen, and this is
   * of no use any more. Throws what the disk throws. */
  advance(until: number): ReadContent | "unread" | "changed" {
    const file = this.disk.openToRead(this.native);
    try {
      const stat = file.stat();
      if (!isAsSeen(stat, this.seen)) return "changed";
      if (this.#progress?.changed !== stat.changed) this.#progress = begunAt(stat.changed);
      return this.#readOn(this.#progress!, file, until);
    } finally {
      file.close();
    }
  }

  #readOn(progress: ReadSoFar, file: OpenFile, until: number): ReadContent | "unread" | "changed" {
    if (progress.offset > 0) file.seek(progress.offset);
    for (;;) {
      const read = buffer.subarray(0, file.read(buffer));
      const stat = file.stat();
      if (!isAsSeen(stat, this.seen)) return "changed";
      if (stat.changed !== progress.changed) return "unread";
      if (read.length === 0) {
        const { hash, offset: _, ...known } = progress;
        return { ...known, digest: hash.digest("hex") };
      }
      progress.hash.update(read);
      progress.blank &&= isAllZero(read);
      progress.offset += read.length;
      if (performance.now() >= until) return "unread";
    }
  }
}

const buffer = new Uint8Array(1 << 20);

function begunAt(changed: number): ReadSoFar {
  return { hash: createHash("sha256"), offset: 0, blank: true, at: Date.now(), changed };
}
