// What the pages for contributors and the workflows name is there: tasks, files, one version of Deno, one width of lines.

import { assert, assertEquals } from "@std/assert";
import project from "../../deno.json" with { type: "json" };
import { COMMANDS } from "../../src/cli/prompt/shell_commands.ts";
import { isThere } from "../support/folder.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string) => Deno.readTextFileSync(new URL(path, root)).replaceAll("\r\n", "\n");

/** All pages of a folder. */
function pagesIn(folder: string): string[] {
  const names = [...Deno.readDirSync(new URL(folder, root))].map(({ name }) => name);
  return names.filter((name) => name.endsWith(".md")).map((name) => `${folder}/${name}`);
}

const PAGES = [
  "README.md",
  "README.ru.md",
  "CONTRIBUTING.md",
  "CHANGELOG.md",
  "SECURITY.md",
  "src/README.md",
  "tests/README.md",
  ...["docs", "docs/decisions"].flatMap(pagesIn),
];
const WORKFLOWS = [".github/workflows/test.yml", ".github/workflows/release.yml"];

/** What the first group of `pattern` holds, wherever it is found. */
function allIn(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map(([, found]) => found!);
}

for (const page of [...PAGES, ...WORKFLOWS]) {
  Deno.test(`documents: each task that ${page} names is in deno.json`, () => {
    const named = allIn(read(page), /\bdeno(?:@[\d.]+)?\s+task\s+([\w-]+)/g);
    assertEquals(named.filter((name) => !(name in project.tasks)), []);
  });
}

for (const page of PAGES) {
  Deno.test(`documents: each link of ${page} to a file leads to one`, () => {
    const links = allIn(read(page), /\]\((?!https?:)([^)#]+)/g);
    assertEquals(links.filter((link) => !isThere(new URL(link, new URL(page, root)))), []);
  });
}

for (const page of ["CONTRIBUTING.md", ".github/PULL_REQUEST_TEMPLATE.md", ...WORKFLOWS]) {
  Deno.test(`documents: each file that ${page} names is there`, () => {
    const named = allIn(read(page), /(?<![\w/.-])((?:\.ci|\.github|docs|scripts|src|tests)\/[\w./-]*\w)/g);
    assertEquals(named.filter((path) => !isThere(new URL(path, root))), []);
  });
}

Deno.test("documents: the tables that CONTRIBUTING.md adds rows to are where it says", () => {
  const tables = {
    "src/cli/prompt/shell_commands.ts": ["COMMANDS"],
    "src/cli/options.ts": ["VALUES", "SWITCHES", "BESIDE", "EXAMPLES"],
    "src/cli/words.ts": ["HELP"],
    "tests/cli/prompt/shell_test.ts": ["COMMANDS"],
    "tests/cli/options_test.ts": ["GOOD", "BAD"],
  };
  for (const [file, names] of Object.entries(tables)) {
    assert(read("CONTRIBUTING.md").includes(file), file);
    for (const name of names) assert(new RegExp(`\\bconst ${name}\\b`).test(read(file)), `${file}: ${name}`);
  }
});

for (const page of ["README.md", "README.ru.md"]) {
  Deno.test(`documents: each command and each flag is in ${page}`, () => {
    const [lists] = /const VALUES = [^]*?const REPEATABLE/.exec(read("src/cli/options.ts"))!;
    const flags = allIn(lists, /"([a-z-]+)"/g).map((flag) => `--${flag}`);
    assert(flags.length > 20);
    const text = read(page);
    assertEquals([...COMMANDS.map(({ name }) => name), ...flags].filter((name) => !text.includes(name)), []);
  });
}

Deno.test("documents: all name one Deno", () => {
  const { 1: version } = /^version=(\S+)$/m.exec(read(".ci/run"))!;
  const pages = [...PAGES, ...WORKFLOWS].map(read).join("\n");
  const named = allIn(pages, /(?:deno@|Deno\]\([^)]+\) |deno-version: |\|\| ')(\d+\.\d+\.\d+)/g);
  assert(named.length > 4);
  assertEquals([...new Set(named)], [version]);
});

Deno.test("documents: editors are told what deno fmt does", () => {
  const told = read(".editorconfig").split("\n");
  const { lineWidth, ...others } = project.fmt;
  assertEquals(Object.keys(others), ["exclude"], "what else is set there belongs into .editorconfig");
  const done = [
    `max_line_length = ${lineWidth}`,
    "indent_style = space",
    "indent_size = 2",
    "end_of_line = lf",
  ];
  assertEquals(done.filter((rule) => !told.includes(rule)), []);
});
