// Where two archives of one pair meet: the generation both can stand at, or a fresh start (an empty ancestor: keep both, delete nothing).

import type { Agreement } from "../core/agreement.ts";

/** The common generation, or null when there is none. A side that is ahead takes its last commits back. */
export function meetingPoint(one: Agreement, other: Agreement): number | null {
  if (one.history === "" || one.history !== other.history) return null;
  const generation = Math.min(one.generation, other.generation);
  return generation >= one.oldest && generation >= other.oldest ? generation : null;
}
