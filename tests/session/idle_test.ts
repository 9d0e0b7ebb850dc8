// How alpha rests between two cycles, against a context that only remembers: what is said, how long is waited, what ends the rest.

import { assertEquals, assertRejects } from "@std/assert";
import { Disagreement, type Problem } from "../../src/core/failure.ts";
import type { SessionContext } from "../../src/session/context.ts";
import { NOTHING_DONE, type Outcome, Rest } from "../../src/session/idle.ts";
import { holdingMessage } from "../../src/session/sameness.ts";
import { type Holding } from "../../src/endpoint/holding.ts";

const holding: Holding = {
  generation: 2,
  digest: "ab",
  files: 1,
  bytes: 1,
  apart: 0,
  looked: 5,
  read: 7,
  mute: null,
};
const held: Problem = { path: "a", reason: "held open", lasting: false, whose: "bob" };
const inSync: Outcome = { ...NOTHING_DONE, inSync: true };
const failed: Outcome = { ...NOTHING_DONE, failures: [held] };
const written: Outcome = {
  ...NOTHING_DONE,
  waiting: true,
  onlyWaits: true,
  writing: [{ path: "w", whose: "bob" }],
};

/** A context whose peer answers `peers` in turn when it is asked what it holds; a change comes when they are used up. */
function restWith(peers: Partial<Holding>[] = []) {
  const done: string[] = [];
  const changes = {
    pending: false,
    wait(ms: number) {
      done.push(`wait ${ms}`);
      changes.pending = peers.length === 0;
      return Promise.resolve();
    },
  };
  const context = {
    changes,
    once: false,
    root: { armWatch: () => {} },
    stream: {
      isOpen: true,
      send: ({ type }: { type: string }) => Promise.resolve(void done.push(type)),
      expect: () => Promise.resolve(holdingMessage({ ...holding, ...peers.shift() })),
    },
    endpoint: {
      rest: () => Promise.resolve(),
      holding: () => Promise.resolve(holding),
      standing: () => Promise.resolve({ ...holding, conflicts: [] }),
    },
    reads: { rest() {} },
    report: { verified() {}, inSync() {}, waiting: (retry: number) => done.push(`told ${retry}`) },
  } as unknown as SessionContext;
  return { rest: new Rest(context), done, changes };
}

Deno.test("in sync both say what they hold at once, and again every ten seconds, until something changes", async () => {
  const { rest, done } = restWith([{}, {}, {}]);
  assertEquals(await rest.after(inSync), null);
  const again = ["wait 10000", "holding"];
  assertEquals(done, ["insync", "holding", ...again, ...again, "wait 10000"]);
});

Deno.test("what is apart and was not before ends the rest, though nobody told of a change", async () => {
  const { rest, done, changes } = restWith([{ apart: 1 }, { apart: 1 }, { apart: 2 }, {}, {}]);
  assertEquals(await rest.after(inSync), null);
  assertEquals([done.filter((what) => what === "holding").length, changes.pending], [3, false]);
});

for (const other of [{ digest: "cd" }, { generation: 3 }]) {
  Deno.test(`a peer that holds another ${Object.keys(other)} at rest is a disagreement`, async () => {
    const { rest } = restWith([{}, other]);
    await assertRejects(() => rest.after(inSync), Disagreement);
  });
}

Deno.test("field 24: what failed is tried again after twice as long each time, at most five seconds, and both are told when", async () => {
  const { rest, done } = restWith();
  for (let count = 0; count < 7; count++) await rest.after(failed);
  const pauses = [250, 500, 1000, 2000, 4000, 5000, 5000];
  assertEquals(done.filter((what) => what.startsWith("told")), pauses.map((ms) => `told ${ms}`));
  assertEquals(done.filter((what) => what.startsWith("wait ")), pauses.map((ms) => `wait ${ms}`));
  await rest.after(inSync);
  done.length = 0;
  await rest.after(failed);
  assertEquals(done.at(-1), "wait 250", "what was mended and fails again begins anew");
});

Deno.test("a file being written is looked at again soon, and told only when it takes more than a moment", async () => {
  const { rest, done } = restWith();
  for (let count = 0; count < 7; count++) await rest.after(written);
  assertEquals(
    done.filter((what) => what.startsWith("wait ")),
    [60, 120, 240, 480, 960, 1920, 2000].map((ms) => `wait ${ms}`),
  );
  assertEquals(done.indexOf("told 0"), 4, done.join());
});

Deno.test("while people are asked, nothing is compared and nothing is said", async () => {
  const { rest, done } = restWith();
  assertEquals(await rest.after({ ...NOTHING_DONE, halted: "stay" }), null);
  assertEquals(done.length, 1);
  assertEquals(await rest.after({ ...NOTHING_DONE, halted: "ends" }), 2);
});
