// The helpers of the tests: who searches for a name finds one of them, and tests/README.md leads to all that tests share.

import { assertEquals } from "@std/assert";
import { sourceFiles } from "../../scripts/workers.ts";
import { pageAt } from "./pages.ts";

const FILES = sourceFiles("tests").map((path) => path.replaceAll("\\", "/"));
const HELPERS = FILES.filter((path) => !path.endsWith("_test.ts"));
const EXPORT =
  /^export (?:async |abstract )*(?:function\*?|class|const|let|interface|type) (?<name>[A-Za-z]\w*)/gm;

/** What stands at more than one place: each such name with all its places. */
function shared(named: (readonly [name: string, place: string])[]): string[] {
  return [...Map.groupBy(named, ([name]) => name)].filter(([, found]) => found.length > 1)
    .map(([name, found]) => `${name}: ${found.map(([, place]) => place).join(", ")}`);
}

const exportsOf = (text: string) => [...text.matchAll(EXPORT)].map(({ groups }) => groups!.name!);

Deno.test("helpers: no two files of helpers have one name", () => {
  // What is fuzzed has the name of what it is about, as a test has.
  const own = HELPERS.filter((path) => !path.startsWith("tests/fuzz/targets/"));
  assertEquals(shared(own.map((path) => [path.split("/").at(-1)!, path] as const)), []);
});

Deno.test("helpers: no two files export one name", () => {
  assertEquals(
    shared(HELPERS.flatMap((path) => exportsOf(pageAt(path)).map((name) => [name, path] as const))),
    [],
  );
});

Deno.test("helpers: a name that stands at two places is found, however it is exported", () => {
  const text =
    "export class One {}\nexport async function two() {}\nconst three = 1;\nexport const three = 1;";
  assertEquals(exportsOf(text), ["One", "two", "three"]);
  assertEquals(shared([["a", "x.ts"], ["b", "x.ts"], ["a", "y.ts"]]), ["a: x.ts, y.ts"]);
});

Deno.test("helpers: each file of tests/support is in tests/README.md", () => {
  const page = pageAt("tests/README.md");
  const inSupport = HELPERS.filter((path) => path.startsWith("tests/support/"));
  assertEquals(inSupport.filter((path) => !page.includes(`\`${path.slice("tests/".length)}\``)), []);
});
