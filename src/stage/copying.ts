// A file that is copied a piece at a time, and digested as it is read. Nothing is open between two pieces; the source has to hold still from
// the first to the last.

import { createHash } from "node:crypto";
import { tryTo } from "../fs/failure.ts";
import { HoleWriter } from "../fs/holes.ts";
import type { Disk, OpenFile, Stat } from "../fs/port.ts";
import { closeLike } from "../fs/rights.ts";

/** How it is copied. */
export interface CopyOptions {
  /** What is copied is put on the disk on the way: at the end little is left to flush. */
  flushes?: boolean;
  /** The copy is its owner's alone until somebody gives it rights; else it is closed to whom the source is. */
  isPrivate?: boolean;
  /** Nobody else writes the source: what is done to its rights and names meanwhile is no change. */
  isOwn?: boolean;
}

/** Closed to others while it comes. */
const PRIVATE = 0o600;
/** A flush may take long: so much is flushed at once at most. */
const FLUSH_BYTES = 8 << 20;

export class Copying {
  readonly #hash = createHash("sha256");
  #offset = 0;
  #flushed = 0;
  /** The source as it was when that began. */
  #begun: Stat | null = null;
  #digest: string | null = null;
  /** The copy, as whoever finished it left it. */
  #left: Stat | null = null;

  /** The file `from` is copied to `native`, where nothing is yet. */
  constructor(
    private readonly disk: Disk,
    readonly from: string,
    readonly native: string,
    private readonly options: CopyOptions = {},
  ) {}

  /** The digest, once all is copied. */
  get digest(): string | null {
    return this.#digest;
  }

  /** So many bytes are copied. */
  get bytes(): number {
    return this.#offset;
  }

  /** Whether the finished copy is not as it was left: it may have a second name in the root by now, and be somebody's file. */
  get isSpoilt(): boolean {
    const stat = this.#left && this.disk.stat(this.native);
    return this.#left !== null && !(stat && isSameFile(stat, this.#left));
  }

  /** Nothing more is done to the copy here. */
  finished() {
    this.#left = this.disk.stat(this.native);
  }

  /** Copies on, until about that time, at least a piece. Returns the digest when all is copied, null before. Throws what the disk throws,
   * and where the source is not what it was. */
  advance(until: number): string | null {
    if (this.#digest !== null) return this.#digest;
    const source = this.disk.openToRead(this.from);
    try {
      this.#ensureSame(source);
      const copy = this.#open(source);
      try {
        if (!this.#copy(source, copy, until)) return null;
      } finally {
        copy.close();
      }
      this.#ensureSame(source);
      return this.#digest = this.#hash.digest("hex");
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
      if (this.options.flushes && this.#offset - this.#flushed >= FLUSH_BYTES) this.#flush();
      if (this.#offset < this.#begun!.size && performance.now() >= until) return false;
    }
  }

  #flush() {
    this.disk.flush(this.native);
    this.#flushed = this.#offset;
  }

  /** Content alone: whatever else the source carries, a mode that forbids writing among it, stays its own. But whom it is closed to, the
   * copy is. */
  #open(source: OpenFile): OpenFile {
    if (this.#offset === 0) {
      const copy = this.disk.create(this.native);
      if (this.options.isPrivate) tryTo(() => this.disk.setMode(this.native, PRIVATE)); // Where the disk knows modes.
      else closeLike(this.disk, this.native, copy.stat(), source.stat());
      return copy;
    }
    const copy = this.disk.openToWrite(this.native);
    copy.seek(this.#offset);
    return copy;
  }

  #ensureSame(source: OpenFile) {
    const stat = source.stat();
    this.#begun ??= stat;
    const isSame = this.options.isOwn ? isSameContent : isSameFile;
    if (!isSame(stat, this.#begun)) throw new Error("it changed while it was copied");
  }
}

const buffer = new Uint8Array(1 << 20);

function isSameFile(one: Stat, other: Stat): boolean {
  return isSameContent(one, other) && one.changed === other.changed && one.links === other.links;
}

function isSameContent(one: Stat, other: Stat): boolean {
  return one.kind === other.kind && one.id === other.id && one.size === other.size &&
    one.mtime === other.mtime;
}
