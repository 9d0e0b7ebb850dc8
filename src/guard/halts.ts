// Several reasons to halt at once: as one question, and as beta tells its own to alpha.

import type { SideName } from "../core/side.ts";
import type { Row } from "../wire/rows.ts";
import { asList, asOneOf, asText } from "../wire/shape.ts";
import { type Halt, MOST_SHOWN } from "./guard.ts";

/** Longer texts are cut. */
const LONGEST = 900;

/** What comes first is settled first: nobody is asked about files of a folder that is gone, or is to be merged. */
const FIRST = ["nothing", "merge", "mass"] as const;

/** All that comes first, as one halt. */
export function joined(halts: readonly Halt[]): Halt | null {
  const asks = FIRST.find((asks) => halts.some((halt) => halt.asks === asks));
  if (!asks) return null;
  const those = halts.filter((halt) => halt.asks === asks);
  return {
    asks,
    key: those.map(({ key }) => key).join("; "),
    reason: [...new Set(those.map(({ reason }) => reason))].join("; ").slice(0, LONGEST),
    needs: [...new Set(those.flatMap(({ needs }) => needs))],
    paths: those.flatMap(({ paths }) => paths).slice(0, MOST_SHOWN),
  };
}

export function haltToWire({ key, asks, reason, paths }: Halt): Row {
  return [key, asks, reason.slice(0, LONGEST), paths];
}

/** Whatever a side says, it speaks for its own folder alone. Throws Breach. */
export function haltFromWire(row: unknown, by: SideName): Halt {
  const [key, asks, reason, paths] = asList(row);
  return {
    key: `${by} ${asText(key, LONGEST)}`,
    asks: asOneOf(asks, ["mass", "merge"]),
    reason: asText(reason, LONGEST),
    needs: [by],
    paths: asList(paths).map((path) => asText(path)).slice(0, MOST_SHOWN),
  };
}
