// What a client and the server say to each other survives the way, and nothing else is taken for it.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { encode } from "@msgpack/msgpack";
import fc from "../support/property.ts";
import { Breach } from "../../src/core/failure.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";
import {
  decodeReply,
  decodeRequest,
  encodeControl,
  LONGEST_CONTROL,
  LONGEST_FIRST,
  LONGEST_PASSWORD,
  type Reply,
  type Request,
} from "../../src/wire/control.ts";

const token = "0123456789abcdef0123456789abcdef";

const REQUESTS: Request[] = [
  { kind: "hello", name: "alice", process: token, features: ["later"] },
  { kind: "hello", name: "alice", process: token, features: [], password: "" },
  { kind: "join", ticket: token },
  { kind: "invite", to: "bob" },
  { kind: "withdraw", to: "bob" },
  { kind: "answer", from: "bob", accept: false },
];

const REPLIES: Reply[] = [
  { kind: "welcome", users: ["alice", "bob"], features: [] },
  { kind: "refused", reason: "taken" },
  { kind: "refused", reason: "wait", retry: 60 },
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
  { kind: "hello", name: "alice", process: token, features: [], password: 7 },
  { kind: "hello", name: "alice", process: token, features: [], password: "x".repeat(LONGEST_PASSWORD + 1) },
];

const HOSTILE_REPLIES: unknown[] = [
  { kind: "refused" },
  { kind: "refused", reason: "because" },
  { kind: "refused", reason: "wait", retry: -1 },
  { kind: "refused", reason: "wait", retry: 0.5 },
  { kind: "refused", reason: "wait", retry: 1e300 },
  { kind: "roster", users: ["a\u202eb"] },
];

Deno.test("control messages survive the way", () => {
  for (const message of REQUESTS) assertEquals(decodeRequest(encodeControl(message)), message);
  for (const message of REPLIES) assertEquals(decodeReply(encodeControl(message)), message);
});

Deno.test("what is no control message is a breach", () => {
  for (const value of HOSTILE) assertThrows(() => decodeRequest(encode(value)), Breach);
  for (const value of HOSTILE_REPLIES) assertThrows(() => decodeReply(encode(value)), Breach);
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

Deno.test("the longest hello is short enough to be taken from a stranger", () => {
  const [name, password] = ["\u{20000}".repeat(32), "界".repeat(LONGEST_PASSWORD)];
  const hello: Request = { kind: "hello", name, process: token, features: [], password };
  assertEquals(decodeRequest(encodeControl(hello)), hello);
  assert(encodeControl(hello).length <= LONGEST_FIRST);
});

Deno.test("a name has one spelling once it has arrived, and a longer one takes no more room", () => {
  const name = "각".repeat(32); // Three times as many bytes in its parts.
  const hello = { kind: "hello", name: name.normalize("NFD"), process: token, features: [] };
  assertEquals(decodeRequest(encode(hello)), { ...hello, name });
});

Deno.test("the roster of a full server fits", () => {
  const users = Array.from(
    { length: LIMITS.users },
    (_, i) => "\u{20000}".repeat(28) + String(i).padStart(4, "0"),
  );
  const roster: Reply = { kind: "roster", users };
  assertEquals(decodeReply(encodeControl(roster)), roster);
  assert(encodeControl(roster).length <= LONGEST_CONTROL);
  assert(encodeControl({ kind: "welcome", users, features: [] }).length < LIMITS.queuedBytes);
});
