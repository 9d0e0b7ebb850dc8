// A bounded run of the fuzzer on every target, the same each time; `deno task fuzz` goes on for longer.

import { TARGETS } from "./targets.ts";
import { fuzzedInWorker, written } from "./watched.ts";

const SEED = 4;

for (const { name, runs } of TARGETS) {
  Deno.test(`nothing hostile breaks: ${name}`, async () => {
    const { failure } = await fuzzedInWorker({ target: name, seed: SEED, runs, ms: Infinity });
    if (!failure) return;
    const again = `deno task fuzz --minutes 1 --seed ${SEED} --target ${name}`;
    throw new Error(`${failure.reason}\ninput: ${written(failure.input).slice(0, 2000)}\nagain: ${again}`);
  });
}
