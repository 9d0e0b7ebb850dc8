// Whose turn it is: what is passed on goes in fair turns (a surplus round robin), so that whoever has much to pass keeps nobody
// waiting who has little. Turns go round by the widest networks first, then by the narrower ones in each, then by key: many
// connections, many keys or many addresses of one stranger have one turn among those of others.

/** What one has each round, in bytes. Who took more sits out the next rounds for it. */
const QUANTUM = 64 * 1024;

/** One who has turns among others: its own pieces, or others in it who go round in turn. */
class TurnNode<T> {
  readonly #pieces: { what: T; cost: number }[] = [];
  /** Those in it, the next one first. Who has nothing waiting and owes nothing is not among them. */
  readonly #inside = new Map<string, TurnNode<T>>();
  #credit = QUANTUM;
  waiting = 0;

  add(path: readonly string[], what: T, cost: number): void {
    this.waiting++;
    const [first, ...rest] = path;
    if (first === undefined) return void this.#pieces.push({ what, cost });
    const node = this.#inside.get(first) ?? new TurnNode<T>();
    this.#inside.set(first, node);
    node.add(rest, what, cost);
  }

  /** Whether a piece need not wait, because only those wait who have had their turn; then it has been its turn. */
  passes(path: readonly string[], cost: number): boolean {
    const [first, ...rest] = path;
    if (first === undefined) return this.#pieces.length === 0;
    const node = this.#inside.get(first) ?? new TurnNode<T>();
    if (this.waiting === node.waiting) return node.passes(rest, cost); // Nobody else waits here.
    if (node.#credit <= 0 || !node.passes(rest, cost)) return false;
    this.#inside.set(first, node);
    node.#credit -= cost;
    return true;
  }

  /** The next piece; something waits. */
  next(): { what: T; cost: number } {
    this.waiting--;
    const own = this.#pieces.shift();
    if (own !== undefined) return own;
    for (;;) {
      const [id, node] = this.#inside.entries().next().value!;
      if (node.waiting > 0 && node.#credit > 0) {
        const piece = node.next();
        node.#credit -= piece.cost;
        return piece;
      }
      this.#inside.delete(id);
      if (node.waiting === 0 && node.#credit >= 0) continue;
      node.#credit = Math.min(QUANTUM, node.#credit + QUANTUM);
      this.#inside.set(id, node);
    }
  }
}

/** Pieces that wait for their turn, each under the path of who has it passed on. */
export class Queue<T> {
  readonly #root = new TurnNode<T>();

  get length(): number {
    return this.#root.waiting;
  }

  add(path: readonly string[], what: T, cost: number): void {
    this.#root.add(path, what, cost);
  }

  /** Whether a piece may go before all that waits, since who has it passed on has not had his turn; then he has. */
  passes(path: readonly string[], cost: number): boolean {
    return this.length > 0 && this.#root.passes(path, cost);
  }

  /** Takes the piece out whose turn it is; there is one. */
  next(): { what: T; cost: number } {
    return this.#root.next();
  }
}

/** What passing on a piece costs besides its bytes, in bytes. */
const PIECE = 16 * 1024;
/** What is passed on each millisecond, in bytes: about as much as the program can, so that nobody waits whom it would not have
 * wait anyway. In between it looks at the sockets, and sees who else has something to pass on. */
const EACH_MS = 1024 * 1024;
/** What turns are timed by. */
export interface Time {
  now(): number;
  /** Calls `act` at the next tick. */
  later(act: () => void): void;
  /** How far ticks are apart at least, in milliseconds. */
  tickMs: number;
}

/** The system's; its timers are coarse on Windows. */
export const SYSTEM_TIME: Time = {
  now: () => performance.now(),
  later: (act) => void setTimeout(act, 1),
  tickMs: Deno.build.os === "windows" ? 16 : 1,
};

/** Gives out turns, as many as there is time for. */
export class Turns {
  readonly #queue = new Queue<() => void>();
  /** How much may be passed on at once, and how much of that is left. */
  readonly #most: number;
  #left: number;
  #at: number;
  #waiting = false;

  constructor(private readonly time: Time) {
    this.#most = this.#left = EACH_MS * time.tickMs;
    this.#at = time.now();
  }

  /** Resolves when it is the turn of a piece of so many bytes: at once while little is passed on, or little of this one's.
   * `path` is whom turns go by, the widest first. */
  take(path: readonly string[], bytes: number): Promise<void> {
    const cost = bytes + PIECE;
    // As much again at most, for many who are new: else all of them together kept the program busy for long.
    if (this.#waiting && this.#left > -this.#most && this.#queue.passes(path, cost)) {
      this.#left -= cost;
      return Promise.resolve();
    }
    const turn = Promise.withResolvers<void>();
    this.#queue.add(path, turn.resolve, cost);
    if (!this.#waiting) this.#give();
    return turn.promise;
  }

  #give(): void {
    const now = this.time.now();
    this.#left = Math.min(this.#most, this.#left + (now - this.#at) * EACH_MS);
    this.#at = now;
    while (this.#left > 0 && this.#queue.length > 0) {
      const { what, cost } = this.#queue.next();
      this.#left -= cost;
      what();
    }
    if (this.#queue.length === 0) return;
    this.#waiting = true;
    this.time.later(() => {
      this.#waiting = false;
      this.#give();
    });
  }
}
