// Somebody on the network between clients and their server: every connection passes through, is recorded, and can be spoiled.

/** The way bytes go: up to the server, or down to the client. */
export type Way = "up" | "down";

/** One piece as it passed: in which connection (counted from 0), which way, and from which byte on. */
export interface Piece {
  connection: number;
  way: Way;
  from: number;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A listening tap. */
export class Tap implements AsyncDisposable {
  readonly pieces: Piece[] = [];
  /** How many bytes went each way, over all connections. */
  readonly counted: Record<Way, number> = { up: 0, down: 0 };
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<Deno.TcpConn>();
  readonly #accepting: Promise<void>;
  #connections = 0;

  /** `spoil` may change a piece in place before it goes on; `records`: else the bytes are only counted. */
  constructor(
    private readonly server: number,
    private readonly spoil: (piece: Piece) => void = () => {},
    private readonly records = true,
  ) {
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** All that went one way, connection after connection. */
  passed(way: Way): Uint8Array[] {
    return Array.from({ length: this.#connections }, (_, connection) => {
      const pieces = this.pieces.filter((piece) => piece.connection === connection && piece.way === way);
      return new Uint8Array(pieces.flatMap(({ bytes }) => [...bytes]));
    });
  }

  async [Symbol.asyncDispose]() {
    this.#listener.close();
    await this.#accepting;
    for (const conn of this.#open) this.#close(conn);
  }

  async #accept() {
    for await (const near of this.#listener) void this.#join(near, this.#connections++).catch(() => {});
  }

  async #join(near: Deno.TcpConn, connection: number) {
    this.#open.add(near);
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.server });
    this.#open.add(far);
    const broken = () => {
      this.#close(near);
      this.#close(far);
    };
    await Promise.all([
      this.#pass(near, far, connection, "up").catch(broken),
      this.#pass(far, near, connection, "down").catch(broken),
    ]);
  }

  async #pass(source: Deno.TcpConn, target: Deno.TcpConn, connection: number, way: Way) {
    const buffer = new Uint8Array(65_536);
    let from = 0;
    for (let count = await source.read(buffer); count !== null; count = await source.read(buffer)) {
      const piece = { connection, way, from, bytes: buffer.slice(0, count) };
      from += count;
      this.spoil(piece);
      if (this.records) this.pieces.push(piece);
      this.counted[way] += count;
      for (let sent = 0; sent < count;) sent += await target.write(piece.bytes.subarray(sent));
    }
    await target.closeWrite();
  }

  #close(conn: Deno.TcpConn) {
    if (this.#open.delete(conn)) conn.close();
  }
}
