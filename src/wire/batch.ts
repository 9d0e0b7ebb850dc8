// A batch: pieces of many files in one message of at most about a MiB, laid out by hand since this is the hot path.
// Byte 0 is the message tag; then pieces: u32 index, u8 flags, u32 length, bytes, and after the last piece of a file its digest.
// A piece that the other side has already is its length alone, and u32 the number of its first block where blocks are named by number; one
// with runs of zeros comes without them (packed.ts).

import { pack, unpackZeros } from "./packed.ts";
import { breach, LONGEST_REASON } from "./shape.ts";

const HEADER = 9;
const DIGEST = 32;
const NUMBER = 4;
const LAST = 1, FAILED = 2, HELD = 3, CHANGED = 4, NUMBERED = 5;
/** Added to 0 or LAST. */
const PACKED = 8;

/** No batch is longer, its tag included. */
export const BATCH_BYTES = 1 << 20;
/** Files up to this size travel whole, in one piece; larger ones may stop anywhere and go on later. */
export const WHOLE_BYTES = BATCH_BYTES >> 2;
/** The content of one batch, with its zeros: whoever takes it in is busy no longer for zeros than for so many bytes. */
export const UNPACKED_BYTES = 16 << 20;
/** So many bytes that the other side has are passed over for one batch: nobody waits long for so many. */
export const PASSED_BYTES = 16 << 20;
/** The last block of these may go beyond that, as long as the longest is. */
const HELD_BYTES = PASSED_BYTES + (64 << 20);

/** A piece of one wanted file. A failed file has a reason instead of content. */
export interface Piece {
  /** Which of the wanted files: `Want.index`. */
  index: number;
  /** A view of the batch: copy what is kept for longer. Empty where a file is held or changed. */
  bytes: Uint8Array;
  /** Set with the last piece: hex. */
  digest?: string;
  /** Why, in words for a person. */
  failed?: string;
  /** So many bytes are as the one who wants them said to have them. */
  held?: number;
  /** The number of the first block in which these are, where blocks are named by number. */
  number?: number;
  /** It is not what was wanted any more: it is being written. */
  changed?: true;
}

/** Collects pieces until full. Content is read straight into `room()`. */
export class BatchWriter {
  #bytes = new Uint8Array(BATCH_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #end = 1;
  #content = 0;
  /** The piece that was added last, if it names blocks: where it is, and the number of the block after them. */
  #blocks: { at: number; index: number; next: number } | null = null;

  /** `packs`: the other side knows content without its zeros. `adds` hears of the content of each piece, with its zeros. */
  constructor(
    private readonly packs = false,
    private readonly adds: (index: number, length: number) => void = () => {},
  ) {}

  /** Whether nothing was added yet. */
  get isEmpty(): boolean {
    return this.#end === 1;
  }

  /** Where the next piece's content may be written; empty when the batch is full. */
  room(): Uint8Array {
    if (this.#content > UNPACKED_BYTES - BATCH_BYTES) return EMPTY;
    return this.#bytes.subarray(Math.min(this.#end + HEADER, BATCH_BYTES), Math.max(0, BATCH_BYTES - DIGEST));
  }

  /** Adds a piece whose `length` bytes are in `room()` already. */
  add(index: number, length: number, digest?: string) {
    const packed = this.packs ? pack(this.room().subarray(0, length)) : null;
    if (packed) this.room().set(packed);
    const taken = packed?.length ?? length;
    this.#header(index, (digest === undefined ? 0 : LAST) + (packed ? PACKED : 0), taken);
    this.#end += HEADER + taken;
    this.#content += length;
    this.adds(index, length);
    if (digest === undefined) return;
    this.#bytes.set(Uint8Array.fromHex(digest), this.#end);
    this.#end += DIGEST;
  }

  /** Says that a file cannot be supplied. Needs room for the reason. */
  fail(index: number, reason: string) {
    const { written } = new TextEncoder().encodeInto(reason, this.room());
    this.#header(index, FAILED, written);
    this.#end += HEADER + written;
  }

  /** Says that the next `length` bytes are there already: one block, that of the number, where blocks are named by number. Needs a room
   * that is not empty. */
  hold(index: number, length: number, number?: number) {
    this.adds(index, length);
    if (number === undefined) {
      this.#header(index, HELD, length);
      this.#end += HEADER;
    } else if (this.#blocks?.index === index && this.#blocks.next === number) {
      const { at } = this.#blocks;
      this.#view.setUint32(at + 5, this.#view.getUint32(at + 5) + length);
      this.#blocks.next++;
    } else {
      const at = this.#end;
      this.#header(index, NUMBERED, length);
      this.#view.setUint32(at + HEADER, number);
      this.#end += HEADER + NUMBER;
      this.#blocks = { at, index, next: number + 1 };
    }
  }

  /** Says that a file is not what was wanted any more. Needs a room that is not empty. */
  change(index: number) {
    this.#header(index, CHANGED, 0);
    this.#end += HEADER;
  }

  /** The batch so far as message bytes. The writer must not be used again. */
  done(): Uint8Array {
    return this.#bytes.subarray(0, this.#end);
  }

  #header(index: number, flags: number, length: number) {
    this.#blocks = null;
    this.#view.setUint32(this.#end, index);
    this.#view.setUint8(this.#end + 4, flags);
    this.#view.setUint32(this.#end + 5, length);
  }
}

const EMPTY = new Uint8Array();

/** The pieces of a batch, as views of its bytes. Throws Breach where it is malformed. */
export function* readBatch(batch: Uint8Array): Generator<Piece> {
  const view = new DataView(batch.buffer, batch.byteOffset, batch.byteLength);
  let unpacked = 0;
  let passed = 0;
  for (let at = 1; at < batch.length;) {
    if (at + HEADER > batch.length) breach("batch cut in a header");
    const index = view.getUint32(at);
    const kind = view.getUint8(at + 4);
    const flags = kind & ~PACKED;
    if (kind !== flags && flags > LAST) breach("unknown kind of piece");
    const start = at + HEADER;
    const length = view.getUint32(at + 5);
    const isHeld = flags === HELD || flags === NUMBERED;
    const end = isHeld ? start + (flags === NUMBERED ? NUMBER : 0) : start + length;
    if (isHeld && (passed += length) > HELD_BYTES) {
      breach("more that is there than may be passed over at once");
    }
    at = end + (flags === LAST ? DIGEST : 0);
    if (at > batch.length) breach("batch cut in a piece");
    const sent = batch.subarray(start, end);
    const bytes = kind === flags ? sent : unpackZeros(sent, Math.min(BATCH_BYTES, UNPACKED_BYTES - unpacked));
    if (kind !== flags) unpacked += bytes.length;
    if (flags === FAILED) {
      yield { index, bytes, failed: new TextDecoder().decode(bytes.subarray(0, LONGEST_REASON)) };
    } else if (flags === LAST) {
      const digest = batch.subarray(end, end + DIGEST).toHex();
      yield { index, bytes, digest };
    } else if (flags === HELD && length > 0) yield { index, bytes, held: length };
    else if (flags === NUMBERED && length > 0) {
      yield { index, bytes: EMPTY, held: length, number: view.getUint32(start) };
    } else if (flags === CHANGED && length === 0) yield { index, bytes, changed: true };
    else if (flags === 0) yield { index, bytes };
    else breach("unknown kind of piece");
  }
}

/** Gives the memory of bytes that are done with back at once: large ones pile up until the collector comes by. */
export function release(bytes: Uint8Array) {
  (bytes.buffer as ArrayBuffer).transfer(0);
}
