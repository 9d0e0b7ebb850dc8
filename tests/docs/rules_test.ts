// docs/RULES.md: every rule that code, a test or SECURITY.md cites is there, every test that a rule names is there and cites it, and
// SECURITY.md speaks of each row of chapter T.

import { assertEquals } from "@std/assert";
import { sourceFiles } from "../../scripts/workers.ts";
import { type Cells, pageAt, tableRows, testsIn, untrue } from "./pages.ts";

const NUMBER = /\b[CMNISTWDE]\d{1,2}\b/g;
const ROWS = tableRows(pageAt("docs/RULES.md")).filter(([number]) => /^[A-Z]\d+$/.test(number!));
const numberOf = ([number]: Cells) => number!;
const citedIn = (text: string) => [...text.matchAll(NUMBER)].map(([number]) => number);
const testsOf = (row: Cells) => testsIn(row.at(-1)!);

Deno.test("rules: each number stands for one rule, and each rule names a test", () => {
  assertEquals(ROWS.map(numberOf), [...new Set(ROWS.map(numberOf))]);
  assertEquals(ROWS.filter((row) => testsOf(row).length === 0).map(numberOf), []);
});

Deno.test("rules: what code and tests cite is in docs/RULES.md", () => {
  const known = new Set(ROWS.map(numberOf));
  const cited = ["src", "tests", "scripts"].flatMap(sourceFiles).flatMap((path) =>
    citedIn(Deno.readTextFileSync(path)).map((number) => ({ path, number }))
  );
  assertEquals(cited.filter(({ number }) => !known.has(number)), []);
});

Deno.test("rules: the tests that docs/RULES.md names are there, and cite the rule", () => {
  const rows = ROWS.map((row): [string, string[]] => [numberOf(row), testsOf(row)]);
  assertEquals(untrue(rows, (text, number) => citedIn(text).includes(number)), []);
});

Deno.test("rules: SECURITY.md cites each row of chapter T, and no rule that is not there", () => {
  const known = ROWS.map(numberOf);
  const cited = new Set(citedIn(pageAt("SECURITY.md")));
  assertEquals(known.filter((number) => number.startsWith("T") && !cited.has(number)), []);
  assertEquals([...cited].filter((number) => !known.includes(number)), []);
});
