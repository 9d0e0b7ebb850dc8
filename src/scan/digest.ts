// Digests of content: SHA-256 in hex.

import { type Deep, run } from "../core/tree/deep.ts";
import type { DirectoryEntry, Entry, FileEntry } from "../core/tree/entry.ts";
import type { Disk } from "../fs/port.ts";
import { BegunDigest } from "./begun_digest.ts";

/** Larger files are not read while others wait. */
export const MOST_AT_ONCE = 8 << 20;

/** The digest of the file at a native path, null as soon as it is not what `seen` says. Throws what the disk throws. */
export function fileDigest(disk: Disk, path: string, seen: FileEntry): string | null {
  const read = new BegunDigest(disk, path, seen).advance(Infinity);
  return typeof read === "string" ? null : read.digest;
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
