// Three computers in a ring, in which one person works: what comes to the others by one way is not their own doing by another (M9), so all
// three folders end as that person has hers. TCPSYNC_SEED and TCPSYNC_RUNS as ever.

import { assert } from "@std/assert";
import fc from "../support/property.ts";
import { act, perform, startAnew } from "../support/alone.ts";
import { filesIn } from "../support/folder.ts";
import { NAMES, PAIRS, Ring } from "../support/ring.ts";
import { WINDOWS } from "../support/system.ts";

const RUNS = Number(Deno.env.get("TCPSYNC_RUNS") ?? (WINDOWS ? 5 : 25));

/** What the person does, and which two meet then. Renames are followed by where things were, not by who renamed them: they are not
 * among it. */
const step = fc.record({
  acts: fc.array(act.filter((one) => one.do !== "rename"), { maxLength: 2 }),
  pair: fc.nat(PAIRS.length - 1),
});

Deno.test("M9: in a ring where one person works there is no conflict, and nothing comes back or goes", () => {
  fc.assert(
    fc.property(fc.constantFrom(...NAMES), fc.array(step, { minLength: 2, maxLength: 8 }), (who, steps) => {
      using ring = new Ring({});
      const folder = ring.at(who, "").replace(/\/$/, "");
      startAnew(folder);
      ring.settle();
      for (const { acts, pair } of steps) {
        for (const one of acts) perform(folder, one);
        ring.meet(...PAIRS[pair]!);
      }
      const wanted = Object.fromEntries(filesIn(folder));
      ring.settle();
      ring.check(wanted, "at the end");
    }),
    { numRuns: RUNS },
  );
});

const PLACES = ["a", "b", "d/a", "d/b"];

Deno.test("C2: what two or three in a ring write at the same time is in all folders, whoever meets whom first", () => {
  const write = fc.record({ who: fc.constantFrom(...NAMES), at: fc.constantFrom(...PLACES) });
  const round = fc.record({
    writes: fc.uniqueArray(write, { maxLength: 6, selector: ({ who, at }) => `${who} ${at}` }),
    pairs: fc.array(fc.nat(PAIRS.length - 1), { maxLength: 5 }),
  });
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 3 }), (rounds) => {
      using ring = new Ring({ a: "a", "d/b": "b" });
      let count = 0;
      for (const { writes, pairs } of rounds) {
        const written = writes.map(({ who, at }) => {
          const content = `${++count} at ${at} by ${who}`;
          ring.write(who, at, content);
          return content;
        });
        for (const pair of pairs) ring.meet(...PAIRS[pair]!);
        ring.settle();
        const found = ring.files("alice");
        ring.check(found, "at the end of a round");
        for (const content of written) assert(Object.values(found).includes(content), `lost: ${content}`);
      }
    }),
    { numRuns: RUNS },
  );
});
