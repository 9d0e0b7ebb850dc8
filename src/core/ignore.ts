// Which paths never take part (RULES I1): gitignore syntax, after a few defaults.

import { type Folded, folded, FOLDERS, Glob, matches, type Part, pathCost } from "./glob.ts";
import { nameOf, namesOf, type Path } from "./path.ts";

/** The file in a root that holds its rules; it is synced like any other. */
export const IGNORE_FILE = ".tcpsyncignore";

const DEFAULTS = ["~$*", ".~lock.*#", ".DS_Store", "Thumbs.db"];
/** The defaults again, for roots without rules of their own: looked at once for every entry of a scan. */
const DEFAULT_NAMES = /^(~\$.*|\.~lock\..*#|\.DS_Store|Thumbs\.db)$/is;

/** Answers for one path whose parents are not ignored. */
export type Ignores = (path: Path, name: string, directory: boolean) => boolean;

interface Rule {
  text: string;
  /** Where in the text it stands, from 1; defaults come before. */
  line: number;
  /** It takes back what rules before it say. */
  negative: boolean;
  foldersOnly: boolean;
  /** What the name must be, wherever it is, or the whole path. */
  pattern: Glob | readonly Part[];
}

/** What rules may be: the other person writes them too, and each name of a folder is held against all of them. */
export const MOST_RULES = 1000;
export const LONGEST_RULES = 64 << 10;
/** So many comparisons of characters take a few milliseconds. */
const MOST_COMPARISONS = 8_000_000;
const LONGEST_NAME = 255;
const LONGEST_PATH = 4096;

/** Why this text is too much to be rules; null when it is not. */
export function rulesProblem(text: string): string | null {
  if (text.length > LONGEST_RULES) return `it is longer than ${LONGEST_RULES / 1024} KiB`;
  const rules = rulesOf(text).filter(({ line }) => line > 0);
  if (rules.length > MOST_RULES) return `it has ${rules.length} rules, and ${MOST_RULES} is the most`;
  const cost = rules.reduce((sum, { pattern }) => sum + costOf(pattern), 0);
  return cost > MOST_COMPARISONS ? "its rules have too many stars to be held against every name" : null;
}

function costOf(pattern: Rule["pattern"]): number {
  return pattern instanceof Glob ? pattern.cost(LONGEST_NAME) : pathCost(pattern, LONGEST_NAME, LONGEST_PATH);
}

/** The rules of one `.tcpsyncignore` text; lines that are no rule ignore nothing. */
export function ignoreRules(text: string): Ignores {
  if (text.trim() === "") return (_path, name) => DEFAULT_NAMES.test(name);
  const rules = rulesOf(text);
  return (path, name, directory) => {
    const rule = decisive(rules, path, name, directory);
    return rule !== undefined && !rule.negative;
  };
}

/** The rule of that text which ignores a path, or a folder it is in, and its line, from 1; 0: a default. Null when none does. */
export function ignoringRule(
  text: string,
  path: Path,
  directory: boolean,
): { rule: string; line: number } | null {
  const rules = rulesOf(text);
  const names = namesOf(path);
  for (const [depth, name] of names.entries()) {
    const isFolder = directory || depth < names.length - 1;
    const rule = decisive(rules, names.slice(0, depth + 1).join("/") as Path, name, isFolder);
    if (rule && !rule.negative) return { rule: rule.text, line: Math.max(0, rule.line) };
  }
  return null;
}

/** Whether a line of that text takes back by name (`!`) what lines before it may ignore. */
export function takesBack(text: string, path: Path, directory: boolean): boolean {
  return decisive(rulesOf(text), path, nameOf(path), directory)?.negative === true;
}

/** Whether a rule of that text says where something is: then a move can lead out of what it ignores. */
export function saysWhere(text: string): boolean {
  return rulesOf(text).some(({ pattern }) => !(pattern instanceof Glob));
}

/** Whether a path is ignored, or is in a folder that is. */
export function ignoresWithin(ignores: Ignores, path: Path, directory: boolean): boolean {
  const names = namesOf(path);
  return names.some((name, depth) => {
    const isFolder = directory || depth < names.length - 1;
    return ignores(names.slice(0, depth + 1).join("/") as Path, name, isFolder);
  });
}

/** The rules of a text after the defaults, the last one first. */
function rulesOf(text: string): Rule[] {
  const lines = [...DEFAULTS, ...text.replace(/^\ufeff/, "").split(/\r?\n/)];
  const first = 1 - DEFAULTS.length;
  return lines.flatMap((line, at) => ruleOf(line, first + at) ?? []).reverse();
}

/** The last rule that says anything of a path. */
function decisive(rules: readonly Rule[], path: Path, name: string, directory: boolean): Rule | undefined {
  const last = folded(name);
  let names: Folded[] | undefined;
  return rules.find(({ foldersOnly, pattern }) => {
    if (foldersOnly && !directory) return false;
    if (pattern instanceof Glob) return pattern.test(last);
    return matches(pattern, names ??= namesOf(path).map(folded));
  });
}

/** Ignored by either: while two sides' rules differ, both hold. */
export function eitherIgnores(one: Ignores, other: Ignores): Ignores {
  return (path, name, directory) => one(path, name, directory) || other(path, name, directory);
}

function ruleOf(text: string, line: number): Rule | null {
  if (text.startsWith("#")) return null;
  const bare = withoutSpaces(text);
  const negative = bare.startsWith("!");
  const foldersOnly = bare.endsWith("/");
  const body = bare.slice(negative ? 1 : 0, foldersOnly ? -1 : undefined);
  const pattern = body.includes("/") ? partsOf(body) : body === "" ? null : Glob.of(body);
  return pattern && { text: bare, line, negative, foldersOnly, pattern };
}

/** Without the spaces at its end, but for one after a backslash. */
function withoutSpaces(line: string): string {
  const bare = line.trimEnd();
  let slashes = 0;
  while (bare[bare.length - 1 - slashes] === "\\") slashes++;
  return slashes % 2 === 1 ? line.slice(0, bare.length + 1) : bare;
}

/** The parts of a pattern with a separator in it, which says where from the root on; null when one of them matches nothing. */
function partsOf(body: string): Part[] | null {
  const names = body.replace(/^\//, "").split("/").map((name) => /^\*\*+$/.test(name) ? FOLDERS : name);
  if (names.at(-1) === FOLDERS) names.push("*"); // What is inside, not the folder itself.
  const parts = names.map((name) => name === FOLDERS ? FOLDERS : name === "" ? null : Glob.of(name));
  return parts.includes(null) ? null : parts as Part[];
}
