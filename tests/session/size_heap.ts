// Prints how many bytes of memory each side takes for a file that is in sync: run by size_test.ts, with the collector at hand.
// deno-lint-ignore-file no-console -- that is what it is for

import { Duo } from "../support/duo.ts";
import { temporary } from "../support/folder.ts";

const FILES = 4_000;

function used(): number {
  (globalThis as unknown as { gc(): void }).gc();
  return Deno.memoryUsage().heapUsed;
}

using place = temporary();
using duo = new Duo(place.path);
duo.settle();
const before = used();
for (let number = 0; number < FILES; number++) {
  if (number % 100 === 0) Deno.mkdirSync(duo.alpha.native(`d${number / 100}`));
  Deno.writeTextFileSync(duo.alpha.native(`d${Math.floor(number / 100)}/file ${number}`), `${number}`);
}
duo.settle();
console.log(Math.round((used() - before) / FILES / 2));
