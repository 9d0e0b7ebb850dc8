// The room of one disk that content comes to (RULES S9): what the system tells of it, and, where that proves wrong, what a failure showed.

/** A disk that proved full is believed to be for the first pause, twice as long each time. */
const FIRST_PAUSE_MS = 5000;
const LONGEST_PAUSE_MS = 300_000;
/** A disk that was full although it said otherwise (a quota) is believed again when it has so many bytes more; and one whose room differs
 * by less from another's is taken for a part of it. */
const LIFTED_BYTES = 1 << 20;

export class DiskRoom {
  /** Content of no more than `most` bytes found room, when the disk told of `room`. */
  #full: { most: number; room: number; pause: number; until: number } | null = null;
  /** What the system told last. */
  #asked = Infinity;
  /** Less may come than that: see `left`. */
  #provedFull = false;
  /** What the peer was told last. */
  #told = Infinity;
  /** What content that waits for it needs at least; 0: none waits. */
  #least = 0;

  /** `ask`: what the system tells; `parts`: so many bytes of what comes are on it already. */
  constructor(private readonly ask: () => number, private readonly parts: () => number = () => 0) {}

  /** So many bytes may be written to it. */
  left(now: number): number {
    const room = this.#asked = this.ask();
    const full = this.#full;
    const isOver = !full || now >= full.until || room >= full.room + LIFTED_BYTES;
    const left = isOver ? room : Math.min(room, full.most);
    this.#provedFull = left < room;
    return left;
  }

  /** Whether it had less room when it was last asked than its system told, since it proved full before. */
  get provedFull(): boolean {
    return this.#provedFull;
  }

  /** So many bytes may come. Parts of what comes take room already. */
  leftWithParts(now: number): number {
    const room = this.left(now);
    return Math.min(room + this.parts(), room === this.#full?.most ? room : Infinity);
  }

  /** The same for the peer; null where nobody knows, or where it is `of` that other disk, as a subvolume is. */
  tell(now: number, of?: DiskRoom): number | null {
    const room = this.leftWithParts(now);
    const isPart = of !== undefined && room === this.#asked && Math.abs(room - of.#asked) < LIFTED_BYTES;
    this.#told = isPart ? Infinity : room;
    return Number.isFinite(this.#told) ? this.#told : null;
  }

  /** The least of the content that waits for room needs so many bytes; 0: none waits. */
  wants(least: number) {
    this.#least = least;
  }

  /** Whether content waits for room. */
  get isWaitedFor(): boolean {
    return this.#least > 0;
  }

  /** Whether the least of what waits has room, which it had not when the peer was told. */
  isEased(now: number): boolean {
    return this.#told < this.#least && this.leftWithParts(now) >= this.#least;
  }

  /** Content of so many bytes found no room. */
  noteFull(size: number, now: number) {
    const before = this.#full;
    const isAgain = before !== null && now < before.until + before.pause;
    const pause = isAgain ? Math.min(2 * before.pause, LONGEST_PAUSE_MS) : FIRST_PAUSE_MS;
    const room = this.#asked = this.ask();
    this.#full = { most: Math.max(0, size - 1), room, pause, until: now + pause };
  }
}
