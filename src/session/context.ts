// What both parts of a session work with, and the steps both do alike: looking, staging.

import type { Endpoint } from "../endpoint/endpoint.ts";
import type { Lifting } from "./lifting.ts";
import { CHUNK_TASKS } from "../plan/planned_work.ts";
import { type Remote } from "../root/rpc.ts";
import type { BatchSender } from "../wire/batch_sender.ts";
import { RootGone, ScanFailed } from "../core/failure.ts";
import type { Reads } from "./tally.ts";
import type { Report } from "./report.ts";
import type { Scanned } from "../root/worker_host.ts";
import type { Root, RootListener } from "../root/root.ts";
import type { MessageStream } from "./message_stream.ts";

/** Content is fetched for this long at a stretch, so that a large file never keeps a small edit waiting; for longer where a chunk is larger
 * than others, and for less where a change waits already. For less, too, is copied what is here: the other side does not know of it, and a
 * change there may wait. */
const STAGE_BUDGET_MS = 1500;
const HURRIED_BUDGET_MS = 200;
/** While files are read to know what was done when the program was stopped, it is asked this often whether that is known. */
const RECALL_MS = 2000;
/** From this many tasks on, watching one's own writing costs more than it tells. */
export const MANY_TASKS = 2000;

/** A session under way. */
export interface SessionContext {
  readonly root: Root;
  readonly listener: RootListener;
  readonly stream: MessageStream;
  /** Content goes into the stream through it. */
  readonly batches: BatchSender;
  readonly report: Report;
  /** What is read here, as both people are told of it. */
  readonly reads: Reads;
  readonly lifting: Lifting;
  readonly endpoint: Remote<Endpoint>;
  readonly once: boolean;
  /** Where nothing is wanted, nobody says and nobody awaits that it was supplied. An older peer does both. */
  readonly pushes: boolean;
  /** Resolves when the message stream is over. */
  readonly over: Promise<void>;
  /** The names of this side's user and the other's. */
  readonly self: string;
  readonly peer: string;
  /** Whose changes travel: both sides', or, one way, those of this side alone (out) or the other's (in). */
  readonly flow: "both" | "out" | "in";
  /** Resolves when there is something to do: the own root or the peer's changed. */
  readonly changes: Changes;
}

/** Looks at the own root, and tells what of it stays home; null while that is gone, is another, or cannot be looked at, which is told. */
export async function scanIfThere(context: SessionContext): Promise<Scanned | null> {
  const { root, listener, stream, lifting, endpoint, report, self: whose } = context;
  try {
    let look = await root.scan(listener);
    // Nothing is planned before it is known what was done when this program was stopped. What is read for that counts from a look on.
    while (!await endpoint.recall() && context.stream.isOpen) {
      await someReading(context);
      look = await root.scan(listener);
    }
    await lifting.review(endpoint, look.home, () => root.touched());
    return look;
  } catch (error) {
    stream.ensureOpen(); // What ends the session ends the look, too.
    if (error instanceof ScanFailed) {
      report.problems([{ path: root.folder, reason: error.message, lasting: false, whose }]);
    }
    if (error instanceof RootGone) return null;
    throw error;
  }
}

/** Waits until what is waited for is read, or for a while: more may be read, for others. */
async function someReading({ root, over }: SessionContext) {
  let timer;
  const time = new Promise<void>((resolve) => timer = setTimeout(resolve, RECALL_MS));
  await Promise.race([root.digested(), time, over]);
  clearTimeout(timer);
}

/** Changes that wait to be looked at. */
export class Changes {
  #pending = false;
  #since = 0;
  #sparedUntil = 0;
  #wake = Promise.withResolvers<void>();

  get pending(): boolean {
    return this.#pending;
  }

  /** How long the oldest change that waits has waited, in ms. */
  get age(): number {
    return this.#pending ? performance.now() - this.#since : 0;
  }

  /** Whether the work at hand is to make way for a change that waits. */
  get urgent(): boolean {
    return this.#pending && performance.now() >= this.#sparedUntil;
  }

  /** A plan took `ms` to make: for as long, it is carried out whatever changes. Else all the time would go into plans. */
  spare(ms: number) {
    this.#sparedUntil = performance.now() + ms;
  }

  note() {
    if (!this.#pending) this.#since = performance.now();
    this.#pending = true;
    this.#wake.resolve();
  }

  /** The changes that were noted so far are being looked at. */
  taken() {
    this.#pending = false;
    this.#wake = Promise.withResolvers();
  }

  /** Resolves at the next change, or after `ms`. */
  async wait(ms: number, over: Promise<void>): Promise<void> {
    let timer;
    const time = new Promise<void>((resolve) => {
      if (ms !== Infinity) timer = setTimeout(resolve, ms);
    });
    await Promise.race([this.#wake.promise, time, over]);
    clearTimeout(timer);
  }
}

/** Gets what the orders at hand need, and supplies what the peer's need, at the same time. */
export async function stageBoth(context: SessionContext) {
  const { stream, batches, endpoint, report, reads, changes, pushes } = context;
  const ask = async () => {
    const { messages, wanted, pushed, copies, toRead } = await endpoint.stage();
    reads.take("parts", toRead);
    await stream.sendAll(messages);
    if (pushed > 0) report.progress(0, pushed);
    const began = performance.now();
    for (let more = copies; more && performance.now() - began < HURRIED_BUDGET_MS;) {
      more = await endpoint.copyOn();
    }
    if (wanted > 0 || !pushes) await stream.expect("supplied");
  };
  const supply = async () => {
    await stream.expect("want");
    const wanted = await endpoint.supply();
    if (wanted === 0 && pushes) return;
    const budget = STAGE_BUDGET_MS * Math.max(1, wanted / CHUNK_TASKS);
    const began = performance.now();
    const isTime = () => performance.now() - began < (changes.urgent ? HURRIED_BUDGET_MS : budget);
    let next = endpoint.supplyNext();
    for (let supplied = await next; supplied; supplied = await next) {
      stream.ensureOpen(); // What is over tells nothing more.
      const [batch, bytes, toRead] = supplied;
      next = isTime() ? endpoint.supplyNext() : Promise.resolve(null);
      next.catch(() => {}); // It is awaited above, unless sending fails before.
      const sending = batches.send(batch); // It compresses while the engine reads the next one.
      report.progress(0, bytes);
      reads.take("sources", toRead);
      await sending;
    }
    await endpoint.supplyPause();
    await stream.send({ type: "supplied" });
  };
  await Promise.all([ask(), supply()]);
}
