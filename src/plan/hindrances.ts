// What beta tells alpha of what keeps content from its folder, and what alpha says that content needs, as it crosses the wire.

import { type Hindrances, MOST_CLOSED, MOST_ROOMS, type Short } from "../core/plan/hindrance.ts";
import { fitting, type MessageOf } from "../wire/message.ts";
import {
  closedFromWire,
  closedToWire,
  needFromWire,
  needToWire,
  roomFromWire,
  roomToWire,
} from "../wire/rows.ts";

type ToldHindrances = Pick<MessageOf<"scanned">, "room" | "rooms" | "full" | "closed">;
type ToldShort = Pick<MessageOf<"short">, "missing" | "least" | "inside">;

export function hindrancesToWire({ room, rooms, full, closed }: Hindrances): ToldHindrances {
  const inside = fitting([...rooms].map(roomToWire));
  return { room, rooms: inside, full: [...full], closed: fitting(closed.map(closedToWire)) };
}

/** Throws Breach. */
export function hindrancesFromWire({ room, rooms, full, closed }: ToldHindrances): Hindrances {
  return {
    room,
    rooms: new Map(rooms.slice(0, MOST_ROOMS).map(roomFromWire)),
    full: new Set(full),
    closed: closed.slice(0, MOST_CLOSED).map(closedFromWire),
  };
}

export function shortToWire({ missing, least, inside }: Short): ToldShort {
  return { missing, least, inside: fitting([...inside].map(needToWire)) };
}

/** Throws Breach. */
export function shortFromWire({ missing, least, inside }: ToldShort): Short {
  return { missing, least, inside: new Map(inside.slice(0, MOST_ROOMS).map(needFromWire)) };
}
