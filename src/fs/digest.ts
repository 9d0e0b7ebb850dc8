// Digests of content: SHA-256 in hex, of texts and of open files.

import { createHash } from "node:crypto";
import type { OpenFile } from "./port.ts";

/** The digest of a text in UTF-8. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const buffer = new Uint8Array(1 << 20);

/** How an open file is digested. */
export interface DigestOptions {
  /** So many bytes at most. */
  limit?: number;
  /** Sees what is read. */
  also?: (read: Uint8Array) => void;
  /** False ends it before all is read. */
  goesOn?: () => boolean;
}

/** Digests an open file from where it stands; the hash can go on. */
export function digestFrom(file: OpenFile, { limit = Infinity, also, goesOn }: DigestOptions = {}) {
  const hash = createHash("sha256");
  let bytes = 0;
  while (bytes < limit) {
    const count = file.read(buffer.subarray(0, Math.min(buffer.length, limit - bytes)));
    if (count === 0) break;
    hash.update(buffer.subarray(0, count));
    bytes += count;
    also?.(buffer.subarray(0, count));
    if (goesOn?.() === false) break;
  }
  return { hash, bytes };
}
