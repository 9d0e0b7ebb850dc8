// Content that is here, on its way beside the root: copied a piece at a time, and digested as it is read. Nothing is open between two
// pieces; the source has to hold still from the first to the last.

import { createHash } from "node:crypto";
import { HoleWriter } from "../fs/holes.ts";
import type { Disk, OpenFile, Stat } from "../fs/port.ts";
import { closeLike } from "../fs/rights.ts";
import type { Located } from "./survey.ts";

export class Copying {
  readonly #hash = createHash("sha256");
  #offset = 0;
  /** The source as it was when that began. */
  #begun: Stat | null = null;
  #whole: { digest: string; stat: Stat } | null = null;

  /** `native`: where the copy comes to be; nothing is there yet. */
  constructor(private readonly disk: Disk, readonly source: Located, readonly native: string) {}

  /** The digest, once it is finished. */
  get digest(): string | null {
    return this.#whole?.digest ?? null;
  }

  /** Whether the finished copy is not as it was left: it may have a second name in the root by now, and be somebody's file. */
  get isSpoilt(): boolean {
    const stat = this.#whole && this.disk.stat(this.native);
    return this.#whole !== null && !(stat && isSameFile(stat, this.#whole.stat));
  }

  /** Notes that all is copied: nothing more is done to the copy here. */
  finished(digest: string) {
    this.#whole = { digest, stat: this.disk.stat(this.native)! };
  }

  /** Copies on, until about that time. Returns the digest when all is copied, null before. Throws what the disk throws, and where the
   * source is not what it was. */
  advance(until: number): string | null {
    const source = this.disk.openToRead(this.source.native);
    try {
      this.#ensureSame(source);
      const copy = this.#open(source);
      try {
        if (!this.#copy(source, copy, until)) return null;
      } finally {
        copy.close();
      }
      this.#ensureSame(source);
      return this.#hash.digest("hex");
    } finally {
      source.close();
    }
  }

  /** Returns whether the source is at its end. */
  #copy(source: OpenFile, copy: OpenFile, until: number): boolean {
    const writer = new HoleWriter(copy, this.#offset, this.#offset);
    if (this.#offset > 0) source.seek(this.#offset);
    for (;;) {
      const count = source.read(buffer);
      if (count === 0) return true;
      this.#hash.update(buffer.subarray(0, count));
      writer.write(buffer.subarray(0, count));
      this.#offset += count;
      if (this.#offset < this.source.entry.size && performance.now() >= until) return false;
    }
  }

  /** Content alone: whatever else the source carries, a mode that forbids writing among it, stays its own. But whom it is closed to, the
   * copy is. */
  #open(source: OpenFile): OpenFile {
    if (this.#offset === 0) {
      const copy = this.disk.create(this.native);
      closeLike(this.disk, this.native, copy.stat(), source.stat());
      return copy;
    }
    const copy = this.disk.openToWrite(this.native);
    copy.seek(this.#offset);
    return copy;
  }

  #ensureSame(source: OpenFile) {
    const stat = source.stat();
    this.#begun ??= stat;
    if (!isSameFile(stat, this.#begun)) throw new Error("it changed while it was copied");
  }
}

const buffer = new Uint8Array(1 << 20);

function isSameFile(one: Stat, other: Stat): boolean {
  return one.kind === other.kind && one.id === other.id && one.size === other.size &&
    one.mtime === other.mtime && one.changed === other.changed && one.links === other.links;
}
