// Fuzzes for longer than the tests do: deno task fuzz [--minutes N] [--seed S] [--target NAME] [--input FILE]
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { attempt } from "../tests/fuzz/fuzz.ts";
import { TARGETS } from "../tests/fuzz/targets.ts";
import { fuzzedInWorker, readInput, written } from "../tests/fuzz/watched.ts";

/** Tries the input in a file again, in this thread: for looking at what it does. */
async function tryAgain(name: string, file: string): Promise<boolean> {
  const target = TARGETS.find((target) => target.name === name)!;
  const { answer, reason } = await attempt(target, readInput(Deno.readTextFileSync(file)));
  console.log(reason ?? `no defect: ${answer}`);
  return reason === undefined;
}

/** Fuzzes one target for so long; false when it found a defect. */
async function fuzzFor(target: string, seed: number, ms: number): Promise<boolean> {
  const began = performance.now();
  const { runs, answers, failure } = await fuzzedInWorker({ target, seed, runs: Infinity, ms });
  const rate = Math.round(runs / (performance.now() - began) * 1000);
  console.log(`${target.padEnd(10)} ${runs} runs, ${rate}/s, ${answers} different answers`);
  if (!failure) return true;
  console.error(`${target}, seed ${seed}, after ${runs} runs: ${failure.reason}`);
  const input = written(failure.input);
  const file = Deno.makeTempFileSync({ prefix: `fuzz-${target}-` });
  Deno.writeTextFileSync(file, input);
  console.error(`input: ${input.length < 2000 ? input : `${input.length} characters`}`);
  console.error(`again: deno task fuzz --target ${target} --input ${file}`);
  return false;
}

const given = parseArgs(Deno.args, { string: ["minutes", "seed", "target", "input"] });
const names = TARGETS.map(({ name }) => name).filter((name) => !given.target || name === given.target);
if (names.length === 0) {
  console.error(
    `There is no target ${given.target}: choose one of ${TARGETS.map(({ name }) => name).join(", ")}`,
  );
  Deno.exit(1);
}
if (given.input !== undefined) Deno.exit(await tryAgain(names[0]!, String(given.input)) ? 0 : 1);
const seed = Number(given.seed ?? Date.now() % 1_000_000);
const ms = Number(given.minutes ?? 1) * 60_000 / names.length;
console.log(`seed ${seed}, ${Math.round(ms / 1000)} s for each of ${names.length} targets`);
let clean = true;
for (const name of names) if (!await fuzzFor(name, seed, ms)) clean = false;
Deno.exit(clean ? 0 : 1);
