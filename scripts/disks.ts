// Runs scenarios with alice's folder on one file system after another: deno task disks [LAB] [--short] [--only NAME,NAME]
// LAB: a script that runs a command on file systems that this kernel lacks, called as `LAB run -t SECONDS -m MIB NAME COMMAND…`, which
// mounts one at /mnt/disk; without it those are used that this kernel has and this user may mount. Prints a table in Markdown: what
// passed, what fails, and what was left out for what the disk lacks.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { hereKinds, inLab, type Kind } from "./disks/kinds.ts";
import { Packed } from "./disks/packed.ts";
import { runOn } from "./disks/scenarios.ts";
import { type Outcome, outcomeOf, rowOf, tableHead } from "./disks/table.ts";

const given = parseArgs(Deno.args, { string: ["on", "only"], boolean: ["short"] });
const short = given.short === true;

// Once more by itself, on one disk, also in the lab: here it tells as TAP what came of the tests.
if (given.on !== undefined) Deno.exit(await runOn(String(given.on), short));

const lab = given._[0] === undefined ? null : String(given._[0]);
const only = given.only === undefined ? null : String(given.only).split(",");
using packed = lab ? new Packed() : null;
const kinds = (lab && packed ? inLab(lab, short, packed) : hereKinds()).filter(({ name }) =>
  !only || only.includes(name)
);
/** Scenarios wait more than they compute; a lab has one guest. */
const AT_ONCE = lab ? 1 : 3;
const outcomes = new Map<Kind, Outcome>();
const rest = [...kinds];
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let kind = rest.shift(); kind; kind = rest.shift()) await runKind(kind);
}));

async function runKind(kind: Kind) {
  if (kind.missing) return console.log(`${kind.name}: left out, ${kind.missing}`);
  const began = performance.now();
  const told = await kind.run([
    ...[Deno.execPath(), "run", "--quiet", "-A", "--no-check", "--cached-only", "scripts/disks.ts"],
    ...["--on", kind.folder, ...(short ? ["--short"] : [])],
  ]);
  const outcome = outcomeOf(told);
  const file = Deno.makeTempFileSync({
    prefix: `tcpsync-disks-${kind.name.replaceAll(/\W+/g, "-")}-`,
    suffix: ".txt",
  });
  Deno.writeTextFileSync(file, told);
  outcomes.set(kind, outcome);
  for (const name of outcome.failed) console.log(`${kind.name}: FAILS ${name}`);
  if (outcome.passed === 0) console.log(`${kind.name}: nothing passed`);
  console.log(`${kind.name}: ${Math.round((performance.now() - began) / 1000)} s, all it told: ${file}`);
  console.log(rowOf(kind.name, outcome));
}

const ran = kinds.flatMap((kind): [Kind, Outcome][] => {
  const outcome = outcomes.get(kind);
  return outcome ? [[kind, outcome]] : [];
});
console.log([...tableHead(), ...ran.map(([kind, outcome]) => rowOf(kind.name, outcome))].join("\n"));
const passed = ran.reduce((sum, [, outcome]) => sum + outcome.passed, 0);
const failed = ran.reduce(
  (sum, [, { failed, passed }]) => sum + (failed.length || (passed === 0 ? 1 : 0)),
  0,
);
console.log(`${passed} passed | ${failed} failed`);
Deno.exitCode = failed === 0 ? 0 : 1;
