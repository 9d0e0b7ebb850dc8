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
  /** It takes back what rules before it say. */
  negative: boolean;
  foldersOnly: boolean;
  /** What the name must be, wherever it is, or the whole path. */
  pattern: RegExp | readonly Part[];
}

/** The rules of one `.tcpsyncignore` text; lines that are no rule ignore nothing. */
export function ignoreRules(text: string): Ignores {
  if (text.trim() === "") return (_path, name) => DEFAULT_NAMES.test(name);
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const rules = [...DEFAULTS, ...lines].flatMap((line) => ruleOf(line) ?? []).reverse();
  return (path, name, directory) => {
    let names: string[] | undefined;
    const decides = rules.find(({ foldersOnly, pattern }) => {
      if (foldersOnly && !directory) return false;
      if (pattern instanceof RegExp) return pattern.test(name);
      return matches(pattern, names ??= namesOf(path));
    });
    return decides !== undefined && !decides.negative;
  };
}

/** Ignored by either: while two sides' rules differ, both hold. */
export function eitherIgnores(one: Ignores, other: Ignores): Ignores {
  return (path, name, directory) => one(path, name, directory) || other(path, name, directory);
}

function ruleOf(line: string): Rule | null {
  if (line.startsWith("#")) return null;
  const bare = withoutSpaces(line);
  const negative = bare.startsWith("!");
  const foldersOnly = bare.endsWith("/");
  const body = bare.slice(negative ? 1 : 0, foldersOnly ? -1 : undefined);
  const pattern = body.includes("/") ? partsOf(body) : body === "" ? null : nameGlob(body);
  return pattern && { negative, foldersOnly, pattern };
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
