// Which paths never take part (RULES I1): gitignore syntax, after a few defaults.

import ignore from "ignore";
import type { Path } from "./path.ts";

/** The file in a root that holds its rules; it is synced like any other. */
export const IGNORE_FILE = ".tcpsyncignore";

const DEFAULTS = ["~$*", ".~lock.*#", ".DS_Store", "Thumbs.db"];
/** The defaults again, for roots without rules of their own: looked at once for every entry of a scan. */
const DEFAULT_NAMES = /^(~\$.*|\.~lock\..*#|\.DS_Store|Thumbs\.db)$/is;

/** Answers for one path whose parents are not ignored. */
export type Ignores = (path: Path, name: string, directory: boolean) => boolean;

/** The rules of one `.tcpsyncignore` text; lines that are no rule ignore nothing. */
export function ignoreRules(text: string): Ignores {
  if (text.trim() === "") return (_path, name) => DEFAULT_NAMES.test(name);
  const rules = ignore().add(DEFAULTS).add(text);
  return (path, _name, directory) => rules.ignores(directory ? `${path}/` : path);
}

/** Ignored by either: while two sides' rules differ, both hold. */
export function eitherIgnores(one: Ignores, other: Ignores): Ignores {
  return (path, name, directory) => one(path, name, directory) || other(path, name, directory);
}
