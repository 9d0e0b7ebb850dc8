// Batches that are compressed: what was sent arrives; what no honest program compresses is a breach, and takes no more memory than a batch.

import { assert, assertEquals, assertThrows } from "@std/assert";
import * as zlib from "node:zlib";
import { Breach } from "../../src/core/failure.ts";
import { BATCH_BYTES, BatchWriter, readBatch, UNPACKED_BYTES } from "../../src/wire/batch.ts";
import { knowsZstd } from "../../src/wire/compressed.ts";
import { compressed, decodeMessage, decompressed, encodeMessage, isBulk } from "../../src/wire/message.ts";
import { joined, randomBytes } from "../support/bytes.ts";
import fc from "../support/property.ts";

const BATCH = 1, COMPRESSED = 4;
const MIB = 1 << 20;

/** A batch of one piece. */
function batchOf(content: Uint8Array, packs = false): Uint8Array {
  const writer = new BatchWriter(packs);
  writer.room().set(content);
  writer.add(0, content.length);
  return encodeMessage({ type: "batch", bytes: writer.done() });
}

/** A message that says it is a compressed batch of that length. */
function claiming(length: number, frame: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(5));
  header.setUint8(0, COMPRESSED);
  header.setUint32(1, length);
  return joined(new Uint8Array(header.buffer), frame);
}

Deno.test("any batch arrives as it was, whatever the level", () => {
  assert(knowsZstd());
  const contents = fc.array(fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.integer({ min: 1, max: 2000 })), {
    maxLength: 20,
  });
  fc.assert(fc.property(contents, fc.constantFrom(1, 3, 6), (parts, level) => {
    const content = joined(...parts.flatMap(([bytes, times]) => Array(times).fill(bytes))).subarray(
      0,
      MIB / 2,
    );
    const batch = batchOf(content, true);
    const message = compressed(batch, level as 1 | 3 | 6);
    assert(isBulk(message));
    assertEquals(decompressed(message), batch);
  }));
});

Deno.test("a whole batch of what cannot be compressed comes to some bytes more, and arrives", () => {
  const writer = new BatchWriter();
  writer.room().set(randomBytes(writer.room().length));
  writer.add(0, writer.room().length);
  const batch = encodeMessage({ type: "batch", bytes: writer.done() });
  const message = compressed(batch, 3);
  assert(message.length <= batch.length + 100, `${message.length - batch.length} bytes more`);
  assertEquals(decompressed(message), batch);
});

Deno.test("what is compressed is in memory of its own: it is handed to another thread", () => {
  const message = compressed(batchOf(new Uint8Array(100)), 1);
  const batch = decompressed(message);
  assertEquals([message.buffer.byteLength, batch.buffer.byteLength], [message.length, batch.length]);
});

Deno.test("a message that is not compressed is the same, and a compressed one is nothing until it is decompressed", () => {
  const batch = batchOf(randomBytes(10));
  assert(decompressed(batch) === batch);
  assertThrows(() => decodeMessage(compressed(batch, 1)), Breach);
});

Deno.test("many small texts shrink together more than each by itself", () => {
  const writer = new BatchWriter();
  let alone = 0;
  for (let number = 0; number < 200; number++) {
    const text = new TextEncoder().encode(`import { part${number} } from "./parts/part${number}.ts";\n`);
    alone += compressed(batchOf(text), 3).length;
    writer.room().set(text);
    writer.add(number, text.length);
  }
  const together = compressed(encodeMessage({ type: "batch", bytes: writer.done() }), 3).length;
  assert(together < alone / 4, `${together} bytes together, ${alone} alone`);
});

Deno.test("zeros that are left out stay bounded in a compressed batch", () => {
  const writer = new BatchWriter(true);
  let content = 0;
  for (let room = writer.room().length; room > 0; room = writer.room().length) {
    writer.add(0, room);
    content += room;
  }
  const message = compressed(encodeMessage({ type: "batch", bytes: writer.done() }), 3);
  const pieces = [...readBatch(decompressed(message))];
  assertEquals(pieces.reduce((sum, { bytes }) => sum + bytes.length, 0), content);
  assert(content <= UNPACKED_BYTES);
});

Deno.test("a compressed batch that is longer than it says, or than one may be, is a breach, and so is one that is malformed", () => {
  const { ZSTD_c_windowLog } = zlib.constants;
  const zeros = (length: number, window = 20) =>
    zlib.zstdCompressSync(new Uint8Array(length), { params: { [ZSTD_c_windowLog]: window } });
  const frame = zeros(1000);
  assertEquals(decompressed(claiming(1000, frame)), Uint8Array.of(BATCH, ...new Uint8Array(1000)));
  const flipped = frame.slice();
  flipped[0]! ^= 1;
  const rows: [string, Uint8Array][] = [
    ["longer than it says", claiming(999, frame)],
    ["shorter than it says", claiming(1001, frame)],
    ["of nothing, it says", claiming(0, frame)],
    ["cut short", claiming(1000, frame.subarray(0, -1))],
    ["half a header", claiming(1000, frame).subarray(0, 4)],
    ["no frame", claiming(1000, new Uint8Array())],
    ["another frame", claiming(1000, flipped)],
    ["noise", claiming(1000, randomBytes(100))],
    ["as long as a batch, and its tag", claiming(BATCH_BYTES, zeros(BATCH_BYTES))],
    ["as long as a number can say", claiming(2 ** 32 - 1, frame)],
    ["a thousand times a batch in few bytes", claiming(BATCH_BYTES - 1, zeros(64 * MIB))],
    ["looking back further than a batch", claiming(1000, zeros(1000, 26))],
  ];
  for (const [what, bytes] of rows) assertThrows(() => decompressed(bytes), Breach, undefined, what);
});

Deno.test("a frame that would fill the memory is refused before it does", () => {
  const frame = zlib.zstdCompressSync(new Uint8Array(64 * MIB));
  const message = claiming(BATCH_BYTES - 1, frame);
  const before = Deno.memoryUsage().external;
  assertThrows(() => decompressed(message), Breach);
  const grown = Deno.memoryUsage().external - before;
  assert(grown < 8 * MIB, `${grown} bytes`);
});
