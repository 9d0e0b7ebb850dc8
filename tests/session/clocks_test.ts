// How far two clocks are apart, from a question and its answer; and one that is set back while the program runs.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { clockOffset } from "../../src/session/clocks.ts";
import { duoWith } from "../support/duo.ts";

const ROWS: [name: string, asked: number, time: number, answered: number, offset: number][] = [
  ["alike, there and back in no time", 1000, 1000, 1000, 0],
  ["ahead", 1000, 8050, 1100, 7000],
  ["behind", 10_000, 3050, 10_100, -7000],
  ["a long look before the answer was written", 0, 67_000, 60_000, 7250],
  ["our own clock was set back meanwhile", 10_000, 5000, 5000, 0],
];

for (const [name, asked, time, answered, offset] of ROWS) {
  Deno.test(`C2: clocks apart: ${name}`, () => assertEquals(clockOffset(asked, time, answered), offset));
}

Deno.test("a clock that is set back leaves no look owed for as long", () => {
  using duo = duoWith({ a: "1" });
  const { engine } = duo.beta;
  const trueNow = Date.now;
  try {
    Deno.mkdirSync(duo.beta.native("new"));
    engine.hint(["new" as Path], false);
    assertEquals(engine.scan().waiting, 1, "what came before its watch was there is looked for");
    Date.now = () => trueNow() - 3_600_000;
    assertEquals(engine.scan().waiting, 0);
  } finally {
    Date.now = trueNow;
  }
});
