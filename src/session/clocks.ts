// How far the two computers' clocks are apart (RULES C2). Asked with every look, since clocks are put right while programs run.

/** An answer is on its way for no longer, in ms: what it took beyond that was work before it was written. */
const ON_ITS_WAY_MS = 500;

/** The peer's clock minus ours, in ms. `time` is what it showed when an answer was written, which we had asked for at `asked` and got at
 * `answered`. */
export function clockOffset(asked: number, time: number, answered: number): number {
  const way = Math.max(0, Math.min(answered - asked, ON_ITS_WAY_MS)) / 2;
  return time + way - answered;
}
