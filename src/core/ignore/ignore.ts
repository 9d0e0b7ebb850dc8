// Which paths never take part (RULES I1): gitignore syntax, after what systems and programs keep for themselves.

import { defaultRule, isIgnoredByDefault } from "./ignore_defaults.ts";
import { type Characters, charactersOf, Glob, matches, type Part, pathCost, patternOf } from "./glob.ts";
import { isOnItsWay } from "../on_its_way.ts";
import { isPrivateName, nameOf, namesOf, type Path } from "../tree/path.ts";

/** The file in a root that holds its rules; it is synced like any other. */
export const IGNORE_FILE = ".tcpsyncignore";

/** Answers for one path whose parents are not ignored. */
export type Ignores = (path: Path, name: string, directory: boolean) => boolean;

interface Rule {
  text: string;
  /** Where in the text it stands, from 1. */
  line: number;
  /** It takes back what rules before it say. */
  negative: boolean;
  foldersOnly: boolean;
  /** What the name must be, wherever it is, or the whole path. */
  pattern: Glob | readonly Part[];
}

/** The rules of one text, the last one first, and how names are held against them. */
interface Rules {
  folds: boolean;
  rules: readonly Rule[];
}

/** What rules may be: the other person writes them too, and each name of a folder is held against all of them. */
export const MOST_RULES = 1000;
/** In characters as JavaScript counts them. */
export const LONGEST_RULES = 64 << 10;
/** The reason told for a text of more. */
export const TOO_LONG = `it is longer than ${LONGEST_RULES / 1024} KiB`;
/** So many comparisons of characters take a few milliseconds. */
const MOST_COMPARISONS = 8_000_000;
const LONGEST_NAME = 255;
const LONGEST_PATH = 4096;

/** Why this text is too much to be rules; null when it is not. */
export function rulesProblem(text: string): string | null {
  if (text.length > LONGEST_RULES) return TOO_LONG;
  const { rules } = rulesOf(text, false);
  if (rules.length > MOST_RULES) return `it has ${rules.length} rules, and ${MOST_RULES} is the most`;
  const cost = rules.reduce((sum, { pattern }) => sum + costOf(pattern), 0);
  return cost > MOST_COMPARISONS ? "its rules have too many stars to be held against every name" : null;
}

function costOf(pattern: Rule["pattern"]): number {
  return pattern instanceof Glob ? pattern.cost(LONGEST_NAME) : pathCost(pattern, LONGEST_NAME, LONGEST_PATH);
}

/** The rules of one `.tcpsyncignore` text, with all that never takes part; lines that are no rule ignore nothing. `folds`: case does not
 * count; then a path may be given in the compared form (N3), too. */
export function ignoreRules(text: string, folds = false): Ignores {
  if (/^[ \r\n]*$/.test(text)) return (_path, name, directory) => neverTakesPart(name, directory);
  const rules = rulesOf(text, folds);
  return (path, name, directory) => {
    const rule = decisive(rules, path, name, directory);
    return rule ? !rule.negative || isPrivate(name, directory) : neverTakesPart(name, directory);
  };
}

function neverTakesPart(name: string, directory: boolean): boolean {
  return isIgnoredByDefault(name, directory) || isPrivate(name, directory);
}

/** The private folder of a root, this one or one in it, and what is on its way to a disk inside one. */
function isPrivate(name: string, directory: boolean): boolean {
  return directory && isPrivateName(name) || isOnItsWay(name);
}

/** The rule of that text which ignores a path, or a folder it is in, and its line, from 1; 0: a default. Null when none does. */
export function ignoringRule(
  text: string,
  path: Path,
  directory: boolean,
  folds = false,
): { rule: string; line: number } | null {
  const rules = rulesOf(text, folds);
  const names = namesOf(path);
  for (const [depth, name] of names.entries()) {
    const isFolder = directory || depth < names.length - 1;
    const rule = decisive(rules, names.slice(0, depth + 1).join("/") as Path, name, isFolder);
    const byDefault = rule ? null : defaultRule(name, isFolder);
    if (byDefault !== null) return { rule: byDefault, line: 0 };
    if (rule && !rule.negative) return { rule: rule.text, line: rule.line };
  }
  return null;
}

/** Whether a line of that text takes back by name (`!`) what lines before it, or a default, may ignore. `folds`: in any case. */
export function takesBack(text: string, path: Path, directory: boolean, folds: boolean): boolean {
  return decisive(rulesOf(text, folds), path, nameOf(path), directory)?.negative === true;
}

/** Whether a rule of that text says where something is: then a move can lead out of what it ignores. */
export function saysWhere(text: string): boolean {
  return rulesOf(text, false).rules.some(({ pattern }) => !(pattern instanceof Glob));
}

/** Whether a path is ignored, or is in a folder that is. */
export function ignoresWithin(ignores: Ignores, path: Path, directory: boolean): boolean {
  const names = namesOf(path);
  return names.some((name, depth) => {
    const isFolder = directory || depth < names.length - 1;
    return ignores(names.slice(0, depth + 1).join("/") as Path, name, isFolder);
  });
}

/** Lines end as git has them end: one CR before the LF belongs to that. */
function rulesOf(text: string, folds: boolean): Rules {
  const lines = `${text.replace(/^\ufeff/, "")}\n`.split(/\r?\n/);
  const rules = lines.flatMap((line, before) => ruleOf(line, before + 1, folds) ?? []).reverse();
  return { folds, rules };
}

/** The last rule that says anything of a path. */
function decisive({ folds, rules }: Rules, path: Path, name: string, directory: boolean): Rule | undefined {
  const last = charactersOf(name, folds);
  let names: Characters[] | undefined;
  return rules.find(({ foldersOnly, pattern }) => {
    if (foldersOnly && !directory) return false;
    if (pattern instanceof Glob) return pattern.test(last);
    return matches(pattern, names ??= namesOf(path).map((name) => charactersOf(name, folds)));
  });
}

/** Ignored whether or not case counts: what pairs of both kinds leave out. */
export function ignoreRulesAnyway(text: string): Ignores {
  const [exact, folded] = [ignoreRules(text), ignoreRules(text, true)];
  return (path, name, directory) => exact(path, name, directory) && folded(path, name, directory);
}

/** Ignored by either: while two sides' rules differ, both hold. */
export function eitherIgnores(one: Ignores, other: Ignores): Ignores {
  return (path, name, directory) => one(path, name, directory) || other(path, name, directory);
}

function ruleOf(text: string, line: number, folds: boolean): Rule | null {
  if (text.startsWith("#")) return null;
  const bare = withoutSpaces(text);
  const negative = bare.startsWith("!");
  const foldersOnly = bare.endsWith("/");
  const pattern = patternOf(bare.slice(negative ? 1 : 0, foldersOnly ? -1 : undefined), folds);
  return pattern && { text: bare, line, negative, foldersOnly, pattern };
}

/** Without the spaces (U+0020 alone) at its end, but for one after a backslash. */
function withoutSpaces(line: string): string {
  let end = line.length;
  while (line[end - 1] === " ") end--;
  let slashes = 0;
  while (line[end - 1 - slashes] === "\\") slashes++;
  return line.slice(0, slashes % 2 === 1 ? end + 1 : end);
}
