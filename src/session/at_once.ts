// What may be read in one call of the root's worker: a few small files whatever time that takes, and of others what comes in a moment.

const MOMENT_MS = 30;
const FEW_FILES = 32;
const FEW_BYTES = 1 << 20;

export class AtOnce {
  readonly #until = performance.now() + MOMENT_MS;
  #files = 0;
  #bytes = 0;

  /** Until when the next file, of so many bytes, may be read; null where there is no time left for it. */
  until(size: number): number | null {
    if (this.#files < FEW_FILES && this.#bytes + size <= FEW_BYTES) {
      this.#files++;
      this.#bytes += size;
      return Infinity;
    }
    return performance.now() < this.#until ? this.#until : null;
  }
}
