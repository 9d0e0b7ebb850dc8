// How finely a disk and its system count time: what happens within one tick shows in no time.

/** FAT counts in steps of two seconds. */
export const COARSEST_TICK_MS = 2000;

/** Whether a time may come from a disk that counts no finer than whole seconds. */
export function isCoarse(mtime: number): boolean {
  return tickOf(mtime) >= 1000;
}

/** The coarsest tick of a disk that shows this time, in ms: whole seconds may come from a coarse one. Clocks of systems tick, too. */
export function tickOf(mtime: number): number {
  return mtime % COARSEST_TICK_MS === 0 ? COARSEST_TICK_MS : mtime % 1000 === 0 ? 1000 : 20;
}
