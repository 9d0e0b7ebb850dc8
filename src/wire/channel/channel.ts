// A channel carries whole messages (bytes) over a byte stream, in frames, one or more a message.

import { type FrameReader, type FrameWriter, LONGEST_BODY, type Stream } from "./frame.ts";
import { Breach } from "../../core/failure.ts";
import { Pulse } from "./pulse.ts";

/** Whole messages, both ways. */
export interface Channel {
  /** Resolves when the message has been handed to the stream: awaiting it is the back-pressure. Rejects when the stream broke.
   * Concurrent sends go out whole, in the order of the calls. Leave the bytes alone until it resolves. */
  send(message: Uint8Array): Promise<void>;
  /** The next message, in a buffer of its own; null when the other end closed in good order, or
   * after `close`. Rejects with Breach on a malformed or over-long message. One call at a time. */
  receive(): Promise<Uint8Array | null>;
  /** Closes the stream; pending calls reject or give null. Safe to call twice. */
  close(): void;
}

/** A channel from whose stream something else can be read after the messages. */
export interface OpenedChannel extends Channel {
  /** Takes messages of up to `longest` bytes from the other end from here on; never fewer than before. */
  allow(longest: number): void;
  /** Ends the channel and gives back its stream, beginning with what was read beyond the last message.
   * Nothing may be being sent or received. */
  release(): Stream;
}

/** What a channel is held to. */
export interface ChannelOptions {
  /** The longest message taken from the other end, in bytes. */
  longest?: number;
  /** After so long without a word of ours a heartbeat is sent; Infinity: never. */
  beatMs?: number;
  /** A link that is waited at for so long in silence is lost. */
  silenceMs?: number;
}

/** The longest message there is. */
export const LONGEST_MESSAGE = 4 * 1024 * 1024;

/** What stands between a stream and the messages on it. */
export interface Framing {
  /** What is written to, and closed with the channel. */
  stream: Stream;
  /** What has been read, cut into frames; sealed already where it is to be. */
  frames: FrameReader;
  /** What gathers frames for the stream. */
  writer: FrameWriter;
}

/** The first byte of each frame's body: whether the message goes on in the next frame. */
const LAST = 1;
const MORE = 0;

interface Outgoing {
  message: Uint8Array;
  /** How much of it has been put into frames. */
  framed: number;
  resolve(): void;
  reject(reason: unknown): void;
}

/** A channel over a stream, which from now on is the channel's to read, write and close. */
export class StreamChannel implements OpenedChannel {
  readonly #stream: Stream;
  readonly #frames: FrameReader;
  readonly #writer: FrameWriter;
  readonly #assembly: Assembly;
  readonly #pulse: Pulse;
  #queue: Outgoing[] = [];
  #pumping = false;
  #receiving = false;
  /** Why nothing more can be sent or received. */
  #over: Error | undefined;
  /** It is over because this side wanted it. */
  #closed = false;

  /** Begins to beat at once; reading begins with the first `receive`. */
  constructor({ stream, frames, writer }: Framing, options: ChannelOptions) {
    this.#stream = stream;
    this.#frames = frames;
    this.#writer = writer;
    this.#assembly = new Assembly();
    this.allow(options.longest ?? LONGEST_MESSAGE);
    this.#pulse = new Pulse(options.beatMs ?? 10_000, options.silenceMs ?? 30_000, {
      beat: () => {
        this.#writer.beat();
        this.#startPump();
      },
      lost: (reason) => this.#end(reason),
    });
    this.#startPump();
  }

  allow(longest: number): void {
    this.#assembly.longest = longest;
    this.#frames.allow(longest + 1);
  }

  send(message: Uint8Array): Promise<void> {
    if (this.#over !== undefined) return Promise.reject(this.#over);
    return new Promise((resolve, reject) => {
      this.#queue.push({ message, framed: 0, resolve, reject });
      this.#startPump();
    });
  }

  async receive(): Promise<Uint8Array | null> {
    if (this.#receiving) throw new Error("this channel is already being received from");
    this.#receiving = true;
    this.#pulse.listen(true);
    try {
      return await this.#nextMessage();
    } catch (error) {
      if (this.#closed) return null;
      this.#end(error as Error);
      throw this.#over;
    } finally {
      this.#receiving = false;
      this.#pulse.listen(false);
    }
  }

  close(): void {
    if (this.#over === undefined) this.#closed = true;
    this.#end(new Error("the channel is closed"));
  }

  release(): Stream {
    this.#over = new Error("the channel gave its stream back");
    this.#pulse.stop();
    return withRest(this.#stream, this.#frames.rest());
  }

  async #nextMessage(): Promise<Uint8Array | null> {
    for (;;) {
      if (this.#over !== undefined) throw this.#over;
      const before = this.#frames.taken;
      const body = this.#frames.take();
      if (this.#frames.taken > before) this.#pulse.heard(0, true);
      if (body === undefined) {
        const count = await this.#frames.fill();
        if (this.#over !== undefined) throw this.#over;
        if (count === null) return this.#assembly.endOfStream();
        this.#pulse.heard(count, false);
      } else {
        const message = this.#assembly.add(body);
        if (message !== undefined) return message;
      }
    }
  }

  /** Begins in a microtask, so that sends made in one go share one write. */
  #startPump(): void {
    if (this.#pumping || this.#over !== undefined) return;
    this.#pumping = true;
    queueMicrotask(() => this.#pump());
  }

  async #pump(): Promise<void> {
    let framed: Outgoing[] = [];
    try {
      while (this.#over === undefined && (this.#queue.length > 0 || this.#writer.waiting)) {
        framed = this.#putIntoFrames();
        await this.#writer.flush();
        this.#pulse.spoke();
        for (const { resolve } of framed) resolve();
      }
    } catch (error) {
      this.#end(error as Error);
      for (const { reject } of framed) reject(this.#over);
    } finally {
      this.#pumping = false;
    }
  }

  /** Fills the writer from the queue; gives the messages that are wholly in it. */
  #putIntoFrames(): Outgoing[] {
    let whole = 0;
    for (const outgoing of this.#queue) {
      if (!this.#putOne(outgoing)) break;
      whole++;
    }
    return this.#queue.splice(0, whole);
  }

  #putOne(outgoing: Outgoing): boolean {
    const { message } = outgoing;
    for (;;) {
      const to = Math.min(outgoing.framed + LONGEST_BODY - 1, message.length);
      const last = to === message.length;
      if (!this.#writer.put(last ? LAST : MORE, message.subarray(outgoing.framed, to))) return false;
      outgoing.framed = to;
      if (last) return true;
    }
  }

  #end(reason: Error): void {
    if (this.#over !== undefined) return;
    this.#over = reason;
    this.#pulse.stop();
    this.#stream.close();
    for (const { reject } of this.#queue.splice(0)) reject(reason);
  }
}

/** Puts the parts of one message together again. What it holds is what has arrived. */
class Assembly {
  #parts: Uint8Array[] = [];
  #length = 0;
  longest = 0;

  /** Takes the body of one frame, for good; gives the message when that was its last. */
  add(body: Uint8Array): Uint8Array | undefined {
    const [mark] = body;
    if (mark !== LAST && mark !== MORE) {
      throw new Breach("a frame arrived that is neither the last nor followed by more");
    }
    // All but the last are full, so that what is held is hardly more than what has arrived.
    if (mark === MORE && body.length !== LONGEST_BODY) {
      throw new Breach("a frame arrived that is followed by more and is not full");
    }
    this.#length += body.length - 1;
    if (this.#length > this.longest) throw new Breach(`a message of more than ${this.longest} bytes arrived`);
    this.#parts.push(body.subarray(1));
    return mark === LAST ? this.#whole() : undefined;
  }

  /** The stream ended: in good order only between two messages. */
  endOfStream(): null {
    if (this.#parts.length > 0) throw new Error("the connection broke off inside a message");
    return null;
  }

  /** In a buffer of its own, which can be given to another thread. */
  #whole(): Uint8Array {
    const message = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      message.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#length = 0;
    return message;
  }
}

/** The same stream, beginning with bytes that were read from it already. */
function withRest(stream: Stream, rest: Uint8Array): Stream {
  let left = rest;
  return {
    read(into) {
      if (left.length === 0) return stream.read(into);
      const count = Math.min(left.length, into.length);
      into.set(left.subarray(0, count));
      left = left.subarray(count);
      return Promise.resolve(count);
    },
    write: (bytes) => stream.write(bytes),
    close: () => stream.close(),
  };
}
