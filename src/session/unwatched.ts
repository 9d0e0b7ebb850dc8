// How both sides tell each other what of their folders cannot be watched: with each look.

import type { Unwatched } from "../core/unwatched.ts";
import { type Row, unwatchedFromWire, unwatchedToWire } from "../wire/rows.ts";

export function sayUnwatched(unwatched: Unwatched | null): Row[] {
  return unwatched ? [unwatchedToWire(unwatched)] : [];
}

/** Throws Breach. */
export function hearUnwatched({ unwatched: [row] }: { unwatched: Row[] }): Unwatched | null {
  return row ? unwatchedFromWire(row) : null;
}
