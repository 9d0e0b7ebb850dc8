// How long to wait before trying again: longer each time, and never quite as long as somebody else.

/** The first wait and the longest, in milliseconds. */
export interface Backoff {
  first: number;
  longest: number;
}

/** The wait before attempt number `attempt` (from 0). `chance` is in [0, 1): it takes off up to a quarter, so that all
 * clients of a server that went away do not come back in the same moment. */
export function waitBefore(
  attempt: number,
  { first, longest }: Backoff,
  chance: number = Math.random(),
): number {
  const whole = Math.min(longest, first * 2 ** Math.min(attempt, 30));
  return Math.round(whole * (1 - chance / 4));
}
