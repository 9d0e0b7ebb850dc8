// What a client and the server say to each other: the closed union of control messages, checked on arrival.
//
// A connection begins with one of two messages, and that decides what it is.
//
//   control connection                              data connection
//   client              server                      client            server
//   hello           →                               join          →   (by whom the ticket was given to)
//                   ←   welcome | refused                         ←   joined | refused
//   then, in any order, until either closes:        then, after joined, the two data connections of one
//   invite          →   (asks a present user)       ticket pair are one stream, of which the server
//   withdraw        →   (takes that back)           understands nothing
//   answer          →   (to an invitation)
//                   ←   roster      whenever somebody comes or goes
//                   ←   invitation  somebody asks, or what became of it
//                   ←   answered    what became of one's own invite
//                   ←   ticket      follows accepted, to both; single use, for `join`
//
// What an invitation goes through is written down in rendezvous/invitation.ts.

import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { Breach } from "../core/failure.ts";
import { nameProblem } from "../core/names/name.ts";
import { unpack } from "./unpack.ts";

/** The longest control message: the roster of a full server fits in. */
export const LONGEST_CONTROL = 256 * 1024;
/** The longest first one, of somebody who may be anybody: a `hello` with the longest password fits in. */
export const LONGEST_FIRST = 4 * 1024;
/** The longest one a client that was let in has reason to send. */
export const LONGEST_REQUEST = 16 * 1024;
/** The longest password of a server, in characters. */
export const LONGEST_PASSWORD = 1024;

/** Names have one spelling from here on: another one may be several times as many bytes, and a roster of them too long. */
const Name = v.pipe(
  v.string(),
  v.check((name) => name.length <= 256 && nameProblem(name) === undefined, "not a user's name"),
  v.transform((name) => name.normalize("NFC")),
);
const Token = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const Features = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(64));

/** What a client says to the server. Names are users' names, in NFC; tokens (`process`, `ticket`) are 32 hex digits. */
export type Request =
  /** `process` is random, one a run: a client that comes back before its broken connection was noticed is let in. */
  | { kind: "hello"; name: string; process: string; features: string[]; password?: string }
  | { kind: "join"; ticket: string }
  | { kind: "invite"; to: string }
  | { kind: "withdraw"; to: string }
  | { kind: "answer"; from: string; accept: boolean };

/** What the server says to a client; names and tokens as in `Request`. */
export type Reply =
  | { kind: "welcome"; users: string[]; features: string[] }
  /** With `wait`, `retry` is in how many seconds. */
  | { kind: "refused"; reason: Refusal; retry?: number }
  | { kind: "joined" }
  | { kind: "roster"; users: string[] }
  | { kind: "invitation"; from: string; state: "offered" | "accepted" | "withdrawn" | "expired" }
  | { kind: "answered"; to: string; state: "accepted" | "declined" | "expired" | "absent" | "busy" }
  | { kind: "ticket"; peer: string; role: "alpha" | "beta"; ticket: string };

/** Why the server lets nobody in: the name is in use (`taken`), belongs to another key (`owned`) or looks like another's
 * (`alike`); the server is full; the ticket is not, or no longer, good; a password is needed, was wrong, or was wrong
 * so often from this address that none is looked at for a while (`wait`). */
export type Refusal = "taken" | "full" | "ticket" | "owned" | "alike" | "password" | "wrong" | "wait";

const REQUEST: v.GenericSchema<unknown, Request> = v.variant("kind", [
  v.object({
    kind: v.literal("hello"),
    name: Name,
    process: Token,
    features: Features,
    password: v.exactOptional(v.pipe(v.string(), v.maxLength(LONGEST_PASSWORD))),
  }),
  v.object({ kind: v.literal("join"), ticket: Token }),
  v.object({ kind: v.literal("invite"), to: Name }),
  v.object({ kind: v.literal("withdraw"), to: Name }),
  v.object({ kind: v.literal("answer"), from: Name, accept: v.boolean() }),
]);

const REPLY: v.GenericSchema<unknown, Reply> = v.variant("kind", [
  v.object({ kind: v.literal("welcome"), users: v.array(Name), features: Features }),
  v.object({
    kind: v.literal("refused"),
    reason: v.picklist(["taken", "full", "ticket", "owned", "alike", "password", "wrong", "wait"]),
    retry: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3600))),
  }),
  v.object({ kind: v.literal("joined") }),
  v.object({ kind: v.literal("roster"), users: v.array(Name) }),
  v.object({
    kind: v.literal("invitation"),
    from: Name,
    state: v.picklist(["offered", "accepted", "withdrawn", "expired"]),
  }),
  v.object({
    kind: v.literal("answered"),
    to: Name,
    state: v.picklist(["accepted", "declined", "expired", "absent", "busy"]),
  }),
  v.object({ kind: v.literal("ticket"), peer: Name, role: v.picklist(["alpha", "beta"]), ticket: Token }),
]);

/** The bytes of a control message. */
export function encodeControl(message: Request | Reply): Uint8Array {
  return encode(message);
}

/** A message from a client; throws Breach when it is none. */
export function decodeRequest(bytes: Uint8Array): Request {
  return check(REQUEST, bytes);
}

/** A message from the server; throws Breach when it is none. */
export function decodeReply(bytes: Uint8Array): Reply {
  return check(REPLY, bytes);
}

function check<T>(schema: v.GenericSchema<unknown, T>, bytes: Uint8Array): T {
  const result = v.safeParse(schema, unpack(bytes));
  if (result.success) return result.output;
  throw new Breach(`a control message of no known shape arrived: ${result.issues[0].message.slice(0, 100)}`);
}
