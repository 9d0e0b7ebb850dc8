// Who deals with whom in a session.

import type { Ability } from "../core/ability.ts";
import type { SideName } from "../core/side.ts";

export interface Partner {
  role: SideName;
  self: string;
  peer: string;
  peerRoot: string;
  peerAbility: Ability;
  /** Whose changes alone travel; null: both sides'. */
  giver: SideName | null;
}
