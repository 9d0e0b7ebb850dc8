// The pages for readers of the code, and SECURITY.md: every path that they name is there, every function that a walk names is in its file,
// and every room is on them.

import { assert, assertEquals } from "@std/assert";
import { pageAt, tableRows } from "./pages.ts";
import { isThere } from "../support/folder.ts";

const isPage = ({ name }: Deno.DirEntry) => name.endsWith(".md");
const pagesIn = (folder: string) =>
  Deno.readDirSync(folder).filter(isPage).map(({ name }) => `${folder}/${name}`);
const PAGES = [
  "SECURITY.md",
  "src/README.md",
  "tests/README.md",
  ...pagesIn("docs"),
  ...pagesIn("docs/decisions"),
];

const foldersIn = (folder: string) =>
  [...Deno.readDirSync(folder)].filter(({ isDirectory }) => isDirectory).map(({ name }) => name);
const TOPS = ["src", "tests", "scripts", "docs", "findings", ".ci", ".github"];
const ROOMS_OF_BOTH = new Set([...foldersIn("src"), ...foldersIn("tests")]);

/** What stands in backticks and can only be a path of this repository: it begins with one of its folders, or with a room. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\s]+)`/g)].map(([, code]) => code!);
  return quoted.filter((code) => {
    const [top] = code.split("/");
    const isPath = /^[\w.-]+\/([\w.-]+\/)*[\w.-]*$/.test(code);
    return isPath && (TOPS.includes(top!) || ROOMS_OF_BOTH.has(top!));
  });
}

/** A path as pages write it leads to one of these: it is from the top, from src or from tests on, and a test's name needs no ending. */
function candidates(path: string): string[] {
  const whole = path.endsWith("_test") ? `${path}.ts` : path;
  return [...TOPS.includes(whole.split("/")[0]!) ? [whole] : [`src/${whole}`], `tests/${whole}`];
}

const missingIn = (text: string) => pathsIn(text).filter((path) => !candidates(path).some(isThere));

for (const page of PAGES) {
  Deno.test(`pages: each path that ${page} names is there`, () => {
    assertEquals(missingIn(pageAt(page)), []);
  });
}

Deno.test("pages: a path that is not there is found, in each way in which pages write one", () => {
  const wrong = [
    "src/core/nothing.ts",
    "session/nothing.ts",
    "endpoint/nothing_test",
    "core/nothing/",
    "docs/NOTHING.md",
  ];
  const right = ["src/core/side.ts", "session/alpha.ts", "endpoint/cut_test", "core/tree/", "docs/RULES.md"];
  const others = ["a/b", "name/nothing.txt", "/connectUser", "a b/c", "*.log"];
  const text = [...wrong, ...right, ...others].map((path) => `\`${path}\``).join(" and ");
  assertEquals(missingIn(text), wrong);
});

/** The steps of the walks: a file, and the functions in it. */
const STEPS = tableRows(pageAt("docs/ARCHITECTURE.md")).filter((cells) => /^\d+$/.test(cells[0]!))
  .map(([, , file, functions]) => ({
    file: pathsIn(file!)[0]!,
    names: [...functions!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
  }));

Deno.test("pages: each function that a walk of docs/ARCHITECTURE.md names is in its file", () => {
  assert(STEPS.length > 40);
  const wrong = STEPS.flatMap(({ file, names }) => {
    const text = pageAt(`src/${file}`);
    const isIn = (name: string) => new RegExp(`(?<![\\w#])${name}\\b\\s*(?:[(<=]|: \\()`).test(text);
    if (names.length === 0) return [`${file}: no function`];
    return names.filter((name) => !isIn(name)).map((name) => `${file}: ${name}`);
  });
  assertEquals(wrong, []);
});

/** What is called from everywhere. */
const GROUND = ["core", "wire", "fs"];

/** The steps at which a walk comes to a room again without having left the thread. `rows`: number, thread, file; a room that is called
 * returns to the one that called it. */
function comingBack(rows: [step: string, thread: string, file: string][]): string[] {
  const wrong: string[] = [];
  let thread = "";
  let inside: string[] = [];
  let left = new Set<string>();
  for (const [step, where, file] of rows) {
    if (where !== thread) [thread, inside, left] = [where, [], new Set()];
    const room = file.split("/")[0]!;
    if (GROUND.includes(room)) continue;
    const at = inside.indexOf(room);
    if (at >= 0) inside.splice(at + 1).forEach((called) => left.add(called));
    else if (left.has(room)) wrong.push(`${step}: ${room}`);
    else inside.push(room);
  }
  return wrong;
}

Deno.test("pages: in each stay in a thread a walk of docs/ARCHITECTURE.md enters a room once", () => {
  const parts = pageAt("docs/ARCHITECTURE.md").split(/^(?:## |\*\*[AB])/m);
  const walks = parts.map((part) => tableRows(part).filter(([step]) => /^\d+$/.test(step!)));
  const wrong = walks.flatMap((rows) =>
    comingBack(rows.map(([step, thread, file]) => [step!, thread!, pathsIn(file!)[0]!]))
  );
  assertEquals([walks.flat().length, wrong], [STEPS.length, []]);
  assertEquals(
    comingBack([["1", "main", "session/a.ts"], ["2", "main", "root/b.ts"], ["3", "main", "session/c.ts"], [
      "4",
      "main",
      "root/d.ts",
    ]]),
    ["4: root"],
  );
});

Deno.test("pages: the tables of rooms name each room once, from the ground up", () => {
  const [, list] = /const ROOMS = \[([^]*?)\n\];/.exec(pageAt("scripts/layers.ts"))!;
  const rooms = [...list!.matchAll(/"(\w+)"/g)].map(([, room]) => room!).filter((room) => room !== "types");
  assert(rooms.length > 15);
  for (const page of ["docs/ARCHITECTURE.md", "src/README.md"]) {
    const named = tableRows(pageAt(page)).map(([cell]) => /^`(\w+)\/?`$/.exec(cell!)?.[1]).filter((room) =>
      room !== undefined
    );
    assertEquals(named, rooms, page);
  }
});

Deno.test("pages: docs/decisions/README.md leads to each page of decisions", () => {
  const index = pageAt("docs/decisions/README.md");
  const others = pagesIn("docs/decisions").map((page) => page.split("/").at(-1)!).filter((name) =>
    name !== "README.md"
  );
  assertEquals([...others].filter((name) => !index.includes(`](${name})`)), []);
});

const DECISIONS = [...pagesIn("docs/decisions")].flatMap((page) =>
  pageAt(page).split(/^### /m).slice(1).map((text) => ({ title: `${page}: ${text.split("\n")[0]}`, text }))
);

Deno.test("pages: each decision says what, why, and which test holds it, or that none does", () => {
  assert(DECISIONS.length > 100);
  const parts = ["- **Decided:** ", "- **Why:** ", "- **Held by:** "];
  const isWhole = (text: string) => parts.every((part) => text.split(part).length === 2);
  const heldBy = (text: string) => text.split(parts.at(-1)!)[1] ?? "";
  const isHeld = (text: string) => /`[\w/]+_test`|^no test/.test(heldBy(text));
  assertEquals(DECISIONS.filter(({ text }) => !isWhole(text) || !isHeld(text)).map(({ title }) => title), []);
});
