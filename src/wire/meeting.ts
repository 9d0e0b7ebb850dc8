// What two clients say to each other before their session: whether they know each other, and if not, how they get to.
//
//   alpha (the inviter)              beta (the invitee)
//   meet         →              ←    meet            whether the other's key is known here
//   unless both know each other:
//   commitment   →                                   fixes alpha's nonce
//                               ←    nonce
//   nonce        →                                   now both screens show the same six digits
//   verdict      →              ←    verdict         what each person said, in any order
//   met          →              ←    met             both verdicts are yes; until this arrives, the other end may still go
//
// Why in this order: six_digits.ts.

import { encode } from "@msgpack/msgpack";
import * as v from "valibot";
import { Breach } from "../core/failure.ts";
import { NONCE_LENGTH } from "./channel/six_digits.ts";
import { unpack } from "./unpack.ts";

/** No message of a meeting is longer, in bytes. */
export const LONGEST_MEETING = 256;

const Bytes = v.custom<Uint8Array>((value) => value instanceof Uint8Array && value.length === NONCE_LENGTH);

/** One message of a meeting. Bytes are `NONCE_LENGTH` of them. */
export type Word =
  /** Digits are compared unless both know. `other`: another key is known under this
   * name, `alone`: none is and nobody is here to compare digits; with these nothing goes on. */
  | { kind: "meet"; knows: "yes" | "no" | "other" | "alone" }
  | { kind: "commitment"; commitment: Uint8Array }
  | { kind: "nonce"; nonce: Uint8Array }
  | { kind: "verdict"; same: boolean }
  | { kind: "met" };

const WORD: v.GenericSchema<unknown, Word> = v.variant("kind", [
  v.object({ kind: v.literal("meet"), knows: v.picklist(["yes", "no", "other", "alone"]) }),
  v.object({ kind: v.literal("commitment"), commitment: Bytes }),
  v.object({ kind: v.literal("nonce"), nonce: Bytes }),
  v.object({ kind: v.literal("verdict"), same: v.boolean() }),
  v.object({ kind: v.literal("met") }),
]);

/** The bytes of one message. */
export function encodeWord(word: Word): Uint8Array {
  return encode(word);
}

/** Throws Breach when it is none. */
export function decodeWord(bytes: Uint8Array): Word {
  const result = v.safeParse(WORD, unpack(bytes));
  if (result.success) return result.output;
  throw new Breach("a word of no known shape arrived");
}
