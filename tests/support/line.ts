// The network between clients and their server: every connection passes through, and can be cut, held up, slowed down, refused.

/** A connection on its way: both its ends. */
interface Joined {
  near: Deno.TcpConn;
  far: Deno.TcpConn;
}

/** No timer is later than this. */
const LATE_MS = 20;

/** A listening line. Faults hold for all connections, those to come included, until they are taken back. */
export class Line implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Joined>();
  /** Until when, in ms, what has passed keeps each way busy. */
  readonly #busy = { out: 0, in: 0 };
  readonly #accepting: Promise<void>;
  /** Resolved while nothing is held up. */
  #flow: PromiseWithResolvers<void> = Promise.withResolvers();
  #left = Infinity;
  /** Every piece is late by this, in ms. */
  delay = 0;
  /** What clients say is later by this. */
  delayOut = 0;
  /** So many bytes a second pass each way at most, those of all connections together. */
  rate = Infinity;
  /** New connections are closed at once. */
  refuses = false;
  /** How many bytes have passed, both ways. */
  passed = 0;

  constructor(private readonly server: () => number) {
    this.#flow.resolve();
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Ends every connection as it stands. */
  cut() {
    for (const joined of this.#open) this.#close(joined);
  }

  /** Cuts once so many more bytes have passed, in the middle of whatever they are. */
  cutAfter(bytes: number) {
    this.#left = bytes;
  }

  /** Nothing passes until `resume`; nobody is told. */
  stall() {
    this.#flow = Promise.withResolvers();
  }
  resume() {
    this.#flow.resolve();
  }

  async [Symbol.asyncDispose]() {
    this.resume();
    this.#listener.close();
    await this.#accepting;
    this.cut();
  }

  async #accept() {
    for await (const near of this.#listener) {
      if (this.refuses) near.close();
      else this.#join(near).catch(() => near.close()); // No server: nobody is there.
    }
  }

  async #join(near: Deno.TcpConn) {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.server() });
    const joined = { near, far };
    this.#open.add(joined);
    const broken = () => this.#close(joined);
    await Promise.all([
      this.#pass(near, far, "out").catch(broken),
      this.#pass(far, near, "in").catch(broken),
    ]);
    this.#close(joined);
  }

  async #pass(source: Deno.TcpConn, target: Deno.TcpConn, way: "out" | "in") {
    const buffer = new Uint8Array(65_536);
    for (let count = await source.read(buffer); count !== null; count = await source.read(buffer)) {
      await this.#flow.promise;
      const wait = this.delay + (way === "out" ? this.delayOut : 0) + this.#turn(way, count);
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      const passing = Math.min(count, this.#left);
      this.#left -= passing;
      this.passed += passing;
      for (let sent = 0; sent < passing;) sent += await target.write(buffer.subarray(sent, passing));
      if (passing < count) {
        this.#left = Infinity;
        return this.cut();
      }
    }
    await target.closeWrite();
  }

  /** How long that many bytes take, in ms, with those before them. What a late timer lost is made up for. */
  #turn(way: "out" | "in", bytes: number): number {
    if (this.rate === Infinity) return 0;
    const now = performance.now();
    this.#busy[way] = Math.max(now - LATE_MS, this.#busy[way]) + 1000 * bytes / this.rate;
    return Math.max(0, this.#busy[way] - now);
  }

  #close(joined: Joined) {
    if (!this.#open.delete(joined)) return;
    joined.near.close();
    joined.far.close();
  }
}
