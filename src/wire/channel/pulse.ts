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
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Times in ms. Begins to watch at once, and keeps no program running. */
  constructor(
    private readonly beatMs: number,
    private readonly silenceMs: number,
    private readonly actions: PulseActions,
  ) {
    this.#arm();
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
    if (listening && this.silenceMs < this.beatMs) this.#arm(); // Else what is armed goes off before that.
  }

  /** Nothing is asked of it any more. */
  stop(): void {
    clearTimeout(this.#timer);
  }

  /** Looks when next something may be due: what is said and heard until then puts that off. */
  #arm(): void {
    clearTimeout(this.#timer);
    const due = Math.min(
      this.#spoken + this.beatMs,
      this.#listening ? this.#heard + this.silenceMs : Infinity,
    );
    if (due === Infinity) return;
    this.#timer = setTimeout(() => this.#look(), Math.max(0, due - performance.now()));
    Deno.unrefTimer(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (this.#listening && now - this.#heard >= this.silenceMs) {
      return this.actions.lost(
        new Error(`nothing was heard for ${Math.round(this.silenceMs / 1000)} seconds`),
      );
    }
    if (now - this.#spoken >= this.beatMs) {
      this.#spoken = now;
      this.actions.beat();
    }
    this.#arm();
  }
}
