// When what tells of no changes made elsewhere is looked at by itself: often enough, however large it is and however slow.

/** The shortest pause between two looks at mute disks, in ms. */
const LEAST_MS = 60_000;
/** The share of the time that such looks take at most, as long as the pause is below MOST_MS. */
const SHARE = 1 / 20;
/** The longest pause, in ms, unless a look takes longer: at most half of the time goes into looks. */
const MOST_MS = 5 * 60_000;

/** The pause after a look that took so long (ms): what is done elsewhere is seen after that and another look at the latest. */
export function pauseAfter(took: number): number {
  return Math.max(LEAST_MS, took, Math.min(took / SHARE, MOST_MS));
}

/** Looks again and again; `look` does nothing where there is no such disk. Must not reject. */
export class MuteScans {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(private readonly look: () => Promise<void>) {}

  begin(took = 0) {
    if (this.#ended) return;
    this.#timer = setTimeout(async () => {
      const began = performance.now();
      await this.look();
      this.begin(performance.now() - began);
    }, pauseAfter(took));
  }

  end() {
    this.#ended = true;
    clearTimeout(this.#timer);
  }
}
