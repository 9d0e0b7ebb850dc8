// Chaos for longer than in the tests: deno task chaos [--minutes N] [--seed S]. Round after round, each by a seed of its own;
// ends by itself, at the first thing that is wrong or when the time is over, and tells what was done how often.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { leftOut } from "../tests/chaos/faults.ts";
import { round } from "../tests/chaos/round.ts";
import { SmallDisk } from "../tests/support/small_disk.ts";

const given = parseArgs(Deno.args, { string: ["minutes", "seed", "rounds", "acts"], boolean: ["go-on"] });
const first = Number(given.seed ?? Date.now() % 1_000_000);
const until = performance.now() + Number(given.minutes ?? 1) * 60_000;
const most = Number(given.rounds ?? Infinity);
const disk = SmallDisk.possible();
const tally = { act: new Map<string, number>(), fault: new Map<string, number>() };

console.log(`first seed ${first}; left out here: ${leftOut(disk).join(", ") || "nothing"}`);
let rounds = 0;
let failures = 0;
let stopped = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  if (Deno.build.os === "windows" && signal === "SIGTERM") continue;
  // A round cleans up after itself.
  Deno.addSignalListener(signal, () => {
    stopped = true;
    console.log("ends after this round");
  });
}
while (!stopped && performance.now() < until && rounds < most && (failures === 0 || given["go-on"])) {
  const seed = first + rounds++;
  try {
    await round({
      seed,
      acts: Number(given.acts ?? 60),
      rests: 3,
      disk,
      keep: true,
      did: (kind, name) => tally[kind].set(name, (tally[kind].get(name) ?? 0) + 1),
    });
  } catch (error) {
    failures++;
    console.error(`${(error as Error).message}\nagain: deno task chaos --seed ${seed} --rounds 1`);
  }
}
console.log(`${rounds} rounds, ${failures} failed`);
for (const [kind, counts] of Object.entries(tally)) {
  console.log(`${kind}s:`);
  for (const [name, count] of [...counts].sort()) console.log(`  ${name.padEnd(30)} ${count}`);
}
Deno.exit(failures === 0 ? 0 : 1);
