// Batches on their way out: compressed for whoever takes that, where it makes them smaller; else as they are.

import { assert, assertEquals, assertRejects } from "@std/assert";
import { BatchSender } from "../../src/wire/batch_sender.ts";
import { BatchWriter } from "../../src/wire/batch.ts";
import { decompressed, encodeMessage } from "../../src/wire/message.ts";
import { randomBytes } from "../support/bytes.ts";

const BATCH = 1, COMPRESSED = 4;

/** A line that takes a millisecond for so many bytes. */
class Line {
  now = 0;
  readonly sent: Uint8Array[] = [];

  constructor(private readonly bytesEachMs: number) {}

  send(message: Uint8Array) {
    this.sent.push(message.slice());
    this.now += message.length / this.bytesEachMs;
    return Promise.resolve();
  }

  get tags(): number[] {
    return this.sent.map(([tag]) => tag!);
  }
}

/** 100 Mbit/s. */
const SLOW = 12_500;
function batchOf(content: Uint8Array): Uint8Array {
  const writer = new BatchWriter();
  writer.room().set(content);
  writer.add(0, content.length);
  return encodeMessage({ type: "batch", bytes: writer.done() });
}

const TEXT = new TextEncoder().encode(
  Array.from({ length: 9000 }, (_, number) => `line ${number * 7919} of it\n`).join(""),
);

/** Sends batches of that content one after another. */
async function sendAll(line: Line, content: Uint8Array, batches: number, compresses = true) {
  const sender = new BatchSender(
    line,
    compresses,
    () => line.now,
  );
  for (let number = 0; number < batches; number++) await sender.send(batchOf(content));
}

Deno.test("text is compressed, and arrives as it was", async () => {
  const line = new Line(SLOW);
  await sendAll(line, TEXT, 20);
  const batch = batchOf(TEXT);
  assertEquals(new Set(line.tags), new Set([COMPRESSED]));
  for (const message of line.sent) {
    assert(message.length < batch.length / 3, `${message.length} of ${batch.length} bytes`);
    assertEquals(decompressed(message), batch);
  }
});

Deno.test("a peer that takes no compressed batches gets none", async () => {
  const line = new Line(SLOW);
  await sendAll(line, TEXT, 20, false);
  assertEquals(line.sent, Array(20).fill(batchOf(TEXT)));
});

Deno.test("what does not shrink is sent as it is", async () => {
  const line = new Line(SLOW);
  const content = randomBytes(300_000);
  await sendAll(line, content, 20);
  assertEquals(line.sent, Array(20).fill(batchOf(content)));
});

Deno.test("what is too small to shrink is sent as it is", async () => {
  const line = new Line(SLOW);
  await sendAll(line, TEXT.subarray(0, 200), 5);
  assertEquals(line.tags, Array(5).fill(BATCH));
});

Deno.test("the memory of a batch is given back once it is sent, whether it was compressed or not", async () => {
  for (const compresses of [true, false]) {
    const batch = batchOf(TEXT);
    await new BatchSender({ send: () => Promise.resolve() }, compresses).send(batch);
    assertEquals(batch.buffer.byteLength, 0);
  }
});

Deno.test("a stream that is over says so", async () => {
  const sender = new BatchSender({ send: () => Promise.reject(new Error("lost")) }, true);
  await assertRejects(() => sender.send(batchOf(TEXT)), Error, "lost");
});
