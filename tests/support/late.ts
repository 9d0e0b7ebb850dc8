// What a chunk agrees is the same where its commit comes late, out of the archive.

import { assertEquals } from "@std/assert";
import { Archive } from "../../src/archive/archive.ts";
import type { Orders, Result, Terms } from "../../src/core/plan/plan.ts";
import { type Agreed, type KnownToPlan, PlannedWork } from "../../src/plan/planned_work.ts";

const archive = new Archive(":memory:");
const pair = archive.pair({ root: "peer", key: "key" }, false);

/** `agreed` is what the chunk agreed at once. */
export function checkLate(
  { terms, own, results }: { terms: Terms; own: Orders; results: { alpha: Result[]; beta: Result[] } },
  known: KnownToPlan,
  agreed: Agreed,
) {
  archive.unsettled.begin(pair, { generation: 1, chunk: "c", batch: 1, time: 0, orders: own, terms });
  archive.carriedOut(pair, results.alpha, []);
  const begun = archive.unsettled.of(pair, 1);
  if (!begun?.terms || !begun.results) throw new Error("what was written down cannot be read");
  const both = { alpha: begun.results, beta: results.beta };
  const work = PlannedWork.late({ terms: begun.terms, own: begun.orders, results: both }, known);
  assertEquals(work.next()?.beta.contents, []);
  const late = work.settle({ alpha: [], beta: [] });
  assertEquals(work.next(), null);
  assertEquals(late.moves, agreed.moves);
  const doneIn = ({ rows }: Agreed) =>
    rows.filter(({ both }) => !both).map(({ path, new: entry }) => [path, entry?.name]);
  assertEquals(doneIn(late), doneIn(agreed));
}
