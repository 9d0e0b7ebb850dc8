// What ignore rules are asked about in tests against git: pieces of patterns, and paths that they can meet; and where we mean to say
// otherwise.

import type { Difference } from "./git_rules.ts";

/** The few that most rules are made of. */
export const COMMON_PIECES = ["a", "a", "b", "*", "**", "/", "**/", "?", "[ab]", "!", "\n"];

/** Joined at random they are patterns of all kinds, hostile ones among them. */
export const PIECES = [
  ..."ab1AB?*/!#.-:^[]\\ \t",
  ..."abab***///",
  "**",
  "**/",
  "/**",
  "***",
  "\\*",
  "\\?",
  "\\[",
  "\\]",
  "\\\\",
  "\\/",
  "\\!",
  "\\#",
  "\\ ",
  "[ab]",
  "[!a]",
  "[^a]",
  "[a-b]",
  "[b-a]",
  "[]a]",
  "[!]a]",
  "[a-]",
  "[-a]",
  "[a\\]]",
  "[\\a-b]",
  "[a/b]",
  "[!/]",
  "[[:digit:]]",
  "[[:alpha:]]",
  "[![:alpha:]]",
  "[[:upper:]]",
  "[!A]",
  "[[:lower:]a]",
  "[[:space:]]",
  "[[:punct:]]",
  "[[:xdigit:]-a]",
  "[[:foo:]]",
  "[[:digit:]",
  "[[:]",
  "[[:a]",
  "[",
  "a[",
  "*a*b*",
  "\r",
  "\f",
];

const NAMES = [
  "a",
  "b",
  "A",
  "B",
  "1",
  "ab",
  "aB",
  "ba",
  "aa",
  "abab",
  "a1",
  "a.b",
  "-",
  "]",
  "[",
  "*",
  "?",
  "!",
  "#",
  "\\",
  ":",
  "^",
  " ",
];
const ODD = [
  "a ",
  "a\t",
  "a\r",
  "a\f",
  "[a",
  "a]",
  "!a",
  "#a",
  "a*",
  "a\\",
  "\\a",
  "a-b",
  "aab",
  "b1",
  "[:digit:]",
  "a.",
  ".a",
];

/** Folders end in "/". */
export function pathsToAsk(): string[] {
  const first = [...NAMES, ...ODD];
  const second = NAMES.slice(0, 8).flatMap((name) =>
    ["a", "b", "A", "ab"].map((folder) => `${folder}/${name}`)
  );
  const third = ["a/b/a", "a/a/b", "a/b/1", "b/a/b", "ab/ab/ab", "a/b/ab", "a/1/b", "a/a/a/b", "a/b/a/b/a"];
  return [...first, ...second, ...third].flatMap((path) => [path, `${path}/`]);
}

/** Why we say otherwise than git on purpose (docs/IGNORE.md), the numbers of its rows; null where that is none of those reasons. */
export function reasonFor(
  { rules, path }: Pick<Difference, "rules" | "path">,
  folds: boolean,
): string | null {
  // deno-lint-ignore no-control-regex
  if (/[^\x00-\x7f]/.test(rules + path)) return "1: characters beyond ASCII";
  if (/[^/*]\*\*+\\?\//.test(rules)) return "2: ** behind a part of a name";
  if (folds && /\[[^\]]*[A-Z]/.test(rules)) return "3: a capital in a class where case does not count";
  return null;
}
