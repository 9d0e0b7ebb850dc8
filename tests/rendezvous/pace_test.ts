// How fast the server reads from one connection.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { Pace } from "../../src/rendezvous/pace.ts";

Deno.test("a burst costs nothing, what comes after it its time, and quiet earns no more than a burst", () => {
  const pace = new Pace(10, 5);
  assertEquals(pace.take(10, 1000), 0);
  assertEquals(pace.take(2, 1000), 10);
  assertEquals(pace.take(1, 1005), 10);
  assertEquals([pace.isFull(1064), pace.isFull(1065)], [false, true]);
  assertEquals(pace.take(1, 1500), 0);
  assertEquals(pace.take(10, 999_999), 0);
  assertEquals(pace.take(3, 999_999), 15);
});

Deno.test("who waits as told never takes more than a burst and one each interval", () => {
  const takes = fc.array(fc.record({ pieces: fc.nat(50), quiet: fc.nat(300) }), { minLength: 1 });
  fc.assert(fc.property(fc.integer({ min: 1, max: 50 }), takes, (burst, takes) => {
    const pace = new Pace(burst, 5);
    let [now, taken] = [0, 0];
    for (const { pieces, quiet } of takes) {
      now += quiet + pace.take(pieces, now + quiet);
      taken += pieces;
      if (taken > burst + now / 5) return false;
    }
    return true;
  }));
});
