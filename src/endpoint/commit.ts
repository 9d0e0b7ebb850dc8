// A commit as alpha makes it of both sides' results, and as it crosses the wire to beta.

import type { Commit } from "../archive/archive.ts";
import type { Conflict } from "../core/plan/conflict.ts";
import { inMessages, type MessageOf } from "../wire/message.ts";
import type { Separator } from "../core/tree/path.ts";
import {
  agreedFromWire,
  agreedToWire,
  conflictFromWire,
  conflictToWire,
  moveFromWire,
  moveToWire,
} from "../wire/rows.ts";
import type { Agreed } from "../plan/planned_work.ts";

/** What both sides agree on from then on, and the conflicts that are listed with it. */
export type AgreedCommit = Commit & Agreed & { conflicts: Conflict[] };

/** The `commit` messages that tell beta of it, at least one. */
export function commitToWire({ generation, moves, rows, conflicts }: AgreedCommit): Uint8Array[] {
  const lists = {
    moves: moves.map(moveToWire),
    rows: rows.map(agreedToWire),
    conflicts: conflicts.map(conflictToWire),
  };
  return inMessages(lists, (part) => ({ type: "commit", generation, ...part }));
}

/** Throws Breach. */
export function commitFromWire(messages: readonly MessageOf<"commit">[], separator: Separator): AgreedCommit {
  return {
    generation: messages[0]?.generation ?? 0,
    moves: messages.flatMap(({ moves }) => moves.map((row) => moveFromWire(row, separator))),
    rows: messages.flatMap(({ rows }) => rows.map((row) => agreedFromWire(row, separator))),
    conflicts: messages.flatMap(({ conflicts }) => conflicts.map((row) => conflictFromWire(row, separator))),
  };
}
