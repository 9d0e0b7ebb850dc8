// The ignore file of a real folder, as it comes, goes, ignores itself and cannot be read; and what the two sides make of its case.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";

const RULES = ".tcpsyncignore";
const AGREED = { agreed: "x" };

Deno.test("I5: rules that ignore their own file hold all the same, and are read again when they change", () => {
  using duo = duoWith(AGREED);
  const { alpha, beta } = duo;
  write(alpha.native(RULES), ".*\nsecret/\n");
  write(alpha.native("secret/a"), "private");
  for (let times = 0; times < 3; times++) {
    duo.settle();
    assertEquals(alpha.engine.rules, ".*\nsecret/\n");
  }
  duo.restart();
  duo.settle();
  assertEquals([...filesIn(beta.folder).keys()], ["agreed"]);
  write(alpha.native(RULES), ".*\n");
  duo.settle();
  assertEquals(filesIn(beta.folder).get("secret/a"), "private");
});

Deno.test("I6: while the file cannot be opened nothing new is sent, and it is tried again with each look", () => {
  using duo = duoWith({ ...AGREED, [RULES]: "secret/\n" });
  const { alpha, beta } = duo;
  duo.restart();
  alpha.hook = (method, [path]) => {
    if (method === "openToRead" && String(path).endsWith(`/${RULES}`)) {
      throw new Deno.errors.PermissionDenied("closed");
    }
  };
  write(alpha.native("secret/a"), "private");
  write(alpha.native("new"), "new");
  write(alpha.native("agreed"), "edited");
  duo.settle();
  assertEquals(alpha.engine.rulesProblem?.lasting, false);
  assertMatch(
    alpha.engine.rulesProblem!.reason,
    /^no permission .*: until it can be read, the rules of before hold/,
  );
  assertEquals([filesIn(beta.folder).get("agreed"), filesIn(beta.folder).has("new")], ["edited", false]);
  assertEquals(alpha.endpoint.isEased(), false);
  alpha.hook = () => {};
  assertEquals(alpha.endpoint.isEased(), true, "it is tried by itself");
  assertEquals(alpha.engine.scan().changed, true, "what stayed for that is planned then");
  duo.settle();
  assertEquals([alpha.engine.rulesProblem, filesIn(beta.folder).has("new")], [null, true]);
  assert(!filesIn(beta.folder).has("secret/a"));
});

Deno.test("I6: rules that are only just being written let nothing new out, and are no problem", () => {
  using duo = duoWith(AGREED);
  const { alpha, beta } = duo;
  write(alpha.native("secret/a"), "private");
  write(alpha.native(RULES), "secret/\n", new Date());
  duo.cycle();
  assertEquals([alpha.engine.isRulesUnread, alpha.engine.rulesProblem], [true, null]);
  write(alpha.native(RULES), "secret/\n");
  duo.settle();
  assertEquals([alpha.engine.isRulesUnread, alpha.engine.rules], [false, "secret/\n"]);
  assertEquals([...filesIn(beta.folder).keys()].sort(), [RULES, "agreed"]);
});

Deno.test({
  name: "I6: rules behind a link are none, and let nothing new out",
  ignore: Deno.build.os === "windows",
  fn: () => {
    using duo = duoWith({ ...AGREED, "rules.txt": "secret/\n" });
    const { alpha, beta } = duo;
    Deno.symlinkSync("rules.txt", alpha.native(RULES));
    write(alpha.native("secret/a"), "private");
    duo.settle();
    assertMatch(alpha.engine.rulesProblem!.reason, /^it is no plain file: until it is one, /);
    assertEquals([...filesIn(beta.folder).keys()].sort(), ["agreed", "rules.txt"]);
  },
});

Deno.test("I6: a name that is withheld here, and made there, is in nobody's way, and comes when the rules are read", () => {
  using duo = duoWith(AGREED);
  const { alpha, beta } = duo;
  write(alpha.native(RULES), "\0");
  write(alpha.native("both"), "alpha's");
  write(beta.native("both"), "beta's, newer");
  write(beta.native("other"), "comes");
  for (let times = 0; times < 2; times++) duo.cycle();
  assertEquals([filesIn(alpha.folder).get("both"), filesIn(alpha.folder).get("other")], ["alpha's", "comes"]);
  write(alpha.native(RULES), "");
  duo.settle();
  assertEquals(filesIn(alpha.folder), filesIn(beta.folder));
  assertEquals(filesIn(alpha.folder).get("both"), "beta's, newer");
});

for (const folding of ["alpha", "beta"] as const) {
  Deno.test(`I7: where ${folding}'s disk alone folds case, it does not count for the pair, and both say the same`, () => {
    using duo = duoWith(AGREED);
    const { engine } = duo[folding];
    Object.assign(engine, { ability: { ...engine.ability, foldsCase: true } });
    duo.connect();
    write(duo.alpha.native(RULES), "Lib/\n*.o\n!KEEP.o\n!Docs/*.o\n");
    const ignored = ["lib/a", "x.O"];
    for (const path of ignored) {
      for (const side of ["alpha", "beta"] as const) write(duo[side].native(path), `${side}'s`);
    }
    const synced: [side: "alpha" | "beta", path: string][] = [
      ["alpha", "KEEP.o"],
      ["beta", "d/keep.o"],
      ["alpha", "e/keep.o"],
      ["beta", "Docs/a.o"],
      ["alpha", "docs2/KEEP.O"],
    ];
    for (const [side, path] of synced) write(duo[side].native(path), path);
    duo.settle();
    for (const side of ["alpha", "beta"] as const) {
      const found = filesIn(duo[side].folder);
      assertEquals(ignored.map((path) => found.get(path)), [`${side}'s`, `${side}'s`]);
      assertEquals(synced.map(([, path]) => found.get(path)), synced.map(([, path]) => path));
    }
  });
}
