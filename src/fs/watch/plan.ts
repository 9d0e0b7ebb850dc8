// Which folders of a root are watched, where each watched folder costs: lists of native paths, and what the system refuses.

import type { Unwatched } from "../../core/unwatched.ts";

/** What is watched of a root, beside its private folder. */
export interface WatchPlan {
  /** Folders that are watched with all that is in them: nothing in there is ignored. */
  whole: readonly string[];
  /** Folders that are watched alone, the root first: something in them is ignored. */
  flat: readonly string[];
  /** How many folders there are in all, the root among them. */
  folders: number;
}

/** A watch that the system refuses. `had`: so many of the flat folders could be watched, if that is known. */
export interface WatchRefusal {
  why: Exclude<Unwatched["why"], "deaf">;
  had?: number;
}

/** Whether a watch failed since there are no more of them, and what there is no more of. */
export function refusalOf(error: unknown): WatchRefusal["why"] | null {
  const text = String(error);
  if (/watch limit|os error 28\b/.test(text)) return "watches";
  return /os error 24\b/.test(text) ? "instances" : null;
}

/** How many of these folders could be watched before the one that the error names. */
export function hadBefore(folders: readonly string[], error: unknown): { had?: number } {
  const text = String(error);
  const had = folders.findIndex((folder) => text.includes(JSON.stringify(folder)));
  return had < 0 ? {} : { had };
}
