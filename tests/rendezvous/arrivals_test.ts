// How many connections there may be, from one network and in all, and how fast they may come.

import { assert, assertEquals } from "@std/assert";
import { Arrivals } from "../../src/rendezvous/arrivals.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";

Deno.test("a network has its own share of the connections, and leaving makes room", () => {
  const arrivals = new Arrivals({ ...LIMITS, connections: 3, connectionsPerNetwork: 2 });
  const come = (network: string) => arrivals.enter(network, 0) !== undefined;
  assertEquals([come("a"), come("a"), come("a"), come("b"), come("c")], [true, true, false, true, false]);
  arrivals.leave("a");
  assertEquals([come("b"), come("b")], [true, false]);
  arrivals.leave("b");
  assertEquals([come("a"), come("a")], [true, false]);
});

Deno.test("who comes over and over waits the longer, also when he leaves at once, and nobody waits for him", () => {
  const arrivals = new Arrivals({ ...LIMITS, arrivals: 2, arrivalMs: 10 });
  const visit = (network: string, now: number) => {
    const wait = arrivals.enter(network, now);
    arrivals.leave(network);
    return wait;
  };
  assertEquals([1, 2, 3, 4].map(() => visit("a", 1000)), [0, 0, 10, 20]);
  assertEquals(visit("b", 1000), 0);
  assertEquals(visit("a", 1010), 20);
  assertEquals(visit("a", 1100), 0);
});

Deno.test("networks that came and went are forgotten, those that are here or came just now are not", () => {
  const arrivals = new Arrivals({ ...LIMITS, arrivals: 10, arrivalMs: 10 });
  arrivals.enter("stays", 0);
  for (let i = 0; i < 1000; i++) {
    arrivals.enter(`n${i}`, i);
    arrivals.leave(`n${i}`);
    assert(arrivals.known <= 102, `${arrivals.known} at ${i}`);
  }
  arrivals.enter("last", 10_000);
  assertEquals(arrivals.known, 2);
});
