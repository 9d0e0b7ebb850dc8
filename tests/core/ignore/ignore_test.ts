// Ignore rules: gitignore's syntax as people know it, and hostile rules that are answered as soon as others.

import { assertEquals, assertMatch } from "@std/assert";
import {
  eitherIgnores,
  ignoreRules,
  ignoreRulesAnyway,
  ignoringRule,
  LONGEST_RULES,
  MOST_RULES,
  rulesProblem,
} from "../../../src/core/ignore/ignore.ts";
import { onItsWayName } from "../../../src/core/on_its_way.ts";
import { nameOf, type Path } from "../../../src/core/tree/path.ts";

function ignores(rules: string, path: string, folds = false): boolean {
  const folder = path.endsWith("/");
  const bare = (folder ? path.slice(0, -1) : path) as Path;
  return ignoreRules(rules, folds)(bare, nameOf(bare), folder);
}

const RULES: [rules: string, ignored: string[], kept: string[]][] = [
  ["", ["~$a.docx", ".~lock.a#", ".DS_Store", "d/thumbs.DB"], ["a", "DS_Store", "a~$"]],
  ["x\n!.DS_Store", ["x", "~$a"], [".DS_Store"]],
  ["", ["lost+found/", "d/LOST+FOUND/", ".Trash-1000/", "$Recycle.Bin/", "found.000/"], [
    "lost+found",
    "FOUND.000",
  ]],
  ["", ["Desktop.ini", ".nfs0000a", ".fuse_hidden1", "d/PAGEFILE.SYS"], ["desktop.ini.txt", "nfs1"]],
  ["!desktop.ini\n!$RECYCLE.BIN/", ["Thumbs.db", "RECYCLER/"], [
    "desktop.ini",
    "d/desktop.ini",
    "$RECYCLE.BIN/",
  ]],
  ["!.tcpsync/\n!*", [".tcpsync/", "d/.tcpsync/", ".TCPSYNC/"], ["a", "d/.tcpsync"]],
  ["*.o", ["a.o", "d/a.o", ".o", "d.o/"], ["a.o.c", "o", "a.O"]],
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
  ["a\r\r\nb\r", ["a\r", "b"], ["a"]],
  // As git trims, and reads classes and separators.
  ["a\t\nb\u00a0\nc\u3000\nd\f\ne\v\nf\ufeff", ["a\t", "b\u00a0", "c\u3000"], ["a", "b", "c", "d", "e", "f"]],
  ["[[:digit:]].log", ["1.log"], ["a.log", "d.log", ":.log"]],
  ["[[:upper:][:digit:]_-]x", ["Ax", "1x", "_x", "-x"], ["ax", ":x"]],
  ["[![:alpha:]]x", ["1x", "\u00e9x"], ["ax"]],
  ["[[:foo:]]x\n[[:valueOf:]]x\n[[:]\n[[:a]", ["[", ":", "a"], ["fx", "[x", "]"]],
  ["a\\/b", ["a/b"], ["x/a/b", "a"]],
  ["a/**\\/b", ["a/b", "a/x/b"], ["b"]],
  ["[a/b]c", ["ac", "bc"], ["x/ac", "a/c", "a", "/c"]],
  ["x/[!a/]c", ["x/bc"], ["x/ac", "bc"]],
  ["[a/b", [], ["a", "a/b", "[a/b"]],
  ["\ufeffa", ["a"], ["\ufeffa"]],
  ["a.b(c)+{d}|$^", ["a.b(c)+{d}|$^"], ["axb(c)+{d}|$^"]],
  // No rules: they ignore nothing, and the lines after them hold.
  ["[a\n[a\\\na\\\n/\n//\na//c\n!\n/!\nb", ["b"], ["a", "[a", "/a", "a/c"]],
  // A range that leads backwards holds its beginning alone; JavaScript takes the second for an error.
  ["[z-a]x\n[~-a]\n[\u00e9-a]y\nb", ["b", "zx", "~", "\u00e9y"], ["ax", "a", "ay"]],
];

for (const [rules, ignored, kept] of RULES) {
  Deno.test(`I1 ${JSON.stringify(rules)} ignores ${ignored.join(" ")}, and not ${kept.join(" ")}`, () => {
    assertEquals(ignored.filter((path) => !ignores(rules, path)), []);
    assertEquals(kept.filter((path) => ignores(rules, path)), []);
  });
}

for (const rules of ["", "!*\n!.tcpsync-*"]) {
  Deno.test(`D1: what is on its way to a disk takes no part, with the rules ${JSON.stringify(rules)}`, () => {
    const name = onItsWayName("0123abcd-0000", 12);
    const alike = [`${name}x`, name.slice(1), ".tcpsync-0123abcd-.part", ".tcpsync-0123ABCD-1.part"];
    assertEquals([name, ...alike].filter((one) => ignores(rules, `d/${one}`)), [name]);
  });
}

Deno.test("I1 while two sides' rules differ, both hold", () => {
  const either = eitherIgnores(ignoreRules("a"), ignoreRules("b"));
  assertEquals(["a", "b", "c"].map((name) => either(name as Path, name, false)), [true, true, false]);
});

Deno.test("I7: rules with case, without, and in either way", () => {
  const rules = "Lib/\n*.o\n!KEEP.o\n";
  const anyway = ignoreRulesAnyway(rules);
  const ask = (ignores: (path: string) => boolean) =>
    ["Lib/", "lib/", "keep.o", "KEEP.o", "a.o"].map(ignores);
  assertEquals(ask((path) => ignores(rules, path)), [true, false, true, false, true]);
  assertEquals(ask((path) => ignores(rules, path, true)), [true, true, false, false, true]);
  const both = (path: string) =>
    anyway(path.replace(/\/$/, "") as Path, path.replace(/\/$/, ""), path.endsWith("/"));
  assertEquals(ask(both), [true, false, false, false, true]);
  assertEquals(ignoringRule(rules, "lib/a" as Path, false), null);
  assertEquals(ignoringRule(rules, "lib/a" as Path, false, true), { rule: "Lib/", line: 1 });
  assertEquals(ignoringRule("x", "d/Lost+Found/a" as Path, false), { rule: "lost+found/", line: 0 });
});

const HOSTILE: [what: string, rules: string, path: string][] = [
  ["many stars in a name", "*a".repeat(100) + "b", "a".repeat(1000)],
  ["many stars between classes", "*[!b]?".repeat(100) + "b", "a".repeat(1000)],
  ["many folders of any number", "**/a/".repeat(200) + "b", "a/".repeat(1000) + "a"],
  ["more stars than an expression may have groups", "*a".repeat(100_000), "a".repeat(1000)],
  ["a long line of backslashes", "\\".repeat(1 << 20) + "x", "a"],
  ["many beginnings of a class with a name", "[[:".repeat(100_000) + "]", "a"],
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

Deno.test("I7: where disks fold it names compare in any case, and what has none of its own as it is", () => {
  const ALIKE: [rule: string, names: string[], others: string[]][] = [
    ["stra\u00dfe", ["STRA\u00dfE"], ["STRASSE"]],
    ["\u03c3*", ["\u03a3x", "\u03c2"], ["s"]],
    ["[\u0430-\u044f].\u0438", ["\u0411.\u0418", "\u0431.\u0438"], ["b.\u0438"]],
    ["[!\u0430].x", ["b.X"], ["\u0410.x", "\u0430.x"]],
    ["\u{1f600}?", ["\u{1f600}\u{1f600}"], ["\u{1f600}", "\u{1f600}ab"]],
  ];
  for (const [rule, names, others] of ALIKE) {
    assertEquals(names.filter((name) => !ignores(rule, name, true)), [], rule);
    assertEquals(others.filter((name) => ignores(rule, name, true)), [], rule);
  }
});
