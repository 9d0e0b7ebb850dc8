// A batch compressed with zstd: byte 0 is the message tag, then u32 length of what follows the batch's own tag, and that as one frame.
// A whole batch at a time: what its many small files have in common is said once.

import * as zlib from "node:zlib";
import { BATCH_BYTES } from "./batch.ts";
import { breach } from "./shape.ts";

const HEADER = 5;
/** As a power of two: no frame looks back further than a batch is long, so that whoever takes it in needs no more memory than for that. */
const WINDOW = Math.log2(BATCH_BYTES);

/** How hard zstd tries; 0: nothing is compressed. */
export type CompressionLevel = 0 | 1 | 3 | 6;

let known: boolean | null = null;

/** Whether this runtime has a zstd that works: Deno 2.6 has the names of its functions, and each of them throws. */
export function knowsZstd(): boolean {
  return known ??= isWorking();
}

function isWorking(): boolean {
  const trial = Uint8Array.of(0, 1, 2, 3);
  try {
    return decompress(compress(trial, 1)).every((byte, index) => byte === trial[index]);
  } catch {
    return false;
  }
}

/** A batch compressed, its byte 0 free for the tag. Where zstd works. */
export function compress(batch: Uint8Array, level: Exclude<CompressionLevel, 0>): Uint8Array {
  const { ZSTD_c_compressionLevel, ZSTD_c_windowLog } = zlib.constants;
  const frame = zlib.zstdCompressSync(batch.subarray(1), {
    chunkSize: ROOMY,
    params: { [ZSTD_c_compressionLevel]: level, [ZSTD_c_windowLog]: WINDOW },
  });
  const bytes = new Uint8Array(HEADER + frame.length); // Not the frame's own memory, which others may share.
  viewOf(bytes).setUint32(1, batch.length - 1);
  bytes.set(frame, HEADER);
  return bytes;
}

/** The batch that was compressed, in a buffer of its own, its byte 0 free for the tag. Throws Breach where it is none, is longer than a
 * batch may be, or than was said. */
export function decompress(bytes: Uint8Array): Uint8Array {
  if (bytes.length < HEADER) breach("compressed content cut short");
  const length = viewOf(bytes).getUint32(1);
  if (length >= BATCH_BYTES) breach("more compressed content than may come at once");
  const content = contentOf(bytes.subarray(HEADER), length);
  // A frame that is cut short gives what there is of it, without a word.
  if (content.length !== length) breach("compressed content of another length than was said");
  const batch = new Uint8Array(1 + length);
  batch.set(content, 1);
  return batch;
}

function contentOf(frame: Uint8Array, longest: number): Uint8Array {
  try {
    return zlib.zstdDecompressSync(frame, {
      chunkSize: Math.max(SMALLEST_CHUNK, longest),
      maxOutputLength: Math.max(1, longest),
      params: { [zlib.constants.ZSTD_d_windowLogMax]: WINDOW },
    });
  } catch {
    breach("content that cannot be decompressed");
  }
}

/** Takes a compressed batch in one piece, also where nothing of it became smaller. */
const ROOMY = BATCH_BYTES + (BATCH_BYTES >> 6);
/** zlib takes no smaller ones. */
const SMALLEST_CHUNK = 64;

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}
