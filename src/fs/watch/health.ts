// How a watch fares: whether it lives and hears, and how much it tells of.

/** A dead watch is armed again after this, twice as long each time it dies unproven. */
const REARM_MS = 500;
const REARM_LONGEST_MS = 60_000;
/** After the watch was deaf so often in a row, its owner is told. Where each attempt leaves a thread behind, the watch is armed again only
 * after an hour, and the count ends when it has worked for WELL_MS. */
const MOST_DEAF = 4;
const REARM_DEAF_MS = 3600_000;
const WELL_MS = 10 * 60_000;
/** So many paths in a second: systems lose some of such a burst, and not all of them say so. */
const BURST = 1000;
const QUIET_MS = 10 * 60_000;

/** Counts deaths and missing proofs of life. */
export class WatchHealth {
  /** How often in a row it died without a proof of life. */
  #deaths = 0;
  /** How often no proof came. */
  #missed = 0;
  #armedAt = 0;

  /** `hangs`: a watch that hangs cannot be ended altogether. */
  constructor(private readonly hangs: boolean) {}

  /** It tells of nothing, again and again. */
  get isDeaf(): boolean {
    return this.#missed >= MOST_DEAF;
  }

  arm() {
    this.#armedAt = performance.now();
  }

  /** A proof of life came. */
  hear() {
    this.#deaths = 0;
    const isWell = !this.hangs || performance.now() - this.#armedAt > WELL_MS;
    if (isWell) this.#missed = 0;
  }

  /** No proof of life came. */
  miss() {
    this.#missed++;
  }

  /** It is dead. Returns after how long it is to be armed again, in ms. */
  die(): number {
    if (this.isDeaf && this.hangs) return REARM_DEAF_MS;
    return Math.min(REARM_MS * 2 ** this.#deaths++, REARM_LONGEST_MS);
  }
}

/** Counts what is told. */
export class Traffic {
  #toldAt = performance.now();
  /** How many paths were told of in this second, and when it began. */
  #second = { since: 0, paths: 0 };

  /** Nothing was told for long. */
  get isQuiet(): boolean {
    return performance.now() - this.#toldAt > QUIET_MS;
  }

  /** Something was told. */
  note() {
    this.#toldAt = performance.now();
  }

  /** Counts so many paths more. Returns whether they are too many to be sure of all. */
  isBurst(paths: number): boolean {
    const now = performance.now();
    if (now - this.#second.since > 1000) this.#second = { since: now, paths: 0 };
    this.#second.paths += paths;
    return this.#second.paths > BURST;
  }
}
