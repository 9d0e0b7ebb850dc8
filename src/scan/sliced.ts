// A file that is read to its end a slice at a time. It is closed between two slices, and has to hold still from the first to the last.

import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import type { FileEntry } from "../core/entry.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "./identity.ts";

export class SlicedReading {
  readonly #hash = createHash("sha256");
  #offset = 0;
  /** When anything about the file had changed last, in ms, as that began. */
  #changed: number | null = null;
  #blank = true;
  /** When that began. */
  readonly at = Date.now();

  constructor(private readonly disk: Disk, private readonly native: string, readonly seen: FileEntry) {}

  /** So far it is read. */
  get offset(): number {
    return this.#offset;
  }

  /** It is empty or holds nothing but zeros, as far as it is read. */
  get blank(): boolean {
    return this.#blank;
  }

  /** Reads on until about that time. "end": all is read; "other": it is not as it was seen, or as it was. Throws what the disk throws. */
  advance(until: number): "more" | "end" | "other" {
    const file = this.disk.openToRead(this.native);
    try {
      if (!this.#isStill(file)) return "other";
      if (this.#offset > 0) file.seek(this.#offset);
      for (;;) {
        const count = file.read(buffer);
        this.#take(buffer.subarray(0, count));
        if (!this.#isStill(file)) return "other";
        if (count === 0) return "end";
        if (performance.now() >= until) return "more";
      }
    } finally {
      file.close();
    }
  }

  /** The digest, once it is read to its end. */
  digest(): string {
    return this.#hash.digest("hex");
  }

  #take(bytes: Uint8Array) {
    this.#hash.update(bytes);
    this.#blank &&= isZero(bytes);
    this.#offset += bytes.length;
  }

  #isStill(file: OpenFile): boolean {
    const stat = file.stat();
    this.#changed ??= stat.changed;
    return isAsSeen(stat, this.seen) && stat.changed === this.#changed;
  }
}

const buffer = new Uint8Array(1 << 20);
const zeros = new Uint8Array(buffer.length);

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}
