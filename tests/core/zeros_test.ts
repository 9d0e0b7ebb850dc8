// Runs of zeros are told from the rest, by pages of the file.

import { assertEquals } from "@std/assert";
import { isAllZero, PAGE_BYTES, runsOf } from "../../src/core/zeros.ts";

/** Runs as text: how long each is, with "0" for zeros and "x" for others. */
function runsText(bytes: Uint8Array, offset = 0): string {
  return [...runsOf(bytes, offset)].map(({ start, end, isZero }) => `${end - start}${isZero ? "0" : "x"}`)
    .join(" ");
}

const P = PAGE_BYTES;

Deno.test("runs go by pages of the file, whose ends may be cut", () => {
  const bytes = new Uint8Array(3 * P);
  assertEquals(runsText(bytes), `${3 * P}0`);
  bytes[P] = 1;
  assertEquals(runsText(bytes), `${P}0 ${P}x ${P}0`);
  assertEquals(runsText(bytes, 96), `${P - 96}0 ${P}x ${P + 96}0`);
  assertEquals(runsText(bytes.subarray(0, P + 1)), `${P}0 1x`);
  assertEquals(runsText(bytes.subarray(P + 1, P + 5), 5 * P + 1), "40");
  assertEquals(runsText(new Uint8Array()), "");
});

Deno.test("one byte anywhere is no zeros, however the bytes lie in memory", () => {
  const bytes = new Uint8Array(100);
  for (let start = 0; start < 9; start++) {
    for (let end = start; end < 60; end++) {
      assertEquals(isAllZero(bytes.subarray(3), start, end), true);
      for (let at = 0; at < 70; at++) {
        bytes[3 + at] = 1;
        assertEquals(
          isAllZero(bytes.subarray(3), start, end),
          at < start || at >= end,
          `${start} ${at} ${end}`,
        );
        bytes[3 + at] = 0;
      }
    }
  }
});
