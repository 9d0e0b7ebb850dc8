// When a client is over: with the last of what was intended, unless it is to stay or somebody may still come.

import { assertEquals, assertRejects } from "@std/assert";
import { Ending, type EndingOptions } from "../../src/peer/ending.ts";
import type { PeerPair } from "../../src/peer/pair.ts";

type Standing = Pick<PeerPair, "open" | "settled">;

const OPEN: Standing = { open: true, settled: false };
const SETTLED: Standing = { open: false, settled: true };
const QUIET: Standing = { open: false, settled: false };

const ROWS: [what: string, EndingOptions, Standing[], isOpenToAnyone: boolean, ends: boolean][] = [
  ["all that was intended has ended", { once: false }, [SETTLED, QUIET], false, true],
  ["something goes on", { once: false }, [SETTLED, OPEN], false, false],
  ["nothing was intended", { once: false }, [QUIET], false, false],
  ["it is to stay", { once: true, stay: true }, [SETTLED], false, false],
  ["anyone may still come", { once: false }, [SETTLED], true, false],
  ["anyone might, but one was enough", { once: true }, [SETTLED], true, true],
];

for (const [what, options, pairs, isOpenToAnyone, ends] of ROWS) {
  Deno.test(`a client ${ends ? "ends" : "goes on"}: ${what}`, () => {
    const ending = new Ending(options, () => Promise.resolve(0));
    ending.settled(pairs, isOpenToAnyone);
    assertEquals(ending.hasBegun, ends);
  });
}

Deno.test("a client ends once, with the code that was given first, else with that of how it went", async () => {
  let closed = 0;
  const close = () => Promise.resolve(++closed);
  const ending = new Ending({ once: false }, close);
  await Promise.all([ending.begin(2), ending.begin(3)]);
  assertEquals([await ending.ended, closed], [2, 1]);
  const other = new Ending({ once: false }, close);
  await other.begin();
  assertEquals(await other.ended, 2);
});

Deno.test("a client whose end fails says so to whoever waits for it", async () => {
  const ending = new Ending({ once: false }, () => Promise.reject(new Error("a defect")));
  await ending.begin();
  await assertRejects(() => ending.ended, Error, "a defect");
});
