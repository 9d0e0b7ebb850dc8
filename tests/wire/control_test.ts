import { assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import fc from "fast-check";
import { Breach } from "../../src/core/failure.ts";
import {
  decodeReply,
  decodeRequest,
  encodeControl,
  LONGEST_CONTROL,
  type Reply,
  type Request,
} from "../../src/wire/control.ts";

const token = "0123456789abcdef0123456789abcdef";

const REQUESTS: Request[] = [
  { kind: "hello", name: "alice", process: token, features: ["later"] },
  { kind: "join", ticket: token },
  { kind: "invite", to: "bob" },
  { kind: "withdraw", to: "bob" },
  { kind: "answer", from: "bob", accept: false },
];

const REPLIES: Reply[] = [
  { kind: "welcome", users: ["alice", "bob"], features: [] },
  { kind: "refused", reason: "taken" },
  { kind: "joined" },
  { kind: "roster", users: [] },
  { kind: "invitation", from: "bob", state: "offered" },
  { kind: "answered", to: "bob", state: "absent" },
  { kind: "ticket", peer: "bob", role: "alpha", ticket: token },
];

const HOSTILE: unknown[] = [
  null,
  7,
  [],
  {},
  { kind: "open sesame" },
  { kind: "invite" },
  { kind: "invite", to: 7 },
  { kind: "invite", to: "" },
  { kind: "invite", to: "a\u0000b" },
  { kind: "join", ticket: "short" },
  { kind: "hello", name: "x".repeat(100), process: token, features: [] },
  { kind: "hello", name: "alice", process: token, features: Array(1000).fill("x") },
];

Deno.test("control messages survive the way", () => {
  for (const message of REQUESTS) assertEquals(decodeRequest(encodeControl(message)), message);
  for (const message of REPLIES) assertEquals(decodeReply(encodeControl(message)), message);
});

Deno.test("what is no control message is a breach", () => {
  for (const value of HOSTILE) assertThrows(() => decodeRequest(encode(value)), Breach);
  for (const message of REPLIES) assertThrows(() => decodeRequest(encodeControl(message)), Breach);
  for (const message of REQUESTS) assertThrows(() => decodeReply(encodeControl(message)), Breach);
});

Deno.test("a property unknown to this release is left out", () => {
  assertEquals(decodeRequest(encode({ kind: "invite", to: "bob", colour: "red" })), {
    kind: "invite",
    to: "bob",
  });
});

Deno.test("any bytes are a message or a breach", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
    try {
      decodeRequest(bytes);
    } catch (error) {
      if (!(error instanceof Breach)) throw error;
    }
  }));
});

Deno.test("deep nesting is refused, not followed", () => {
  assertThrows(() => decodeRequest(new Uint8Array(16_000).fill(0x91)), Breach);
});

Deno.test("the roster of a full server fits", () => {
  const users = Array.from({ length: 1000 }, (_, i) => "界".repeat(28) + String(i).padStart(4, "0"));
  const length = encodeControl({ kind: "roster", users }).length;
  assertEquals(length < LONGEST_CONTROL, true);
});
