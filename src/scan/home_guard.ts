// Who is asked just before something is done in a folder, so that what is ignored there stays home (guard/kept_home.ts).

import type { Path } from "../core/tree/path.ts";

/** Hears of what an order is about to do; paths as spelled. Where it throws, nothing is done. */
export interface HomeGuard {
  /** Something is made, replaced or removed at a path. */
  touches(path: Path): void;
  /** An entry is going to be renamed. */
  moves(from: Path, to: Path): void;
}

/** For this side's own person, who may do it. */
export const NO_GUARD: HomeGuard = { touches: () => {}, moves: () => {} };
