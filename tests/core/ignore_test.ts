// Ignore rules: gitignore's syntax as people know it, and hostile rules that are answered as soon as others.

import { assertEquals, assertMatch } from "@std/assert";
import fc from "../support/property.ts";
import ignore from "ignore";
import {
  eitherIgnores,
  ignoreRules,
  LONGEST_RULES,
  MOST_RULES,
  rulesProblem,
} from "../../src/core/ignore.ts";
import { nameOf, type Path } from "../../src/core/path.ts";

function ignores(rules: string, path: string): boolean {
  const folder = path.endsWith("/");
  const bare = (folder ? path.slice(0, -1) : path) as Path;
  return ignoreRules(rules)(bare, nameOf(bare), folder);
}

const RULES: [rules: string, ignored: string[], kept: string[]][] = [
  ["", ["~$a.docx", ".~lock.a#", ".DS_Store", "d/thumbs.DB"], ["a", "DS_Store", "a~$"]],
  ["x\n!.DS_Store", ["x", "~$a"], [".DS_Store"]],
  ["*.o", ["a.o", "d/a.O", ".o", "d.o/"], ["a.o.c", "o"]],
  ["*.o\n!keep.o\n", ["a.o"], ["keep.o", "d/keep.o"]],
  ["/build", ["build", "build/"], ["a/build"]],
  ["a/b", ["a/b"], ["x/a/b", "b", "a"]],
  ["build/", ["build/", "a/build/"], ["build", "a/build"]],
  ["a/*/c", ["a/b/c"], ["a/c", "a/b/b/c"]],
  ["**/c", ["c", "a/c", "a/b/c/"], ["ac", "a/xc"]],
  ["a/**/c", ["a/c", "a/b/c", "a/b/b/c"], ["c", "b/a/c"]],
  ["a/**", ["a/b", "a/b/c"], ["a", "a/", "b/a/b"]],
  ["a/**/", ["a/b/"], ["a/b", "a/"]],
  ["**", ["a", "a/b"], []],
  ["a/***/b", ["a/b", "a/x/y/b"], ["b"]],
  ["\\*", ["*"], ["a", "\\"]],
  ["a?c", ["abc", "a\u{1f600}c"], ["ac", "abbc"]],
  ["[abc].t", ["a.t"], ["d.t", "aa.t"]],
  ["[!a-c].t", ["d.t", "é.t"], ["b.t"]],
  ["[^]x].t", ["a.t"], ["].t", "x.t"]],
  ["[]-].t", ["].t", "-.t"], ["a.t"]],
  ["[\\]]", ["]"], ["\\"]],
  ["# a\n\\#b\n\\!c\n!", ["#b", "!c"], ["# a", "a", "!"]],
  ["a  \nb\\ \nc\\\\ ", ["a", "b ", "c\\"], ["a ", "b", "c"]],
  ["a\r\n\r\nb", ["a", "b"], ["\r"]],
  ["\ufeffa", ["a"], ["\ufeffa"]],
  ["a.b(c)+{d}|$^", ["a.b(c)+{d}|$^"], ["axb(c)+{d}|$^"]],
  // No rules: they ignore nothing, and the lines after them hold.
  ["[a\n[a\\\na\\\n/\n//\na//c\n!\n/!\nb", ["b"], ["a", "[a", "/a", "a/c"]],
  // A class or range that no character is in; JavaScript takes the second for an error.
  ["[z-a]x\n[~-a]\n[\u00e9-a]y\nb", ["b"], ["ax", "~", "ay"]],
];

for (const [rules, ignored, kept] of RULES) {
  Deno.test(`I1 ${JSON.stringify(rules)} ignores ${ignored.join(" ")}, and not ${kept.join(" ")}`, () => {
    assertEquals(ignored.filter((path) => !ignores(rules, path)), []);
    assertEquals(kept.filter((path) => ignores(rules, path)), []);
  });
}

Deno.test("I1 while two sides' rules differ, both hold", () => {
  const either = eitherIgnores(ignoreRules("a"), ignoreRules("b"));
  assertEquals(["a", "b", "c"].map((name) => either(name as Path, name, false)), [true, true, false]);
});

const HOSTILE: [what: string, rules: string, path: string][] = [
  ["many stars in a name", "*a".repeat(100) + "b", "a".repeat(1000)],
  ["many stars between classes", "*[!b]?".repeat(100) + "b", "a".repeat(1000)],
  ["many folders of any number", "**/a/".repeat(200) + "b", "a/".repeat(1000) + "a"],
  ["more stars than an expression may have groups", "*a".repeat(100_000), "a".repeat(1000)],
  ["a long line of backslashes", "\\".repeat(1 << 20) + "x", "a"],
  ["a long line of spaces", " ".repeat(1 << 20) + "x", "a"],
];

for (const [what, rules, path] of HOSTILE) {
  Deno.test(`${what}: such a rule is answered, and the one after it holds`, () => {
    assertEquals([ignores(`${rules}\nc`, path), ignores(`${rules}\nc`, "c")], [false, true]);
  });
}

const BOUNDS: [what: string, rules: string, problem: RegExp | null][] = [
  ["as many rules as there can be", "*.o\n".repeat(MOST_RULES), null],
  ["one more", "*.o\n".repeat(MOST_RULES + 1), /^it has 1001 rules, and 1000 is the most$/],
  ["lines that are no rules", "# much to say\n\n[\n".repeat(MOST_RULES), null],
  ["a text as long as there can be", "#".repeat(LONGEST_RULES), null],
  ["a longer one", "#".repeat(LONGEST_RULES + 1), /^it is longer than 64 KiB$/],
  ["many paths of people", "**/[Pp]ackages/*\n/src/**/build/\n".repeat(100), null],
  [
    "a rule with much after any number of folders",
    `**/${"a/".repeat(500)}b/${"c/".repeat(500)}d`,
    /too many stars/,
  ],
  ["many rules with much between stars", `*${"a".repeat(200)}*\n`.repeat(200), /too many stars/],
  [
    "classes of very many ranges between stars",
    `*${`[${"ab".repeat(100)}]`.repeat(3)}*\n`.repeat(60),
    /too many stars/,
  ],
];

for (const [what, rules, problem] of BOUNDS) {
  Deno.test(`T7: ${what}: ${problem === null ? "can be held against every name" : "is too much"}`, () => {
    const told = rulesProblem(rules);
    if (problem === null || told === null) assertEquals(told, null);
    else assertMatch(told, problem);
    assertEquals(told === null, problem === null);
  });
}

Deno.test("names compare in any case, and what has none of its own as it is", () => {
  const ALIKE: [rule: string, names: string[], others: string[]][] = [
    ["stra\u00dfe", ["STRA\u00dfE"], ["STRASSE"]],
    ["\u03c3*", ["\u03a3x", "\u03c2"], ["s"]],
    ["[\u0430-\u044f].\u0438", ["\u0411.\u0418", "\u0431.\u0438"], ["b.\u0438"]],
    ["[!\u0430].x", ["b.X"], ["\u0410.x", "\u0430.x"]],
    ["\u{1f600}?", ["\u{1f600}\u{1f600}"], ["\u{1f600}", "\u{1f600}ab"]],
  ];
  for (const [rule, names, others] of ALIKE) {
    assertEquals(names.filter((name) => !ignores(rule, name)), [], rule);
    assertEquals(others.filter((name) => ignores(rule, name)), [], rule);
  }
});

// Few stars and short names: the package is what a test can wait for. Negated classes and "\*" it takes otherwise than git.
const piece = fc.constantFrom("a", "b", "A", "*", "?", "/", "**", "[ab]", ".", "!", "#", "+");
const rule = fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join(""))
  // Here git says otherwise than the package, or nothing clear.
  .filter((rule) => !/[^/]\*\*|\*\*[^/]|\/\/|\*\*\*|!#|!!|!\/?$|\*\*\/$/.test(rule));
const path = fc.array(fc.array(fc.constantFrom("a", "b", "."), { minLength: 1, maxLength: 3 }), {
  minLength: 1,
  maxLength: 4,
}).map((names) => names.map((name) => name.join("")).filter((name) => !/^\.+$/.test(name)).join("/"))
  .filter((path) => path !== "");

Deno.test("rules say what the package `ignore` says of them", () => {
  fc.assert(
    fc.property(fc.array(rule, { minLength: 1, maxLength: 3 }), path, fc.boolean(), (lines, path, folder) => {
      const known = ignore().add(lines.join("\n"));
      const parents = path.split("/").slice(0, -1).map((_, n, names) =>
        names.slice(0, n + 1).join("/") + "/"
      );
      fc.pre(!parents.some((parent) => known.ignores(parent)));
      assertEquals(
        ignores(lines.join("\n"), path + (folder ? "/" : "")),
        known.ignores(path + (folder ? "/" : "")),
      );
    }),
    { numRuns: 3000 },
  );
});
