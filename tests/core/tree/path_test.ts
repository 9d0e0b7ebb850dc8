// The gate for names from a peer (RULES N1), and the form in which names are compared.

import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "../../support/property.ts";
import { Breach } from "../../../src/core/failure.ts";
import {
  compareKey,
  gateName,
  gatePath,
  isPrivateName,
  isWithin,
  nameOf,
  namesOf,
  parentOf,
  type Path,
  precedes,
  ROOT,
} from "../../../src/core/tree/path.ts";

const HOSTILE: [string, unknown][] = [
  ["absolute", "/etc/passwd"],
  ["ends in a separator", "a/"],
  ["empty name inside", "a//b"],
  ["dot", "."],
  ["dot inside", "a/./b"],
  ["up", ".."],
  ["up inside", "a/../../b"],
  ["NUL", "a\0b"],
  ["private", ".tcpsync"],
  ["private inside", "a/.tcpsync/versions"],
  ["private, upper case", ".TCPSYNC"],
  ["private, trailing dot", ".tcpsync."],
  ["private, trailing space", ".tcpsync "],
  ["private, trailing both", ".tcpsync. ."],
  ["private, fullwidth", "\uff0etcpsync"],
  ["private, fullwidth letters", ".\uff54\uff43\uff50sync"],
  ["private, long s", ".tcp\u017fync"],
  ["private, Windows' short alias", "TCPSYN~1"],
  ["private, its alias where the plain ones are taken", "TCE756~1"],
  ["private, the tenth such alias", "tce75~10"],
  ["private, a stream of it", ".tcpsync:x"],
  ["private, as a stream", ".TCPSYNC::$INDEX_ALLOCATION"],
  ["private, its alias as a stream", "tcpsyn~1:x"],
  ["private, with a joiner no one sees", ".tcp\u200csync"],
  ["private, with a soft hyphen", "\u00ad.tcpsync"],
  ["half a character", "a\ud800"],
  ["half a character inside", "a/\udc00/b"],
  ["over-long name", "n".repeat(1025)],
  ["over-long path", "n/".repeat(16_001) + "n"],
  ["no text", 7],
  ["nothing", null],
];

for (const [name, path] of HOSTILE) {
  Deno.test(`N1 the gate refuses: ${name}`, () => {
    assertThrows(() => gatePath(path, "/"), Breach);
    assertThrows(() => gatePath(path, "\\"), Breach);
  });
}

Deno.test("N1 the gate refuses a backslash where it separates, and lets it pass where it does not", () => {
  assertThrows(() => gatePath("a\\b", "\\"), Breach);
  assertThrows(() => gateName("..\\b", "\\"), Breach);
  assertEquals(gatePath("a\\b", "/"), "a\\b");
});

Deno.test("N1 the gate refuses an empty name but lets the root pass as a path", () => {
  assertThrows(() => gateName("", "/"), Breach);
  assertEquals(gatePath("", "/"), ROOT);
});

Deno.test("N1 the gate lets ordinary names pass as they are", () => {
  for (
    const path of ["a", "a/b.txt", "...", ".hidden", "tcpsync", ".tcpsyncignore", "a b ", "e\u0301", "-"]
  ) {
    assertEquals(gatePath(path, "/"), path);
  }
});

Deno.test("N1 whatever passes the gate stays inside and has no private part", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    let path: Path;
    try {
      path = gatePath(text, "\\");
    } catch (error) {
      return assert(error instanceof Breach);
    }
    for (const name of namesOf(path)) {
      assert(!["", ".", ".."].includes(name) && !/[/\\\0]/.test(name) && !isPrivateName(name));
    }
  }));
});

const KEYS: [string, string, boolean, boolean][] = [
  // one, other, equal without folding, equal with folding
  ["a", "a", true, true],
  ["a", "A", false, true],
  ["caf\u00e9", "cafe\u0301", true, true],
  ["CAF\u00c9", "cafe\u0301", false, true],
  ["\u00df", "SS", false, false],
  ["\u03a3", "\u03c2", false, true],
  ["K", "\u212a", true, true],
  ["H\u0331", "\u1e96", false, true],
  ["\u0130", "i", false, false],
];

for (const [one, other, exact, folded] of KEYS) {
  Deno.test(`N3 "${one}" and "${other}" compare as they should`, () => {
    assertEquals(compareKey(one, false) === compareKey(other, false), exact);
    assertEquals(compareKey(one, true) === compareKey(other, true), folded);
  });
}

Deno.test("N3 the compared form of a compared form is itself, and never empty nor cut by a separator", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme", minLength: 1 }), fc.boolean(), (name, fold) => {
    const key = compareKey(name.replaceAll("/", "-"), fold);
    assertEquals(compareKey(key, fold), key);
    assert(key !== "" && !key.includes("/"));
  }));
});

Deno.test("paths come apart and together", () => {
  const path = "a/b/c" as Path;
  assertEquals([parentOf(path), nameOf(path), namesOf(path)], ["a/b" as Path, "c", ["a", "b", "c"]]);
  assertEquals([parentOf("a" as Path), nameOf("a" as Path), namesOf(ROOT)], [ROOT, "a", []]);
  assert(isWithin(path, "a/b" as Path) && isWithin(path, path) && isWithin(path, ROOT));
  assert(!isWithin("a/bc" as Path, "a/b" as Path) && !isWithin("a" as Path, path));
});

Deno.test("N3 names come in the order of their bytes in UTF-8", () => {
  const bytes = (name: string) => Array.from(new TextEncoder().encode(name), (byte) => byte + 0x100).join();
  fc.assert(fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (one, other) => {
    assertEquals(precedes(one, other), bytes(one) < bytes(other));
    assertEquals(precedes(one, one + other), other !== "");
  }));
});
