// What is found after an unclean stop at a path that was not proved: whole, damage, or a person's work.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { type Former, formersOf, type Found, judge, type Placing } from "../../src/core/placing.ts";

const PLACED = 1_700_000_000_000;
const OURS = PLACED - 3_600_000;
const LATER = PLACED + 60_000;

const replaced: Placing = {
  path: "a" as Path,
  expected: "new",
  formers: [{ content: "old", mtime: OURS - 5000 }],
  size: 3,
  mtime: OURS,
  id: 1,
  born: OURS,
  placed: PLACED,
};
const made = { ...replaced, formers: [] };
const removed = { ...replaced, expected: null };
const replacedTwice = {
  ...replaced,
  formers: [{ content: "first", mtime: OURS - 9000 }, ...replaced.formers],
};
const replacedSoon = {
  ...replaced,
  formers: [{ content: "old", mtime: OURS - 5000, placed: PLACED - 60_000 }],
};
const folder = { ...made, expected: "directory" };

const fileFound = (content: string, mtime: number, blank = false): Found => ({
  content,
  mtime,
  blank,
  isFile: true,
  isAnother: false,
  isWhole: false,
});
const another = (content: string, mtime: number, blank = false): Found => ({
  ...fileFound(content, mtime, blank),
  isAnother: true,
});
const whole = (content: string, mtime: number): Found => ({ ...fileFound(content, mtime), isWhole: true });
const directory: Found = { ...whole("directory", 0), isFile: false, isAnother: true };

/** What was done, what is found, and what that is: after a power cut, and where only the program was stopped. */
const ROWS: [what: string, Placing, Found | null, cut: string, stopped: string][] = [
  ["the content is there", replaced, fileFound("new", OURS), "whole", "whole"],
  ["the content is there, touched", replaced, fileFound("new", LATER), "whole", "whole"],
  ["zeros of the same size and time", replaced, fileFound("zeros", OURS, true), "damaged", "damaged"],
  ["an empty file", made, fileFound("empty", PLACED - 1000, true), "damaged", "damaged"],
  ["a file emptied since", made, fileFound("empty", LATER, true), "damaged", "edited"],
  ["a part, with the time it was to have", made, fileFound("part", OURS), "damaged", "damaged"],
  ["a part, with the time it was written", made, fileFound("part", PLACED - 1000), "damaged", "edited"],
  ["what another file held, with the time it was to have", made, whole("other", OURS), "damaged", "edited"],
  ["the former content", replaced, fileFound("old", OURS - 5000), "damaged", "edited"],
  ["nothing, where something was replaced", replaced, null, "damaged", "edited"],
  ["nothing, where something was made", made, null, "damaged", "edited"],
  ["no folder", folder, null, "damaged", "edited"],
  ["the folder", folder, directory, "whole", "whole"],
  ["nothing, as it should be", removed, null, "whole", "whole"],
  ["what was removed", removed, fileFound("old", OURS - 5000), "damaged", "edited"],
  [
    "a part of what was to be removed, which was not proved either",
    removed,
    fileFound("part", OURS - 5000),
    "damaged",
    "damaged",
  ],
  ["a part of what was to be replaced", replaced, fileFound("part", OURS - 5000), "damaged", "damaged"],
  ["what was there before the last two", replacedTwice, fileFound("first", OURS - 9000), "damaged", "edited"],
  ["a part of that", replacedTwice, fileFound("fir", OURS - 9000), "damaged", "damaged"],
  ["what was there before the last", replacedTwice, fileFound("old", OURS - 5000), "damaged", "edited"],
  ["the content, after two", replacedTwice, fileFound("new", OURS), "whole", "whole"],
  ["something saved after two", replacedTwice, fileFound("mine", LATER), "edited", "edited"],
  ["something saved after a removal", removed, fileFound("mine", LATER), "edited", "edited"],
  ["something saved after the stop", replaced, fileFound("mine", LATER), "edited", "edited"],
  ["a file of long ago, put there since", replaced, fileFound("mine", OURS - 100_000), "edited", "edited"],
  ["a copy that kept a time, put there since", replaced, another("mine", OURS), "edited", "edited"],
  ["an empty file, put there since", made, another("empty", PLACED - 1000, true), "edited", "edited"],
  [
    "a part of what was replaced, under its own number",
    replaced,
    another("part", OURS - 5000),
    "damaged",
    "damaged",
  ],
  [
    "a part of what was replaced and not proved either, with the time it was written",
    replacedSoon,
    another("part", PLACED - 61_000),
    "damaged",
    "edited",
  ],
  [
    "something saved before what was replaced came",
    replacedSoon,
    another("mine", PLACED - 75_000),
    "edited",
    "edited",
  ],
  ["something saved after that", replacedSoon, another("mine", PLACED - 55_000), "edited", "edited"],
  ["a folder, put there since", replaced, directory, "edited", "edited"],
];

for (const [what, placing, found, cut, stopped] of ROWS) {
  Deno.test(`after an unclean stop: ${what}`, () => {
    assertEquals([judge(placing, found, true), judge(placing, found, false)], [cut, stopped]);
  });
}

Deno.test("formers: what was there since a path was last proved, each once, and no end of them", () => {
  const [old, other]: Former[] = [{ content: "old", mtime: 1 }, { content: "other", mtime: 2 }];
  assertEquals(formersOf([], null), []);
  assertEquals(formersOf([], old!), [old]);
  const before = { ...made, expected: "old", mtime: 1 };
  const placed = { ...old, placed: PLACED };
  assertEquals(formersOf([before], old!), [placed], "what was put there is what is there");
  assertEquals(formersOf([before], other!), [placed, other], "its owner saved something since");
  assertEquals(
    formersOf([{ ...before, expected: null, formers: [other!] }], null),
    [other],
    "it was removed",
  );
  let placing: Placing = made;
  for (let count = 0; count < 100; count++) {
    const present = { content: `content ${count}`, mtime: count };
    placing = {
      ...placing,
      formers: formersOf([placing], present),
      expected: `content ${count + 1}`,
      mtime: count + 1,
    };
  }
  assertEquals(placing.formers.map(({ mtime }) => mtime), [
    OURS,
    ...Array.from({ length: 31 }, (_, at) => 69 + at),
  ]);
});
