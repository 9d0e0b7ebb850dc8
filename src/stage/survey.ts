// What of a large file is here already, block by block: in the part that an earlier try left, and in the file which it is to replace.
// None of it is relied on: the other side compares it with what it has, and the whole is digested as it comes together.

import { Buffer } from "node:buffer";
import type { FileEntry } from "../core/tree/entry.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "../scan/identity.ts";
import { blockDigest, type Blocks, CutBlocks, lengthsToWire } from "../wire/blocks.ts";
import { blockSizes, cutLength, mostTold } from "../wire/cut.ts";
import { FixedBlocks, fixedBytes, wholeBlocks } from "../wire/fixed_blocks.ts";
import { BlockReader, type Cutter } from "./block_reader.ts";

/** A file of this side. */
export interface Located {
  native: string;
  entry: FileEntry;
}

/** Bytes of a file that are looked through, from `at` to `end`. */
interface Stretch {
  isPart: boolean;
  at: number;
  end: number;
}

/** A block that is here. */
interface Block {
  isPart: boolean;
  at: number;
  length: number;
}

/** How often the clock is looked at: after so many bytes. */
const STEP_BYTES = 128 << 10;

export class Survey {
  readonly #cutter: Cutter;
  readonly #stretches: Stretch[];
  readonly #most: number;
  readonly #digests: Uint8Array[] = [];
  readonly #blocks: Block[] = [];
  #part: OpenFile | null = null;
  #replaced: OpenFile | null = null;

  /** Of a file of `size` bytes; `part`: the native path of its part, which may not be there; `cuts`: see `Staging`. */
  constructor(
    private readonly disk: Disk,
    private readonly part: string,
    private readonly replaced: Located | null,
    readonly size: number,
    private readonly cuts: boolean,
  ) {
    const come = disk.stat(part)?.size ?? 0;
    const present = replaced?.entry.size ?? 0;
    if (cuts) {
      const sizes = blockSizes(size);
      this.#cutter = { most: sizes.most, cut: (bytes) => cutLength(bytes, sizes) };
      this.#most = mostTold(size);
      this.#stretches = [{ isPart: true, at: 0, end: come }, { isPart: false, at: 0, end: present }];
    } else {
      const length = fixedBytes(size);
      this.#cutter = { most: length, cut: (bytes) => Math.min(length, bytes.length) };
      this.#most = wholeBlocks(size);
      const whole = (bytes: number) => Math.min(this.#most, Math.floor(bytes / length)) * length;
      this.#stretches = [
        { isPart: true, at: 0, end: whole(come) },
        { isPart: false, at: whole(come), end: whole(present) },
      ];
    }
    this.#stretches = this.#stretches.filter(({ at, end }) => at < end);
  }

  /** How many bytes are still to be read, at most. */
  get left(): number {
    return this.#stretches.reduce((sum, { at, end }) => sum + end - at, 0);
  }

  /** What is here, as far as it is known. */
  blocks(): Blocks {
    const digests = Buffer.concat(this.#digests);
    if (!this.cuts) return new FixedBlocks(digests, this.size);
    const lengths = this.#blocks.filter(({ isPart }) => isPart).map(({ length }) => length);
    return new CutBlocks(digests, lengthsToWire(lengths), this.size);
  }

  /** Digests on, until about that time. Returns whether all is known. What cannot be read ends it: that comes from the peer. */
  advance(until: number): boolean {
    try {
      for (; this.#stretches.length > 0; this.#stretches.shift()) {
        if (!this.#lookThrough(this.#stretches[0]!, until)) return false;
      }
    } catch {
      this.#stretches.length = 0;
    }
    return true;
  }

  /** Returns whether it is through. */
  #lookThrough(stretch: Stretch, until: number): boolean {
    const file = this.#open(stretch);
    file.seek(stretch.at);
    const reader = new BlockReader(file, this.#cutter, stretch.at, stretch.end);
    let looked = stretch.at;
    for (let block = reader.next(); block.length > 0; block = reader.next()) {
      if (this.#blocks.length === this.#most) return true;
      // Only whole ones have a number of their own.
      if (!this.cuts && block.length < this.#cutter.most) throw new Error("it became shorter meanwhile");
      this.#digests.push(blockDigest(block));
      this.#blocks.push({ isPart: stretch.isPart, at: stretch.at, length: block.length });
      stretch.at += block.length;
      if (stretch.at - looked < STEP_BYTES) continue;
      looked = stretch.at;
      if (performance.now() > until) return stretch.at >= stretch.end;
    }
    return true;
  }

  /** Whether `length` bytes are whole blocks that were told to the other side, from that one on. */
  holds(number: number, length: number): boolean {
    if (!Number.isInteger(number)) return false;
    let left = length;
    for (; left > 0 && number < this.#blocks.length; number++) left -= this.#blocks[number]!.length;
    return left === 0;
  }

  /** Reads bytes that `holds` said to be here, about so many at once as are looked through. Throws where they are not, any more. */
  *read(number: number, length: number): Generator<Uint8Array> {
    for (let left = length; left > 0;) {
      const first = this.#blocks[number]!;
      let bytes = 0;
      do bytes += this.#blocks[number++]!.length; while (
        bytes < Math.min(left, STEP_BYTES) && this.#blocks[number]?.isPart === first.isPart
      );
      yield this.#readAt(first, bytes);
      left -= bytes;
    }
  }

  /** Blocks of one file, with those that follow. */
  #readAt(first: Block, length: number): Uint8Array {
    const file = this.#open(first);
    const into = new Uint8Array(length);
    file.seek(first.at);
    for (let done = 0; done < into.length;) {
      const count = file.read(into.subarray(done));
      if (count === 0) throw new Error("what was here of it changed meanwhile");
      done += count;
    }
    return into;
  }

  /** Nothing is open any more; reading opens it again. */
  close() {
    this.#part?.close();
    this.#replaced?.close();
    this.#part = this.#replaced = null;
  }

  #open({ isPart }: Pick<Block, "isPart">): OpenFile {
    return isPart ? this.#part ??= this.disk.openToRead(this.part) : this.#replaced ??= this.#openReplaced();
  }

  #openReplaced(): OpenFile {
    const { native, entry } = this.replaced!;
    const file = this.disk.openToRead(native);
    if (isAsSeen(file.stat(), entry)) return file; // No link was put in its place (N5).
    file.close();
    throw new Error("what it replaces changed meanwhile");
  }
}
