// What wrong passwords cost.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { Guesses } from "../../src/rendezvous/guesses.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";

/** Guesses with a clock that is set by hand. */
function guesses(limits = {}) {
  const clock = { now: 1_000_000 };
  return { clock, guesses: new Guesses({ ...LIMITS, ...limits }, () => clock.now) };
}

Deno.test("the first wrong passwords cost nothing, then each doubles the wait, up to a minute", () => {
  const { clock, guesses: here } = guesses();
  const waits = Array.from({ length: 11 }, () => {
    here.wrong("a");
    const wait = here.wait("a");
    clock.now += wait * 1000;
    assertEquals(here.wait("a"), 0);
    return wait;
  });
  assertEquals(waits, [0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

Deno.test("the wait is told in seconds that are left, and never too few", () => {
  const { clock, guesses: here } = guesses({ freeGuesses: 1, guessMs: 10_000 });
  here.wrong("a");
  const told = [0, 1, 8_999, 1, 998, 1].map((ms) => {
    clock.now += ms;
    return here.wait("a");
  });
  assertEquals(told, [10, 10, 1, 1, 1, 0]);
});

Deno.test("networks do not wait for each other", () => {
  const { guesses: here } = guesses();
  for (let i = 0; i < 10; i++) here.wrong("a");
  here.wrong("b");
  assertEquals([here.wait("a") > 0, here.wait("b"), here.wait("c")], [true, 0, 0]);
});

Deno.test("wrong passwords are forgotten after a quiet while", () => {
  const { clock, guesses: here } = guesses();
  for (let i = 0; i < 10; i++) here.wrong("a");
  clock.now += LIMITS.guessMemoryMs - 1;
  here.wrong("a");
  assertEquals(here.wait("a"), 60);
  clock.now += LIMITS.guessMemoryMs;
  here.wrong("a");
  assertEquals(here.wait("a"), 0);
});

Deno.test("only so many networks are known; the one quiet the longest is forgotten", () => {
  const { guesses: here } = guesses({ guessers: 2, freeGuesses: 1 });
  for (const network of ["a", "b", "a", "c"]) here.wrong(network);
  assertEquals(["a", "b", "c"].map((network) => here.wait(network) > 0), [true, false, true]);
});

Deno.test("however somebody tries, the tries that are looked at in an hour are few", () => {
  fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 1 }), (pauses) => {
    const { clock, guesses: here } = guesses();
    const end = clock.now + 3_600_000;
    let looked = 0;
    for (let i = 0; clock.now < end; i++) {
      if (here.wait("a") === 0) {
        here.wrong("a");
        looked++;
      }
      clock.now += Math.max(100, pauses[i % pauses.length]!);
    }
    return looked <= 3 + 6 + 60;
  }));
});
