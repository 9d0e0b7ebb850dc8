// The watch of a root, by the table in root_watch.ts: what starts and stops it, and when it rests.

import { assertEquals } from "@std/assert";
import { RootWatch } from "../../src/root/root_watch.ts";
import { Random } from "../fuzz/random.ts";
import { Clock } from "../simulator/virtual_clock.ts";

type Input = "arm" | "pause" | "resume" | "renew" | "close" | number;

/** What a watch does at these inputs, in their order; a number: so many ms go by. `due`: what is left until everything may be looked at,
 * ms after the beginning. Returns what was done, and whether it is on in the end. */
async function doneAt(inputs: Input[], due = 0): Promise<[done: string[], isOn: boolean]> {
  const clock = new Clock(new Random(1));
  using _ = clock.install();
  const done: string[] = [];
  const watching = {
    start: () => {
      done.push(`start ${clock.elapsed}`);
      return Promise.resolve();
    },
    stop: () => void done.push(`stop ${clock.elapsed}`),
  };
  const watch = new RootWatch(() => watching, {
    hint: () => {},
    plan: () => Promise.resolve(null),
    watches: () => Promise.resolve(),
    unwatched: () => {},
    lookDue: () => due - clock.elapsed,
  });
  for (const input of inputs) {
    if (typeof input === "number") await clock.runTo(clock.elapsed + input);
    else watch[input]();
  }
  return [done, watch.isOn];
}

const ROWS: [what: string, inputs: Input[], due: number, done: string[], isOn: boolean][] = [
  ["it is off until it is armed", ["pause", "resume"], 0, [], false],
  ["armed once it stays", ["arm", "arm"], 0, ["start 0"], true],
  ["armed while it is paused it waits", ["pause", "arm", "resume"], 0, ["start 0"], true],
  ["as many resumes as pauses", ["arm", "pause", "pause", "resume"], 0, ["start 0", "stop 0"], false],
  ["after them it is on", ["arm", "pause", "resume"], 0, ["start 0", "stop 0", "start 0"], true],
  ["it rests where everything was looked at just now", ["arm", "pause", "resume", 50], 70, [
    "start 0",
    "stop 0",
  ], false],
  ["and is on in time", ["arm", "pause", "resume", 100], 70, ["start 0", "stop 0", "start 70"], true],
  ["or once it is armed", ["arm", "pause", "resume", 50, "arm", 100], 70, [
    "start 0",
    "stop 0",
    "start 50",
  ], true],
  ["paused again it does not rest", ["arm", "pause", "resume", 50, "pause", 100], 70, [
    "start 0",
    "stop 0",
  ], false],
  ["a folder that is back renews it", ["arm", "renew"], 0, ["start 0", "stop 0", "start 0"], true],
  ["but not while it rests", ["arm", "pause", "resume", "renew", 100], 70, [
    "start 0",
    "stop 0",
    "start 70",
  ], true],
  ["closed it stays off", ["arm", "pause", "resume", "close", 100, "arm"], 70, [
    "start 0",
    "stop 0",
    "stop 0",
  ], false],
];

for (const [what, inputs, due, done, isOn] of ROWS) {
  Deno.test(`the watch of a root: ${what}`, async () => {
    assertEquals(await doneAt(inputs, due), [done, isOn]);
  });
}
