// Ignore rules against git's own, for longer than in the tests: deno task git-rules [--seed S] [--pairs N]. Asks `git check-ignore` about
// random rules and many paths, and names each pair on which we differ but for a reason that docs/IGNORE.md gives.
// deno-lint-ignore-file no-console -- a script speaks on the console

import { parseArgs } from "@std/cli/parse-args";
import { COMMON_PIECES, pathsToAsk, PIECES, reasonFor } from "../tests/support/git_patterns.ts";
import { type Difference, GitRules } from "../tests/support/git_rules.ts";
import { Random } from "../tests/fuzz/random.ts";

const WIDE = [
  "\u00e9",
  "\u00c9",
  "\u0431",
  "\u0411",
  "[\u00e0-\u00ff]",
  "\u{1f600}",
  "\u00a0",
  "\u3000",
  "\ufeff",
];
const WIDE_PATHS = [
  "\u00e9",
  "\u00c9",
  "\u0431",
  "\u0411b",
  "a\u00e9",
  "\u{1f600}",
  "a\u00a0",
  "a\u3000",
  "a\ufeff",
];

const given = parseArgs(Deno.args, { string: ["seed", "pairs"] });
const seed = Number(given.seed ?? Date.now() % 1_000_000);
const random = new Random(seed);
const all = [...PIECES, ...WIDE];
const paths = [...pathsToAsk(), ...WIDE_PATHS.flatMap((path) => [path, `${path}/`])];
using git = new GitRules(paths);

const counts = new Map<string, number>();
const unexplained: Difference[] = [];
let pairs = 0;
for (; pairs < Number(given.pairs ?? 70_000); pairs += paths.length) {
  const lines = Array.from({ length: random.below(3) + 1 }, rule);
  const folds = random.below(2) === 1;
  for (const difference of git.differences(lines.join("\n"), folds)) {
    const reason = reasonFor(difference, folds);
    if (reason === null) unexplained.push(difference);
    counts.set(reason ?? "none", (counts.get(reason ?? "none") ?? 0) + 1);
  }
}
console.log(`seed ${seed}: ${pairs} pairs`);
for (const [reason, count] of counts) console.log(`  ${count} differ: ${reason}`);
for (const difference of unexplained.slice(0, 20)) console.log(JSON.stringify(difference));
Deno.exit(unexplained.length === 0 ? 0 : 1);

function rule(): string {
  const pieces = random.below(2) === 1 ? all : COMMON_PIECES;
  return Array.from({ length: random.below(6) + 1 }, () => random.pick(pieces)).join("");
}
