// How long a client waits between two attempts.

import { assertEquals } from "@std/assert";
import { waitBefore } from "../../../src/peer/link/backoff.ts";
import { pause } from "../../../src/root/pace.ts";

const backoff = { first: 250, longest: 10_000 };

Deno.test("waits double up to the longest, less up to a quarter by chance", () => {
  assertEquals([0, 1, 2, 5, 6, 1000].map((attempt) => waitBefore(attempt, backoff, 0)), [
    250,
    500,
    1000,
    8000,
    10_000,
    10_000,
  ]);
  assertEquals(waitBefore(6, backoff, 0.999), 7503);
});

Deno.test("a pause ends at once when it is called off", async () => {
  const stop = new AbortController();
  const paused = pause(1_000_000, stop.signal);
  stop.abort();
  await paused;
  await pause(1_000_000, stop.signal);
});
