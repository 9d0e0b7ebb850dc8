// The message stream of two sides over a channel: sends messages, hands the long ones to the engine, and queues the rest in order.

import { Breach } from "../core/failure.ts";
import { release } from "../wire/batch.ts";
import type { Channel } from "../wire/channel/channel.ts";
import {
  type BulkType,
  decodeMessage,
  decompressed,
  encodeMessage,
  isBulk,
  type Message,
  type MessageOf,
} from "../wire/message.ts";
import { decodedBytes, MOST_DECODED } from "../wire/unpack.ts";

/** The messages of staging come between the others: each kind has a queue of its own. */
const BESIDE: ReadonlySet<string> = new Set(["want", "supplied", "staged"]);
/** What goes beside the cycle (proofs.ts). */
const PROOFS: ReadonlySet<string> = new Set(["prove", "proof", "doubt", "vouch"]);
/** Long messages given to the engine and not taken in yet, at most: the rest waits in the network. */
const AHEAD = 4;
/** What may be queued before the other side is no longer following the protocol: so many messages, and so many bytes as they are once
 * decoded. */
const LONGEST_QUEUE = 64;
const MOST_QUEUED = MOST_DECODED;
/** How many bytes a message that only the engine opened counts for in the queue. */
const TAKEN_BYTES = 200;

/** What is known here of a message that only the engine opened. */
interface Taken {
  type: Exclude<BulkType, "batch" | "push">;
  last: true;
}

/** What the engine says of a message that it took in: see `Endpoint.take`. */
interface EngineWord {
  type: string;
  last: boolean;
  advanced?: number;
}

/** What comes on a message stream: short messages, and word of long ones that the root worker took in. */
export type Incoming = Exclude<Message, { type: Taken["type"] | "batch" | "push" }> | Taken;
export type ArrivedOf<T extends Incoming["type"]> = Incoming & { type: T };

/** Why a stream is over. */
export class StreamOver extends Error {
  override name = "StreamOver";
  constructor(
    readonly how: "bye" | "lost" | "left" | "gone",
    message: string,
    readonly bye?: MessageOf<"bye">,
  ) {
    super(message);
  }
}

export interface StreamListener {
  /** The peer's root changed. */
  dirty(): void;
  /** The peer's person answered; may throw Breach. */
  answered(answer: MessageOf<"answer">): void;
  /** The peer speaks of content that is read again; may throw Breach. */
  proves(message: ProofMessage): void;
  /** The peer digests files: so far. */
  digesting(counts: number[]): void;
  /** The peer looks at its folder: so far. */
  looking(count: Pick<MessageOf<"looking">, "files" | "over">): void;
  /** By so many bytes what was wanted has come further. */
  received(bytes: number): void;
  /** Nothing more will be said. */
  over(): void;
}

export class MessageStream {
  #queues = new Map<string, { message: Incoming; bytes: number }[]>();
  #queued = 0;
  #wake = Promise.withResolvers<void>();
  #over: Error | null = null;
  #take: ((bytes: Uint8Array) => Promise<EngineWord>) | null = null;
  readonly #ahead: Promise<unknown>[] = [];
  readonly #ended: Promise<void>;

  constructor(private readonly channel: Channel, private readonly listener: StreamListener) {
    this.#ended = this.#pump();
  }

  /** From now on long messages go there. */
  handTo(take: (bytes: Uint8Array) => Promise<EngineWord>) {
    this.#take = take;
  }

  /** The engine takes nothing more; resolves when it is done with what it has. */
  async handToNobody() {
    this.#take = () => Promise.resolve({ type: "", last: false });
    await Promise.allSettled(this.#ahead);
  }

  async send(message: Message | Uint8Array) {
    this.ensureOpen();
    try {
      await this.channel.send(message instanceof Uint8Array ? message : encodeMessage(message));
    } catch (error) {
      throw this.#over ?? new StreamOver("lost", reasonOf(error));
    }
  }

  /** Sends what nobody waits for. Where the stream is over, its end is told elsewhere. */
  tell(message: Message) {
    if (this.isOpen) this.send(message).catch(() => {});
  }

  async sendAll(messages: readonly Uint8Array[]) {
    for (const message of messages) await this.send(message);
  }

  /** The next message of that type; another one in its turn is a breach. Rejects when the message stream is over. */
  async expect<T extends Incoming["type"]>(type: T): Promise<ArrivedOf<T>> {
    const message = await this.#next(BESIDE.has(type) ? type : "");
    if (message.type !== type) throw new Breach(`The peer sent "${message.type}" where "${type}" was due`);
    return message as ArrivedOf<T>;
  }

  /** The next message in turn, whatever it is. */
  next(): Promise<Incoming> {
    return this.#next("");
  }

  /** Makes every call from now on reject with that. */
  end(error: Error) {
    this.#over ??= error;
    this.#wake.resolve();
    this.listener.over();
  }

  get isOpen(): boolean {
    return this.#over === null;
  }

  /** Throws why it is over, once it is. */
  ensureOpen() {
    if (this.#over) throw this.#over;
  }

  /** Ends the message stream because of a message that has no place here. */
  refuse(type: string): never {
    throw new Breach(`The peer sent "${type}" out of turn`);
  }

  /** Says goodbye, gives the peer time to hear it, and closes the channel. */
  async leave(how: MessageOf<"bye">["how"], reason: string, patienceMs: number) {
    const gone = this.channel.send(encodeMessage({ type: "bye", how, reason: reason.slice(0, 1000) }));
    let timer;
    const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, patienceMs));
    await Promise.race([gone.then(() => this.#ended).catch(() => {}), patience]); // A broken link needs no goodbye.
    clearTimeout(timer);
    this.channel.close();
    await this.#ended;
  }

  async #next(queue: string): Promise<Incoming> {
    for (;;) {
      const next = this.#queues.get(queue)?.shift();
      if (next) {
        this.#queued -= next.bytes;
        return next.message;
      }
      if (this.#over) throw this.#over;
      await this.#wake.promise;
    }
  }

  /** Reads until the channel ends. */
  async #pump() {
    const ahead = this.#ahead;
    try {
      for (let bytes = await this.channel.receive(); bytes; bytes = await this.channel.receive()) {
        if (!isBulk(bytes)) {
          // What is at the engine already must be known before what came after it.
          await Promise.all(ahead.splice(0));
          if (this.#takeShort(decodeMessage(bytes), decodedBytes(bytes.subarray(1)))) return;
        } else {
          const taking = this.#takeLong(bytes);
          taking.catch((error) => this.end(failureOf(error))); // At once: the peer may have nothing more to say.
          ahead.push(taking);
          if (ahead.length >= AHEAD) await ahead.shift();
        }
      }
      await Promise.all(ahead);
      this.end(new StreamOver("lost", "the other computer closed the connection"));
      this.channel.close(); // Nobody may be reading any more: what is being sent must not wait for that.
    } catch (error) {
      this.end(failureOf(error));
    } finally {
      await Promise.allSettled(ahead);
    }
  }

  /** Takes a short message in. Returns whether it was the last one. */
  #takeShort(message: Message, bytes: number): boolean {
    if (message.type === "dirty") this.listener.dirty();
    else if (message.type === "answer") this.listener.answered(message);
    else if (message.type === "digesting") this.listener.digesting(message.counts);
    else if (message.type === "looking") this.listener.looking(message);
    else if (PROOFS.has(message.type)) this.listener.proves(message as ProofMessage);
    else if (message.type === "bye") {
      this.end(new StreamOver("bye", message.reason, message));
      this.#sayHeard();
      return true;
    } else this.#queue(message as Incoming, bytes);
    return false;
  }

  /** Whoever left does not wait until this side is done with what it has at hand. */
  #sayHeard() {
    this.channel.send(encodeMessage({ type: "bye", how: "left", reason: "" })).catch(() => {});
  }

  async #takeLong(bytes: Uint8Array) {
    if (!this.#take) throw new Breach("The peer sent content before the session began");
    const { type, last, advanced = 0 } = await this.#take(opened(bytes));
    if (type === "batch") this.listener.received(advanced);
    else if (last && type !== "push") this.#queue({ type, last } as Taken, TAKEN_BYTES);
  }

  #queue(message: Incoming, bytes: number) {
    const name = BESIDE.has(message.type) ? message.type : "";
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    queue.push({ message, bytes });
    this.#queued += bytes;
    if (queue.length > LONGEST_QUEUE || this.#queued > MOST_QUEUED) {
      throw new Breach("The peer sends more than it was asked for");
    }
    const { resolve } = this.#wake;
    this.#wake = Promise.withResolvers();
    resolve();
  }
}

/** A long message as the engine takes it. */
function opened(bytes: Uint8Array): Uint8Array {
  const message = decompressed(bytes);
  if (message !== bytes) release(bytes);
  return message;
}

function failureOf(error: unknown): Error {
  return error instanceof Breach ? error : new StreamOver("lost", reasonOf(error));
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The messages that go beside the cycle. */
export type ProofMessage = MessageOf<"prove" | "proof" | "doubt" | "vouch">;
