// Ignore rules mean what they mean to git (RULES I1): asked of git itself, at random. The long way: scripts/git_rules.ts.

import { assertEquals } from "@std/assert";
import fc from "../support/property.ts";
import { COMMON_PIECES, pathsToAsk, PIECES, reasonFor } from "../support/git_patterns.ts";
import { GitRules, hasGit } from "../support/git_rules.ts";

const of = (pieces: readonly string[]) =>
  fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }).map((drawn) => drawn.join(""));
const rule = fc.oneof(of(PIECES), of(COMMON_PIECES));

Deno.test({
  name: "rules say what git says of them, but where docs/IGNORE.md gives a reason",
  ignore: !hasGit(),
  fn: () => {
    using git = new GitRules(pathsToAsk());
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), fc.boolean(), (lines, folds) => {
        const differing = git.differences(lines.join("\n"), folds);
        assertEquals(differing.filter((one) => reasonFor(one, folds) === null), []);
      }),
      { numRuns: 100 },
    );
  },
});
