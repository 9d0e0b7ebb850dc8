// A few short rounds of chaos, always the same; `deno task chaos` goes on for longer.

import { SmallDisk } from "../support/small_disk.ts";
import { leftOut } from "./faults.ts";
import { round } from "./round.ts";

const disk = SmallDisk.possible();
const without = leftOut(disk);
const except = without.length > 0 ? ` (left out here: ${without.join(", ")})` : "";

/** Programs start slowly on Windows. */
const SHORT = Deno.build.os === "windows";

for (const seed of SHORT ? [1] : [1, 2]) {
  Deno.test(`S4 C4 C8: nothing is lost, torn or back for no reason, whatever happens: seed ${seed}${except}`, async () => {
    await round({ seed, acts: SHORT ? 25 : 40, rests: SHORT ? 1 : 2, disk, keep: false, did: () => {} });
  });
}
