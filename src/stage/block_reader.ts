// Reads a file block by block, once, however long the blocks are and however little the disk gives at a time.

import type { OpenFile } from "../fs/port.ts";

/** How a file is cut: see `Blocks`. */
export interface Cutter {
  readonly most: number;
  cut(bytes: Uint8Array, at: number): number;
}

/** So many bytes are asked of the disk at once, at least. */
const READ_BYTES = 1 << 20;

export class BlockReader {
  readonly #window: Uint8Array;
  #start = 0;
  #end = 0;
  /** Up to where the file has been read. */
  #read: number;

  /** `file` stands at the offset `from`, and is read up to `to` at most. */
  constructor(
    private readonly file: OpenFile,
    private readonly cutter: Cutter,
    from: number,
    private readonly to = Infinity,
  ) {
    this.#read = from;
    this.#window = new Uint8Array(cutter.most + READ_BYTES);
  }

  /** The next block, until the next call; an empty one at the end. Throws what the disk throws. */
  next(): Uint8Array {
    if (this.#end - this.#start < this.cutter.most) this.#fill();
    const bytes = this.#window.subarray(this.#start, this.#end);
    const at = this.#read - bytes.length;
    const block = bytes.subarray(0, bytes.length === 0 ? 0 : this.cutter.cut(bytes, at));
    this.#start += block.length;
    return block;
  }

  #fill() {
    this.#window.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    while (this.#end < this.#window.length && this.#read < this.to) {
      const room = this.#window.subarray(this.#end);
      const count = this.file.read(room.subarray(0, Math.min(room.length, this.to - this.#read)));
      if (count === 0) break;
      this.#end += count;
      this.#read += count;
    }
  }
}
