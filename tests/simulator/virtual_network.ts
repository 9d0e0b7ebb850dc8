// The network of a simulation: connections in memory with latency, pieces of any size, and breaks at any byte.

import type { Random } from "../fuzz/random.ts";
import type { Dial } from "../../src/peer/link/connect.ts";
import type { Listener } from "../../src/rendezvous/listen.ts";
import type { Connection } from "../../src/wire/channel/socket.ts";
import { type Clock, type Life, living } from "./virtual_clock.ts";

/** What one direction holds before its writer waits. */
const WINDOW_BYTES = 64 << 10;
const UNREACHABLE_MS = 20_000;

type Accepted = Connection & { remoteAddr: { hostname: string } };

/** One direction: what is written arrives later, in order. */
class Pipe {
  #arrived: Uint8Array[] = [];
  #onTheWay = 0;
  #lastAt = 0;
  #error: Error | undefined;
  #ended = false;
  #silent = false;
  #wake = Promise.withResolvers<void>();
  #room = Promise.withResolvers<void>();
  reader!: Life;
  writer!: Life;

  constructor(private readonly net: Network, private readonly line: Line) {}

  async write(bytes: Uint8Array): Promise<number> {
    while (this.#onTheWay >= WINDOW_BYTES && !this.#error) await this.#room.promise;
    if (this.#error) throw this.#error;
    const { random } = this.net;
    const most = random.below(8) === 0 ? 1 + random.below(bytes.length) : bytes.length;
    const count = Math.min(bytes.length, most, WINDOW_BYTES);
    const whole = bytes.slice(0, count);
    const passes = this.line.takeBytes(count);
    this.#onTheWay += count;
    if (passes > 0) this.#deliver(() => this.#arrive(whole.subarray(0, passes)));
    if (passes < count) this.line.break();
    return count;
  }

  end(): void {
    this.#deliver(() => {
      this.#ended = true;
      this.#stir();
    });
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const piece = this.#arrived[0];
      if (piece) {
        const count = Math.min(piece.length, into.length);
        into.set(piece.subarray(0, count));
        if (count === piece.length) this.#arrived.shift();
        else this.#arrived[0] = piece.subarray(count);
        this.#onTheWay -= count;
        this.#room.resolve();
        this.#room = Promise.withResolvers();
        return count;
      }
      if (this.#error) throw this.#error;
      if (this.#ended) return null;
      await this.#wake.promise;
    }
  }

  fail(error: Error): void {
    this.#error ??= error;
    this.#arrived = [];
    this.#stir();
    this.#room.resolve();
  }

  /** From now on nothing arrives, and nobody is told. */
  silence(): void {
    this.#silent = true;
  }

  #arrive(bytes: Uint8Array): void {
    this.#arrived.push(bytes);
    this.#stir();
  }

  #deliver(act: () => void): void {
    const { clock } = this.net;
    this.#lastAt = Math.max(this.#lastAt, clock.now + this.net.latency());
    clock.after(this.#lastAt - clock.now, () => this.#silent || act(), this.reader);
  }

  #stir(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** One connection between two programs. */
class Line {
  readonly there: Pipe;
  readonly back: Pipe;
  /** Breaks once so many more bytes have passed, either way. */
  left = Infinity;
  broken = false;

  constructor(private readonly net: Network, readonly from: Life, readonly to: Life) {
    this.there = new Pipe(net, this);
    this.back = new Pipe(net, this);
    this.there.writer = this.back.reader = from;
    this.there.reader = this.back.writer = to;
  }

  takeBytes(count: number): number {
    const passes = Math.min(count, this.left);
    this.left -= passes;
    return passes;
  }

  /** The line is cut: both ends learn of it, or neither. */
  break(): void {
    if (this.broken) return;
    this.broken = true;
    const quiet = this.net.random.below(4) === 0;
    for (const pipe of [this.there, this.back]) {
      if (quiet) pipe.silence();
      else {
        const error = new Deno.errors.ConnectionReset("Connection reset by peer (os error 104)");
        this.net.clock.after(this.net.latency(), () => pipe.fail(error), pipe.reader);
      }
    }
    this.net.lines.delete(this);
  }

  end(reads: Pipe, writes: Pipe): Accepted {
    let open = true;
    return {
      remoteAddr: { hostname: "127.0.0.1" },
      setNoDelay() {},
      read: (into) => reads.read(into),
      write: (bytes) => writes.write(bytes),
      closeWrite: () => Promise.resolve(writes.end()),
      close: () => {
        if (!open) throw new Deno.errors.BadResource("Bad resource ID");
        open = false;
        reads.fail(new Deno.errors.Interrupted("operation canceled"));
        writes.end();
      },
    };
  }
}

export class Network {
  readonly lines = new Set<Line>();
  #accept: ((conn: Accepted) => void) | undefined;
  #server: Life | undefined;
  /** Programs by name that reach nobody until then. */
  readonly away = new Map<string, number>();
  /** The next line breaks after so many bytes. */
  nextBreak = Infinity;
  slowest = 20;

  constructor(readonly clock: Clock, readonly random: Random) {}

  latency(): number {
    return 1 + this.random.small(this.slowest);
  }

  /** Breaks every line of those whose name it is; of everybody without one. */
  cut(name?: string): void {
    for (const line of [...this.lines]) {
      if (!name || line.from.name === name || line.to.name === name) line.break();
    }
  }

  /** A program ended: the system closes its connections. */
  hangUp(life: Life): void {
    for (const line of [...this.lines]) {
      if (line.from !== life && line.to !== life) continue;
      this.lines.delete(line);
      if (line.broken) continue;
      line.broken = true;
      (line.from === life ? line.there : line.back).end();
      const error = new Deno.errors.BrokenPipe("Broken pipe (os error 32)");
      const back = line.from === life ? line.back : line.there;
      this.clock.after(this.latency(), () => back.fail(error), line.from === life ? line.to : line.from);
    }
    if (this.#server === life) this.#accept = undefined;
  }

  listen = (hostname: string, port: number): Listener => {
    const waiting: Accepted[] = [];
    let wake = Promise.withResolvers<void>();
    let closed = false;
    this.#server = living();
    this.#accept = (conn) => {
      waiting.push(conn);
      wake.resolve();
    };
    return {
      addr: { hostname, port },
      async accept() {
        while (waiting.length === 0 && !closed) {
          await wake.promise;
          wake = Promise.withResolvers();
        }
        if (closed) throw new Deno.errors.BadResource("Listener has been closed");
        return waiting.shift()!;
      },
      close: () => {
        closed = true;
        this.#accept = undefined;
        wake.resolve();
      },
    };
  };

  dial: Dial = async (_, signal) => {
    const from = living()!;
    await this.#wait(this.latency(), signal);
    if ((this.away.get(from.name) ?? 0) > this.clock.elapsed) await this.#wait(UNREACHABLE_MS, signal);
    const to = this.#server;
    if (!this.#accept || !to) {
      throw new Deno.errors.ConnectionRefused("Connection refused (os error 111)");
    }
    const line = new Line(this, from, to);
    line.left = this.nextBreak;
    this.nextBreak = Infinity;
    this.lines.add(line);
    const accept = this.#accept;
    this.clock.after(0, () => accept(line.end(line.there, line.back)), to);
    return line.end(line.back, line.there);
  };

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = this.clock.after(ms, resolve);
    signal.addEventListener("abort", () => resolve());
    await promise;
    this.clock.clear(timer);
    if (signal.aborted) throw signal.reason;
  }
}
