import { assertEquals } from "@std/assert";
import { foldName, nameProblem } from "../../src/core/name.ts";

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
];

const BAD: [string, string][] = [
  ["", "it is empty"],
  ["x".repeat(33), "it is longer than 32 characters"],
  [" a", "it begins or ends with a space"],
  ["a ", "it begins or ends with a space"],
  ["a/b", 'it holds "/": only letters, digits, spaces and . _ - are allowed'],
  ["a\\b", 'it holds "\\": only letters, digits, spaces and . _ - are allowed'],
  ["*", 'it holds "*": only letters, digits, spaces and . _ - are allowed'],
  ["a\nb", "it holds the character U+000A: only letters, digits, spaces and . _ - are allowed"],
  ["a\u202Eb", "it holds the character U+202E: only letters, digits, spaces and . _ - are allowed"],
  ["a\u00A0b", "it holds the character U+00A0: only letters, digits, spaces and . _ - are allowed"],
  ["a\uD800", "it holds the character U+D800: only letters, digits, spaces and . _ - are allowed"],
  ["..", "it holds no letter or digit"],
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
