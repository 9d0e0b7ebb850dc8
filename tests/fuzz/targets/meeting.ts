// What two clients say before they trust each other: a word or a Breach, little memory, and what was understood can be said again.

import { decodeWord, encodeWord, LONGEST_MEETING, type Word } from "../../../src/wire/meeting.ts";
import { decoded } from "../check.ts";
import type { Target } from "../fuzz.ts";
import { HEADS } from "./message.ts";

const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);

const WORDS: Word[] = [
  ...(["yes", "no", "other", "alone"] as const).map((knows) => ({ kind: "meet", knows }) as const),
  { kind: "commitment", commitment: bytes },
  { kind: "nonce", nonce: bytes },
  { kind: "verdict", same: true },
  { kind: "met" },
];

export const meeting: Target<Uint8Array> = {
  name: "meeting",
  runs: 8_000,
  words: HEADS,
  seeds: () => WORDS.map(encodeWord),
  run: (bytes) => decoded(bytes.subarray(0, LONGEST_MEETING), decodeWord, encodeWord),
};
