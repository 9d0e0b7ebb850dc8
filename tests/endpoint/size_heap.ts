// Prints how many bytes of memory each side takes for a file that is in sync: run by size_test.ts, with the collector at hand.
// deno-lint-ignore-file no-console -- that is what it is for

import { setImmediate } from "node:timers";
import { SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { temporary } from "../support/folder.ts";

const FILES = 4_000;
const TURNS = 5;

/** Of several turns the least: what only waits to be freed goes with one of them. */
async function used(): Promise<number> {
  let least = Infinity;
  for (let turn = 0; turn < TURNS; turn++) {
    (globalThis as unknown as { gc(): void }).gc();
    least = Math.min(least, Deno.memoryUsage().heapUsed);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return least;
}

using place = temporary();
using duo = new Duo(place.path);
duo.settle();
const before = await used();
for (let number = 0; number < FILES; number++) {
  if (number % 100 === 0) Deno.mkdirSync(duo.alpha.native(`d${number / 100}`));
  Deno.writeTextFileSync(duo.alpha.native(`d${Math.floor(number / 100)}/file ${number}`), `${number}`);
}
duo.settle();
// Both are in sync, for a minute by now: what is remembered of what came is forgotten.
const { now } = Date;
Date.now = () => now() + 60_000;
duo.settle();
for (const side of SIDES) duo[side].endpoint.rest();
console.log(Math.round((await used() - before) / FILES / 2));
