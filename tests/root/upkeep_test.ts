// Upkeep wakes nobody for nothing: what is put in place is proved until nothing is listed, what is kept out is looked at as long as something
// is, and then both rest until something goes on in the root.

import { assertEquals } from "@std/assert";
import { Upkeep } from "../../src/root/upkeep.ts";
import { Random } from "../fuzz/random.ts";
import { Clock } from "../simulator/virtual_clock.ts";

/** The upkeep of a root whose worker answers what `answers` holds, and when it was asked, in ms since the beginning. */
function upkeptRoot(clock: Clock) {
  const asked = { prove: [] as number[], review: [] as number[] };
  const answers = {
    prove: "never" as "now" | "later" | "never",
    isHindered: false,
    isEased: false,
    takes: 0,
  };
  const answer = async <T>(at: number[], what: T): Promise<T> => {
    at.push(clock.elapsed);
    if (answers.takes > 0) await new Promise((resolve) => setTimeout(resolve, answers.takes));
    return what;
  };
  let eased = 0;
  const upkeep = new Upkeep(
    {
      prune: () => Promise.resolve([]),
      prove: () => answer(asked.prove, answers.prove),
      review: () =>
        answer(asked.review, { isEased: answers.isEased, isHindered: answers.isHindered, letGo: [] }),
    },
    () => {},
    () => eased++,
  );
  return { upkeep, asked, answers, eased: () => eased };
}

/** The times from `since` on, counted from then. */
const after = (since: number, times: number[]) =>
  times.filter((time) => time > since).map((time) => time - since);

Deno.test("where there is nothing to do nobody is asked again, until something goes on", async () => {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const { upkeep, asked } = upkeptRoot(clock);
  upkeep.begin();
  await clock.runTo(600_000);
  assertEquals(asked, { prove: [1000], review: [2000] });
  upkeep.stir();
  upkeep.stir();
  await clock.runTo(1_200_000);
  assertEquals(after(600_000, asked.prove), [1000]);
  assertEquals(after(600_000, asked.review), [2000]);
  upkeep.end();
});

Deno.test("as long as there is something to prove, or to review, both are asked", async () => {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const { upkeep, asked, answers, eased } = upkeptRoot(clock);
  Object.assign(answers, { prove: "later", isHindered: true });
  upkeep.begin();
  await clock.runTo(6_500);
  assertEquals(asked, { prove: [1000, 2000, 3000, 4000, 5000, 6000], review: [2000, 4000, 6000] });
  Object.assign(answers, { prove: "now", isHindered: false, isEased: true });
  await clock.runTo(7_055);
  assertEquals(after(7_000, asked.prove), [10, 20, 30, 40, 50]);
  Object.assign(answers, { prove: "never" });
  await clock.runTo(60_000);
  assertEquals([after(7_055, asked.prove), after(7_055, asked.review), eased()], [[5], [945], 1]);
  upkeep.end();
});

Deno.test("what goes on while the worker answers is looked at, too", async () => {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const { upkeep, asked, answers } = upkeptRoot(clock);
  answers.takes = 300;
  upkeep.begin();
  await clock.runTo(1_100);
  upkeep.stir(); // Its answer is on the way, and knows nothing of that.
  await clock.runTo(60_000);
  assertEquals(asked, { prove: [1000, 2300], review: [2000] });
  upkeep.end();
});
