// What a side tells of its changes: rows for the wire, and as problems what an honest sender withholds (RULES N1).

import { isPrivateName } from "../core/tree/path.ts";
import type { Problem } from "../core/failure.ts";
import { type Change, walk } from "../core/tree/tree.ts";
import { changeToWire, type Row } from "../wire/rows.ts";

/** The rows of these changes, whole. Names that are kept for tcpsync itself never travel, not even as problems: they are given
 * by path, `whose` folder they are in. */
export function tell(changes: readonly Change[], whose: string): { rows: Row[]; withheld: Problem[] } {
  const rows: Row[] = [];
  const withheld: Problem[] = [];
  for (const { path, new: top } of changes) {
    if (!top) rows.push(changeToWire({ path, new: null }));
    for (const [at, entry] of top ? walk(path, top) : []) {
      if (entry.kind !== "problem" || !isPrivateName(entry.name)) {
        rows.push(changeToWire({ path: at, new: entry }));
      } else withheld.push({ path: at, reason: entry.reason, lasting: entry.lasting, whose });
    }
  }
  return { rows, withheld };
}
