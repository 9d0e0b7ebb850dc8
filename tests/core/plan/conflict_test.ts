// Who keeps the name, and what the other content is called.

import { assert, assertEquals } from "@std/assert";
import type { Entry } from "../../../src/core/tree/entry.ts";
import { conflictName, copyOf, isCutCopyOf, winner } from "../../../src/core/plan/conflict.ts";
import { compareKey } from "../../../src/core/tree/path.ts";
import { file, link, undigested } from "../../support/trees.ts";

const low = (mtime: number) => file("x", { digest: "0".repeat(64), mtime });
const high = (mtime: number) => file("y", { digest: "f".repeat(64), mtime });

const WINNERS: [string, Entry, Entry, number, ReturnType<typeof winner>][] = [
  ["the later one", low(10_000), high(2_000), 0, "alpha"],
  ["the later one after the offset", low(10_000), high(12_500), 7_000, "alpha"],
  ["the offset the other way", low(10_000), high(8_500), -7_000, "beta"],
  ["exactly two seconds count", low(12_000), high(10_000), 0, "alpha"],
  ["under two seconds do not", low(11_999 - 500), high(10_000), 0, "beta"],
  ["times are rounded first", low(11_500), high(10_400), 0, "alpha"],
  ["rounding can bring times together", low(11_499), high(9_500), 0, "beta"],
  ["equal times: the greater digest", low(5_000), high(5_000), 0, "beta"],
  ["equal times, the other way", high(5_000), low(5_000), 0, "alpha"],
  ["a digest is missing, times differ", undigested(low(9_000)), high(0), 0, "alpha"],
  ["a digest is missing, times are equal", undigested(low(0)), high(0), 0, "unknown"],
  ["an empty file needs no digest", undigested(file("")), high(0), 0, "beta"],
  ["a link whose time is not known", low(1_000_000), { ...link("a"), digest: "a" }, 0, "beta"],
  ["C8: a link's own time", high(1_000), { ...link("a"), digest: "a", mtime: 9_000 }, 0, "beta"],
  ["C8: a link that is older", low(9_000), { ...link("f"), digest: "f", mtime: 1_000 }, 0, "alpha"],
  ["C8: two links", { ...link("f"), mtime: 9_000 }, { ...link("a"), mtime: 12_000 }, 8_000, "alpha"],
  ["a link, and a file that holds its target's text", file("a"), link("a"), 0, "alpha"],
];

for (const [name, alpha, beta, offset, expected] of WINNERS) {
  Deno.test(`C2 ${name}`, () => {
    assertEquals(winner(alpha, beta, offset), expected);
    const mirrored = { alpha: "beta", beta: "alpha", unknown: "unknown" } as const;
    assertEquals(winner(beta, alpha, -offset), mirrored[expected], "mirrored");
  });
}

const AT = Date.UTC(2026, 10, 22, 18, 7, 33, 900);
const MARK = " (conflict bob 2026-11-22 18.07.33)";
const OF_BOB = { owner: "bob", mtime: AT, fold: false, taken: () => false };
const bytes = (text: string) => new TextEncoder().encode(text).length;

const NAMES: [string, string, string][] = [
  ["before the extension", "budget.xlsx", `budget${MARK}.xlsx`],
  ["before the last extension", "a.tar.gz", `a.tar${MARK}.gz`],
  ["no extension", "README", `README${MARK}`],
  ["a leading dot starts none", ".profile", `.profile${MARK}`],
  ["a leading dot and an extension", ".config.json", `.config${MARK}.json`],
  ["a base cut to 255 bytes", "n".repeat(251) + ".txt", "n".repeat(255 - 35 - 4) + MARK + ".txt"],
  ["cut at a character, two bytes", "\u00e9".repeat(125) + ".txt", "\u00e9".repeat(108) + MARK + ".txt"],
  ["cut at a character, two bytes, odd", "\u00e9".repeat(125) + ".tx", "\u00e9".repeat(108) + MARK + ".tx"],
  ["cut at a character, four bytes", "\u{1f600}".repeat(60), "\u{1f600}".repeat(55) + MARK],
  ["an over-long extension counts as base", "a." + "x".repeat(250), "a." + "x".repeat(218) + MARK],
];

const FAR: [string, number, string][] = [
  ["the last there is", 8.64e15, "+275760-09-13 00.00.00"],
  ["before year 0", -8.64e15, "-271821-04-20 00.00.00"],
  ["before 1970", -14_182_939_500, "1969-07-20 20.17.40"],
];

for (const [name, mtime, expected] of FAR) {
  Deno.test(`C3 C8 a date far off: ${name}`, () => {
    const kept = conflictName("a.txt", { ...OF_BOB, mtime });
    assertEquals(kept, `a (conflict bob ${expected}).txt`);
    assertEquals(copyOf(kept), { name: "a.txt", of: "bob" });
  });
}

const CUT: [name: string, isCopy: boolean][] = [
  [`${"k".repeat(245)}.txt`, true],
  [`${"k".repeat(244)}é.txt`, true],
  [`${"k".repeat(245)}.doc`, false],
  [`${"l".repeat(245)}.txt`, false],
  [`${"k".repeat(20)}.txt`, false],
];

for (const [name, isCopy] of CUT) {
  Deno.test(`C3 S7: a name that was cut is ${isCopy ? "" : "not "}known for that of a copy of ${name.slice(-8)}`, () => {
    assertEquals(isCutCopyOf(conflictName(CUT[0]![0], OF_BOB), name), isCopy);
    assertEquals(isCutCopyOf(conflictName("k.txt", OF_BOB), name), false);
  });
}

for (const [name, from, expected] of NAMES) {
  Deno.test(`C3 ${name}`, () => {
    const kept = conflictName(from, OF_BOB);
    assertEquals(kept, expected);
    assert(bytes(kept) <= 255);
  });
}

Deno.test("C3 a taken name gets a number inside the bracket", () => {
  const taken = new Set([`a${MARK}.txt`, `a${MARK.replace(")", " 2)")}.txt`]);
  const kept = conflictName("a.txt", { ...OF_BOB, taken: (key) => taken.has(key) });
  assertEquals(kept, `a${MARK.replace(")", " 3)")}.txt`);
});

Deno.test("C3 a name is taken in the compared form", () => {
  const key = compareKey(`a${MARK}.txt`, true);
  assertEquals(
    conflictName("A.txt", { ...OF_BOB, fold: true, taken: (asked) => asked === key }),
    `A${MARK.replace(")", " 2)")}.txt`,
  );
});

Deno.test("C3 the number takes room from the base (field 13)", () => {
  const long = "n".repeat(255);
  const first = conflictName(long, OF_BOB);
  const second = conflictName(long, { ...OF_BOB, taken: (key) => key === first });
  assertEquals(bytes(second), 255);
  assert(second.endsWith(" 2)") && second !== first);
});

Deno.test("C3 in a folder whose path leaves less room the base is cut to that", () => {
  const kept = conflictName("n".repeat(200) + ".txt", { ...OF_BOB, longest: 100 });
  assertEquals([bytes(kept), kept], [100, "n".repeat(100 - MARK.length - 4) + MARK + ".txt"]);
});
