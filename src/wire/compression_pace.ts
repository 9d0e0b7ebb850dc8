// How hard content is compressed: so that it is there soonest, as far as what was sent tells. Pure: it is told what each batch took.

import type { CompressionLevel } from "./compressed.ts";

/** The levels from the fastest on: what a MiB of text takes at each, in ms, on the computer where it was measured; elsewhere, and of
 * something else, all of them are taken to be as many times slower. `gain`: the share that is left is that of the fastest level to this
 * power, so that of what does not shrink at one level nothing is hoped for from another. */
const LEVELS: readonly { level: CompressionLevel; cost: number; gain: number }[] = [
  { level: 1, cost: 3, gain: 1 },
  { level: 3, cost: 4, gain: 1.1 },
  { level: 6, cost: 11, gain: 1.15 },
];

/** What the fastest level is thought to leave of a MiB before it is known: as much as of text. */
const UNKNOWN_SHARE = 0.34;
/** What a MiB is thought to take on the line before it is known, in ms: that of 200 Mbit/s. It is compressed then, at a fast level. */
const UNKNOWN_LINE_MS = 40;
/** So many MiB on the line tell about it, what came before ever less: no fewer than what buffers on the way may swallow at once, as they do
 * before a slow line shows how slow it is. */
const LINE_MEMORY = 32;
/** Compressing pays where it takes less than this share of the time without it: the other side has work with it as well. */
const WORTH_ITS_WORK = 0.7;
/** What one batch tells of what is compressed counts so much. */
const NEW = 1 / 4;
/** Where nothing is compressed, it is tried with one batch of so many: at first, and at last. */
const FIRST_PAUSE = 2, LONGEST_PAUSE = 64;
/** Smaller batches tell nothing: the call alone takes longer. In MiB. */
const TELLING = 1 / 16;

/** What became of one batch; sizes in MiB, times in ms. */
export interface BatchSent {
  /** How hard it was compressed. */
  level: CompressionLevel;
  /** What was to be sent. */
  content: number;
  /** What was left of it by compressing. */
  left: number;
  /** What compressing it took. */
  compressing: number;
  /** What went on the line. */
  wire: number;
  /** How long that took, sealing included. */
  sending: number;
}

/** Chooses a level for each batch. */
export class CompressionPace {
  /** How many times as long as in `LEVELS` it takes here. */
  #slowness = 1;
  /** What the fastest level leaves of a MiB. */
  #share = UNKNOWN_SHARE;
  /** What the line took lately, and for how much. */
  #line = { ms: UNKNOWN_LINE_MS * LINE_MEMORY, mib: LINE_MEMORY };
  #pause = FIRST_PAUSE;
  #sinceTrial = 0;

  /** The level for the next batch; now and then one that does not pay yet, to know whether it does. */
  next(): CompressionLevel {
    const best = this.#best();
    if (best !== 0 || ++this.#sinceTrial < this.#pause) return best;
    this.#sinceTrial = 0;
    return LEVELS[0]!.level;
  }

  /** What a batch took. */
  note({ level, content, left, compressing, wire, sending }: BatchSent) {
    if (content < TELLING) return;
    const rest = Math.exp(-wire / LINE_MEMORY);
    this.#line = { ms: this.#line.ms * rest + sending, mib: this.#line.mib * rest + wire };
    const usual = LEVELS.find((one) => one.level === level);
    if (!usual) return;
    this.#slowness = towards(this.#slowness, compressing / (usual.cost * content));
    this.#share = towards(this.#share, Math.min(1, left / content) ** (1 / usual.gain));
    this.#pause = this.#best() === 0 ? Math.min(LONGEST_PAUSE, 2 * this.#pause) : FIRST_PAUSE;
  }

  /** With which a MiB takes the least time. The line is idle while something is compressed, as far as is known here: so a line of which one
   * cannot say whether it waited is never thought to be slower than it is. */
  #best(): CompressionLevel {
    const line = this.#line.ms / this.#line.mib;
    let best: CompressionLevel = 0;
    let least = WORTH_ITS_WORK * line;
    for (const { level, cost, gain } of LEVELS) {
      const time = cost * this.#slowness + this.#share ** gain * line;
      if (time >= least) continue;
      least = time;
      best = level;
    }
    return best;
  }
}

/** What is less than was thought is believed at once: it may be the one trial in many batches, and what was busy with something else only
 * seems slower. */
function towards(known: number, now: number): number {
  return Math.min(now, known + NEW * (now - known));
}
