// Which names a user may have, and which are one.

import { assertEquals } from "@std/assert";
import { foldName, nameProblem } from "../../../src/core/names/name.ts";

const GOOD = [
  "a",
  "alice",
  "Bob-2",
  "c.d_e",
  "Анна",
  "Zoë",
  "Anna Maria",
  "李雷",
  "é".normalize("NFD"),
  "x".repeat(32),
  "Nguyễn Thị Hồng".normalize("NFD"),
  "प्रियंका",
  "ณัฐวุฒิ",
  "လျှော့်",
  "བསྒྲུབས",
  "מֹשֶׁה",
  "محمّد",
  "김철수",
  "김철수".normalize("NFD"),
  "иван-pc",
  "agent-7 Зоя_2",
  "さくら咲くナ",
  "Ꮳꮃꭹ",
];

const STRANGE = "only letters, digits, spaces and . _ - are allowed";
const TOO_MANY = "it holds a letter with too many accents";
const LOOSE = "it holds an accent that stands on no letter";

/** How a complaint about mixed scripts goes on. */
const mixed = (...scripts: string[]) =>
  `it mixes scripts within one word (${scripts.join(", ")}): write each word in one, as in "иван-pc"`;

const BAD: [string, string][] = [
  ["", "it is empty"],
  ["x".repeat(33), "it is longer than 32 characters"],
  [" a", "it begins or ends with a space"],
  ["a ", "it begins or ends with a space"],
  ["a/b", `it holds "/": ${STRANGE}`],
  ["a\\b", `it holds "\\": ${STRANGE}`],
  ["*", `it holds "*": ${STRANGE}`],
  ["a\nb", `it holds the character U+000A: ${STRANGE}`],
  ["a\u202Eb", `it holds the character U+202E: ${STRANGE}`],
  ["a\u00A0b", `it holds the character U+00A0: ${STRANGE}`],
  ["a\uD800", `it holds the character U+D800: ${STRANGE}`],
  ["..", "it holds no letter or digit"],
  ["x".repeat(33).normalize("NFD"), "it is longer than 32 characters"],
  ["é".repeat(33).normalize("NFD"), "it is longer than 32 characters"],
  ["a\0", `it holds the character U+0000: ${STRANGE}`],
  ["a\x1b[2J", `it holds the character U+001B: ${STRANGE}`],
  ["a\x7f", `it holds the character U+007F: ${STRANGE}`],
  ["a\u0085", `it holds the character U+0085: ${STRANGE}`],
  ["a\u061c", `it holds the character U+061C: ${STRANGE}`],
  ["a\u200b", `it holds the character U+200B: ${STRANGE}`],
  ["a\u200db", `it holds the character U+200D: ${STRANGE}`],
  ["a\u200f", `it holds the character U+200F: ${STRANGE}`],
  ["a\u2028b", `it holds the character U+2028: ${STRANGE}`],
  ["a\u2066b", `it holds the character U+2066: ${STRANGE}`],
  ["a\ufeffb", `it holds the character U+FEFF: ${STRANGE}`],
  ["a\u{e0061}", `it holds the character U+E0061: ${STRANGE}`],
  ["a\u034fb", `it holds the character U+034F: ${STRANGE}`],
  ["a\ufe0fb", `it holds the character U+FE0F: ${STRANGE}`],
  ["a\u3164b", `it holds the character U+3164: ${STRANGE}`],
  ["a\u115fb", `it holds the character U+115F: ${STRANGE}`],
  ["\u0301a", LOOSE],
  ["a \u0301", LOOSE],
  ["a-\u20dd", LOOSE],
  ["Z" + "\u030d".repeat(5) + "algo", TOO_MANY],
  ["é" + "\u0316\u0317\u0318\u0319", TOO_MANY],
  ["a\u20dd\u20de\u20df\u20e0\u20dd", TOO_MANY],
  ["аlice", mixed("Latin", "Cyrillic")],
  ["mr.Kоля", mixed("Latin", "Cyrillic")],
  ["αlice", mixed("Latin", "Greek")],
  ["ivan2иван", mixed("Latin", "Cyrillic")],
  ["bob李", mixed("Latin", "Han")],
  ["Ꮳan", mixed("Latin", "another")],
];

Deno.test("names that users may have", () => {
  for (const name of GOOD) assertEquals(nameProblem(name), undefined, name);
});

Deno.test("names that users may not have, with the reason", () => {
  for (const [name, reason] of BAD) assertEquals(nameProblem(name), reason);
});

Deno.test("names compare without case and in one form", () => {
  assertEquals(foldName("BOB"), foldName("bob"));
  assertEquals(foldName("Zoë".normalize("NFD")), foldName("ZOË".normalize("NFC")));
});
