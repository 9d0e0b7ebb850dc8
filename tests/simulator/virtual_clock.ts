// The virtual clock of a simulation: time, timers and chance, the same for the same seed, in place of the runtime's own; and the
// lives whose code runs on it, which can be paused and ended at any moment.

import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers";
import type { Random } from "../fuzz/random.ts";

/** One run of a program: what it waits for comes while it lives. */
export class Life {
  dead = false;
  /** Stopped until then: its timers and what arrives for it wait. */
  pausedUntil = 0;

  /** `computer`: how far the clock it goes by is ahead (ms). */
  constructor(readonly name: string, readonly computer: { readonly skew: number } = { skew: 0 }) {}
}

interface Timer {
  at: number;
  /** The order in which timers of one moment fire. */
  turn: number;
  act: () => void;
  every?: number;
  life: Life | undefined;
}

/** When every simulation begins. */
const START = Date.UTC(2026, 10, 25, 12);
/** More events than this in one run: something goes round and round. */
const MOST_EVENTS = 400_000;

const RealDate = Date;
const lives = new AsyncLocalStorage<Life>();

/** The life whose code is running. */
export function living(): Life | undefined {
  return lives.getStore();
}

/** Waits until nothing more can happen without a timer: all that the program does between timers are promises. */
const idle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export class Clock {
  now = START;
  events = 0;
  #heap: Timer[] = [];
  #timers = new Map<number, Timer>();
  #turn = 0;

  constructor(private readonly random: Random) {}

  /** Milliseconds since the beginning. */
  get elapsed(): number {
    return this.now - START;
  }

  /** Acts as that life, unless it is over. */
  as<T>(life: Life, act: () => T): T {
    return lives.run(life, act);
  }

  /** Fires once after `ms`, in the life that asks for it, or in `life`. */
  after(ms: number, act: () => void, life = living(), every?: number): number {
    const timer: Timer = {
      at: this.now + Math.max(0, Number.isFinite(ms) ? ms : 0),
      turn: ++this.#turn,
      act,
      life,
      ...(every !== undefined && { every }),
    };
    this.#timers.set(timer.turn, timer);
    this.#push(timer);
    return timer.turn;
  }

  clear(id: unknown): void {
    this.#timers.delete(id as number);
  }

  /** Lets time pass until `time` (elapsed ms). */
  async runTo(time: number): Promise<void> {
    await idle();
    for (let next = this.#heap[0]; next && next.at <= START + time; next = this.#heap[0]) {
      this.#pop();
      if (!this.#timers.has(next.turn) || next.life?.dead) continue;
      if (next.life && next.life.pausedUntil > Math.max(this.now, next.at)) {
        next.at = next.life.pausedUntil;
        this.#push(next);
        continue;
      }
      if (++this.events > MOST_EVENTS) throw new Error("too many events: something goes round and round");
      this.now = Math.max(this.now, next.at);
      if (next.every === undefined) this.#timers.delete(next.turn);
      else {
        next.at = this.now + Math.max(1, next.every);
        this.#push(next);
      }
      if (next.life) lives.run(next.life, next.act);
      else next.act();
      await idle();
    }
    this.now = Math.max(this.now, START + time);
  }

  /** Puts this clock and this chance in the place of the runtime's, until the result is disposed of. */
  install(): Disposable {
    const getNow = () => this.now + (living()?.computer.skew ?? 0);
    const global = globalThis as unknown as Record<string, unknown>;
    class VirtualDate extends RealDate {
      constructor(...args: unknown[]) {
        super(...(args.length === 0 ? [getNow()] : args) as [number]);
      }
      static override now = () => Math.floor(getNow());
    }
    const places: [object, string, unknown][] = [
      [global, "Date", VirtualDate],
      [global, "setTimeout", (act: () => void, ms = 0) => this.after(ms, act)],
      [global, "clearTimeout", (id: unknown) => this.clear(id)],
      [global, "setInterval", (act: () => void, ms = 0) => this.after(ms, act, undefined, ms)],
      [global, "clearInterval", (id: unknown) => this.clear(id)],
      [performance, "now", () => this.elapsed],
      [Deno, "unrefTimer", () => {}],
      // From the time alone: the decoder of messages draws when its cache, which outlives a simulation, has no room.
      [Math, "random", () => this.elapsed * 0.618034 % 1],
      [crypto, "randomUUID", () => this.#uuid()],
      [
        crypto,
        "getRandomValues",
        (bytes: Uint8Array) => bytes.map((_, i) => bytes[i] = this.random.below(256)),
      ],
    ];
    const before = places.map(([object, name]) => Object.getOwnPropertyDescriptor(object, name));
    for (const [object, name, value] of places) {
      Object.defineProperty(object, name, { value, configurable: true, writable: true });
    }
    return {
      [Symbol.dispose]() {
        places.forEach(([object, name], i) => {
          if (before[i]) Object.defineProperty(object, name, before[i]);
          else delete (object as Record<string, unknown>)[name];
        });
      },
    };
  }

  #uuid(): string {
    const hex = Array.from({ length: 4 }, () => this.random.next().toString(16).padStart(8, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(timer, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.turn < b.turn);
}
