// Frames on a byte stream: u32 big-endian length + body. Knows bodies only; what they mean is the channel's affair.
// A body is at most 64 KiB; an empty frame is a heartbeat and says only that its sender lives.

import { Breach } from "../core/failure.ts";
import type { Stream } from "./channel.ts";
import { checkPrelude, PRELUDE } from "./prelude.ts";

/** The longest body of a frame. */
export const LONGEST_BODY = 64 * 1024;

const HEADER = 4;
const SMALL_BUFFER = 8 * 1024;
const LARGE_BUFFER = 4 * (HEADER + LONGEST_BODY);

/** Gathers frames in one buffer and hands them to the stream in one write. Begins with the prelude. */
export class FrameWriter {
  #buffer = new Uint8Array(SMALL_BUFFER);
  #view = new DataView(this.#buffer.buffer);
  #end = PRELUDE.length;

  constructor(private readonly stream: Stream) {
    this.#buffer.set(PRELUDE);
  }

  /** Whether something waits for `flush`. */
  get waiting(): boolean {
    return this.#end > 0;
  }

  /** Adds one frame with the body `first` + `rest`. False when the buffer is too full: flush, then try again. */
  put(first: number, rest: Uint8Array): boolean {
    const length = 1 + rest.length;
    if (!this.#makeRoom(HEADER + length)) return false;
    this.#view.setUint32(this.#end, length);
    this.#buffer[this.#end + HEADER] = first;
    this.#buffer.set(rest, this.#end + HEADER + 1);
    this.#end += HEADER + length;
    return true;
  }

  /** Adds an empty frame. */
  beat(): void {
    if (!this.#makeRoom(HEADER)) return; // Much is waiting to be written: that is sign of life enough.
    this.#view.setUint32(this.#end, 0);
    this.#end += HEADER;
  }

  /** Writes all that waits. Nothing may be put meanwhile. */
  async flush(): Promise<void> {
    let from = 0;
    while (from < this.#end) from += await this.stream.write(this.#buffer.subarray(from, this.#end));
    this.#end = 0;
  }

  /** Most channels carry small messages only: the large buffer comes with the first large one. */
  #makeRoom(length: number): boolean {
    if (this.#end + length <= this.#buffer.length) return true;
    if (this.#buffer.length === LARGE_BUFFER) return false;
    const larger = new Uint8Array(LARGE_BUFFER);
    larger.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
    return this.#end + length <= LARGE_BUFFER;
  }
}

/** Cuts what arrives into frames. All of them are read into one buffer that is used again and again. */
export class FrameReader {
  readonly #buffer: Uint8Array;
  readonly #view: DataView;
  #start = 0;
  #end = 0;
  #greeted = false;

  /** `longest` bounds a body: a reader of small messages needs no large buffer. */
  constructor(private readonly stream: Stream, private readonly longest: number = LONGEST_BODY) {
    this.#buffer = new Uint8Array(Math.min(LARGE_BUFFER, 4 * (HEADER + longest)));
    this.#view = new DataView(this.#buffer.buffer);
  }

  /** The body of the next frame that has wholly arrived, as a view that holds until `fill`; else undefined. */
  take(): Uint8Array | undefined {
    if (!this.#greeted && !this.#takePrelude()) return undefined;
    while (this.#end - this.#start >= HEADER) {
      const length = this.#view.getUint32(this.#start);
      if (length > this.longest) {
        throw new Breach(`a frame of ${length} bytes arrived, and ${this.longest} is the most allowed`);
      }
      const body = this.#start + HEADER;
      if (body + length > this.#end) return undefined;
      this.#start = body + length;
      if (length > 0) return this.#buffer.subarray(body, body + length);
    }
    return undefined;
  }

  /** Reads more. False at the end of the stream; an end inside a frame is a broken link and throws. */
  async fill(): Promise<boolean> {
    this.#compact();
    const count = await this.stream.read(this.#buffer.subarray(this.#end));
    if (count === null) {
      if (this.#start < this.#end) throw new Error("the connection broke off inside a message");
      return false;
    }
    this.#end += count;
    return true;
  }

  /** What was read and not taken: it belongs to whoever goes on with the stream. */
  rest(): Uint8Array {
    return this.#buffer.slice(this.#start, this.#end);
  }

  #takePrelude(): boolean {
    const arrived = this.#buffer.subarray(this.#start, Math.min(this.#end, this.#start + PRELUDE.length));
    this.#greeted = checkPrelude(arrived);
    if (this.#greeted) this.#start += PRELUDE.length;
    return this.#greeted;
  }

  /** Moves the begun frame (less than a quarter of the buffer) to the front when little room is left behind it. */
  #compact(): void {
    if (this.#start === this.#end) this.#start = this.#end = 0;
    if (this.#end <= this.#buffer.length / 2) return;
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }
}
