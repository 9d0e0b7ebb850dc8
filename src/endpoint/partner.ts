// Who deals with whom in a session.

import type { Ability } from "../core/ability.ts";
import type { SideName } from "../core/side.ts";

/** Two people of one session, seen from one side. */
export interface Partner<R extends SideName = SideName> {
  /** Which of the two this side is. */
  role: R;
  /** This side's user. */
  self: string;
  /** The other side's user, as the server knows them. */
  peer: string;
  /** The identity of the peer's root, and the peer's public key in hex: together they are the pair (S5). */
  peerRoot: string;
  /** In hex; the channel has proved it. */
  peerKey: string;
  /** As told in hello; nothing of it is proved. */
  peerAbility: Ability;
  /** It supplies by blocks that content marks off: see `hello`. */
  peerCuts: boolean;
  /** Whose changes alone travel; null: both sides'. */
  giver: SideName | null;
  /** The peer takes what is pushed, and orders that begin at once. */
  pushes: boolean;
}
