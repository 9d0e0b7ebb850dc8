// Frames on a byte stream: u32 big-endian length + body, sealed once there is a cipher. Knows bodies only; what they mean is the
// channel's affair. A sealed body is less than 64 KiB; an empty body is a heartbeat and says only that its sender lives.

import { Breach } from "../../core/failure.ts";
import { TAG } from "./noise/aead.ts";
import type { Cipher } from "./noise/cipher.ts";
import { checkPrelude, PRELUDE } from "./prelude.ts";

/** The longest message of the Noise protocol, and of it what a frame has to say. */
const LONGEST_SEALED = 65_535;
/** The longest body of a frame, before it is sealed. */
export const LONGEST_BODY = LONGEST_SEALED - TAG;

const HEADER = 4;
const SMALL_BUFFER = 8 * 1024;
const LARGE_BUFFER = 4 * (HEADER + LONGEST_SEALED);

/** Gathers frames in one buffer and hands them to the stream in one write. Begins with the prelude. */
export class FrameWriter {
  #buffer = new Uint8Array(SMALL_BUFFER);
  #view = new DataView(this.#buffer.buffer);
  #end = PRELUDE.length;
  #cipher: Cipher | undefined;

  /** What it writes first is the prelude. */
  constructor(private readonly stream: Stream) {
    this.#buffer.set(PRELUDE);
  }

  /** Seals every frame from here on. */
  sealWith(cipher: Cipher): void {
    this.#cipher = cipher;
  }

  /** Whether something waits for `flush`. */
  get waiting(): boolean {
    return this.#end > 0;
  }

  /** Adds one frame with the body `first` + `rest`. False when the buffer is too full: flush, then try again. */
  put(first: number, rest: Uint8Array): boolean {
    if (!this.#makeRoom(HEADER + 1 + rest.length + TAG)) return false;
    this.#add([Uint8Array.of(first), rest]);
    return true;
  }

  /** Adds an empty frame. */
  beat(): void {
    if (this.#makeRoom(HEADER + TAG)) this.#add([]); // Else much waits: that is sign of life enough.
  }

  /** Adds one frame as it is: a message of the handshake. */
  putHandshake(message: Uint8Array): void {
    this.#makeRoom(HEADER + message.length);
    this.#add([message]);
  }

  /** Writes all that waits. Nothing may be put meanwhile. */
  async flush(): Promise<void> {
    let from = 0;
    while (from < this.#end) from += await this.stream.write(this.#buffer.subarray(from, this.#end));
    this.#end = 0;
  }

  /** There is room for it. */
  #add(parts: readonly Uint8Array[]): void {
    const plain = parts.reduce((length, part) => length + part.length, 0);
    const length = this.#cipher === undefined ? plain : plain + TAG;
    this.#view.setUint32(this.#end, length);
    const from = this.#end + HEADER;
    this.#end = from + length;
    if (this.#cipher !== undefined) {
      return this.#cipher.sealInto(this.#buffer.subarray(from, this.#end), parts);
    }
    parts.reduce((at, part) => (this.#buffer.set(part, at), at + part.length), from);
  }

  /** Most channels carry small messages only: the buffer grows with the first large ones. */
  #makeRoom(length: number): boolean {
    const needed = this.#end + length;
    if (needed <= this.#buffer.length) return true;
    if (needed > LARGE_BUFFER) return false;
    let size = this.#buffer.length;
    while (size < needed) size = Math.min(2 * size, LARGE_BUFFER);
    const larger = new Uint8Array(size);
    larger.set(this.#buffer.subarray(0, this.#end));
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
    return true;
  }
}

/** Cuts what arrives into frames. All of them are read into one buffer that is used again and again. */
export class FrameReader {
  #buffer = new Uint8Array(0);
  #view = new DataView(this.#buffer.buffer);
  #longest = 0;
  #start = 0;
  #end = 0;
  #greeted = false;
  #cipher: Cipher | undefined;
  /** How many frames have been whole, heartbeats among them. */
  taken = 0;

  /** `longest` bounds a body. */
  constructor(private readonly stream: Stream, longest: number) {
    this.allow(longest);
  }

  /** Bounds bodies by `longest` from here on: a reader of small messages needs no large buffer. */
  allow(longest: number): void {
    const bound = Math.min(longest, LONGEST_BODY);
    if (bound <= this.#longest) return;
    this.#longest = bound;
    const larger = new Uint8Array(Math.min(LARGE_BUFFER, 4 * (HEADER + bound + TAG)));
    larger.set(this.#buffer.subarray(this.#start, this.#end));
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = larger;
    this.#view = new DataView(larger.buffer);
  }

  /** Opens every frame from here on. */
  openWith(cipher: Cipher): void {
    this.#cipher = cipher;
  }

  /** The body of the next frame that has wholly arrived, until `fill` or for good once it was sealed; else undefined.
   * Throws Breach when it is too long, or was not sealed by the other end. */
  take(): Uint8Array | undefined {
    if (!this.#greeted && !this.#takePrelude()) return undefined;
    while (this.#end - this.#start >= HEADER) {
      const length = this.#view.getUint32(this.#start);
      const most = this.#longest + TAG;
      if (length > most) {
        throw new Breach(`a frame of ${length} bytes arrived, and ${most} is the most allowed`);
      }
      const from = this.#start + HEADER;
      if (from + length > this.#end) return undefined;
      this.#start = from + length;
      const arrived = this.#buffer.subarray(from, from + length);
      const body = this.#cipher?.open(arrived) ?? arrived;
      this.taken++;
      if (body.length > 0) return body;
    }
    return undefined;
  }

  /** Reads more; gives how many bytes. Null at the end of the stream; an end inside a frame is a broken link and throws. */
  async fill(): Promise<number | null> {
    this.#compact();
    const count = await this.stream.read(this.#buffer.subarray(this.#end));
    if (count === null) {
      if (this.#start < this.#end) throw new Error("the connection broke off inside a message");
      return null;
    }
    this.#end += count;
    return count;
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

/** The byte stream below: a `Deno.Conn`, or a pair of in-memory ends in tests. */
export interface Stream {
  /** Bytes read into the buffer, as many as there were; null at the end. Rejects where the link broke. */
  read(into: Uint8Array): Promise<number | null>;
  /** How many of the bytes were written: at least one, and not always all. */
  write(bytes: Uint8Array): Promise<number>;
  /** Pending reads and writes end. */
  close(): void;
}
