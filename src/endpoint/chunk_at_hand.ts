// The chunk at hand: what a side is to do, and what has come of it so far. It ends with its commit; the next one takes its place whole,
// so that nothing of one chunk is ever taken for another's.

import { emptyPlan, type Orders, type Result, taskCount } from "../core/plan/plan.ts";
import type { AgreedCommit } from "./commit.ts";

const NOTHING = emptyPlan();

/** One chunk, as one side has it. */
export class ChunkAtHand {
  /** When this side began to carry it out, by this machine's clock, in ms; 0: it has not. */
  begun = 0;
  /** What came of the own tasks; none before they were carried out. */
  results: readonly Result[] = [];
  /** What both agree by it; null before that is known. */
  commit: AgreedCommit | null = null;

  /** `name` is alpha's; `orders` are this side's, `peers` the other's as far as they are known here: alpha alone knows both. */
  constructor(readonly name: string, readonly orders: Orders, readonly peers: Orders = NOTHING.beta) {}

  /** None is: nothing is to be done on either side. */
  static none(): ChunkAtHand {
    return new ChunkAtHand("", NOTHING.alpha);
  }

  /** How many tasks it has on both sides, as far as they are known here. */
  get tasks(): number {
    return taskCount(this.orders) + taskCount(this.peers);
  }
}
