// What a system cannot have, and the sentence that says so.

import { assert, assertEquals } from "@std/assert";
import { lengthProblem, namingProblem } from "../../src/core/ability.ts";
import { posix, windows } from "../support/trees.ts";

const REFUSED: [string, string][] = [
  ["aux", "AUX"],
  ["aux.txt", "AUX"],
  ["con", "CON"],
  ["Con .txt", "CON"],
  ["COM1.tar.gz", "COM1"],
  ["lpt\u00b9", "LPT\u00b9"],
  ["conin$", "CONIN$"],
  ["what?.txt", '"?" in a name (character 5)'],
  ["a\\b", '"\\"'],
  ["a:b", '":"'],
  ["a*", '"*"'],
  ['"', '"""'],
  ["<", '"<"'],
  [">", '">"'],
  ["a|b", '"|"'],
  ["tab\there", "control character 9"],
  ["line\nbreak", "control character 10"],
  ["ends.", "dot"],
  ["ends ", "space"],
  ["ends  ", "(character 6)"],
  ["con.air.1997.nfo", "CON"],
  ["n".repeat(256), "256 characters"],
];

for (const [name, mention] of REFUSED) {
  Deno.test(`N2 (field 12) Windows cannot have ${JSON.stringify(name.slice(0, 20))}`, () => {
    const reason = namingProblem(name, windows) ?? "";
    assert(reason.includes(mention), reason);
    assert(/: (rename|shorten) it$/.test(reason), "it says how to mend it");
  });
}

Deno.test("N2 Windows has what only looks like a device", () => {
  for (const name of ["auxiliary", "com", "com10", "console.txt", "nul_", "a.aux", ".con", "n".repeat(255)]) {
    assertEquals(namingProblem(name, windows), null, name);
  }
});

Deno.test("N2 elsewhere only length counts, in bytes", () => {
  for (const name of ["aux", "what?", "a\\b", "ends.", "\n", "n".repeat(255), "\u00e9".repeat(127)]) {
    assertEquals(namingProblem(name, posix), null, name);
  }
  assert(namingProblem("\u00e9".repeat(128), posix)?.includes("256 bytes"));
});

Deno.test("N2 a path too long for the other side: in bytes, on Windows in characters", () => {
  const path = (length: number, letter = "n") => letter.repeat(length);
  assertEquals(lengthProblem(path(4000), posix), null);
  const reason = lengthProblem(path(4001), posix);
  assertEquals(
    reason,
    "the path is 4001 bytes long, the other computer allows 4000: shorten the names of its folders",
  );
  assert(lengthProblem(path(2001, "\u00e9"), posix)?.includes("4002 bytes"));
  assertEquals(lengthProblem(path(2001, "\u00e9"), windows), null);
  assert(lengthProblem(path(4001), windows)?.includes("4001 characters"));
});
