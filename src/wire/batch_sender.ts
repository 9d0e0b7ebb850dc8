// Sends batches, compressed as hard as pays (compression_pace.ts). In the main thread: it waits for the line meanwhile, or for the engine,
// which reads the next batch.

import { release } from "./batch.ts";
import { compressed } from "./message.ts";
import { type BatchSent, CompressionPace } from "./compression_pace.ts";

/** Shorter batches are sent as they are. In bytes. */
const WORTH_COMPRESSING = 256;
/** What is compressed to more than this share is sent as it is: the other side has nothing to undo. */
const WORTH_SENDING = 15 / 16;

/** What batches go out by. */
export class BatchSender {
  readonly #pace = new CompressionPace();

  /** `compresses`: the other side takes compressed batches, and this one makes them. `now`: in ms. */
  constructor(
    private readonly stream: { send(message: Uint8Array): Promise<void> },
    private readonly compresses: boolean,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Sends the message of a batch, and gives its memory back. Resolves and rejects as the stream does. */
  async send(batch: Uint8Array) {
    const { message, sent } = this.#made(batch);
    if (message !== batch) release(batch);
    const wire = mib(message.length);
    const began = this.now();
    await this.stream.send(message);
    this.#pace.note({ ...sent, wire, sending: this.now() - began });
    release(message);
  }

  #made(batch: Uint8Array): { message: Uint8Array; sent: Omit<BatchSent, "wire" | "sending"> } {
    const content = mib(batch.length);
    const asItIs = { level: 0, content, left: content, compressing: 0 } as const;
    if (!this.compresses || batch.length < WORTH_COMPRESSING) return { message: batch, sent: asItIs };
    const level = this.#pace.next();
    if (level === 0) return { message: batch, sent: asItIs };
    const began = this.now();
    const smaller = compressed(batch, level);
    const sent = { level, content, left: mib(smaller.length), compressing: this.now() - began };
    return { message: smaller.length <= WORTH_SENDING * batch.length ? smaller : batch, sent };
  }
}

function mib(bytes: number): number {
  return bytes / 2 ** 20;
}
