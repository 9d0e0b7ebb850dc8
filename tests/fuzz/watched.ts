// Fuzzes in a worker that is watched from outside: an input that never comes to an end is found as well.

import type { FuzzOutcome } from "./fuzz.ts";
import type { Input } from "./mutate.ts";

/** How much is tried. */
export interface Order {
  target: string;
  seed: number;
  /** Either is enough to end it. */
  runs: number;
  ms: number;
}

/** The input being tried, where both threads see it: [how many were begun, length, 1 for text], then its bytes or code units. */
export class Slate {
  readonly #head: Int32Array<SharedArrayBuffer>;
  readonly #bytes: Uint8Array;
  readonly #units: Uint16Array;

  constructor(readonly shared = new SharedArrayBuffer(12 + 2 * 100_000)) {
    this.#head = new Int32Array(shared, 0, 3);
    this.#bytes = new Uint8Array(shared, 12);
    this.#units = new Uint16Array(shared, 12);
  }

  get begun(): number {
    return Atomics.load(this.#head, 0);
  }

  write(input: Input): void {
    const text = typeof input === "string";
    if (text) { for (let at = 0; at < input.length; at++) this.#units[at] = input.charCodeAt(at); }
    else this.#bytes.set(input);
    this.#head[1] = input.length;
    this.#head[2] = text ? 1 : 0;
    Atomics.add(this.#head, 0, 1);
  }

  read(): Input {
    const [, length, text] = this.#head;
    if (text === 0) return this.#bytes.slice(0, length);
    return Array.from(this.#units.subarray(0, length), (unit) => String.fromCharCode(unit)).join("");
  }
}

/** No input takes nearly so long on the slowest machine, unless it would take for ever. */
const PATIENCE_MS = 20_000;

/** Fuzzes one target as ordered; an input that takes too long is a failure like any other. */
export async function fuzzedInWorker(order: Order): Promise<FuzzOutcome> {
  const slate = new Slate();
  const worker = new Worker(new URL("./target_worker.ts", import.meta.url), { type: "module" });
  const done = Promise.withResolvers<FuzzOutcome>();
  worker.onmessage = ({ data }) => done.resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    done.resolve({ runs: slate.begun, answers: 0, failure: { input: slate.read(), reason: event.message } });
  };
  let before = -1;
  const timer = setInterval(() => {
    if (slate.begun === before) {
      const reason = `no answer within ${PATIENCE_MS / 1000} s`;
      done.resolve({ runs: before, answers: 0, failure: { input: slate.read(), reason } });
    }
    before = slate.begun;
  }, PATIENCE_MS);
  worker.postMessage({ order, shared: slate.shared });
  try {
    return await done.promise;
  } finally {
    clearInterval(timer);
    worker.terminate();
  }
}

/** An input as it is written down for `deno task fuzz --input`: bytes in hex, text as JSON. */
export function written(input: Input): string {
  if (typeof input !== "string") return Array.from(input, (b) => b.toString(16).padStart(2, "0")).join("");
  return JSON.stringify(input).replace(
    /[\x7f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The input that was written down so. */
export function readInput(text: string): Input {
  if (text.startsWith('"')) return JSON.parse(text);
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
