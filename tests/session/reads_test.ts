// How far reading is on this side, for people: one count, whatever is read and why, that never falls back and comes to its end.

import { assert, assertEquals } from "@std/assert";
import type { ProofCounts } from "../../src/core/event.ts";
import { Reads } from "../../src/session/tally.ts";
import fc from "../support/property.ts";

/** What is told, on a clock that goes on by `ms` with each step. */
function told(ms: number, act: (reads: Reads) => void): ProofCounts[] {
  const { now } = performance;
  let time = 0;
  performance.now = () => time += ms;
  const all: ProofCounts[] = [];
  try {
    act(new Reads((howFar) => all.push(howFar)));
  } finally {
    performance.now = now;
  }
  return all;
}

const texts = (all: ProofCounts[]) =>
  all.map(({ files, ofFiles, bytes, ofBytes }) => `${files}/${ofFiles} ${bytes}/${ofBytes}`);

const one = (bytes: number) => ({ files: 1, bytes });

Deno.test("what is read for one cause and then for another, of what was read in part before, is told as one", () => {
  const all = told(300, (reads) => {
    reads.take("digests", { files: 2, bytes: 80 }, one(20));
    reads.take("digests", { files: 2, bytes: 70 });
    reads.take("parts", one(50));
    reads.take("digests", null);
    reads.take("parts", one(10));
    reads.take("parts", null);
    reads.take("parts", null);
  });
  assertEquals(texts(all), ["1/3 30/100", "1/4 30/150", "3/4 100/150", "3/4 140/150", "4/4 150/150"]);
});

Deno.test("what takes a moment is told to nobody", () => {
  const all = told(50, (reads) => {
    for (const left of [100, 50, 10]) reads.take("sources", one(left));
    reads.take("sources", null);
  });
  assertEquals(all, []);
});

Deno.test("what is not wanted any more is read no further: that is told as the end", () => {
  const all = told(300, (reads) => {
    reads.take("parts", one(100));
    reads.take("parts", one(60));
    reads.rest();
  });
  assertEquals(texts(all), ["0/1 40/100", "1/1 100/100"]);
});

Deno.test("whatever is read, nothing that is told falls back, and the last that is told is the end", () => {
  const cause = fc.constantFrom("digests" as const, "parts" as const, "sources" as const);
  const left = fc.option(fc.record({ files: fc.integer({ min: 1, max: 9 }), bytes: fc.nat(999) }));
  fc.assert(fc.property(fc.array(fc.tuple(cause, left)), (steps) => {
    const all = told(100, (reads) => {
      for (const [cause, left] of steps) reads.take(cause, left);
      reads.take("digests", null);
      reads.rest();
    });
    for (const [at, howFar] of all.entries()) {
      const before = all[at - 1];
      if (!before || before.files === before.ofFiles && before.bytes === before.ofBytes) continue;
      for (const what of ["files", "bytes", "ofFiles", "ofBytes"] as const) {
        assert(howFar[what] >= before[what]);
      }
    }
    const last = all.at(-1);
    if (last) assertEquals([last.files, last.bytes], [last.ofFiles, last.ofBytes]);
  }));
});
