// How far a piece of work is that takes many plans: it only grows, and ends where all is done.

import { assert, assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { Tally } from "../../src/session/tally.ts";

const amount = (files: number, bytes: number) => ({ files, bytes });

/** What is told after these steps. */
function howFarAfter(act: (tally: Tally) => void): number[] {
  const tally = new Tally();
  act(tally);
  const { files, bytes, ofFiles, ofBytes } = tally.howFar;
  return [files, ofFiles, bytes, ofBytes];
}

const ROWS: [what: string, act: (tally: Tally) => void, after: number[]][] = [
  ["what is left is planned again", (tally) => tally.goOn(amount(2, 60)), [1, 3, 40, 100]],
  ["something came meanwhile", (tally) => tally.goOn(amount(3, 65)), [1, 4, 40, 105]],
  ["something is not to be done any more", (tally) => tally.goOn(amount(1, 10)), [2, 3, 90, 100]],
  ["more had come than was counted here", (tally) => tally.goOn(amount(2, 50), amount(1, 50)), [
    1,
    3,
    50,
    100,
  ]],
  ["what came is lost, and comes again", (tally) => tally.goOn(amount(3, 100)), [1, 4, 40, 140]],
  ["no more than all of it is done", (tally) => tally.add(amount(5, 500)), [3, 3, 100, 100]],
  ["other work", (tally) => tally.begin(amount(1, 7)), [0, 1, 0, 7]],
  ["other work, of which a part had come", (tally) => tally.begin(amount(1, 7), amount(0, 3)), [0, 1, 3, 10]],
];

for (const [what, act, after] of ROWS) {
  Deno.test(`how far it is: ${what}`, () => {
    const begun = (tally: Tally) => {
      tally.begin(amount(3, 100));
      tally.add(amount(1, 40));
    };
    assertEquals(howFarAfter((tally) => (begun(tally), act(tally))), after);
  });
}

Deno.test("whatever is planned and done, nothing falls back, and no more is done than there is", () => {
  const some = fc.record({ files: fc.nat(50), bytes: fc.nat(5000) });
  const step = fc.oneof(
    fc.record({ left: some, done: fc.option(some, { nil: undefined }) }),
    fc.record({ more: some }),
  );
  fc.assert(fc.property(some, fc.array(step), (all, steps) => {
    const tally = new Tally();
    tally.begin(all);
    for (const one of steps) {
      const before = tally.howFar;
      if ("left" in one) tally.goOn(one.left, one.done);
      else tally.add(one.more);
      const after = tally.howFar;
      for (const what of ["files", "bytes", "ofFiles", "ofBytes"] as const) {
        assert(after[what] >= before[what]);
      }
      assert(after.files <= after.ofFiles && after.bytes <= after.ofBytes);
      if ("left" in one) {
        assert(after.ofBytes - after.bytes >= one.left.bytes || after.bytes >= one.left.bytes);
      }
    }
  }));
});
