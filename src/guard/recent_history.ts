// What the history tells of what the peer's orders did to this folder lately (RULES S1). A mass deletion asks for it many times in a row:
// so it is read once, and then on from where that ended, until both sides are in sync.

import type { HistoryEntries } from "../archive/history/history_entries.ts";
import { Added } from "./added.ts";
import { FormerPlaces } from "./former_places.ts";
import type { Lately } from "./guard.ts";

/** What was added within this time is the peer's; not what an undo brought back. */
const LATELY_MS = 3600_000;
/** So long what was read is good, and what passes that age meanwhile is the peer's yet. */
const GOOD_MS = 10_000;

export class RecentHistory implements Lately {
  #read: { added: Added; last: number; at: number } | null = null;

  /** `pairs`: those with this peer. */
  constructor(
    private readonly historyEntries: HistoryEntries,
    private readonly pairs: () => readonly number[],
    private readonly folds: boolean,
  ) {}

  added(now: number): Added {
    const isGood = this.#read !== null && Math.abs(now - this.#read.at) < GOOD_MS;
    const read = isGood ? this.#read! : { added: new Added(this.folds), last: 0, at: now };
    for (const historyEntry of this.historyEntries.ordered(this.pairs(), now, LATELY_MS, read.last)) {
      read.added.follow(historyEntry);
      read.last = historyEntry.id;
    }
    this.#read = read;
    return read.added;
  }

  formerPlaces(now: number): FormerPlaces {
    return FormerPlaces.told(this.historyEntries.moved(this.pairs(), now, LATELY_MS), this.folds);
  }

  /** What was read is needed no more for now. */
  forget() {
    this.#read = null;
  }
}
