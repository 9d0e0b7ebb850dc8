// What content other than known means: an edit nobody saw, a bad disk, or a wrong digest.

import { assertEquals } from "@std/assert";
import { judgeContent, type Unlike, type Verdict } from "../../src/core/soundness.ts";

const KNOWN = Date.UTC(2026, 10, 1);
const HOUR = 3600_000;

const base: Unlike = {
  ...{ content: "other", blank: false, mtime: KNOWN - 50 * HOUR, changed: KNOWN - HOUR },
  ...{ agreed: ["agreed"], known: KNOWN },
};

const ROWS: [what: string, over: Partial<Unlike>, verdict: Verdict][] = [
  ["untouched since it was known", {}, "disk"],
  ["touched since, its time set back", { changed: KNOWN + HOUR }, "edit"],
  ["touched since, by the write that gave it its time", {
    changed: KNOWN + HOUR,
    mtime: KNOWN + HOUR + 400,
  }, "disk"],
  ["touched since, and nothing but zeros", { changed: KNOWN + HOUR, blank: true }, "disk"],
  ["the system tells of no touch", { changed: 0 }, "disk"],
  ["what is agreed with one of two peers", { agreed: ["agreed", "other"] }, "digest"],
  ["what is agreed, touched", { agreed: ["other"], changed: KNOWN + HOUR }, "digest"],
  ["never agreed, untouched", { agreed: [] }, "disk"],
  ["a time that is still to come", { changed: KNOWN + HOUR, mtime: KNOWN + 1000 * HOUR }, "edit"],
];

for (const [what, over, verdict] of ROWS) {
  Deno.test(`other content, ${what}: ${verdict}`, () => {
    assertEquals(judgeContent({ ...base, ...over }), verdict);
  });
}
