// Makes a new input from those there are: bytes and text are each changed in the ways that lead parsers astray.

import { joined } from "../support/bytes.ts";
import type { Random } from "./random.ts";

/** What a target is fed with. */
export type Input = Uint8Array | string;

const LONGEST = 64 * 1024;

/** An input made from one of `corpus`, which is not empty. `words` are pieces of the target's own language. */
export function mutated<I extends Input>(corpus: readonly I[], words: readonly I[], random: Random): I {
  let input = random.pick(corpus);
  for (let times = 1 + random.small(6); times > 0; times--) {
    const other = random.below(3) === 0 && words.length > 0 ? random.pick(words) : random.pick(corpus);
    input = (typeof input === "string"
      ? changedText(input, other as string, random)
      : changedBytes(input, other as Uint8Array, random)) as I;
    if (input.length > LONGEST) {
      input = input.slice(0, LONGEST) as I;
    }
  }
  return input;
}

/** Numbers at which counting goes wrong. */
const NUMBERS = [0, 1, 2, 31, 32, 33, 127, 128, 255, 256, 0x7fff, 0xffff, 0x10000, 0xfffff, 0x1ffffff]
  .concat([0x2000000, 0x7fffffff, 0x80000000, 0xffffffff]);

function changedBytes(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const length = random.small(bytes.length - at + 1);
  switch (random.below(9)) {
    case 0:
      return cut(bytes, at, length);
    case 1:
      return spliced(bytes, at, 0, random.small(32), () => random.next());
    case 2: // Again and again.
      return joined(
        bytes.subarray(0, at),
        ...Array(1 + random.small(64)).fill(bytes.subarray(at, at + length)),
      );
    case 3:
      return bytes.slice(0, at);
    case 4:
      return joined(bytes.subarray(0, at), other.subarray(random.below(other.length)));
    case 5:
      return joined(bytes.subarray(0, at), other, bytes.subarray(at));
    case 6:
      return withNumber(bytes, at, random);
    case 7:
      return spliced(bytes, at, 1, 1, () => random.pick(NUMBERS));
    default:
      return spliced(bytes, at, 1, 1, () => bytes[at]! ^ (1 << random.below(8)));
  }
}

/** Writes a number of 1, 2, 4 or 8 bytes over what is there: lengths and counts are found among such places. */
function withNumber(bytes: Uint8Array, at: number, random: Random): Uint8Array {
  const size = random.pick([1, 2, 4, 8]);
  const number = random.pick([...NUMBERS, bytes.length, bytes.length - at, bytes.length - at - size]);
  const low = (place: number) => place < 4 ? Math.max(0, number) >>> (8 * place) : 0;
  return spliced(bytes, at, size, size, (place) => low(size - 1 - place));
}

function spliced(
  bytes: Uint8Array,
  at: number,
  without: number,
  length: number,
  make: (n: number) => number,
) {
  return joined(
    bytes.subarray(0, at),
    Uint8Array.from({ length }, (_, n) => make(n)),
    bytes.subarray(at + without),
  );
}

function cut(bytes: Uint8Array, at: number, length: number): Uint8Array {
  return joined(bytes.subarray(0, at), bytes.subarray(at + length));
}

/** Characters and names that file systems, terminals and parsers take for something else than they look. */
const NASTY = [
  ...["\0", "\n", "\r\n", "\t", "\x1b[2J", "\x7f", "\x85", "\u2028", "\ufeff", "\u00a0", "\u200b", "\u200d"],
  ...[
    "\ud800",
    "\udfff",
    "\u{1f468}",
    "\u202e",
    "\u2066",
    "\u{e0041}",
    "\u0301",
    "e\u0301",
    "\u00e9",
    "\u0130",
  ],
  ...["\u1e9e", "\u00df", "\u017f", "\u212a", "\ufb01", "\uff0e", "\uff0f", "\u2024", "\u2215", "\uff3c"],
  ...[
    "/",
    "\\",
    "//",
    "..",
    "../",
    "..\\",
    "./",
    ".",
    " ",
    ". .",
    ":",
    "::$DATA",
    "C:",
    "\\\\?\\",
    "~",
    "~1",
  ],
  ...["*", "**", "**/", "/**", "?", "[", "]", "[!", "[^", "a-", "!", "#", "|", '"', "'", "<", "=", "--", "-"],
  ...["CON", "aux.txt", "COM1", "NUL", ".tcpsync", ".TCPSYNC", "TCPSYN~1", "__proto__", "constructor", "%00"],
  ...["0", "-1", "1e999", "65536", "NaN", "undefined", "null", "{}"],
];

function changedText(text: string, other: string, random: Random): string {
  const at = random.below(text.length + 1);
  const length = random.small(text.length - at + 1);
  const [before, chosen, after] = [text.slice(0, at), text.slice(at, at + length), text.slice(at + length)];
  switch (random.below(9)) {
    case 0:
      return before + after;
    case 1:
      return before + String.fromCharCode(random.small(0x10000)) + chosen + after;
    case 2: // Again and again, mostly a few times.
      return before + (chosen || random.pick(NASTY)).repeat(1 + random.small(300)) + after;
    case 3:
      return before;
    case 4:
      return before + other.slice(random.below(other.length));
    case 5:
      return before + other + chosen + after;
    case 6:
      return before + random.pick([chosen.toUpperCase(), chosen.toLowerCase()]) + after;
    case 7:
      return before + chosen.normalize(random.pick(["NFC", "NFD", "NFKC"])) + after;
    default:
      return before + random.pick(NASTY) + (random.below(2) === 0 ? chosen : "") + after;
  }
}
