// Where a pair stands, and the steps that take a commit of it back.

import type { Path } from "../core/tree/path.ts";
import type { Move } from "../core/tree/tree.ts";
import type { EntryRow } from "./row.ts";

/** Where a pair's ancestor stands; `oldest` is the earliest generation it can be taken back to. */
export interface Agreement {
  history: string;
  generation: number;
  oldest: number;
}

/** A step that takes part of a commit back: a move, or the entry that was at a path before, or that it is still to be forgotten what
 * was there, since a stop damaged it. */
export type UndoStep = { move: Move } | { path: Path; row: EntryRow | null } | { damaged: Path };
