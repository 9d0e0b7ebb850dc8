// Dates that no calendar holds: who changed such a file last cannot be told (RULES C2, C8), so it waits for a person.

import type { Stat } from "../fs/port.ts";

/** What is wrong with the date of a file or a link; null when nothing is. */
export function dateProblem({ kind, mtime }: Stat): string | null {
  const isDated = kind === "file" || kind === "link";
  if (!isDated || !Number.isNaN(mtime)) return null;
  return "its date is none that can be, so nobody can tell when it was changed: save it again, or set its date anew";
}
