// By what a file is taken for the one that was seen: its number, its size, when it was written and when it was made. Everybody who
// relies on an earlier look asks here.

import { type DirectoryEntry, type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import type { Stat } from "../fs/port.ts";

/** When a file was made; where the disk tells no such time, when anything about it changed last. */
export function bornOf({ born, changed }: Pick<Stat, "born" | "changed">): number {
  return born || changed;
}

/** A file as an entry, with all that is known of it but its content. */
export function fileEntryOf(stat: Stat, name: string, digest = ""): FileEntry {
  const { size, mtime, executable, id } = stat;
  return { kind: "file", name, size, mtime, executable, digest, id, born: bornOf(stat) };
}

/** Whether a file still is what a scan saw. A number that is not known (0) tells nothing. */
export function isAsSeen(stat: Stat, seen: FileEntry): boolean {
  return stat.kind === "file" && isSameBut(stat, seen) && isSameNumber(stat.id, seen.id);
}

/** The same but perhaps for its number: size and both times. */
export function isSameBut(stat: Stat, seen: FileEntry): boolean {
  return stat.size === seen.size && stat.mtime === seen.mtime && bornOf(stat) === seen.born;
}

/** What tells that a file is written to, while it is. */
export type LastSeen = Pick<Stat, "size" | "mtime" | "id">;

export function lastSeenOf({ size, mtime, id }: LastSeen): LastSeen {
  return { size, mtime, id };
}

/** Whether nobody wrote to a file between two looks, as far as they tell. */
export function isUnwritten(one: LastSeen, other: LastSeen): boolean {
  return one.size === other.size && one.mtime === other.mtime && one.id === other.id;
}

/** Whether a folder still is the one that was seen. */
export function isSameFolder(stat: Stat, seen: DirectoryEntry): boolean {
  return isSameNumber(stat.id, seen.id) && stat.born === seen.born;
}

/** Whether two looks saw the same content in one file, under whatever names. */
export function isSameSeen(one: FileEntry, other: FileEntry): boolean {
  return isSeenAlike(one, other) && one.digest === other.digest;
}

/** Whether two numbers may be one file's. */
export function isSameNumber(one: number, other: number): boolean {
  return one === other || one === 0 || other === 0;
}
