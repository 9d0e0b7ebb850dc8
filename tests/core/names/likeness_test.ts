// Which two names a person could take for each other (RULES T13).

import { assert, assertEquals } from "@std/assert";
import { looksOf } from "../../../src/core/names/likeness.ts";
import { nameProblem } from "../../../src/core/names/name.ts";

const areAlike = (one: string, other: string) => looksOf(one).some((look) => looksOf(other).includes(look));

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
  ["a whole word in Cyrillic", "ken", "кен"],
  ["a whole word in Cyrillic, by the shapes", "KEH", "кен"],
  ["a whole word in Cyrillic, of letters that browsers know", "wnb", "шпь"],
  ["names that are one in two alphabets", "Anna", "Анна"],
  ["a whole word in Greek", "KATE", "ΚΑΤΕ"],
  ["a small capital", "tom", "ᴛom"],
  ["all small capitals", "bella", "ʙᴇʟʟᴀ"],
];

Deno.test("names that a person could take for each other look alike", () => {
  for (const [what, one, other] of ALIKE) {
    assert(areAlike(one, other), `${what}: ${looksOf(one)} | ${looksOf(other)}`);
  }
});

const HONEST = `
  bob alice anna Anne Anya ann carl carol clara dara dave dan den Ivan Irina Ilya Leo Lea Lena Lina Nina Vera Nera
  Mary Marie Maria Mario Mark Marc Max Mia Mike Zoe Zoë Rene René Renée José Jose Jörg Jorg Søren Soren
  Боб Алиса Аня Ваня Вова Вера Лера Лена Лёна Леня Лёня Елена Алёна Алена Женя Жанна Зоя Иван Илья Ира Ирина
  Коля Оля Толя Поля Юля Яна Яша Саша Паша Маша Даша Глаша Гоша Миша Гриша Нина Инна Рома Тома Дима Зина Тина Сеня
  Николай Никола Олег Ольга Пётр Петр Семён Семен Юрий Юра Шура Ксюша Федя Щукин Цой Чук Эля Элла Мила Лида
  Νίκος Μαρία Ελένη Γιώργος 李雷 李蕾 韩梅梅 김철수 김영희 محمد أحمد אברהם משה प्रिया แดง
  agent1 agent2 agent3 agent10 a-b a_b a.b ab
`.trim().split(/\s+/);

Deno.test("names of honest people do not clash because of their looks", () => {
  const seen = new Map<string, string>();
  for (const name of HONEST) {
    assertEquals(nameProblem(name), undefined, name);
    for (const look of looksOf(name)) {
      assertEquals(seen.get(look), undefined, name);
      seen.set(look, name);
    }
  }
});

Deno.test("the look of a look is itself", () => {
  for (const name of [...HONEST, ...ALIKE.flatMap(([, one, other]) => [one, other])]) {
    for (const look of looksOf(name)) assertEquals(looksOf(look), [look], name);
  }
});
