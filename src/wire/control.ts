// What a client and the server say to each other: the closed union of control messages, checked on arrival.
//
// A connection begins with one of two messages, and that decides what it is.
//
//   control connection                              data connection
//   client              server                      client            server
//   hello           →                               join          →
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

import { decode, encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { Breach } from "../core/failure.ts";
import { nameProblem } from "../core/name.ts";

/** The longest control message: the roster of a full server fits in. */
export const LONGEST_CONTROL = 256 * 1024;
/** The longest one a client has reason to send. */
export const LONGEST_REQUEST = 16 * 1024;

const Name = v.pipe(v.string(), v.check((name) => nameProblem(name) === undefined, "not a user's name"));
const Token = v.pipe(v.string(), v.regex(/^[0-9a-f]{32}$/));
const Features = v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(64));

const Request = v.variant("kind", [
  /** `process` is random, one a run: a client that comes back before its broken connection was noticed is let in. */
  v.object({
    kind: v.literal("hello"),
    name: Name,
    process: Token,
    features: Features,
  }),
  v.object({ kind: v.literal("join"), ticket: Token }),
  v.object({ kind: v.literal("invite"), to: Name }),
  v.object({ kind: v.literal("withdraw"), to: Name }),
  v.object({ kind: v.literal("answer"), from: Name, accept: v.boolean() }),
]);

const Reply = v.variant("kind", [
  v.object({ kind: v.literal("welcome"), users: v.array(Name), features: Features }),
  v.object({ kind: v.literal("refused"), reason: v.picklist(["taken", "full", "ticket"]) }),
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

/** What a client says to the server. */
export type Request = v.InferOutput<typeof Request>;
/** What the server says to a client. */
export type Reply = v.InferOutput<typeof Reply>;
/** Why the server lets nobody in: the name is in use, the server is full, the ticket is not (or no longer) good. */
export type Refusal = Extract<Reply, { kind: "refused" }>["reason"];

/** The bytes of a control message. */
export function encodeControl(message: Request | Reply): Uint8Array {
  return encode(message);
}

/** A message from a client; throws Breach when it is none. */
export function decodeRequest(bytes: Uint8Array): Request {
  return check(Request, bytes);
}

/** A message from the server; throws Breach when it is none. */
export function decodeReply(bytes: Uint8Array): Reply {
  return check(Reply, bytes);
}

function check<T extends typeof Request | typeof Reply>(schema: T, bytes: Uint8Array): v.InferOutput<T> {
  let value: unknown;
  try {
    value = decode(bytes);
  } catch (error) {
    throw new Breach(`a control message that cannot be decoded arrived: ${(error as Error).message}`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  throw new Breach(`a control message of no known shape arrived: ${result.issues[0].message}`);
}
