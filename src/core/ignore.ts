// Which paths never take part (RULES I1): gitignore syntax, after a few defaults.

import { FOLDERS, matches, nameGlob, type Part } from "./glob.ts";
import { namesOf, type Path } from "./path.ts";

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
  pattern: RegExp | readonly Part[];
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

/** The rules of a text after the defaults, the last one first. */
function rulesOf(text: string): Rule[] {
  const lines = [...DEFAULTS, ...text.replace(/^\ufeff/, "").split(/\r?\n/)];
  const first = 1 - DEFAULTS.length;
  return lines.flatMap((line, at) => ruleOf(line, first + at) ?? []).reverse();
}

/** The last rule that says anything of a path. */
function decisive(rules: readonly Rule[], path: Path, name: string, directory: boolean): Rule | undefined {
  let names: string[] | undefined;
  return rules.find(({ foldersOnly, pattern }) => {
    if (foldersOnly && !directory) return false;
    if (pattern instanceof RegExp) return pattern.test(name);
    return matches(pattern, names ??= namesOf(path));
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
  const pattern = body.includes("/") ? partsOf(body) : body === "" ? null : nameGlob(body);
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
  const parts = names.map((name) => name === FOLDERS ? FOLDERS : name === "" ? null : nameGlob(name));
  return parts.includes(null) ? null : parts as Part[];
}
