// The figures in docs/PERFORMANCE.md: the part between its two marks is made from docs/performance.json; the rest is written by people.

import type { Result } from "./result.ts";
import { tableOf } from "./table.ts";

const [BEGIN, END] = ["<!-- figures: deno task bench --page -->", "<!-- end of figures -->"];

/** The page with these figures in it. */
export function pageWith(page: string, result: Result): string {
  const [before, rest] = page.split(BEGIN);
  const [, after] = rest?.split(END) ?? [];
  if (after === undefined) throw new Error(`the page has no ${BEGIN} and ${END}`);
  return `${before}${BEGIN}\n\nMeasured on ${result.machine}.\n\n${tableOf(result)}\n${END}${after}`;
}
