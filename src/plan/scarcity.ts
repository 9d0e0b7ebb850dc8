// Alpha's knowledge of what is scarce on both sides: leaves out of a plan what cannot be done, after kept versions have made way.

import type { Short } from "../core/plan/hindrance.ts";
import type { Plan } from "../core/plan/plan.ts";
import { SIDES } from "../core/side.ts";
import { type Hindered, shortage, withholdClosed, withholdInside, withholdLarge } from "./withholding.ts";

/** While the same is missing, versions are looked through this often at most. */
const ASK_EVERY_MS = 60_000;

/** What one side was asked for last, and its answer. */
class AskedForRoom {
  #short: Short | null = null;
  #at = -Infinity;
  #made: RoomMade | null = null;
  kept = 0;

  /** Whether to ask for it now. */
  isDue(short: Short | null, now: number): short is Short {
    const before = this.#short;
    if (!short) this.#short = null;
    if (!short || this.#made) return false;
    // What waits for the least is what the side looks out for: it is told of another, larger or smaller.
    const isNews = !before || short.missing > before.missing || short.least !== before.least ||
      short.inside.size !== before.inside.size ||
      [...short.inside].some(([path, least]) => least !== before.inside.get(path));
    if (!isNews && now - this.#at < ASK_EVERY_MS) return false;
    [this.#short, this.#at] = [short, now];
    return true;
  }

  hear(made: RoomMade) {
    this.#made = made;
    this.kept = made.kept;
  }

  /** What is known of a side that was told of before it was asked. */
  known(side: Omit<Hindered, "kept">): Hindered {
    const { hindrances } = side;
    const room = this.#made ? this.#made.room : hindrances.room;
    return { ...side, hindrances: { ...hindrances, room }, kept: this.kept };
  }

  /** The next time it will have told of it anew. */
  taken() {
    this.#made = null;
  }
}

export class Scarcity {
  readonly alpha = new AskedForRoom();
  readonly beta = new AskedForRoom();

  /** Leaves things out of a plan, and adds the reasons to its problems; `makeRoom` does that on the own side. Or returns what beta is to
   * be asked for first: then nothing is decided yet. */
  withhold(
    plan: Plan,
    here: Omit<Hindered, "kept">,
    there: Omit<Hindered, "kept">,
    makeRoom: (short: Short) => RoomMade,
  ): Short | null {
    const now = Date.now();
    const known = () => [this.alpha.known(here), this.beta.known(there)];
    const problems = known().flatMap((side) => withholdClosed(plan, side));
    const inside = known().map((side) => withholdInside(plan, side));
    const [own, peers] = known().map((side, number) => shortage(plan, side, inside[number]!.inside));
    if (this.alpha.isDue(own!, now)) this.alpha.hear(makeRoom(own!));
    if (this.beta.isDue(peers!, now)) return peers!;
    const large = known().flatMap((side) => withholdLarge(plan, side));
    plan.problems = plan.problems.concat(problems, inside.flatMap(({ problems }) => problems), large);
    for (const side of SIDES) this[side].taken();
    return null;
  }
}

/** What there is room for once kept versions have made way, as far as anybody knows, and what those take that are left. */
export interface RoomMade {
  room: number | null;
  kept: number;
}
