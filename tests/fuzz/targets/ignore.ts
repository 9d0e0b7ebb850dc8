// Ignore rules: any text gives rules, and they answer for any path before long (an endless match is found by the watcher).

import { ignoreRules } from "../../../src/core/ignore/ignore.ts";
import type { Path } from "../../../src/core/tree/path.ts";
import type { Target } from "../fuzz.ts";

/** Names that wildcards in hostile rules go astray on, besides what the input ends in. */
const NAMES = [
  "a".repeat(255),
  "a".repeat(80) + "/b" + "/a".repeat(400),
  "a-b_c.d e",
  "\u00e9\u0301",
  "]",
  "\\a",
];

export const ignores: Target<string> = {
  name: "ignores",
  runs: 3_000,
  seeds: () => [
    "*.o\n!keep.o\n/build/\nnode_modules\n\0src/a.o",
    "# a comment\n\\#no comment\n\\!neither\ntrailing \\ \n  \n\0#no comment",
    "a/**/b\n**/logs\nlogs/**\n/**/x\n**\0a/x/y/b",
    "[abc]*.t?t\n[!0-9].[a-z]\n[]a]\n[^]x]\n[z-a]\\*\0b1.txt",
    "*a*a*a*a*a*a*a*b\0aaaaaaaaaaaaaaaa",
    "**/a/**/a/**/a/**/a/**/b\0a/a/a/a/a",
    "\ufeff*.bak\r\nfoo\\\r\n\\\\\\*\0x.bak",
  ],
  words: [
    "*a",
    "**/",
    "/**/a",
    "[",
    "]",
    "[!",
    "[~-a]",
    "[\u00e9-a]",
    "[[:alpha:]]",
    "\\",
    "\n",
    "\n!",
    "\0",
    "?*",
    "(a+)+",
  ],
  run(text) {
    const [rules = "", own = ""] = text.split(/\0(?=[^\0]*$)/);
    const ignored = ignoreRules(rules);
    const paths = [...NAMES, ...(/^[^/]+(\/[^/]+)*$/.test(own) ? [own] : [])];
    const answers = paths.map((path) =>
      [false, true].map((folder) => ignored(path as Path, path.slice(path.lastIndexOf("/") + 1), folder))
    );
    return `${Math.min(3, rules.split("\n").length)} ${
      answers.map((pair) => pair.map(Number).join("")).join()
    }`;
  },
};
