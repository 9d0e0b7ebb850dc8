// What a root does by itself takes no more than its share of the time: whatever one go at it took, the pause after it is so many times as
// long. On the simulator's clock, with workers that take as long as a test says.

import { assertEquals } from "@std/assert";
import type { Hint } from "../../src/fs/watch/watch.ts";
import { rootOver } from "../../src/root/open_root.ts";
import { Reading } from "../../src/root/reading.ts";
import type { RemoteLink } from "../../src/root/rpc.ts";
import type { Opened } from "../../src/root/worker_host.ts";
import { Random } from "../fuzz/random.ts";
import { Clock } from "../simulator/virtual_clock.ts";

const TOOK_MS = 20;

/** Answers after 20 ms, and notes in `begun` when it was asked. */
function slowly<T>(clock: Clock, begun: number[], answer: T): () => Promise<T> {
  return () => {
    begun.push(clock.elapsed);
    return new Promise((resolve) => setTimeout(() => resolve(answer), TOOK_MS));
  };
}

function pausesIn(begun: readonly number[]): number[] {
  return begun.slice(1).map((at, number) => at - begun[number]! - TOOK_MS);
}

Deno.test("the slow reading takes a hundredth of the time: after a slice of 20 ms comes a pause of 1.98 s", async () => {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const howFar = { begun: 1, files: 1, bytes: 1, ofFiles: 2, ofBytes: 2 };
  const slice = { howFar, over: false, bytes: 1, took: TOOK_MS, stirred: false, findings: [] };
  const begun: number[] = [];
  const never = () => Promise.reject(new Error("nobody asked for that"));
  const workerHost = {
    ...{ beginReading: never, readSlice: never, readDoubted: never },
    readSlowly: slowly(clock, begun, { slice, due: 0 }),
  };
  const reading = new Reading(workerHost, 30, () => {}, () => {}, 1000);
  await clock.runTo(9_500);
  await reading.close();
  assertEquals(begun[0], 1000);
  assertEquals(pausesIn(begun), [1980, 1980, 1980, 1980]);
});

/** A root whose folders take 20 ms to sweep. What else is asked of its worker comes to nothing. */
function sweptRoot(clock: Clock, begun: number[]) {
  const answers: Record<string, unknown> = {
    scan: { changed: false, isEased: false, waiting: 0, writing: [], folders: 1, home: 0, rules: "" },
    review: { isEased: false, letGo: [] },
    prune: [],
  };
  const sweep = slowly(clock, begun, { found: false, took: TOOK_MS });
  const workerHost = new Proxy({}, {
    get: (_, name: string) => name === "sweep" ? sweep : () => Promise.resolve(answers[name] ?? false),
  });
  const link = { remote: () => workerHost, calls: 0, end() {} } as unknown as RemoteLink;
  const opened = { folder: "/folder", separator: "/", letGo: [] } as unknown as Opened;
  let hear!: Hint;
  const root = rootOver(link, opened, {
    watch(hint) {
      hear = hint;
      return { start: () => Promise.resolve(), stop() {} };
    },
  });
  return { root, hear: () => hear([{ path: "/folder/file", kinds: ["modify"] }], false, false) };
}

Deno.test("the sweep takes a two thousandth of the time, and while something is told a hundredth", async () => {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const begun: number[] = [];
  const { root, hear } = sweptRoot(clock, begun);
  await clock.runTo(130_000);
  assertEquals(begun[0], 5000);
  assertEquals(pausesIn(begun), [40_000, 40_000, 40_000]);
  const quiet = begun.length;
  hear();
  await clock.runTo(133_000);
  hear();
  await clock.runTo(136_000);
  await root.close();
  assertEquals(begun.slice(quiet), [132_000, 135_000]);
});
