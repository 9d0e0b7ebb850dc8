// The long messages that came for the engine, by type, until their last part is there. Bounded: the peer is not trusted.

import type { BulkType, Message, MessageOf } from "../wire/message.ts";
import { breach } from "../wire/shape.ts";

/** The long messages a side has a use for; batches go straight to staging. */
const TAKEN: Record<"alpha" | "beta", ReadonlySet<BulkType>> = {
  alpha: new Set(["changes", "digested", "want", "results"]),
  beta: new Set(["digests", "judge", "orders", "want", "commit"]),
};
/** What may lie here, in bytes once decoded: a list of more is none of files that two people keep. */
const MOST_BYTES = 2 ** 30;

/** Long messages by type, in the order in which they came. */
export class Inbox {
  #messages = new Map<BulkType, Message[]>();
  #bytes = 0;

  /** Whose inbox it is: what this side has no use for is a breach. */
  constructor(private readonly role: "alpha" | "beta") {}

  /** Takes a part in, of so many bytes once decoded. Throws Breach. */
  put(message: Message, bytes: number): { type: BulkType; last: boolean } {
    const type = message.type as BulkType;
    if (!TAKEN[this.role].has(type)) breach(`"${type}" is not for this side`);
    this.#bytes += bytes;
    if (this.#bytes > MOST_BYTES) breach("a list without end");
    const parts = this.#messages.get(type);
    if (parts) parts.push(message);
    else this.#messages.set(type, [message]);
    return { type, last: "last" in message && message.last };
  }

  /** The parts of the first message of that type that has come whole. */
  take<T extends BulkType>(type: T): MessageOf<T>[] {
    const messages = this.#messages.get(type) ?? [];
    const whole = messages.splice(0, messages.findIndex((message) => "last" in message && message.last) + 1);
    if ([...this.#messages.values()].every((left) => left.length === 0)) this.#bytes = 0;
    return whole as MessageOf<T>[];
  }
}
