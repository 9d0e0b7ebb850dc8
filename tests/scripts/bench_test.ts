// What the bench makes of what it measured: the middle of several rounds, rows that replace older ones, a table, the page.

import { assertEquals, assertStringIncludes } from "@std/assert";
import { pageWith } from "../../scripts/bench/page.ts";
import { merged, quantile, type Result, rowsOf } from "../../scripts/bench/result.ts";
import { tableOf } from "../../scripts/bench/table.ts";
import { pageAt } from "../docs/pages.ts";

const AT = { of: "10 files", date: "2026-01-01", load: 1 };
const sample = (program: string, seconds: number, more = {}) => ({
  row: "first copy",
  program,
  unit: "s" as const,
  values: [seconds],
  ...more,
});
const SAMPLES = [
  { ...sample("tcpsync", 0, { wire: 2000 }), values: [] },
  ...[6, 2, 4].map((seconds) => sample("tcpsync", seconds, { cost: { alice: { cpu: seconds, peak: 5e6 } } })),
  ...[1, 2, 3].map((seconds) => sample("rsync -a", seconds)),
];
const ROWS = rowsOf(SAMPLES, AT, new Map([["tcpsync", "1.0"], ["rsync -a", "3.5"]]), [
  { program: "unison", why: "not installed" },
]);
const RESULT: Result = { machine: "a machine", rows: ROWS };

Deno.test("bench: the middle of all rounds counts, and 99 % of many are no slower", () => {
  assertEquals([quantile([3, 1, 2]), quantile([1, 2, 3, 4], 0.99), quantile([7])], [2, 4, 7]);
});

Deno.test("bench: the table has our ratio to each, what was counted, and who is missing", () => {
  const table = tableOf(RESULT);
  assertStringIncludes(
    table,
    "| first copy | tcpsync | 4.00 s (2.00–6.00) |  | 2 kB | alice 4.00 s | alice 5 MB |",
  );
  assertStringIncludes(table, "|  | rsync -a | 2.00 s (1.00–3.00) | 2.00 |  |  |  |");
  assertStringIncludes(table, "- Not measured: unison: not installed");
});

Deno.test("bench: a row measured anew replaces the one of before, others stay", () => {
  const other = { ...ROWS[0]!, of: "20 files" };
  const again = { ...ROWS[0]!, load: 2 };
  assertEquals(merged({ machine: "", rows: [...ROWS, other] }, "a machine", [again]).rows, [other, again]);
});

Deno.test("bench: docs/PERFORMANCE.md shows what is in docs/performance.json", () => {
  const page = pageAt("docs/PERFORMANCE.md");
  assertEquals(pageWith(page, JSON.parse(pageAt("docs/performance.json"))), page);
});
