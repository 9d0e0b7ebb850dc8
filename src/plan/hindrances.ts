// What beta tells alpha of what keeps content from its folder, as it crosses the wire.

import { type Hindrances, MOST_CLOSED } from "../core/plan/hindrance.ts";
import { fitting, type MessageOf } from "../wire/message.ts";
import { closedFromWire, closedToWire } from "../wire/rows.ts";

type ToldHindrances = Pick<MessageOf<"scanned">, "room" | "closed">;

export function hindrancesToWire({ room, closed }: Hindrances): ToldHindrances {
  return { room, closed: fitting(closed.map(closedToWire)) };
}

/** Throws Breach. */
export function hindrancesFromWire({ room, closed }: ToldHindrances): Hindrances {
  return { room, closed: closed.slice(0, MOST_CLOSED).map(closedFromWire) };
}
