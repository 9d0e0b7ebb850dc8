// Simulates two people, a server and all that can go wrong: deno task simulate [--seed S] [--minutes N] [--log]
// With a seed that seed alone, unless --minutes asks for those after it too.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { SECOND_GENERATION } from "../tests/simulator/personality.ts";
import { simulate, temporaryPlace } from "../tests/simulator/simulate.ts";

const given = parseArgs(Deno.args, { string: ["seed", "minutes"], boolean: ["log"] });
const first = Number(given.seed ?? SECOND_GENERATION + Date.now() % 200_000_000);
const minutes = Number(given.minutes ?? (given.seed === undefined ? 1 : 0));
const place = temporaryPlace();
const began = performance.now();
let runs = 0;
let failures = 0;
do {
  const seed = first + runs++;
  const { failure, digest, log } = await simulate(seed, place.path, given.log === true);
  for (const line of log) console.log(line);
  if (given.log) console.log(digest);
  if (failure === undefined) continue;
  failures++;
  console.error(`seed ${seed}: ${failure}`);
} while (performance.now() - began < minutes * 60_000);
place[Symbol.dispose]();
const each = Math.round((performance.now() - began) / runs);
console.log(`${runs} seeds from ${first} on, ${each} ms each: ${failures} failed`);
Deno.exit(failures === 0 ? 0 : 1);
