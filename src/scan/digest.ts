// Digests of content: SHA-256 in hex.

import { createHash } from "node:crypto";
import { type Deep, run } from "../core/deep.ts";
import type { DirectoryEntry, Entry, FileEntry } from "../core/entry.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "./identity.ts";

export const EMPTY_DIGEST = textDigest("");

/** The digest of a text in UTF-8. */
export function textDigest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

const buffer = new Uint8Array(1 << 20);

/** The digest of the file at a native path, null as soon as it is not what `seen` says. Throws what the disk throws. */
export function fileDigest(disk: Disk, path: string, seen: FileEntry): string | null {
  const file = disk.openToRead(path);
  try {
    const isStill = () => isAsSeen(file.stat(), seen);
    if (!isStill()) return null;
    const digest = digestFrom(file, { goesOn: isStill }).hash.digest("hex");
    return isStill() ? digest : null;
  } finally {
    file.close();
  }
}

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

/** The same tree, as if nobody had digested a file of it yet. */
export function withoutDigests(directory: DirectoryEntry): DirectoryEntry {
  return run(undigested(directory));
}

function* undigested(directory: DirectoryEntry): Deep<DirectoryEntry> {
  const children = new Map<string, Entry>();
  for (const [key, entry] of directory.children) {
    if (entry.kind === "directory") children.set(key, (yield undigested(entry)) as DirectoryEntry);
    else children.set(key, entry.kind === "file" && entry.size > 0 ? { ...entry, digest: "" } : entry);
  }
  return { ...directory, children };
}
