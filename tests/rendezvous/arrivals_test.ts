// How many connections there may be, from one network and in all, and how fast they may come.

import { assert, assertEquals } from "@std/assert";
import { type Network, networksOf } from "../../src/rendezvous/address.ts";
import { type Arrival, Arrivals } from "../../src/rendezvous/arrivals.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";

const of = (id: string): Network[] => [{ id, shares: 1 }];

Deno.test("a network has its own share of the connections, and leaving makes room", () => {
  const arrivals = new Arrivals({ ...LIMITS, connections: 3, connectionsPerNetwork: 2 });
  const come = (id: string) => arrivals.enter(of(id), 0);
  const here = ["a", "a", "a", "b", "c"].map(come);
  assertEquals(here.map((arrival) => arrival !== undefined), [true, true, false, true, false]);
  here[0]!.leave();
  const late = come("b");
  assertEquals([late, come("b")].map((arrival) => arrival !== undefined), [true, false]);
  late!.leave();
  assertEquals([come("a"), come("a")].map((arrival) => arrival !== undefined), [true, false]);
});

Deno.test("many networks in a wider one have no more together than it may have", () => {
  const arrivals = new Arrivals({ ...LIMITS, connectionsPerNetwork: 2, arrivals: 2 });
  const come = (host: string) => arrivals.enter(networksOf(host), 0)?.early;
  const hosts = ["2001:db8:7:1::1", "2001:db8:7:2::1", "2001:db8:7:3::1", "2001:db8:7:404::1"];
  assertEquals(hosts.map(come), [0, 0, 0, 0]);
  assertEquals(["2001:db8:7:505::1", "2001:db8:7:6::1"].map(come), [undefined, undefined]);
  assertEquals(come("2001:db8:8:1::1"), 0);
  assertEquals(["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4", "192.0.2.5"].map(come), [
    0,
    0,
    0,
    0,
    undefined,
  ]);
  assertEquals(come("192.0.3.1"), 0);
});

Deno.test("who comes over and over waits the longer, also when he leaves at once, and nobody waits for him", () => {
  const arrivals = new Arrivals({ ...LIMITS, arrivals: 2, arrivalMs: 10 });
  const visit = (id: string, now: number) => {
    const arrival = arrivals.enter(of(id), now)!;
    arrival.leave();
    return arrival.early;
  };
  assertEquals([1, 2, 3, 4].map(() => visit("a", 1000)), [0, 0, 10, 20]);
  assertEquals(visit("b", 1000), 0);
  assertEquals(visit("a", 1010), 20);
  assertEquals(visit("a", 1100), 0);
});

Deno.test("however often somebody comes and goes, the wait it makes for his neighbours has an end", () => {
  const arrivals = new Arrivals({ ...LIMITS, handshakeMs: 1000 });
  for (let i = 0; i < 100_000; i++) arrivals.enter(of("a"), 0)?.leave();
  assertEquals(arrivals.enter(of("a"), 0), undefined);
  assert(arrivals.enter(of("a"), 1000) !== undefined);
});

Deno.test("who was invited counts for those who invited him, and his own network is as it was before", () => {
  const arrivals = new Arrivals({ ...LIMITS, connectionsPerNetwork: 1, arrivals: 1, arrivalMs: 10 });
  const [inviter, invitee] = [of("a"), of("b")];
  const come = (networks: Network[]) => arrivals.enter(networks, 0) as Arrival | undefined;
  const own = come(inviter);
  assertEquals([own?.early, arrivals.canHost(inviter)], [0, true]);
  const first = come(invitee)!;
  first.hostedBy(inviter, 0);
  assertEquals([arrivals.canHost(inviter), arrivals.canHost(invitee)], [false, true]);
  const second = come(invitee);
  assertEquals([second?.early, come(invitee)], [0, undefined]);
  own!.leave();
  assertEquals(come(inviter)?.early, 20); // Of the two that came before one was his user.
  first.leave();
  assertEquals(arrivals.canHost(inviter), true);
});

Deno.test("networks that came and went are forgotten, those that are here or came just now are not", () => {
  const arrivals = new Arrivals({ ...LIMITS, arrivals: 10, arrivalMs: 10 });
  arrivals.enter(of("stays"), 0);
  for (let i = 0; i < 1000; i++) {
    arrivals.enter(of(`n${i}`), i)!.leave();
    assert(arrivals.known <= 102, `${arrivals.known} at ${i}`);
  }
  arrivals.enter(of("last"), 10_000);
  assertEquals(arrivals.known, 2);
});
