import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Breach } from "../../src/core/failure.ts";
import { LONGEST_MESSAGE, openChannel } from "../../src/wire/channel.ts";
import { PRELUDE } from "../../src/wire/prelude.ts";
import { memoryStreams, soon } from "../support/network.ts";

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
      const [a, b] = memoryStreams(sizes).map((stream) => openChannel(stream));
      const sent = Promise.all(messages.map((message) => a!.send(message)));
      for (const message of messages) assertEquals(await b!.receive(), message);
      await sent;
      a!.close();
      assertEquals(await b!.receive(), null);
      b!.close();
    }),
    { numRuns: 50 },
  );
});

Deno.test("bytes that come one by one", async () => {
  const [a, b] = memoryStreams([1]).map((stream) => openChannel(stream));
  const sent = a!.send(pattern(3000));
  assertEquals(await b!.receive(), pattern(3000));
  await sent;
  a!.close();
  b!.close();
});

Deno.test("sizes around the frame and the longest message", async () => {
  const [a, b] = memoryStreams().map((stream) => openChannel(stream));
  for (const length of [0, 1, 65_534, 65_535, 65_536, 65_537, 131_070, LONGEST_MESSAGE]) {
    const sent = a!.send(pattern(length));
    assertEquals(await b!.receive(), pattern(length));
    await sent;
  }
  a!.close();
  b!.close();
});

Deno.test("a received message can be given to another thread without harm to the next", async () => {
  const [a, b] = memoryStreams().map((stream) => openChannel(stream));
  const sent = Promise.all([a!.send(pattern(10)), a!.send(pattern(20))]);
  const first = await b!.receive();
  structuredClone(first, { transfer: [first!.buffer as ArrayBuffer] });
  assertEquals(await b!.receive(), pattern(20));
  await sent;
  a!.close();
  b!.close();
});

Deno.test("small messages sent together share one write", async () => {
  const [stream, other] = memoryStreams();
  const channel = openChannel(stream);
  await Promise.all(Array.from({ length: 200 }, () => channel.send(pattern(20))));
  assertEquals(stream.writes, 1);
  channel.close();
  other.close();
});

Deno.test("a message over the limit is a breach", async () => {
  const [a, b] = memoryStreams();
  const sender = openChannel(a);
  const receiver = openChannel(b, { longest: 70_000 });
  await sender.send(pattern(70_000));
  await sender.send(pattern(70_001));
  assertEquals((await receiver.receive())?.length, 70_000);
  await assertRejects(() => receiver.receive(), Breach, "more than 70000 bytes");
  await assertRejects(() => receiver.receive(), Breach);
  sender.close();
});

const GARBAGE: [string, number[], string][] = [
  ["another protocol", [...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")], "does not speak"],
  ["three strange bytes", [1, 2, 3], "does not speak"],
  ["another version", [...PRELUDE.subarray(0, 7), 9], "version 9"],
  ["a frame that is too long", [...PRELUDE, 0, 1, 0, 1], "65537 bytes"],
  ["a huge frame", [...PRELUDE, 255, 255, 255, 255], "4294967295 bytes"],
  ["a strange mark", [...PRELUDE, 0, 0, 0, 2, 7, 7], "neither the last"],
];

for (const [what, bytes, reason] of GARBAGE) {
  Deno.test(`${what} is a breach`, async () => {
    const [a, b] = memoryStreams();
    const channel = openChannel(b);
    await a.write(Uint8Array.from(bytes));
    await assertRejects(() => channel.receive(), Breach, reason);
    await assertRejects(() => channel.send(new Uint8Array(1)), Breach, reason);
  });
}

Deno.test("no garbage does more than break the channel", async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.boolean(), async (bytes, greeted) => {
      const [a, b] = memoryStreams();
      const channel = openChannel(b, { longest: 100 });
      if (greeted) await a.write(PRELUDE);
      if (bytes.length > 0) await a.write(bytes);
      a.close();
      try {
        while (await channel.receive() !== null);
      } catch (error) {
        assert(error instanceof Error);
      }
      channel.close();
    }),
  );
});

Deno.test("an end inside a message is a broken link, not a good end", async () => {
  const wholeFrame = [...PRELUDE, 0, 0, 0, 2, 0, 7];
  for (const bytes of [[...PRELUDE.subarray(0, 3)], [...PRELUDE, 0, 0], wholeFrame]) {
    const [a, b] = memoryStreams();
    const channel = openChannel(b);
    await a.write(Uint8Array.from(bytes));
    a.close();
    await assertRejects(() => channel.receive(), Error, "broke off");
  }
});

Deno.test("closing ends what waits", async () => {
  const [a, b] = memoryStreams();
  const channel = openChannel(a);
  const received = channel.receive();
  channel.close();
  channel.close();
  assertEquals(await received, null);
  assertEquals(await channel.receive(), null);
  await assertRejects(() => channel.send(new Uint8Array(1)), Error, "closed");
  b.close();
});

Deno.test("what is being written when the link breaks does not wait for ever", async () => {
  const broken = Promise.withResolvers<never>();
  const channel = openChannel({
    read: () => broken.promise,
    write: () => broken.promise,
    close: () => {},
  });
  const sent = channel.send(pattern(10));
  const received = channel.receive();
  broken.reject(new Error("reset by peer"));
  await assertRejects(() => soon(sent, () => "the message being written"), Error, "reset by peer");
  await assertRejects(() => received, Error, "reset by peer");
});

Deno.test("a silent link is lost, and says so", async () => {
  const [a, b] = memoryStreams();
  const channel = openChannel(a, { beatMs: Infinity, silenceMs: 20 });
  await assertRejects(() => soon(channel.receive(), () => "the loss"), Error, "nothing was heard");
  await assertRejects(() => channel.send(new Uint8Array(1)), Error, "nothing was heard");
  b.close();
});

Deno.test("heartbeats keep an idle link, and are no messages", async () => {
  const [a, b] = memoryStreams();
  const options = { beatMs: 10, silenceMs: 200 };
  const [left, right] = [openChannel(a, options), openChannel(b, options)];
  const heard = [left.receive(), right.receive()];
  const began = performance.now();
  const idle = Promise.withResolvers<void>();
  const write = a.write.bind(a);
  a.write = (bytes) => {
    if (performance.now() - began > 500) idle.resolve();
    return write(bytes);
  };
  await soon(idle.promise, () => "half a second of heartbeats");
  await Promise.all([left.send(pattern(5)), right.send(pattern(6))]);
  assertEquals(await Promise.all(heard), [pattern(6), pattern(5)]);
  left.close();
  right.close();
});

Deno.test("a released stream begins with what was read beyond the last message", async () => {
  const [a, b] = memoryStreams();
  const first = openChannel(a);
  await first.send(pattern(4));
  const second = openChannel(first.release());
  await second.send(pattern(5));
  const opened = openChannel(b);
  assertEquals(await opened.receive(), pattern(4));
  const inner = openChannel(opened.release());
  assertEquals(await inner.receive(), pattern(5));
  second.close();
  inner.close();
});
