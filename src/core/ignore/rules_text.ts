// The text of an ignore file, as people's editors and shells write it: UTF-8, or UTF-16 where a mark says so. What is none of these says
// nothing for certain: a rule read wrong would let out what it was written for.

import { LONGEST_RULES, TOO_LONG } from "./ignore.ts";

/** No text of so many characters takes more in any of these encodings, its mark with it. */
export const MOST_RULES_BYTES: number = 3 * LONGEST_RULES + 3;

/** Why a file is no text of rules, and until when. */
export interface NoRules {
  /** As a person reads it, after "the rules cannot be read: ". */
  reason: string;
  /** What has to happen before they are read, as a person reads it: "until …". */
  until: string;
}

const NO_TEXT = "it is no text in UTF-8 or UTF-16";
const UNTIL_SAVED = "until it is saved as UTF-8";
const LF = 10;

/** What a whole file says, up to one byte more than there may be. */
export function rulesText(bytes: Uint8Array): string | NoRules {
  if (bytes.length > MOST_RULES_BYTES) return { reason: TOO_LONG, until: UNTIL_SHORTER };
  const wide = bytes[0] === 0xff && bytes[1] === 0xfe
    ? "utf-16le"
    : bytes[0] === 0xfe && bytes[1] === 0xff
    ? "utf-16be"
    : null;
  const text = decoded(bytes, wide ?? "utf-8");
  if (text !== null) return text;
  return { reason: wide ? NO_TEXT : `${NO_TEXT} (line ${badLine(bytes)})`, until: UNTIL_SAVED };
}

/** Told of a file that is longer than rules may be. */
export const UNTIL_SHORTER = "until it is shorter";

/** Null for what is no text: U+0000 is in none, and in each of UTF-16 without a mark. */
function decoded(bytes: Uint8Array, encoding: string): string | null {
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function badLine(bytes: Uint8Array): number {
  let [line, start] = [1, 0];
  for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
    if (decoded(bytes.subarray(start, end), "utf-8") === null) return line;
    [line, start] = [line + 1, end + 1];
  }
  return line;
}
