// The steps that take a commit of a pair back.

import type { Path } from "../core/tree/path.ts";
import type { Move } from "../core/tree/tree.ts";
import type { EntryRow } from "./row.ts";

/** A step that takes part of a commit back: a move, or the entry that was at a path before, or that it is still to be forgotten what
 * was there, since a stop damaged it. */
export type UndoStep = { move: Move } | { path: Path; row: EntryRow | null } | { damaged: Path };
