// Whose turn it is to have something passed on (RULES T9).

import { assert, assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { Queue, Turns } from "../../src/rendezvous/turns.ts";

const KB = 1024;

/** What comes out, in turn, of pieces that wait as `path: KB, KB …`, all from the beginning. */
function order(waiting: Record<string, number[]>): string[] {
  const queue = new Queue<string>();
  for (const [path, pieces] of Object.entries(waiting)) {
    for (const piece of pieces) queue.add(path.split("/"), path, piece * KB);
  }
  const out: string[] = [];
  while (queue.length > 0) out.push(queue.next().what);
  return out;
}

const ROWS: [what: string, waiting: Record<string, number[]>, out: string][] = [
  ["one alone has its pieces in order", { a: [1, 2, 3] }, "a a a"],
  ["who has little waits one turn of who has much", { a: Array(9).fill(32), b: [1] }, "a a b a a a a a a a"],
  [
    "each has as many bytes, whatever the pieces",
    { a: Array(4).fill(64), b: Array(8).fill(32) },
    "a b b a b b a b b a b b",
  ],
  [
    "who took more than its turn sits out for it",
    { a: [192, 64, 64], b: Array(5).fill(64) },
    "a b b b a b a b",
  ],
  [
    "the keys of one network share its turn",
    { "n/a": [64, 64], "n/b": [64, 64], "m/c": [64, 64] },
    "n/a m/c n/b m/c n/a n/b",
  ],
  [
    "so do the networks in a wider one",
    { "w/n/a": [64, 64], "w/o/b": [64], "w/p/c": [64], "x/q/d": [64, 64, 64] },
    "w/n/a x/q/d w/o/b x/q/d w/p/c x/q/d w/n/a",
  ],
];

for (const [what, waiting, out] of ROWS) {
  Deno.test(`${what}: ${out}`, () => assertEquals(order(waiting).join(" "), out));
}

Deno.test("whatever waits comes out once, and between two that always have something no one is far ahead", () => {
  const pieces = fc.array(fc.record({ who: fc.nat(3), cost: fc.integer({ min: 1, max: 256 }) }), {
    minLength: 1,
  });
  fc.assert(fc.property(pieces, (pieces) => {
    const queue = new Queue<number>();
    pieces.forEach(({ who, cost }, i) => queue.add([String(who % 2), String(who)], i, cost * KB));
    const left = pieces.reduce((sum, { who }) => (sum[who % 2]!++, sum), [0, 0]);
    const taken = [0, 0];
    const seen = new Set<number>();
    while (queue.length > 0) {
      const { what, cost } = queue.next();
      const side = pieces[what]!.who % 2;
      seen.add(what);
      taken[side]! += cost;
      left[side]!--;
      if (left[0]! > 0 && left[1]! > 0) assert(Math.abs(taken[0]! - taken[1]!) <= (256 + 2 * 64) * KB);
    }
    assertEquals(seen.size, pieces.length);
  }));
});

/** Turns on a clock that is set by hand; `tick` is a millisecond. */
function turns() {
  let [now, later] = [0, undefined as (() => void) | undefined];
  const all = new Turns({ now: () => now, later: (act) => later = act, tickMs: 1 });
  const out: string[] = [];
  const askBy = (path: string[], bytes: number) => all.take(path, bytes).then(() => void out.push(path[0]!));
  return {
    out,
    ask: (who: string, bytes: number) => askBy([who], bytes),
    askBy,
    async tick() {
      now++;
      const act = later;
      later = undefined;
      act?.();
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

Deno.test("while little is passed on it is passed on at once", async () => {
  const { ask, out } = turns();
  await ask("a", 200 * KB);
  await ask("b", 200 * KB);
  assertEquals(out, ["a", "b"]);
});

Deno.test("who has little waits for nobody, and who goes on has his turns like all", async () => {
  const { ask, out, tick } = turns();
  for (let i = 0; i < 100; i++) ask("flood", 256 * KB);
  await tick();
  const before = out.length;
  for (let i = 0; i < 100; i++) ask("alice", 16 * KB);
  await Promise.resolve();
  assertEquals(out.slice(before), ["alice", "alice"]);
  while (out.length < 200) await tick();
  const [alices, floods] = ["alice", "flood"].map((who) =>
    out.slice(before, before + 60).filter((of) => of === who)
  );
  assert(
    alices!.length > 7 * floods!.length,
    `${alices!.length} small pieces beside ${floods!.length} large ones`,
  );
});

Deno.test("a stranger's many keys and networks have one turn, and what they pass on at once has an end", async () => {
  const { askBy, out, tick } = turns();
  for (let i = 0; i < 200; i++) askBy(["mallory", "n", "k"], 16 * KB);
  for (let i = 0; i < 200; i++) askBy(["mallory", `n${i}`, `k${i}`], 16 * KB);
  askBy(["alice", "n", "k"], 16 * KB);
  await Promise.resolve();
  assertEquals(out.length, 32 + 32); // A millisecond's worth, and another for those who are new.
  while (!out.includes("alice")) await tick();
  assert(out.indexOf("alice") <= 65 + 4, `${out.indexOf("alice")} went first`);
});

Deno.test("quiet earns no more than a millisecond's worth", async () => {
  const { ask, out, tick } = turns();
  for (let i = 0; i < 1000; i++) await tick();
  for (let i = 0; i < 100; i++) ask("flood", 256 * KB);
  await tick();
  assert(out.length <= 2 * 4, `${out.length} passed`);
});
