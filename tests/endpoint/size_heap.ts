// Prints how many bytes of memory each side takes for one more file that is in sync: run by size_test.ts, with the collector at hand.
// deno-lint-ignore-file no-console -- that is what it is for

import { setImmediate } from "node:timers";
import { SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { temporary } from "../support/folder.ts";

/** What a session takes however few files there are is taken by the first of these. */
const FIRST = 3_000;
const THEN = 9_000;
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
const { now } = Date;

/** Both sides in sync with files up to that number, for a minute by then: what is remembered of what came is forgotten. */
async function usedWith(from: number, to: number): Promise<number> {
  for (let number = from; number < to; number++) {
    if (number % 100 === 0) Deno.mkdirSync(duo.alpha.native(`d${number / 100}`));
    Deno.writeTextFileSync(duo.alpha.native(`d${Math.floor(number / 100)}/file ${number}`), `${number}`);
  }
  duo.settle();
  Date.now = () => now() + 60_000;
  duo.settle();
  Date.now = now;
  for (const side of SIDES) duo[side].endpoint.rest();
  return await used();
}

const first = await usedWith(0, FIRST);
console.log(Math.round((await usedWith(FIRST, THEN) - first) / (THEN - FIRST) / 2));
