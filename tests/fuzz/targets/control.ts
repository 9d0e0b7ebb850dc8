// What a client and the server say to each other: a value or a Breach, little memory, and what was understood can be said again.

import {
  decodeReply,
  decodeRequest,
  encodeControl,
  LONGEST_CONTROL,
  type Reply,
  type Request,
} from "../../../src/wire/control.ts";
import { decoded, holds } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { HEADS } from "./message.ts";

const token = "0123456789abcdef".repeat(2);

const REQUESTS: Request[] = [
  { kind: "hello", name: "alice", process: token, features: ["a", "b"] },
  { kind: "join", ticket: token },
  { kind: "invite", to: "bob" },
  { kind: "withdraw", to: "bob" },
  { kind: "answer", from: "bob", accept: true },
];

const REPLIES: Reply[] = [
  { kind: "welcome", users: ["alice", "Боб"], features: [] },
  { kind: "refused", reason: "taken" },
  { kind: "joined" },
  { kind: "roster", users: ["alice", "bob"] },
  { kind: "invitation", from: "bob", state: "offered" },
  { kind: "answered", to: "bob", state: "declined" },
  { kind: "ticket", peer: "bob", role: "alpha", ticket: token },
];

export const control: Target<Uint8Array> = {
  name: "control",
  runs: 8_000,
  words: HEADS,
  seeds: () => [...REQUESTS, ...REPLIES].map((message) => encodeControl(message)),
  run(bytes) {
    holds(bytes.length <= LONGEST_CONTROL, "the fuzzer makes longer messages than a channel lets through");
    return `${decoded(bytes, decodeRequest, encodeControl)} | ${decoded(bytes, decodeReply, encodeControl)}`;
  },
};
