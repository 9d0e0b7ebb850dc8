// What of a large file is here already, block by block: in the part that an earlier try left, and beyond that in the file which it is
// to replace. None of it is relied on: the other side compares it with what it has, and the whole is digested as it comes together.

import { Buffer } from "node:buffer";
import type { FileEntry } from "../core/tree/entry.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "../scan/identity.ts";
import { blockBytes, blockDigest, Blocks, wholeBlocks } from "../wire/blocks.ts";

/** A file of this side. */
export interface Located {
  native: string;
  entry: FileEntry;
}

export class Survey {
  readonly #block: number;
  readonly #digests: Uint8Array[] = [];
  /** How many blocks are whole in the part; and how many in the part or the replaced file. */
  readonly #inPart: number;
  readonly #most: number;
  #part: OpenFile | null = null;
  #replaced: OpenFile | null = null;

  /** Of a file of `size` bytes; `part`: the native path of its part, which may not be there. */
  constructor(
    private readonly disk: Disk,
    private readonly part: string,
    private readonly replaced: Located | null,
    readonly size: number,
  ) {
    this.#block = blockBytes(size);
    const whole = (bytes: number) => Math.min(wholeBlocks(size), Math.floor(bytes / this.#block));
    this.#inPart = whole(disk.stat(part)?.size ?? 0);
    this.#most = Math.max(this.#inPart, whole(replaced?.entry.size ?? 0));
  }

  /** How many bytes are still to be read. */
  get left(): number {
    return (this.#most - this.#digests.length) * this.#block;
  }

  /** What is here, as far as it is known. */
  blocks(): Blocks {
    return new Blocks(Buffer.concat(this.#digests), this.size);
  }

  /** Digests on, until about that time. Returns whether all is known. What cannot be read ends it: that comes from the peer. */
  advance(until: number): boolean {
    const block = new Uint8Array(this.#digests.length < this.#most ? this.#block : 0);
    while (this.#digests.length < this.#most) {
      try {
        this.read(this.#digests.length * this.#block, block);
      } catch {
        break;
      }
      this.#digests.push(blockDigest(block));
      if (performance.now() > until) return this.#digests.length === this.#most;
    }
    return true;
  }

  /** Whether these bytes lie within blocks whose digests were told to the other side. */
  holds(offset: number, length: number): boolean {
    return offset + length <= this.#digests.length * this.#block;
  }

  /** Reads bytes that are here. Throws where they are not, any more. */
  read(offset: number, into: Uint8Array) {
    const file = offset < this.#inPart * this.#block
      ? this.#part ??= this.disk.openToRead(this.part)
      : this.#replaced ??= this.#openReplaced();
    file.seek(offset);
    for (let done = 0; done < into.length;) {
      const count = file.read(into.subarray(done));
      if (count === 0) throw new Error("what was here of it changed meanwhile");
      done += count;
    }
  }

  /** Nothing is open any more; reading opens it again. */
  close() {
    this.#part?.close();
    this.#replaced?.close();
    this.#part = this.#replaced = null;
  }

  #openReplaced(): OpenFile {
    const { native, entry } = this.replaced!;
    const file = this.disk.openToRead(native);
    if (isAsSeen(file.stat(), entry)) return file; // No link was put in its place (N5).
    file.close();
    throw new Error("what it replaces changed meanwhile");
  }
}
