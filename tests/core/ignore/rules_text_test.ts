// An ignore file as editors and shells write it: what is text is read, what is none says so.

import { assertEquals } from "@std/assert";
import { rulesProblem, TOO_LONG } from "../../../src/core/ignore/ignore.ts";
import { MOST_RULES_BYTES, type NoRules, rulesText } from "../../../src/core/ignore/rules_text.ts";
import { joined, utf16 } from "../../support/bytes.ts";

const bytes = (...numbers: number[]) => Uint8Array.from(numbers);
const utf8 = (text: string) => new TextEncoder().encode(text);

const TEXTS: [what: string, file: Uint8Array, text: string][] = [
  ["nothing", bytes(), ""],
  ["UTF-8", utf8("s4-\u00e4/\n"), "s4-\u00e4/\n"],
  ["UTF-8 with a mark", joined(bytes(0xef, 0xbb, 0xbf), utf8("a\r\n")), "a\r\n"],
  ["UTF-16, little-endian", utf16("\ufeffsecret/\r\n", true), "secret/\r\n"],
  ["UTF-16, big-endian", utf16("\ufeff*.k\u00e4\n\u{1f600}", false), "*.k\u00e4\n\u{1f600}"],
];

for (const [what, file, text] of TEXTS) {
  Deno.test(`I5: rules in a file of ${what} are read`, () => assertEquals(rulesText(file), text));
}

const NO_TEXT = "it is no text in UTF-8 or UTF-16";
const NONE: [what: string, file: Uint8Array, reason: string][] = [
  ["Latin-1", joined(utf8("a\nb\n"), bytes(0x73, 0xe4, 0x0a)), `${NO_TEXT} (line 3)`],
  ["UTF-16 without a mark", utf16("secret/\n", true), `${NO_TEXT} (line 1)`],
  ["UTF-8 with a tail in UTF-16", joined(utf8("a\n"), utf16("b\n", true)), `${NO_TEXT} (line 2)`],
  ["half a character at the end", bytes(0x61, 0x0a, 0xc3), `${NO_TEXT} (line 2)`],
  ["UTF-16 with half a pair", utf16("\ufeffa\ud83d", true), NO_TEXT],
  ["UTF-16 with an odd byte", joined(utf16("\ufeffa", true), bytes(0x62)), NO_TEXT],
  ["more than there may be", new Uint8Array(MOST_RULES_BYTES + 1).fill(0x23), TOO_LONG],
];

for (const [what, file, reason] of NONE) {
  Deno.test(`I6: ${what} is no text of rules`, () =>
    assertEquals((rulesText(file) as NoRules).reason, reason));
}

Deno.test("T7: the longest text of the widest characters is read whole, and one more is too much", () => {
  const widest = "#" + "\u3000".repeat((64 << 10) - 1);
  assertEquals(rulesProblem(rulesText(utf8(widest)) as string), null);
  assertEquals(rulesProblem(rulesText(utf8(`${widest}#`)) as string), TOO_LONG);
});
