// Who deals with whom in a session.

import type { Ability } from "../core/ability.ts";

export interface Partner {
  role: "alpha" | "beta";
  self: string;
  peer: string;
  peerRoot: string;
  peerAbility: Ability;
}
