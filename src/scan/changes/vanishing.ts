// What is missed at its place may only have been renamed: a rename that is told in halves, or made while everything was looked at,
// shows as a removal alone. So while a watch tells of the other half, what is missed counts as being there until it is found elsewhere
// or was missed for a moment.

import { childrenOf, type Entry } from "../../core/tree/entry.ts";
import type { Path } from "../../core/tree/path.ts";
import { walk } from "../../core/tree/tree.ts";

/** Missed for this long, in ms, a file is gone: the two halves of a rename are told at once. */
export const GONE_MS = 40;
/** A busy computer may hand on the second half late. What lies beside its old name still is waited for, and so is a folder with
 * something in it: taken for deleted, much would be made anew. */
export const MOVED_MS = 500;

/** Remembers what looks missed. */
export class Vanishing {
  /** `isBeside`: whether the folder of a path holds its file under a name that nothing has told of. */
  constructor(private readonly isBeside: (path: Path, entry: Entry) => boolean) {}

  /** Whether a watch tells of what came; without one nothing is worth waiting for. */
  watched = false;
  #now = 0;
  /** Since when it is missed: in this round of looks, and in the one before. What is not looked at again is forgotten. */
  #missed = new Map<Path, number>();
  #missedBefore = new Map<Path, number>();
  #missing = new Map<Path, Entry>();
  #arrived = new Set<number>();

  /** Begins a round of looks at time `now`, in ms, which must include all that is `waiting`. */
  look(now: number) {
    this.#now = now;
    this.#missedBefore = this.#missed;
    this.#missed = new Map();
    this.#missing.clear();
    this.#arrived.clear();
  }

  /** What was at `path` is not there. */
  miss(path: Path, entry: Entry) {
    if (entry.kind !== "problem") this.#missing.set(path, entry);
  }

  /** Something with this file ID is where nothing was. */
  arrive(id: number) {
    if (this.watched && id !== 0) this.#arrived.add(id);
  }

  /** Ends the round: what of the missed counts as being there. */
  held(): Map<Path, Entry> {
    for (const [path, entry] of this.#missing) {
      const since = this.#missedBefore.get(path) ?? this.#now;
      const elapsed = this.#now - since; // Negative where the clock was set back.
      const patience = elapsed < GONE_MS ? GONE_MS : this.#mayBeMoved(path, entry) ? MOVED_MS : 0;
      const waits = this.watched && elapsed >= 0 && elapsed < patience;
      if (waits && !this.#isElsewhere(path, entry)) this.#missed.set(path, since);
      else this.#missing.delete(path);
    }
    return this.#missing;
  }

  /** What was held at the last look, to be looked at again. */
  waiting(): Path[] {
    return [...this.#missed.keys()];
  }

  #mayBeMoved(path: Path, entry: Entry): boolean {
    return this.watched && (childrenOf(entry).size > 0 || this.isBeside(path, entry));
  }

  #isElsewhere(path: Path, entry: Entry): boolean {
    if (this.#arrived.size === 0) return false;
    for (const [, seen] of walk(path, entry)) {
      if ((seen.kind === "file" || seen.kind === "directory") && this.#arrived.has(seen.id)) return true;
    }
    return false;
  }
}
