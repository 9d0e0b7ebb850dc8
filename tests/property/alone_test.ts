// Two real folders in which one person works, through cycles that are cut, or killed on either side, anywhere: what was done on the
// other's order is nobody's own doing (M9), so both folders end as that person has hers. TCPSYNC_SEED and TCPSYNC_RUNS as ever.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { act, perform, startAnew } from "../support/alone.ts";
import { SIDES } from "../../src/core/side.ts";
import { Cut, Duo } from "../support/duo.ts";
import { filesIn, temporary } from "../support/folder.ts";
import { WINDOWS } from "../support/system.ts";

// File calls are ten times slower on the Windows we test with: few runs there, the same ones each time.
const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? (WINDOWS ? 15 : 60));

/** Acts, and a cycle that ends early: at a step, or at a call to the disk of one side, which is killed. */
const stretch = fc.record({
  acts: fc.array(act, { minLength: 1, maxLength: 4 }),
  how: fc.constantFrom("cut", "kill"),
  killed: fc.constantFrom(...SIDES),
  at: fc.nat(40),
});
type Stretch = typeof stretch extends fc.Arbitrary<infer T> ? T : never;

/** Calls that change the disk. */
const CHANGING = new Set([
  "create",
  "makeDirectory",
  "hardLink",
  "copy",
  "rename",
  "remove",
  "removeIfThere",
]);

/** One cycle that ends early, and a new session. */
function stumble(duo: Duo, { how, killed, at }: Stretch) {
  let count = 0;
  let isDead = () => false;
  if (how === "kill") isDead = duo[killed].killWhen((method) => CHANGING.has(method) && count++ === at);
  duo.onStep = () => {
    if (isDead() || how === "cut" && count++ === at % 17) throw new Cut();
  };
  try {
    duo.cycle();
  } catch (error) {
    if (!isDead() && !(error instanceof Cut)) throw error;
  }
  duo.onStep = () => {};
  duo.disconnect();
  if (how === "kill") duo[killed].restart();
  duo.connect();
}

Deno.test("M9: where one person works, both folders end as that person has hers, whatever was cut or killed", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...SIDES),
      fc.array(stretch, { minLength: 1, maxLength: 4 }),
      act,
      (who, stretches, last) => {
        using place = temporary();
        using duo = new Duo(place.path);
        startAnew(duo[who].folder);
        duo.settle();
        for (const stretch of stretches) {
          for (const one of stretch.acts) perform(duo[who].folder, one);
          stumble(duo, stretch);
        }
        perform(duo[who].folder, last);
        const wanted = filesIn(duo[who].folder);
        duo.settle();
        duo.checkInSync();
        assertEquals(filesIn(duo[who].folder), wanted);
      },
    ),
    { numRuns: RUNS },
  );
});
