// Channels over streams in memory: what is said arrives whole, and nothing else does.

import { assertEquals, assertRejects } from "@std/assert";
import fc from "../../support/property.ts";
import { Breach } from "../../../src/core/failure.ts";
import { LONGEST_MESSAGE } from "../../../src/wire/channel/channel.ts";
import { LONGEST_BODY } from "../../../src/wire/channel/frame.ts";
import { memoryStreams, soon } from "../../support/streams.ts";
import { byHand, sealedChannels } from "../../support/sealed_channels.ts";

/** A message whose every byte depends on its place. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
}

Deno.test("messages arrive whole and in order, however the stream cuts them", async () => {
  const messages = fc.array(fc.oneof(fc.nat(40), fc.nat(200_000)).map(pattern), {
    minLength: 1,
    maxLength: 12,
  });
  const sizes = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1000, max: 300_000 })), {
    minLength: 1,
    maxLength: 8,
  }).filter((sizes) => sizes.some((size) => size >= 1000));
  await fc.assert(
    fc.asyncProperty(messages, sizes, async (messages, sizes) => {
      const [a, b] = await sealedChannels(memoryStreams(sizes));
      const sent = Promise.all(messages.map((message) => a.send(message)));
      for (const message of messages) assertEquals(await b.receive(), message);
      await sent;
      a.close();
      assertEquals(await b.receive(), null);
      b.close();
    }),
    { numRuns: 50 },
  );
});

Deno.test("bytes that come one by one", async () => {
  const [a, b] = await sealedChannels(memoryStreams([1]));
  const sent = a.send(pattern(3000));
  assertEquals(await b.receive(), pattern(3000));
  await sent;
  a.close();
  b.close();
});

Deno.test("sizes around the frame and the longest message", async () => {
  const [a, b] = await sealedChannels();
  for (
    const length of [
      0,
      1,
      ...[-2, -1, 0, 1].map((more) => LONGEST_BODY + more),
      2 * LONGEST_BODY,
      LONGEST_MESSAGE,
    ]
  ) {
    const sent = a.send(pattern(length));
    assertEquals(await b.receive(), pattern(length));
    await sent;
  }
  a.close();
  b.close();
});

Deno.test("a received message can be given to another thread without harm to the next", async () => {
  const [a, b] = await sealedChannels();
  const sent = Promise.all([a.send(pattern(10)), a.send(pattern(20))]);
  const first = await b.receive();
  structuredClone(first, { transfer: [first!.buffer as ArrayBuffer] });
  assertEquals(await b.receive(), pattern(20));
  await sent;
  a.close();
  b.close();
});

Deno.test("small messages sent together share one write", async () => {
  const streams = memoryStreams();
  const [channel] = await sealedChannels(streams);
  const before = streams[0].writes;
  await Promise.all(Array.from({ length: 100 }, () => channel.send(pattern(20))));
  assertEquals(streams[0].writes - before, 1);
  channel.close();
});

Deno.test("a message over the limit is a breach", async () => {
  const [sender, receiver] = await sealedChannels(memoryStreams(), {}, { longest: 70_000 });
  await sender.send(pattern(70_000));
  await sender.send(pattern(70_001));
  assertEquals((await receiver.receive())?.length, 70_000);
  await assertRejects(() => receiver.receive(), Breach, "more than 70000 bytes");
  await assertRejects(() => receiver.receive(), Breach);
  sender.close();
});

Deno.test("a channel that is allowed more takes longer messages from then on", async () => {
  const [sender, receiver] = await sealedChannels(memoryStreams(), {}, { longest: 100 });
  await sender.send(pattern(100));
  assertEquals((await receiver.receive())?.length, 100);
  receiver.allow(70_000);
  await sender.send(pattern(70_000));
  assertEquals(await receiver.receive(), pattern(70_000));
  sender.close();
  receiver.close();
});

const GARBAGE: [string, number[], string][] = [
  ["a frame that is too long", [0, 1, 0, 1], "65537 bytes"],
  ["a huge frame", [255, 255, 255, 255], "4294967295 bytes"],
  ["a frame too short to be sealed", [0, 0, 0, 2, 7, 7], "not what the other end sent"],
  ["an empty frame, which nobody sealed", [0, 0, 0, 0], "not what the other end sent"],
  ["a frame that nobody sealed", [0, 0, 0, 17, ...pattern(17)], "not what the other end sent"],
];

for (const [what, bytes, reason] of GARBAGE) {
  Deno.test(`${what} is a breach`, async () => {
    const [stream, other] = memoryStreams();
    const [, channel] = await sealedChannels([stream, other]);
    await stream.write(Uint8Array.from(bytes));
    await assertRejects(() => channel.receive(), Breach, reason);
    await assertRejects(() => channel.send(new Uint8Array(1)), Breach, reason);
  });
}

for (
  const [what, mark, reason] of [
    ["a strange mark", 7, "neither the last"],
    ["a short frame that is followed by more", 0, "not full"],
  ] as const
) {
  Deno.test(`${what} is a breach`, async () => {
    const { writer, channel } = await byHand();
    writer.put(mark, Uint8Array.of(7));
    await writer.flush();
    await assertRejects(() => channel.receive(), Breach, reason);
  });
}

Deno.test("no garbage does more than break the channel", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 200 }), async (bytes) => {
      const [stream, other] = memoryStreams();
      const [, channel] = await sealedChannels([stream, other], {}, { longest: 100 });
      await stream.write(bytes);
      stream.close();
      await assertRejects(() => channel.receive(), Error);
    }),
  );
});

Deno.test("an end inside a message is a broken link, not a good end", async () => {
  const cutFrame = await byHand();
  await cutFrame.stream.write(Uint8Array.of(0, 0));
  const cutMessage = await byHand();
  cutMessage.writer.put(0, new Uint8Array(LONGEST_BODY - 1));
  await cutMessage.writer.flush();
  for (const { stream, channel } of [cutFrame, cutMessage]) {
    stream.close();
    await assertRejects(() => channel.receive(), Error, "broke off");
  }
});

Deno.test("closing ends what waits", async () => {
  const [channel] = await sealedChannels();
  const received = channel.receive();
  channel.close();
  channel.close();
  assertEquals(await received, null);
  assertEquals(await channel.receive(), null);
  await assertRejects(() => channel.send(new Uint8Array(1)), Error, "closed");
});

Deno.test("what is being written when the link breaks does not wait for ever", async () => {
  const broken = Promise.withResolvers<never>();
  const streams = memoryStreams();
  const [channel] = await sealedChannels(streams);
  Object.assign(streams[0], { read: () => broken.promise, write: () => broken.promise });
  const sent = channel.send(pattern(10));
  const received = channel.receive();
  broken.reject(new Error("reset by peer"));
  await assertRejects(() => soon(sent, () => "the message being written"), Error, "reset by peer");
  await assertRejects(() => received, Error, "reset by peer");
});

Deno.test("a silent link is lost, and says so", async () => {
  const [channel, other] = await sealedChannels(memoryStreams(), { beatMs: Infinity, silenceMs: 20 });
  await assertRejects(() => soon(channel.receive(), () => "the loss"), Error, "nothing was heard");
  await assertRejects(() => channel.send(new Uint8Array(1)), Error, "nothing was heard");
  other.close();
});

Deno.test("heartbeats keep an idle link, and are no messages", async () => {
  const [a, b] = memoryStreams();
  const options = { beatMs: 20, silenceMs: 800 };
  const [left, right] = await sealedChannels([a, b], options, options);
  const heard = [left.receive(), right.receive()];
  const began = performance.now();
  const idle = Promise.withResolvers<void>();
  const write = a.write.bind(a);
  a.write = (bytes) => {
    if (performance.now() - began > 2000) idle.resolve();
    return write(bytes);
  };
  await soon(idle.promise, () => "two seconds of heartbeats");
  await Promise.all([left.send(pattern(5)), right.send(pattern(6))]);
  assertEquals(await Promise.all(heard), [pattern(6), pattern(5)]);
  left.close();
  right.close();
});

Deno.test("a released stream begins with what was read beyond the last message", async () => {
  const streams = memoryStreams();
  const [first, opened] = await sealedChannels(streams);
  await first.send(pattern(4));
  await streams[0].write(pattern(9)); // Somebody else's bytes, close behind.
  assertEquals(await opened.receive(), pattern(4));
  const stream = opened.release();
  const into = new Uint8Array(100);
  assertEquals(await stream.read(into), 9);
  assertEquals(into.subarray(0, 9), pattern(9));
  first.close();
});

Deno.test("a released stream can be sealed anew, for somebody else", async () => {
  const [first, opened] = await sealedChannels();
  const [second, inner] = await sealedChannels([first.release(), opened.release()]);
  await second.send(pattern(5));
  assertEquals(await inner.receive(), pattern(5));
  second.close();
  inner.close();
});
