// Steps both sides do alike, and calls into a worker, when the other end goes away in their middle.

import { assertEquals, assertRejects } from "@std/assert";
import type { ToRead } from "../../src/endpoint/endpoint.ts";
import { BatchSender } from "../../src/wire/batch_sender.ts";
import { Changes, type SessionContext, stageBoth } from "../../src/session/context.ts";
import { CHUNK_TASKS } from "../../src/plan/planned_work.ts";
import { WorkerLink } from "../../src/root/rpc.ts";

Deno.test("a link that breaks while content is sent rejects once, and leaves no rejection behind", async () => {
  const unhandled: unknown[] = [];
  const note = (event: PromiseRejectionEvent) => {
    event.preventDefault();
    unhandled.push(event.reason);
  };
  addEventListener("unhandledrejection", note);
  let calls = 0;
  const stream = {
    ensureOpen() {},
    send: () => Promise.reject(new Error("lost")),
    sendAll: () => Promise.resolve(),
    expect: (type: string) => type === "want" ? Promise.resolve({ type }) : new Promise(() => {}),
  };
  const context = {
    stream,
    batches: new BatchSender(stream, false),
    endpoint: {
      stage: () => Promise.resolve([]),
      copyOn: () => Promise.resolve(false),
      supply: () => Promise.resolve(1),
      // The session has ended the endpoint by the time the second batch is asked for.
      supplyNext: () =>
        calls++ === 0 ? Promise.resolve([new Uint8Array(1), 1]) : Promise.reject(new Error("No object 1")),
    },
    report: { progress() {} },
    reads: { take() {} },
    changes: new Changes(),
  } as unknown as SessionContext;
  await assertRejects(() => stageBoth(context), Error, "lost");
  await new Promise((resolve) => setTimeout(resolve)); // Rejections nobody handles are told at the end of the turn.
  removeEventListener("unhandledrejection", note);
  assertEquals([calls, unhandled], [2, []]);
});

Deno.test("nothing is told of what the engine answers once the stream is over", async () => {
  const told: number[] = [];
  const over = () => {
    throw new Error("over");
  };
  const contextOf = (stage: object, wanted: number) =>
    ({
      stream: { ...ANSWERING, ensureOpen: over, sendAll: () => Promise.reject(new Error("over")) },
      batches: new BatchSender(ANSWERING, false),
      endpoint: {
        stage: () => wanted > 0 ? new Promise(() => {}) : Promise.resolve(stage),
        supply: () => Promise.resolve(wanted),
        supplyNext: () => Promise.resolve([new Uint8Array(1), 9, null]),
      },
      report: { progress: (_: number, bytes: number) => told.push(bytes) },
      reads: { take() {} },
      changes: new Changes(),
      pushes: true,
    }) as unknown as SessionContext;
  const stage = { messages: [], wanted: 1, pushed: 5, copies: false, toRead: null };
  for (const wanted of [0, 1]) await assertRejects(() => stageBoth(contextOf(stage, wanted)), Error, "over");
  assertEquals(told, []);
});

/** A stream whose other end takes all, and says whatever is waited for. */
const ANSWERING = {
  ensureOpen() {},
  send: () => Promise.resolve(),
  sendAll: () => Promise.resolve(),
  expect: (type: string) => Promise.resolve({ type }),
};

/** The time is what is said. */
class Clock {
  now = 0;
  readonly #real = performance.now;

  constructor() {
    performance.now = () => this.now;
  }

  [Symbol.dispose]() {
    performance.now = this.#real;
  }
}

Deno.test("of a chunk that is as many times as large, content is sent for as many times as long, unless a change waits", async () => {
  const timesFor = async (wanted: number, isHurried: boolean, spared = 0) => {
    using time = new Clock();
    const changes = new Changes();
    changes.spare(spared);
    if (isHurried) changes.note();
    let batches = 0;
    const context = {
      stream: ANSWERING,
      batches: new BatchSender(ANSWERING, false),
      endpoint: {
        stage: () => Promise.resolve([]),
        copyOn: () => Promise.resolve(false),
        supply: () => Promise.resolve(wanted),
        supplyNext: () => {
          batches++;
          time.now += 100;
          return Promise.resolve([new Uint8Array(1), 1]);
        },
        supplyPause: () => Promise.resolve(),
      },
      report: { progress() {} },
      reads: { take() {} },
      changes,
    } as unknown as SessionContext;
    await stageBoth(context);
    return batches;
  };
  assertEquals(await timesFor(100, false), 15);
  assertEquals(await timesFor(3 * CHUNK_TASKS, false), 45);
  assertEquals(await timesFor(3 * CHUNK_TASKS, true), 2);
  // What took long to plan is carried out for as long: else all the time would go into plans.
  assertEquals(await timesFor(3 * CHUNK_TASKS, true, 1000), 10);
});

Deno.test("calls into a worker that was ended reject, those under way and those to come", async () => {
  const source = new Blob(["self.onmessage = () => {}"], { type: "text/javascript" });
  const link = new WorkerLink(new Worker(URL.createObjectURL(source), { type: "module" }));
  const remote = link.remote<{ ask(): number }>(0);
  const underWay = assertRejects(() => remote.ask(), Error, "ended");
  link.end();
  await underWay;
  await assertRejects(() => remote.ask(), Error, "ended");
});

Deno.test("changes are noted until taken, and wake who waits", async () => {
  const changes = new Changes();
  const never = new Promise<void>(() => {});
  const waiting = changes.wait(Infinity, never);
  changes.note();
  await waiting;
  assertEquals(changes.pending, true);
  changes.taken();
  assertEquals([changes.pending, changes.age], [false, 0]);
  await changes.wait(1, never);
  await changes.wait(Infinity, Promise.resolve());
});

Deno.test("what is to be read before more of a large file comes, or goes, is heard of from both", async () => {
  const heard: string[] = [];
  const batches = [[new Uint8Array(1), 0, { files: 1, bytes: 7 }], [new Uint8Array(1), 1, null], null];
  const context = {
    stream: ANSWERING,
    batches: new BatchSender(ANSWERING, false),
    endpoint: {
      stage: () => Promise.resolve({ messages: [], copies: false, toRead: { files: 1, bytes: 5 } }),
      supply: () => Promise.resolve(1),
      supplyNext: () => Promise.resolve(batches.shift()),
      supplyPause: () => Promise.resolve(),
    },
    report: { progress() {} },
    reads: { take: (cause: string, left: ToRead) => heard.push(`${cause} ${left?.bytes ?? "none"}`) },
    changes: new Changes(),
  } as unknown as SessionContext;
  await stageBoth(context);
  assertEquals(heard.sort(), ["parts 5", "sources 7", "sources none"]);
});
