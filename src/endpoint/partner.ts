// Who deals with whom in a session.

import type { Ability } from "../core/ability.ts";
import type { SideName } from "../core/side.ts";

export interface Partner {
  role: SideName;
  self: string;
  peer: string;
  /** The identity of the peer's root, and the peer's public key in hex: together they are the pair (S5). */
  peerRoot: string;
  peerKey: string;
  peerAbility: Ability;
  /** Whose changes alone travel; null: both sides'. */
  giver: SideName | null;
}
