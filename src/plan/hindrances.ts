// What beta tells alpha of what keeps content from its folder, as it crosses the wire.

import type { Hindrances } from "../core/plan/hindrance.ts";
import { fitting, type MessageOf } from "../wire/message.ts";
import { closedFromWire, closedToWire, MOST_CLOSED } from "../wire/rows.ts";

type Told = Pick<MessageOf<"scanned">, "room" | "closed">;

export function hindrancesToWire({ room, closed }: Hindrances): Told {
  return { room, closed: fitting(closed.map(closedToWire)) };
}

/** Throws Breach. */
export function hindrancesFromWire({ room, closed }: Told): Hindrances {
  return { room, closed: closed.slice(0, MOST_CLOSED).map(closedFromWire) };
}
