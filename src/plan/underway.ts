// What is under way (alpha): a plan that was cut short, for a change or because its time was up, goes on in the plans of the next cycles.
// For people it is one piece of work until all of it has come out somehow. What came meanwhile is beside it.

import type { Path } from "../core/tree/path.ts";
import { goalsIn, type Orders, type Plan } from "../core/plan/plan.ts";
import { type SideName, SIDES } from "../core/side.ts";
import type { PlannedWork } from "./planned_work.ts";

/** Of more paths no account is kept: all that comes meanwhile counts as part of it. */
const MOST_PATHS = 100_000;

export class Underway {
  #open: ReadonlySet<Path> | "all" = new Set();
  #began = 0;

  /** `work` is what the last plan was made into; of one that was not begun nobody was told. */
  cut(work: PlannedWork) {
    if (!work.isBegun) return;
    const rest = work.rest();
    this.#open = rest.length > MOST_PATHS ? "all" : new Set(rest);
  }

  /** Whether this plan goes on with it; where it does not, nothing is under way. */
  goesOn(plan: Plan, now = Date.now()): boolean {
    const goesOn = SIDES.some((side) => this.#isPartOf(plan[side]));
    if (!goesOn) {
      this.#open = new Set();
      this.#began = now;
    }
    return goesOn;
  }

  /** When it began, in ms. */
  get began(): number {
    return this.#began;
  }

  /** Whether something in a chunk is part of it, and not only beside it. */
  has(chunk: Record<SideName, Orders>): boolean {
    return SIDES.some((side) => this.#isPartOf(chunk[side]));
  }

  #isPartOf(orders: Orders): boolean {
    const open = this.#open;
    if (open !== "all" && open.size === 0) return false;
    return goalsIn(orders).some((path) => open === "all" || open.has(path));
  }
}
