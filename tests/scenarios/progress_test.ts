// A large transfer over a slow line, as both people are told of it: one plan and one count from its first byte to its last, whatever
// cycles lie between.

import { assert, assertEquals } from "@std/assert";
import { Line } from "../support/line.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import type { Told } from "./program.ts";

/** A line that lets at most 4 MB/s pass. */
async function slowPair(scene: Scene) {
  await scene.serve();
  const { port } = scene;
  const line = new Line(() => port);
  line.delay = 16;
  scene.port = line.port;
  const alice = scene.person("alice", "--invite", "bob");
  const bob = scene.person("bob", "--accept-from", "alice");
  return { alice, bob, line };
}

/** Content that nobody can make smaller. */
function noise(size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}

const SIZE = 64 << 20;
const SAVE = "saved meanwhile";

/** Nothing that is told of the work under way falls back. */
function assertGrows(told: Told[]) {
  for (const what of ["files", "bytes", "ofFiles", "ofBytes"]) {
    const values = told.map((one) => one[what]);
    assertEquals(values, values.toSorted((one, other) => one - other), `${what} fell back`);
  }
}

/** Saves something small at each of the next `count` tellings, and waits until it has come. */
async function saveMeanwhile(saver: Person, other: Person, count: number) {
  for (let number = 0; number < count; number++) {
    await saver.event("progress");
    const name = `${saver.name} ${number}`;
    saver.folder.write(name, SAVE);
    await other.until(name, () => other.folder.has(name));
  }
}

for (const sender of ["alice", "bob"]) {
  scenario(
    `a large file that ${sender} sends is one plan and one count, with small saves meanwhile`,
    async (scene) => {
      const { alice, bob, line } = await slowPair(scene);
      await using _ = line;
      alice.start();
      bob.start();
      await Promise.all([alice.event("insync"), bob.event("insync")]);
      const [from, to] = sender === "alice" ? [alice, bob] : [bob, alice];
      const marks = [alice, bob].map((person) => person.program.mark());
      from.folder.write("large", noise(SIZE));
      await saveMeanwhile(from, to, 2);
      await saveMeanwhile(to, from, 1);
      assert(!to.folder.has("large"), "it came before the last of the saves did");
      line.delay = 0;
      await scene.alike(alice, bob);
      for (const [at, { program }] of [alice, bob].entries()) {
        const plans = program.since(marks[at]!, "plan").filter(({ bytes }) => bytes > SAVE.length);
        assertEquals(plans.map(({ bytes }) => bytes), [SIZE]);
        const told = program.since(marks[at]!, "progress");
        assertGrows(told);
        assertEquals(
          new Set(told.map(({ ofBytes }) => ofBytes - ofBytes % 1000)),
          new Set([SIZE - SIZE % 1000]),
        );
      }
    },
  );
}

scenario(
  "when the line is cut what is left of a large file is planned, and not all of it again",
  async (scene) => {
    const { alice, bob, line } = await slowPair(scene);
    await using _ = line;
    alice.folder.write("large", noise(SIZE));
    alice.start();
    bob.start();
    const far = await bob.event("progress", ({ bytes }) => bytes > SIZE / 8);
    line.cut();
    line.delay = 0;
    const plan = await bob.event("plan");
    assert(
      plan.bytes > 0 && plan.bytes <= SIZE - far.bytes,
      `${plan.bytes} of ${SIZE} planned after ${far.bytes}`,
    );
    await scene.alike(alice, bob);
    for (const { program } of [alice, bob]) {
      const [first, second] = program.since(0, "plan");
      assertEquals([first?.bytes, second?.bytes], [SIZE, plan.bytes]);
      const told = program.events.slice(program.events.indexOf(second!)).filter(({ event }) =>
        event === "progress"
      );
      assertGrows(told);
      assertEquals(told[0]!.bytes, SIZE - plan.bytes, "it began anew");
      assertEquals([...new Set(told.map(({ ofBytes }) => ofBytes))], [SIZE]);
    }
  },
);

scenario("a first copy of many files that is interrupted by saves counts each file once", async (scene) => {
  const { alice, bob, line } = await slowPair(scene);
  await using _ = line;
  for (let number = 0; number < 60; number++) alice.folder.write(`photo ${number}`, noise(300_000));
  alice.start();
  bob.start();
  await saveMeanwhile(alice, bob, 2);
  await scene.alike(alice, bob);
  for (const { program } of [alice, bob]) {
    // Where all had come before the last save, that is a plan of its own.
    const [plan, next] = program.since(0, "plan");
    const end = next ? program.events.indexOf(next) : Infinity;
    const told = program.events.slice(0, end).filter(({ event }) => event === "progress");
    assertGrows(told);
    assertEquals(plan!.bytes, 60 * 300_000);
    assert(told.at(-1)!.ofBytes <= plan!.bytes + 2 * SAVE.length);
    assert(told.at(-1)!.ofFiles <= 62);
  }
});
