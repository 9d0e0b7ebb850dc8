// The fuzzer itself: it finds what was planted, makes it small, and does the same again for the same seed.

import { assert, assertEquals } from "@std/assert";
import { fuzz, type Target } from "./fuzz.ts";
import type { Input } from "./mutate.ts";
import { readInput, Slate, written } from "./watched.ts";

/** Fails only for one who first comes upon the step before. */
const planted: Target<Uint8Array> = {
  name: "planted",
  runs: 20_000,
  seeds: () => [new TextEncoder().encode("head 1 and then a long tail that does not matter")],
  run(bytes) {
    if (bytes[4] !== 0x20) return "no head";
    if (bytes[5] !== 0xff) return "short";
    if (bytes[6] === 0) throw new Error("planted");
    return "announced";
  },
};

const limited = (limit: number) => (runs: number) => runs < limit;

Deno.test("what is planted behind two conditions is found, and little is left of the input", async () => {
  const { failure, answers } = await fuzz(planted, 1, limited(planted.runs));
  assert(failure?.reason.includes("planted"), `found nothing, ${answers} answers`);
  assertEquals(failure?.input.length, 7);
});

Deno.test("the same seed tries the same inputs, another seed others", async () => {
  const tried = async (seed: number) => {
    const inputs: string[] = [];
    await fuzz(planted, seed, limited(200), (input) => inputs.push(written(input)));
    return inputs;
  };
  assertEquals(await tried(7), await tried(7));
  assert(String(await tried(7)) !== String(await tried(8)));
});

const INPUTS: Input[] = [
  "",
  'a"\\\n\u00e9',
  "\ud800\udc00\ud800",
  new Uint8Array(0),
  Uint8Array.of(0, 9, 255),
];

for (const input of INPUTS) {
  Deno.test(`an input reads back as it was written down: ${written(input) || "no bytes"}`, () => {
    assertEquals(readInput(written(input)), input);
    const slate = new Slate();
    slate.write(input);
    assertEquals([new Slate(slate.shared).read(), slate.begun], [input, 1]);
  });
}
