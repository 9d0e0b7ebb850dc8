// Finds a link that is dead without having been closed: each end speaks now and then, so silence means loss.

/** What a pulse asks for. */
export interface PulseActions {
  /** A heartbeat is due; it may come to nothing where something else is being sent. */
  beat(): void;
  /** The link is dead, with what a person is told. */
  lost(reason: Error): void;
}

/** So many bytes count as being heard though they make no frame yet: a slow link brings a long frame slowly. Fewer do not:
 * somebody may have changed the length of a frame, which then swallows heartbeats and never becomes whole. */
const ENOUGH_BYTES = 256;

/** Watches one link from both ends: when we last spoke, and when we last heard. Silence counts only while
 * somebody listens; a busy program that reads nothing for a minute has not lost its link. */
export class Pulse {
  #spoken = performance.now();
  #heard = this.#spoken;
  /** That came since, and made no frame yet. */
  #bytes = 0;
  #listening = false;
  readonly #timer: ReturnType<typeof setInterval>;

  /** Times in ms. Begins to watch at once, and keeps no program running. */
  constructor(
    private readonly beatMs: number,
    private readonly silenceMs: number,
    private readonly actions: PulseActions,
  ) {
    // A look every quarter of the shorter time, so that a beat is late by at most a quarter.
    this.#timer = setInterval(() => this.#look(), Math.min(beatMs, silenceMs) / 4);
    Deno.unrefTimer(this.#timer);
  }

  /** Something went out: the next heartbeat is due `beatMs` from now. */
  spoke(): void {
    this.#spoken = performance.now();
  }

  /** So many bytes came; `whole`: with them the end of a frame. */
  heard(bytes: number, whole: boolean): void {
    this.#bytes += bytes;
    if (!whole && this.#bytes < ENOUGH_BYTES) return;
    this.#bytes = 0;
    this.#heard = performance.now();
  }

  /** Somebody begins or ends to listen; beginning counts as hearing. */
  listen(listening: boolean): void {
    if (listening) this.heard(0, true);
    this.#listening = listening;
  }

  /** Nothing is asked of it any more. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (this.#listening && now - this.#heard >= this.silenceMs) {
      this.actions.lost(new Error(`nothing was heard for ${Math.round(this.silenceMs / 1000)} seconds`));
    } else if (now - this.#spoken >= this.beatMs) {
      this.#spoken = now;
      this.actions.beat();
    }
  }
}
