// Which names a user may have, which are one, and which two a person could take for each other.

import { assertEquals } from "@std/assert";
import { foldName, looksLike, nameProblem } from "../../src/core/name.ts";

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
];

const STRANGE = "only letters, digits, spaces and . _ - are allowed";
const TOO_MANY = "it holds a letter with too many accents";
const LOOSE = "it holds an accent that stands on no letter";

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

const ALIKE: [string, string, string][] = [
  ["the other case", "BOB", "bob"],
  ["composed and not", "Zoë", "Zoë".normalize("NFD")],
  ["Cyrillic а", "alice", "аlice"],
  ["Cyrillic В, о", "Bob", "Воb"],
  ["Cyrillic В and г, which are like ours in one case each", "Barry", "Ваrгу"],
  ["all of it Cyrillic", "BOB", "ВОВ"],
  ["small letters all Cyrillic", "coco", "сосо"],
  ["Greek Α, Τ", "Anna Tal", "Αnna Τal"],
  ["Greek ο", "bob", "bοb"],
  ["I, l and 1", "Il1", "lI1"],
  ["i whose other case is I", "ian", "lan"],
  ["palochka", "lan", "Ӏan"],
  ["one without a dot", "mira", "mıra"],
  ["a dot over the dot", "mira", "mi\u0307ra"],
  ["O and 0", "Olga", "0lga"],
  ["rn and m", "Emma", "Ernrna"],
  ["vv and w", "wanda", "VVanda"],
  ["a Roman number", "ali", "aⅼi"],
  ["full width", "bob", "ｂｏｂ"],
  ["mathematical", "bob", "𝐛𝐨𝐛"],
  ["digits of another script", "agent 1", "agent ١"],
  ["two spaces", "Anna Maria", "Anna  Maria"],
  ["what shows nothing", "bob", "b\u034fo\ufe0fb"],
  ["Latin among Cyrillic", "Коля", "Kоля"],
  ["ё of two kinds", "Алёна", "Алëна"],
];

Deno.test("names that a person could take for each other look alike", () => {
  for (const [what, one, other] of ALIKE) assertEquals(looksLike(one), looksLike(other), what);
});

const HONEST = `
  bob alice anna Anne Anya ann carl carol clara dara dave dan den Ivan Irina Ilya Leo Lea Lena Lina Nina Vera Nera
  Mary Marie Maria Mario Mark Marc Max Mia Mike Zoe Zoë Rene René Renée José Jose Jörg Jorg Søren Soren
  Боб Алиса Анна Аня Ваня Вова Вера Лера Лена Лёна Леня Лёня Елена Алёна Алена Женя Жанна Зоя Иван Илья Ира Ирина
  Коля Оля Толя Поля Юля Яна Яша Саша Паша Маша Даша Глаша Гоша Миша Гриша Нина Инна Рома Тома Дима Зина Тина Сеня
  Николай Никола Олег Ольга Пётр Петр Семён Семен Юрий Юра Шура Ксюша Федя Щукин Цой Чук Эля Элла Мила Лида
  Νίκος Μαρία Ελένη Γιώργος 李雷 李蕾 韩梅梅 김철수 김영희 محمد أحمد אברהם משה प्रिया แดง
  agent1 agent2 agent3 agent10 a-b a_b a.b ab
`.trim().split(/\s+/);

Deno.test("names of honest people do not clash because of their looks", () => {
  const seen = new Map<string, string>();
  for (const name of HONEST) {
    assertEquals(nameProblem(name), undefined, name);
    assertEquals(seen.get(looksLike(name)), undefined, name);
    seen.set(looksLike(name), name);
  }
});

Deno.test("the look of a look is itself", () => {
  for (const name of [...HONEST, ...ALIKE.flatMap(([, one, other]) => [one, other])]) {
    assertEquals(looksLike(looksLike(name)), looksLike(name), name);
  }
});
