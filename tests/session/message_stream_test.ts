// The message stream of two sides: in order, closed to what is out of turn, and over for everybody at once.

import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import { MessageStream, StreamOver } from "../../src/session/message_stream.ts";
import type { Channel } from "../../src/wire/channel/channel.ts";
import { compressed, decodeMessage, encodeMessage, type Message } from "../../src/wire/message.ts";

/** A channel whose other end is the test. */
class OtherEnd implements Channel {
  readonly sent: Uint8Array[] = [];
  #arriving: (Uint8Array | null)[] = [];
  #wake = Promise.withResolvers<void>();

  say(...messages: Message[]) {
    this.sayBytes(...messages.map(encodeMessage));
  }

  sayBytes(...messages: Uint8Array[]) {
    this.#push(...messages);
  }

  #push(...arriving: (Uint8Array | null)[]) {
    this.#arriving.push(...arriving);
    this.#wake.resolve();
  }

  send(message: Uint8Array): Promise<void> {
    this.sent.push(message);
    return Promise.resolve();
  }

  async receive(): Promise<Uint8Array | null> {
    while (this.#arriving.length === 0) {
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
    return this.#arriving.shift()!;
  }

  close() {
    this.#push(null);
  }
}

function streamWith() {
  const other = new OtherEnd();
  const heard = {
    dirty: 0,
    bytes: 0,
    answers: [] as boolean[],
    proves: [] as string[],
    counts: [0],
    looked: 0,
  };
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const stream = new MessageStream(other, {
    dirty: () => heard.dirty++,
    answered: ({ yes }) => heard.answers.push(yes),
    proves: ({ type }) => heard.proves.push(type),
    digesting: (counts) => heard.counts = counts,
    looking: ({ files }) => heard.looked = files,
    received: (bytes) => heard.bytes += bytes,
    over: resolve,
  });
  const end = async () => {
    other.close();
    await stream.leave("left", "done", 10);
  };
  return { other, stream, heard, over, end };
}

Deno.test("messages come in order, what belongs to staging beside them", async () => {
  const { other, stream, heard, end } = streamWith();
  other.say({ type: "begun" }, { type: "dirty" }, { type: "supplied" }, {
    type: "look",
    unwatched: [],
    wishes: [],
    heard: [],
  });
  assertEquals((await stream.expect("supplied")).type, "supplied");
  assertEquals([(await stream.next()).type, (await stream.next()).type, heard.dirty], ["begun", "look", 1]);
  await end();
});

Deno.test("what concerns the reading of content goes beside the cycle", async () => {
  const { other, stream, heard, end } = streamWith();
  other.say({ type: "prove", on: true, rate: 0 }, { type: "begun" }, { type: "vouch", rows: [] });
  assertEquals((await stream.expect("begun")).type, "begun");
  await end();
  assertEquals(heard.proves, ["prove", "vouch"]);
});

Deno.test("how far the peer's look and reading are is told beside the cycle, and so is what its content brings further", async () => {
  const { other, stream, heard, end } = streamWith();
  stream.handTo(() => Promise.resolve({ type: "batch", last: true, advanced: 5 }));
  const batch: Message = { type: "batch", bytes: new Uint8Array(10) };
  other.say({ type: "looking", files: 6, over: false }, { type: "digesting", counts: [1, 2, 3, 4] });
  other.say(batch, { type: "begun" });
  await stream.expect("begun");
  assertEquals([heard.looked, heard.counts, heard.bytes], [6, [1, 2, 3, 4], 5]);
  await end();
});

Deno.test("a person's answer is told at once, whatever is waited for", async () => {
  const { other, stream, heard, end } = streamWith();
  other.say({ type: "answer", number: 1, yes: true }, { type: "begun" });
  assertEquals([(await stream.expect("begun")).type, heard.answers], ["begun", [true]]);
  await end();
});

Deno.test("a long message is known only when the engine has all of it, and what came after it waits", async () => {
  const { other, stream, end } = streamWith();
  const taken: string[] = [];
  stream.handTo(() => {
    taken.push("part");
    return Promise.resolve({ type: "changes", last: taken.length === 2 });
  });
  const part: Message = {
    type: "changes",
    ancestor: "",
    chunk: "",
    done: [],
    lineage: [],
    moves: [],
    rows: [],
    problems: [],
    damaged: [],
    last: false,
  };
  other.say(part, part, { type: "begun" });
  assertEquals([(await stream.next()).type, taken.length], ["changes", 2]);
  assertEquals((await stream.next()).type, "begun");
  await end();
});

Deno.test("batches that come compressed are handed to the engine as they were, in their turn", async () => {
  const { other, stream, end } = streamWith();
  const taken: number[][] = [];
  stream.handTo((bytes) => {
    taken.push([...bytes]);
    return Promise.resolve({ type: "batch", last: false });
  });
  const batches = Array.from({ length: 10 }, (_, number) => {
    return encodeMessage({ type: "batch", bytes: new Uint8Array(100).fill(number) });
  });
  const asItWas = batches.map((batch) => [...batch]);
  other.sayBytes(...batches.map((batch, number) => number % 3 === 0 ? batch : compressed(batch, 1)));
  other.say({ type: "begun" });
  await stream.expect("begun");
  assertEquals(taken, asItWas);
  await end();
});

Deno.test("a batch that cannot be decompressed ends the stream", async () => {
  const { other, stream, end } = streamWith();
  stream.handTo(() => Promise.reject(new Error("nothing is handed on")));
  const cut = compressed(encodeMessage({ type: "batch", bytes: new Uint8Array(1000) }), 1).slice(0, -1);
  other.sayBytes(cut);
  await assertRejects(() => stream.next(), Breach, "compressed");
  await end();
});

Deno.test("another message than the one due is a breach", async () => {
  const { other, stream, end } = streamWith();
  other.say({ type: "begun" });
  await assertRejects(() => stream.expect("history"), Breach);
  await end();
});

Deno.test("a peer that talks without end is a breach", async () => {
  const { other, stream, over, end } = streamWith();
  other.say(...Array.from({ length: 100 }, (): Message => ({ type: "begun" })));
  await over;
  await assertRejects(() => stream.send({ type: "begun" }), Breach, "more than");
  await end();
});

Deno.test("content before the session began is a breach", async () => {
  const { other, stream, end } = streamWith();
  other.say({ type: "want", packs: true, rows: [], last: true });
  await assertRejects(() => stream.next(), Breach);
  await end();
});

Deno.test("what the engine refuses ends the stream", async () => {
  const { other, stream, end } = streamWith();
  stream.handTo(() => Promise.reject(new Breach("refused")));
  other.say({ type: "want", packs: true, rows: [], last: true });
  await assertRejects(() => stream.expect("want"), Breach, "refused");
  await end();
});

Deno.test("when it is over, everything that waits and everything later rejects with the reason", async () => {
  const { stream, end } = streamWith();
  const waiting = [stream.next(), stream.expect("supplied"), stream.expect("staged")];
  stream.end(new StreamOver("left", "left"));
  for (const one of waiting) await assertRejects(() => one, StreamOver, "left");
  await assertRejects(() => stream.send({ type: "begun" }), StreamOver);
  await assertRejects(() => stream.next(), StreamOver);
  await end();
});

Deno.test("a goodbye says how the peer left", async () => {
  const { other, stream, end } = streamWith();
  other.say({ type: "bye", how: "done", reason: "bob left" });
  const error = await assertRejects(() => stream.next(), StreamOver);
  assertEquals([error.how, error.bye?.how, error.message], ["bye", "done", "bob left"]);
  await end();
});

Deno.test("who leaves is answered at once, whatever this side has at hand", async () => {
  const { other, stream, over, end } = streamWith();
  other.say({ type: "bye", how: "left", reason: "bob left" });
  await over;
  assertEquals(other.sent.map((message) => decodeMessage(message).type), ["bye"]);
  assertThrows(() => stream.ensureOpen(), StreamOver, "bob left");
  await end();
});

/** A message as large as one may be in memory, or nearly. */
const large: Message = {
  ...{ type: "plan", counts: [0, 0, 0, 0, 0, 0, 0], goesOn: false, done: [0, 0], paths: [] },
  problems: Array.from({ length: 300_000 }, () => []),
};

Deno.test("T8: what is queued is bounded in bytes as they are once decoded", async () => {
  const { other, stream, over, end } = streamWith();
  other.say(large);
  assertEquals((await stream.expect("plan")).type, "plan");
  other.say(large); // The one before was taken: there is room.
  assertEquals((await stream.expect("plan")).type, "plan");
  other.say(large, large);
  await over;
  await assertRejects(() => stream.send({ type: "dirty" }), Breach, "more than it was asked for");
  await end();
});
