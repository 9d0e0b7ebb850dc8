// What wrong passwords cost (RULES T9).

import { assert, assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { networksOf } from "../../src/rendezvous/address.ts";
import { Guesses } from "../../src/rendezvous/guesses.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";

/** Guesses with a clock that is set by hand. A network is named by itself, or by an address in it. */
function guesses(limits = {}) {
  const clock = { now: 1_000_000 };
  const all = new Guesses({ ...LIMITS, ...limits }, () => clock.now);
  return {
    clock,
    guesses: {
      wait: (host: string, known?: string) => all.wait(networksOf(host), known),
      wrong: (host: string, known?: string) => all.wrong(networksOf(host), known),
    },
  };
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

/** What looks at passwords from `hosts` as often as it is allowed, for an hour: how many times. */
function lookedAtInAnHour(hosts: string[], limits = {}): number {
  const { clock, guesses: here } = guesses(limits);
  let looked = 0;
  for (const end = clock.now + 3_600_000; clock.now < end; clock.now += 5000) {
    for (const host of hosts) {
      if (here.wait(host) > 0) continue;
      here.wrong(host);
      looked++;
    }
  }
  return looked;
}

const ALL = { guessesInAll: 1e9 };

for (
  const [what, host] of [
    ["one IPv6 /56", (i: number) => `2001:db8:1:${i.toString(16)}::1`],
    ["one IPv6 /48", (i: number) => `2001:db8:1:${(i * 100).toString(16)}::1`],
    ["one IPv4 /24", (i: number) => `192.0.2.${i}`],
  ] as const
) {
  Deno.test(`from ${what} hardly more passwords are looked at than from one network in it`, () => {
    const hosts = Array.from({ length: 200 }, (_, i) => host(i));
    const looked = lookedAtInAnHour(hosts, ALL);
    assert(looked <= 2 * 3 + 6 + 60, `${looked} were looked at`);
  });
}

Deno.test("one who guesses on and on has none of his neighbours wait", () => {
  const { clock, guesses: here } = guesses();
  for (let i = 0; i < 1000; i++) {
    if (here.wait("2001:db8:1:2::1") === 0) here.wrong("2001:db8:1:2::1");
    if (here.wait("192.0.2.1") === 0) here.wrong("192.0.2.1");
    clock.now += 1000;
    assertEquals(["2001:db8:1:3::1", "192.0.2.2"].map((host) => here.wait(host)), [0, 0]);
  }
});

Deno.test("however many guess, a right password is looked at from wherever nobody guessed", () => {
  const { guesses: here } = guesses();
  for (let i = 0; i < 5000; i++) {
    const host = `2001:db8:${i.toString(16)}::1`;
    assertEquals(here.wait(host), 0);
    here.wrong(host);
  }
  assertEquals(here.wait("192.0.2.1"), 0);
});

Deno.test("when too many guess, a network has one guess and then the longest wait, and that passes", () => {
  const { clock, guesses: here } = guesses();
  here.wrong("192.0.2.1");
  assertEquals(here.wait("192.0.2.1"), 0);
  for (let i = 1; i < LIMITS.guessesInAll; i++) here.wrong(`2001:db8:${i.toString(16)}::1`);
  assertEquals(here.wait("192.0.2.1"), 60);
  clock.now += LIMITS.guessMemoryMs / LIMITS.guessesInAll;
  assertEquals(here.wait("192.0.2.1"), 0);
});

Deno.test("a key that came in before is looked at wherever it comes from, once", () => {
  const { clock, guesses: here } = guesses();
  for (let i = 0; i < 10; i++) here.wrong("192.0.2.1");
  assertEquals([here.wait("192.0.2.1") > 0, here.wait("192.0.2.1", "alice")], [true, 0]);
  here.wrong("192.0.2.1", "alice");
  assertEquals([here.wait("192.0.2.1", "alice") > 0, here.wait("192.0.2.1", "bob")], [true, 0]);
  clock.now += LIMITS.guessMemoryMs;
  assertEquals(here.wait("192.0.2.1", "alice"), 0);
});
