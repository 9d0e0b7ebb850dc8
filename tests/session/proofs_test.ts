// What two sides say to each other of content that is read again: who asks, who is told, and what is not believed.

import { assertEquals } from "@std/assert";
import type { Event } from "../../src/core/event.ts";
import { type ProofGround, Proofs } from "../../src/session/proofs.ts";
import { type ProofMessage } from "../../src/session/message_stream.ts";
import type { Message } from "../../src/wire/message.ts";

/** One side's proofs, on a root that only notes what is asked of it. */
function proofs() {
  const sent: Message[] = [];
  const asked: string[] = [];
  const events: Event[] = [];
  const ground = {
    root: {
      folder: "/f",
      verify: (by: string, rate?: number) => Promise.resolve(void asked.push(`verify ${by} ${rate}`)),
      stopVerifying: (by: string) => asked.push(`stop ${by}`) > 0,
      touched: () => asked.push("touched"),
    },
    stream: { send: (message: Message) => Promise.resolve(void sent.push(message)) },
    endpoint: {
      doubts: () => Promise.resolve([]),
      exonerate: () => Promise.resolve([{ path: "a", what: "digest", reason: "why" }]),
    },
  } as unknown as ProofGround;
  const side = new Proofs((event) => events.push(event), "bob");
  return { side, ground, sent, asked, events };
}

const counts = { files: 1, bytes: 2, ofFiles: 3, ofBytes: 4 };
const proofText = (message: ProofMessage & { type: "proof" }) =>
  `${message.state} ${message.rows.map(([path]) => path)}`;

Deno.test("what the peer asks for is read, and told to it: also what was found before it asked", () => {
  const { side, ground, sent, asked } = proofs();
  side.begin(ground);
  side.read({ event: "differs", path: "slowly found", what: "edit", reason: "why" });
  side.read({ event: "proof", state: "reading", ...counts });
  side.read({ event: "differs", path: "a", what: "edit", reason: "why" });
  assertEquals(sent, [], "nobody asked");
  side.hear({ type: "prove", on: true, rate: 1000 });
  side.read({ event: "differs", path: "b", what: "unread", reason: "why" });
  side.read({ event: "proof", state: "reading", ...counts });
  side.read({ event: "proof", state: "done", ...counts });
  side.read({ event: "proof", state: "done", ...counts });
  assertEquals(asked, ["verify peer 1000"]);
  assertEquals(sent.map((message) => message.type === "proof" && proofText(message)), [
    "reading a,b",
    "done ",
  ]);
  side.hear({ type: "prove", on: false, rate: 0 });
  assertEquals(asked.length, 1, "nothing is asked for any more");
});

Deno.test("what comes before the session has begun waits for it, and no more than a few of it", () => {
  const { side, ground, asked } = proofs();
  for (let n = 0; n < 9; n++) side.hear({ type: "prove", on: true, rate: n });
  side.begin(ground);
  assertEquals(asked, ["verify peer undefined", "verify peer 1", "verify peer 2", "verify peer 3"]);
});

Deno.test("a peer that tells of what nobody asked for, or without end, is not listened to", () => {
  const { side, ground, sent, events } = proofs();
  side.begin(ground);
  const rows = Array.from({ length: 700 }, (_, n) => [`${n}`, "edit", "why"]);
  const proof = { type: "proof", state: "reading", counts: [1, 2, 3, 4], rows } as const;
  side.hear({ ...proof, counts: [...proof.counts] });
  assertEquals(events, []);
  side.verifies(5);
  assertEquals(sent, [{ type: "prove", on: true, rate: 5 }]);
  side.hear({ ...proof, counts: [...proof.counts] });
  side.hear({ ...proof, counts: [...proof.counts], state: "done" });
  const differing = events.filter(({ event }) => event === "differs");
  assertEquals([differing.length, events.at(-1)], [1000, {
    ...{
      event: "proof",
      folder: "/f",
      peer: "bob",
      state: "done",
      files: 1,
      bytes: 2,
      ofFiles: 3,
      ofBytes: 4,
    },
  }]);
  side.hear({ ...proof, counts: [...proof.counts] });
  assertEquals(events.length, 1002, "it is over");
});

Deno.test("the end of a session stops what was read for its peer alone", () => {
  const { side, ground, asked } = proofs();
  side.begin(ground);
  side.hear({ type: "prove", on: true, rate: 0 });
  side.end();
  assertEquals(asked, ["verify peer undefined", "stop peer"]);
});
