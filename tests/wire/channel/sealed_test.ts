// The sealed channel against whoever sits on the stream: reads along, changes, repeats, cuts, or speaks something else.

import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import fc from "../../support/property.ts";
import { Breach } from "../../../src/core/failure.ts";
import type { Stream } from "../../../src/wire/channel/frame.ts";
import { generateKeyPair } from "../../../src/wire/channel/keys.ts";
import { PRELUDE } from "../../../src/wire/channel/prelude.ts";
import { sealChannel } from "../../../src/wire/channel/sealed.ts";
import { type MemoryStream, memoryStreams, soon } from "../../support/streams.ts";
import { sealedChannels } from "../../support/sealed_channels.ts";

const text = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const seal = (stream: Stream, role: "initiator" | "responder", purpose = "test", own = generateKeyPair()) =>
  sealChannel(stream, { role, own, purpose });

Deno.test("each end learns the other's key, and both the same binding", async () => {
  const [a, b] = memoryStreams();
  const [alice, bob] = [generateKeyPair(), generateKeyPair()];
  const [toBob, toAlice] = await Promise.all([
    seal(a, "initiator", "test", alice),
    seal(b, "responder", "test", bob),
  ]);
  assertEquals(toBob.key, bob.publicKey);
  assertEquals(toAlice.key, alice.publicKey);
  assertEquals(toBob.binding, toAlice.binding);
  assertEquals(toBob.binding.length, 32);
  toBob.close();
  toAlice.close();
});

const STRANGERS: [string, number[], string][] = [
  ["another protocol", [...new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n")], "does not speak"],
  ["three strange bytes", [1, 2, 3], "does not speak"],
  ["another version", [...PRELUDE.subarray(0, 7), 9], "version 9"],
  ["a handshake message that is too long", [...PRELUDE, 0, 0, 1, 0], "256 bytes"],
  ["a handshake message that is too short", [...PRELUDE, 0, 0, 0, 2, 1, 2], "too short"],
];

for (const [what, bytes, reason] of STRANGERS) {
  Deno.test(`${what} is a breach, and the stream is closed`, async () => {
    const [stranger, b] = memoryStreams();
    const sealing = seal(b, "responder");
    await stranger.write(Uint8Array.from(bytes));
    await assertRejects(() => sealing, Breach, reason);
    await assertRejects(() => stranger.write(Uint8Array.of(1)), Error, "broken pipe");
  });
}

Deno.test("who breaks off before the channel is sealed is told so, and the stream is closed", async () => {
  for (const bytes of [[], [...PRELUDE], [...PRELUDE, 0, 0, 0, 32, 1, 2]]) {
    const [stranger, b] = memoryStreams();
    const sealing = seal(b, "responder");
    if (bytes.length > 0) await stranger.write(Uint8Array.from(bytes));
    stranger.close();
    await assertRejects(() => sealing, Error);
  }
});

Deno.test("channels for two purposes do not come together", async () => {
  const [a, b] = memoryStreams();
  const ends = [seal(a, "initiator", "one"), seal(b, "responder", "another")];
  const [initiator] = await Promise.allSettled(ends);
  assertEquals(initiator!.status, "rejected");
});

Deno.test("two initiators do not come together", async () => {
  const [a, b] = memoryStreams();
  const results = await Promise.allSettled([seal(a, "initiator"), seal(b, "initiator")]);
  assertEquals(results.map(({ status }) => status), ["rejected", "rejected"]);
});

/** A pair of streams whose bytes pass through somebody's hands, each way. */
function tapped(pass: (bytes: Uint8Array, way: 0 | 1, to: MemoryStream) => void): [Stream, Stream] {
  const [a, nearA] = memoryStreams();
  const [nearB, b] = memoryStreams();
  const pump = async (from: Stream, to: MemoryStream, way: 0 | 1) => {
    const buffer = new Uint8Array(70_000);
    for (let n = await from.read(buffer); n !== null; n = await from.read(buffer)) {
      pass(buffer.slice(0, n), way, to);
    }
    to.close();
  };
  void pump(nearA, nearB, 0).catch(() => {});
  void pump(nearB, nearA, 1).catch(() => {});
  return [a, b];
}

Deno.test("T18: nothing that is said can be read on the stream, nor can a key", async () => {
  const seen: Uint8Array[] = [];
  const streams = tapped((bytes, _, to) => {
    seen.push(bytes);
    void to.write(bytes);
  });
  const [alice, bob] = [generateKeyPair(), generateKeyPair()];
  const [a, b] = await Promise.all([
    seal(streams[0], "initiator", "test", alice),
    seal(streams[1], "responder", "test", bob),
  ]);
  const secret = "the password is swordfish, and the file is called salaries 2026.xlsx";
  await a.send(new TextEncoder().encode(secret));
  assertEquals(text((await b.receive())!), secret);
  const passed = text(new Uint8Array(seen.flatMap((bytes) => [...bytes])));
  assert(passed.includes(text(PRELUDE)));
  assert(!passed.includes(secret) && !passed.includes("swordfish"));
  assert(!passed.includes(text(alice.publicKey)) && !passed.includes(text(bob.publicKey)));
  a.close();
  b.close();
});

Deno.test("the same message twice looks different each time", async () => {
  const seen: string[] = [];
  const streams = tapped((bytes, _, to) => {
    seen.push(text(bytes));
    void to.write(bytes);
  });
  const [a, b] = await sealedChannels(streams);
  for (let i = 0; i < 2; i++) {
    await a.send(new Uint8Array(100));
    await b.receive();
  }
  assertNotEquals(seen.at(-1), seen.at(-2));
  a.close();
  b.close();
});

/** Fast, so that a link that goes on beating and brings nothing is found while the test waits. */
const PULSE = { beatMs: 20, silenceMs: 100 };

Deno.test("T18: a changed byte anywhere ends the connection, and no message that was not sent is ever heard", async () => {
  const messages = ["one", "two", "", "x".repeat(70_000), "five"].map((word) =>
    new TextEncoder().encode(word)
  );
  await fc.assert(
    fc.asyncProperty(fc.nat(71_000), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      let passed = 0;
      const streams = tapped((bytes, way, to) => {
        if (way === 0) {
          if (passed <= at && at < passed + bytes.length) bytes[at - passed]! ^= change;
          passed += bytes.length;
        }
        void to.write(bytes).catch(() => {});
      });
      const heard: Uint8Array[] = [];
      const outcome = (async () => {
        const [a, b] = await sealedChannels(streams, PULSE, PULSE);
        const sending = Promise.allSettled(messages.map((message) => a.send(message)));
        try {
          while (heard.length < messages.length) heard.push((await b.receive())!);
        } finally {
          a.close();
          b.close();
          await sending;
        }
      })();
      // A length that was changed before there is a seal: whoever seals bounds the time, as here.
      const limit = setTimeout(() => streams.forEach((stream) => stream.close()), 1000);
      const failure = await soon(outcome.then(() => null, (error) => error), () => "an end");
      clearTimeout(limit);
      assertEquals(heard, messages.slice(0, heard.length));
      assert(failure instanceof Error || passed <= at, "a change passed unnoticed");
    }),
    { numRuns: 40 },
  );
});

Deno.test("T18: a recorded stream that is played again is refused", async () => {
  const recorded: Uint8Array[] = [];
  const streams = tapped((bytes, way, to) => {
    if (way === 0) recorded.push(bytes);
    void to.write(bytes);
  });
  const own = generateKeyPair();
  const [a, b] = await Promise.all([
    seal(streams[0], "initiator"),
    seal(streams[1], "responder", "test", own),
  ]);
  await a.send(new TextEncoder().encode("pay bob"));
  assertEquals(text((await b.receive())!), "pay bob");
  a.close();
  b.close();

  const [player, again] = memoryStreams();
  const sealing = seal(again, "responder", "test", own);
  for (const bytes of recorded) await player.write(bytes).catch(() => {});
  await assertRejects(() => soon(sealing, () => "the refusal"), Breach, "not what the other end sent");
});

Deno.test("a frame that never becomes whole is a lost link, although heartbeats go on", async () => {
  const HANDSHAKE = PRELUDE.length + (4 + 32) + (4 + 64);
  let passed = 0;
  const beaten = Promise.withResolvers<void>();
  const streams = tapped((bytes, way, to) => {
    const length = HANDSHAKE + 2 - passed; // The third of four bytes: the frame seems 4 KiB longer than it is.
    if (way === 0 && length >= 0 && length < bytes.length) bytes[length]! ^= 0x10;
    if (way === 0) passed += bytes.length;
    if (passed > HANDSHAKE + 200) beaten.resolve();
    void to.write(bytes).catch(() => {});
  });
  const [a, b] = await sealedChannels(streams, { beatMs: 20, silenceMs: 10_000 }, PULSE);
  await a.send(new Uint8Array(100));
  await soon(beaten.promise, () => "heartbeats");
  await assertRejects(() => soon(b.receive(), () => "the loss"), Error, "nothing was heard");
  a.close();
});
