// Calls to objects that live in a worker: one message there, one back, in order. Bytes are handed over, not copied.

import { Breach, Disagreement, NotYet, RootGone, ScanFailed, UserError } from "../core/failure.ts";

/** The methods of T, seen from the other side of a worker. */
export type Remote<T> = {
  [K in keyof T as T[K] extends (...args: never[]) => unknown ? K : never]: T[K] extends
    (...args: infer A) => infer R ? (...args: A) => Promise<Awaited<R>> : never;
};

/** `target` 0 is the worker's main object; others are made by calls that return their number. */
interface Call {
  id: number;
  target: number;
  method: string;
  args: unknown[];
}

type RpcAnswer = { id: number; value: unknown } | {
  id: number;
  error: { name: string; message: string; code?: number };
};

/** A way to objects that live elsewhere. */
export interface RemoteLink {
  /** The object with that number, as if it were here: its calls are done in their order. */
  remote<T>(target: number): Remote<T>;
  /** How many calls there were so far. */
  readonly calls: number;
  /** Ends them all; calls that wait reject. */
  end(): void;
}

/** What is needed of a worker. */
export type EngineWorker = Pick<Worker, "onmessage" | "onerror" | "terminate"> & {
  postMessage(call: object, transfer: Transferable[]): void;
};

/** Calls into a worker that runs `serve`. */
export class WorkerLink implements RemoteLink {
  readonly #worker: EngineWorker;
  #dead: Error | null = null;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #count = 0;

  constructor(worker: EngineWorker) {
    this.#worker = worker;
    worker.onmessage = ({ data }: MessageEvent<RpcAnswer>) => this.#answer(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#failAll(new Error(`The worker failed: ${event.message}`));
    };
  }

  remote<T>(target: number): Remote<T> {
    return new Proxy({}, {
      get: (_, method) => (...args: unknown[]) => this.#call(target, String(method), args),
    }) as Remote<T>;
  }

  get calls(): number {
    return this.#count;
  }

  end() {
    this.#worker.terminate();
    this.#failAll(new Error("The worker was ended"));
  }

  #call(target: number, method: string, args: unknown[]): Promise<unknown> {
    const id = ++this.#count;
    const call: Call = { id, target, method, args };
    if (this.#dead) return Promise.reject(this.#dead);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(call, buffersIn(args));
    });
  }

  #answer(answer: RpcAnswer) {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("error" in answer) waiting?.reject(revive(answer.error));
    else waiting?.resolve(answer.value);
  }

  #failAll(error: Error) {
    this.#dead = error;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** Answers calls in a worker. `targets` holds the objects by number. */
export function serve(
  scope: {
    onmessage: ((event: MessageEvent<Call>) => void) | null;
    postMessage(value: RpcAnswer, transfer: Transferable[]): void;
  },
  targets: Map<number, object>,
) {
  scope.onmessage = ({ data: { id, target, method, args } }) => {
    try {
      const object = targets.get(target) as Record<string, (...args: unknown[]) => unknown> | undefined;
      if (!object) throw new Error(`No object ${target} for ${method}`);
      const value = object[method]!(...args);
      scope.postMessage({ id, value }, buffersIn(value));
    } catch (error) {
      const { name, message, code, stack } = error as Error & { code?: number };
      const known = KEPT.has(name);
      scope.postMessage({
        id,
        error: { name, message: known ? message : stack ?? message, ...(code !== undefined && { code }) },
      }, []);
    }
  };
}

const KEPT: ReadonlySet<string> = new Set([
  "UserError",
  "Breach",
  "RootGone",
  "ScanFailed",
  "NotYet",
  "Disagreement",
]);

function revive({ name, message, code }: { name: string; message: string; code?: number }): Error {
  if (name === "UserError") return new UserError(message, code);
  if (name === "Breach") return new Breach(message);
  if (name === "RootGone") return new RootGone(message);
  if (name === "ScanFailed") return new ScanFailed(message);
  if (name === "NotYet") return new NotYet();
  if (name === "Disagreement") return new Disagreement();
  return new Error(message);
}

/** The buffers of byte arrays in a value, its lists and its properties, one level deep. */
function buffersIn(value: unknown): Transferable[] {
  if (value instanceof Uint8Array) return [value.buffer as ArrayBuffer];
  if (Array.isArray(value)) {
    return value.flatMap((part) => part instanceof Uint8Array ? [part.buffer as ArrayBuffer] : []);
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((part) => Array.isArray(part) ? buffersIn(part) : []);
}
