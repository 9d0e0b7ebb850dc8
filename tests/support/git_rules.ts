// Real git as the oracle of ignore rules: what `git check-ignore` says of paths, and where we say otherwise.

import { ignoreRules, ignoresWithin } from "../../src/core/ignore/ignore.ts";
import { isIgnoredByDefault } from "../../src/core/ignore/ignore_defaults.ts";
import { nameOf, type Path } from "../../src/core/tree/path.ts";

/** There is a git to ask. */
export function hasGit(): boolean {
  try {
    return new Deno.Command("git", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** A pair on which git and we differ; `path` ends in "/" where it is a folder. */
export interface Difference {
  rules: string;
  path: string;
  git: boolean;
  ours: boolean;
}

/** Asks git about paths that are there: folders (with "/" at their end) in one repository, files in another, where nothing else is. */
export class GitRules {
  readonly #place = Deno.makeTempDirSync({ prefix: "tcpsync-git-rules-" });

  constructor(private readonly paths: readonly string[]) {
    for (const kind of ["folders", "files"]) this.#git(kind, "init", "--quiet");
    for (const path of paths) {
      if (path.endsWith("/")) Deno.mkdirSync(`${this.#place}/folders/${path}`, { recursive: true });
    }
  }

  [Symbol.dispose]() {
    Deno.removeSync(this.#place, { recursive: true });
  }

  /** Where git and we differ under these rules. `folds`: case does not count. */
  differences(rules: string, folds = false): Difference[] {
    const ignored = this.#ignored(rules, folds);
    const ignores = ignoreRules(rules, folds);
    return this.paths.flatMap((path) => {
      const isFolder = path.endsWith("/");
      const bare = (isFolder ? path.slice(0, -1) : path) as Path;
      if (isIgnoredByDefault(nameOf(bare), isFolder)) return [];
      const [git, ours] = [ignored.has(path), ignoresWithin(ignores, bare, isFolder)];
      return git === ours ? [] : [{ rules, path, git, ours }];
    });
  }

  #ignored(rules: string, folds: boolean): Set<string> {
    const settings = [`core.ignoreCase=${folds}`, "core.excludesFile=/dev/null"].flatMap((
      one,
    ) => ["-c", one]);
    const ask = (kind: string, end: "/" | "") => {
      const asked = this.paths.filter((path) => path.endsWith("/") === (end === "/"));
      const bare = asked.map((path) => `./${path.slice(0, path.length - end.length)}\0`);
      Deno.writeTextFileSync(`${this.#place}/${kind}/.git/info/exclude`, rules);
      Deno.writeTextFileSync(`${this.#place}/${kind}.asked`, bare.join(""));
      const answer = this.#git(kind, ...settings, "check-ignore", "--no-index", "-z", "--stdin");
      return answer.split("\0").map((path) => path.slice(2) + end);
    };
    return new Set([...ask("folders", "/"), ...ask("files", "")]);
  }

  /** What it says. Asked on its standard input is what the file beside the repository holds. */
  #git(kind: string, ...args: string[]): string {
    const at = `${this.#place}/${kind}`;
    const asked = `${at}.asked`;
    Deno.mkdirSync(at, { recursive: true });
    const shell = [
      "-c",
      'asked="$1"; shift; [ -e "$asked" ] && exec <"$asked"; exec git "$@"',
      "git",
      asked,
      ...args,
    ];
    const { code, stdout, stderr } = new Deno.Command("sh", { args: shell, cwd: at }).outputSync();
    // 1: it ignores none of them.
    if (code > 1) throw new Error(new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }
}
