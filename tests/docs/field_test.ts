// docs/FIELD.md: every complaint that a test cites is there, and every test that a complaint names is there and cites it.

import { assertEquals } from "@std/assert";
import { sourceFiles } from "../../scripts/workers.ts";
import { pageAt, tableRows, testsIn, untrue } from "./pages.ts";

const LISTS = ["field", "case"];
/** "field 3", "case A1" or "field 18, 19"; a `case` of a switch begins its line. */
const CITED = /(?<!^\s*)\b(field|case) (A?\d+(?:, \d+)*)\b/gm;

/** "field 3" of each row and the tests that it names. */
const ROWS = pageAt("docs/FIELD.md").split("\n## ").flatMap((part) => {
  const [heading, ...rows] = tableRows(part);
  return rows.map((row): [string, string[]] => [`${heading?.[0]} ${row[0]}`, testsIn(row.at(-1)!)]);
});

function citedIn(text: string): string[] {
  return [...text.matchAll(CITED)].flatMap(([, list, numbers]) =>
    numbers!.split(", ").map((number) => `${list} ${number}`)
  );
}

Deno.test("field: each number stands for one complaint, and each names a test", () => {
  const numbers = ROWS.map(([number]) => number);
  assertEquals(numbers, [...new Set(numbers)]);
  assertEquals(numbers.filter((number) => !LISTS.includes(number.split(" ")[0]!)), []);
  assertEquals(ROWS.filter(([, tests]) => tests.length === 0), []);
});

Deno.test("field: what tests cite is in docs/FIELD.md", () => {
  const known = new Set(ROWS.map(([number]) => number));
  const cited = sourceFiles("tests").filter((path) => !path.includes("docs")).flatMap((path) =>
    citedIn(Deno.readTextFileSync(path)).map((number) => ({ path, number }))
  );
  assertEquals(cited.filter(({ number }) => !known.has(number)), []);
});

Deno.test("field: the tests that docs/FIELD.md names are there, and cite the complaint", () => {
  assertEquals(untrue(ROWS, (text, number) => citedIn(text).includes(number)), []);
});
