// Programs save by moving a file to a backup name and making its name anew (RULES M8). The first half alone is a rename, and nobody waits
// for the second: so names that files left are remembered for a moment, and for a while those that were then made anew.

import { diff } from "../core/tree/diff.ts";
import type { DirectoryEntry, FileEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";

/** Made anew this soon, in ms, a name is the one that was left. */
export const REMADE_MS = 2000;
/** How long a name counts as made anew, in ms: by then every session has heard of it. */
export const KEPT_MS = 60_000;

export class Remade {
  #left = new Map<Path, number>();
  #remade = new Map<Path, number>();

  /** Compares what two looks at the disk saw, the later one at time `now`, in ms; `writing`: names at which a file is still being
   * written. Cost: what changed. */
  look(before: DirectoryEntry, after: DirectoryEntry, writing: readonly Path[], now: number) {
    forgetBefore(this.#left, now, REMADE_MS);
    forgetBefore(this.#remade, now, KEPT_MS);
    for (const { path, old, new: entry } of diff(before, after, false)) {
      if (old?.kind === "file" && !entry) this.#left.set(path, now);
      if (!old && entry?.kind === "file") this.#remake(path, now);
    }
    for (const path of writing) this.#remake(path, now);
  }

  /** The names that were made anew lately, as spelled. */
  paths(): Path[] {
    return [...this.#remade.keys()];
  }

  #remake(path: Path, now: number) {
    if (this.#left.delete(path)) this.#remade.set(path, now);
  }
}

/** Whether a file was made so lately that it may have been made for a save. */
export function isFresh({ born }: FileEntry, now: number): boolean {
  return now >= born && now - born <= REMADE_MS;
}

/** A clock that was set back makes all of it old. */
function forgetBefore(times: Map<Path, number>, now: number, ms: number) {
  for (const [path, at] of times) if (at > now || now - at > ms) times.delete(path);
}
