// What targets share: refusals told from defects, values compared, and memory watched.

import { Breach } from "../../src/core/failure.ts";

/** What `work` gives, or the Breach it throws; any other error is a defect and goes on. */
export function orBreach<T>(work: () => T): T | Breach {
  try {
    return work();
  } catch (error) {
    if (error instanceof Breach) return error;
    throw error;
  }
}

/** What becomes of bytes that are decoded: the message's kind, or the refusal. Throws for much memory, and for a message that
 * is another when it is said again. */
export function decoded<T extends { kind: string }>(
  bytes: Uint8Array,
  decode: (bytes: Uint8Array) => T,
  encode: (message: T) => Uint8Array,
): string {
  const message = orBreach(() => decode(bytes));
  checkMemory(bytes.length);
  if (message instanceof Breach) return sentence(message);
  holds(alike(decode(encode(message)), message), `said again, ${message.kind} is another`);
  return message.kind;
}

/** An error as an answer: what it quotes left out. */
export function sentence(error: Error): string {
  return error.message.replaceAll(/".*"/gs, "…").replaceAll(/\d+/g, "N").slice(0, 80);
}

/** Throws unless it holds. */
export function holds(fact: boolean, what: string): asserts fact {
  if (!fact) throw new Error(`defect: ${what}`);
}

/** Whether two decoded values are the same; -0 counts as 0. */
export function alike(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return one === other || Object.is(one, other);
  }
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (one instanceof Date) return Object.is(one.getTime(), (other as Date).getTime());
  if (one instanceof Map) return alike([...one], [...other as typeof one]);
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) => alike(one[key as never], other[key as never]));
}

let before = 0;

/** Throws when more memory came into use since the last call than so few bytes of input can be the reason for. */
export function checkMemory(inputLength: number) {
  const { heapUsed, external } = Deno.memoryUsage();
  const grown = heapUsed + external - before;
  const first = before === 0;
  before = heapUsed + external;
  const most = 48_000_000 + 100 * inputLength;
  holds(first || grown < most, `${grown} bytes of memory for an input of ${inputLength}`);
}
