// One thing that happened to one path, and how it is written down.

import type { Entry } from "../../core/tree/entry.ts";
import { entryFromBytes, entryToBytes } from "../codec.ts";
import { HIGHEST } from "../../core/count.ts";

/** What can happen to a path. copied: what lost in a conflict is kept here; outdone: the other content of a conflict took the
 * name; returned: it was deleted, and an edit of the other person brought it back (C4); mode: the executable bit
 * alone; undone, settled: notes that this side's person, or the peer's, wanted it so. */
export const WHATS = [
  ...[
    "created",
    "edited",
    "deleted",
    "moved",
    "mode",
    "copied",
    "outdone",
    "returned",
    "undone",
    "settled",
  ] as const,
];
/** One of `WHATS`. */
export type What = typeof WHATS[number];

/** One thing that happened to one path. */
export interface HistoryEntry {
  /** The number of the plan it was part of, the same on both computers. */
  batch: number;
  /** In ms, by this computer's clock. */
  time: number;
  /** The other person's name. */
  peer: string;
  /** As its names were spelled; `key` is the same in the compared form. */
  path: string;
  /** By this a path is asked about, in whatever spelling it is typed. */
  key: string;
  /** See `WHATS`. */
  what: What;
  /** Where a moved entry was before, as spelled. */
  source: string | null;
  /** It was this side's person who changed it, or had it undone; else the peer. */
  mine: boolean;
  /** It was done to this folder by tcpsync on the peer's order; else it was done here, and the peer's folder followed. */
  here: boolean;
  /** Without children. */
  old: Entry | null;
  /** Without children; null: nothing is there. Its digest is "" where nobody knows it. */
  new: Entry | null;
  /** Where the former content is kept, from the folder of versions on, with "/". */
  kept: string | null;
  /** It came of undoing that batch; 0: of undoing one of another pair. The archive finds out (undone.ts). */
  undoes?: number;
}

/** The rows with numbers as this program writes them. SQLite gives a whole query up for one that JavaScript cannot hold. "+": what is asked
 * for is found by its own index, and not all batches by theirs. */
export const READABLE: string = "(SELECT * FROM deed " +
  `WHERE +batch BETWEEN 0 AND ${HIGHEST} AND time BETWEEN -8640000000000000 AND 8640000000000000 ` +
  `AND coalesce(undoes, 0) BETWEEN 0 AND ${HIGHEST})`;

/** The kinds that are notes: they tell of no change themselves. */
export const NOTES: readonly What[] = ["undone", "settled"];

/** Whether it is a note. */
export function isNote(what: What): boolean {
  return NOTES.includes(what);
}

/** Whether this program writes that. */
export function isWhat(value: unknown): value is What {
  return WHATS.includes(value as What);
}

/** Without children, as it crosses the wire; null for nothing. */
export function bytesOf(entry: Entry | null): Uint8Array | null {
  return entry && entryToBytes(entry);
}

/** What a history entry did, without who did it, and when. */
export interface ToldEntry extends Pick<HistoryEntry, "key" | "source" | "what" | "old" | "new" | "undoes"> {
  /** Rises with each that is written. */
  id: number;
}

/** The columns that it is read from: many are read at once, while somebody waits. */
export const TOLD = "id, key, source, what, old, new, undoes";
/** A row of these columns: what stands in them is checked by `toldOf`. */
export type ToldRow = { id: number } & Record<Exclude<keyof ToldEntry, "id">, unknown>;

/** Null for a row that a failing disk spoiled. */
export function historyEntryOf(row: Record<string, unknown>): HistoryEntry | null {
  const { batch, time, peer, path, kept } = row;
  const areTexts = [peer, path].every((text) => typeof text === "string") && isTextOrNull(kept);
  if (!areTexts || typeof batch !== "number" || typeof time !== "number") return null;
  const told = toldOf(row as ToldRow);
  if (!told) return null;
  const { key, source, what, old, new: fresh, undoes } = told;
  const known = { batch, time, peer, path, kept } as Pick<
    HistoryEntry,
    "batch" | "time" | "peer" | "path" | "kept"
  >;
  const done = { key, source, what, old, new: fresh, mine: row.mine === 1, here: row.here === 1 };
  return undoes === undefined ? { ...known, ...done } : { ...known, ...done, undoes };
}

/** Null for a row that a failing disk spoiled. */
export function toldOf(row: ToldRow): ToldEntry | null {
  const { id, key, source, what, undoes } = row;
  if (typeof key !== "string" || !isTextOrNull(source) || !isWhat(what)) return null;
  try {
    const told = { id, key, source, what, old: entryOf(row.old), new: entryOf(row.new) };
    return typeof undoes === "number" ? { ...told, undoes } : told;
  } catch {
    return null; // No entry as this program writes it.
  }
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}

function entryOf(bytes: unknown): Entry | null {
  return bytes === null ? null : entryFromBytes(bytes);
}
