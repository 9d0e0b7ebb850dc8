// Streams in memory, and waiting that ends.

import type { Stream } from "../../src/wire/channel/frame.ts";

/** Who was killed between a yes and the ticket keeps the other waiting for as long as tickets are good, which is 30 seconds. */
const PATIENCE_MS = 50_000;

/** Waits for `promise`; a test that would hang says instead what it waited for. */
export async function soon<T>(promise: Promise<T>, what: () => string): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`waited too long for ${what()}`)), PATIENCE_MS);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** One direction of a stream in memory. */
class Pipe {
  #chunks: Uint8Array[] = [];
  #wake = Promise.withResolvers<void>();
  ended = false;

  write(bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#wake.resolve();
  }

  end(): void {
    this.ended = true;
    this.#wake.resolve();
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#chunks.length === 0) {
      if (this.ended) return null;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
    const chunk = this.#chunks[0]!;
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#chunks.shift();
    else this.#chunks[0] = chunk.subarray(count);
    return count;
  }
}

/** One end of a stream in memory, which also counts its writes. */
export interface MemoryStream extends Stream {
  writes: number;
}

/** Two ends of a stream. `sizes` cuts what is written into pieces of those sizes, in turn. */
export function memoryStreams(sizes: readonly number[] = [Infinity]): [MemoryStream, MemoryStream] {
  const pipes = [new Pipe(), new Pipe()] as const;
  let turn = 0;
  const end = (from: Pipe, to: Pipe): MemoryStream => ({
    writes: 0,
    read: (into) => from.read(into),
    write(bytes) {
      if (to.ended) return Promise.reject(new Error("broken pipe"));
      this.writes++;
      const count = Math.min(bytes.length, sizes[turn++ % sizes.length]!);
      to.write(bytes.subarray(0, count));
      return Promise.resolve(count);
    },
    close() {
      from.end();
      to.end();
    },
  });
  return [end(pipes[0], pipes[1]), end(pipes[1], pipes[0])];
}
