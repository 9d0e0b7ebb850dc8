// C9, /resolve: whose content gets the name, from either side; the other is kept; and both lists forget the conflict.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import type { ConflictSide } from "../../src/history/conflicts.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { type Duo, duoAfter } from "../support/duo.ts";
import { filesIn, kept, nextTime, write } from "../support/folder.ts";

/** alpha wins the name, what beta wrote is the copy. */
const clash = () =>
  duoAfter({ "a.txt": "old" }, (duo) => {
    write(duo.beta.native("a.txt"), "beta's", nextTime());
    write(duo.alpha.native("a.txt"), "alpha's", nextTime());
  });

const files = (duo: Duo) =>
  Object.fromEntries(
    [...filesIn(duo.alpha.folder)].map(([path, text]) => [path.replace(/ \d{4}-[^)]*/, ""), text]),
  );
const isKept = (duo: Duo, side: SideName, content: string) =>
  [...kept(duo[side].folder).values()].includes(content);
const listed = (duo: Duo) => SIDES.map((side) => duo[side].historyService.conflicts().length);

const COPY = "a (conflict beta).txt";
const ROWS: [side: SideName, how: ConflictSide, both: Record<string, string>, lost: string | null][] = [
  ["alpha", "mine", { "a.txt": "alpha's" }, "beta's"],
  ["alpha", "theirs", { "a.txt": "beta's" }, "alpha's"],
  ["alpha", "both", { "a.txt": "alpha's", [COPY]: "beta's" }, null],
  ["beta", "mine", { "a.txt": "beta's" }, "alpha's"],
  ["beta", "theirs", { "a.txt": "alpha's" }, "beta's"],
  ["beta", "both", { "a.txt": "alpha's", [COPY]: "beta's" }, null],
];

for (const [side, how, both, lost] of ROWS) {
  for (const live of [true, false]) {
    Deno.test(`C9 S4: ${side} resolves to ${how}, ${live ? "in a session" : "the other being away"}`, () => {
      using duo = clash();
      if (!live) duo.disconnect();
      assertEquals(duo[side].historyService.resolve("a.txt", how), []);
      assertEquals(duo[side].historyService.conflicts(), []);
      if (lost !== null) assert(isKept(duo, side, lost), "what lost the name is kept where it was settled");
      if (!live) duo.restart();
      duo.settle();
      duo.checkInSync();
      assertEquals(files(duo), both);
      assertEquals(listed(duo), [0, 0]);
      if (lost !== null) { for (const each of SIDES) assert(isKept(duo, each, lost), `kept on ${each}`); }
      duo.restart();
      duo.settle();
      assertEquals(listed(duo), [0, 0], "it does not come back");
    });
  }
}

Deno.test("C9: a conflict is shown with both files, whose the copy is, and what they hold", () => {
  using duo = clash();
  for (const side of SIDES) {
    const [conflict] = duo[side].historyService.conflicts();
    const { path, of, copyIsMine, named, copy, alike } = conflict!;
    assertEquals([path, of, copyIsMine, alike], ["a.txt", "beta", side === "beta", false]);
    assertEquals([named!.size, copy!.size], [7, 6]);
  }
});

Deno.test("C9 M4: two names for one thing: one of them goes, or both stay", () => {
  for (
    const [how, names] of [["mine", ["by alpha"]], ["theirs", ["by beta"]], ["both", [
      "by alpha",
      "by beta",
    ]]] as const
  ) {
    using duo = duoAfter({ a: "content" }, (duo) => {
      for (const side of SIDES) Deno.renameSync(duo[side].native("a"), duo[side].native(`by ${side}`));
    });
    assertEquals(duo.alpha.historyService.resolve("by alpha", how), []);
    duo.settle();
    duo.checkInSync();
    assertEquals([...filesIn(duo.beta.folder).keys()], [...names]);
    assertEquals(listed(duo), [0, 0]);
  }
});

Deno.test("C9 C5: a file against a folder: the file gets the name, and all in the folder is kept", () => {
  using duo = duoAfter({ "d/a": "1" }, (duo) => {
    write(duo.alpha.native("d/new"), "in the folder");
    Deno.removeSync(duo.beta.native("d"), { recursive: true });
    write(duo.beta.native("d"), "a file");
  });
  assertEquals(duo.beta.historyService.resolve("d", "mine"), []);
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { d: "a file" });
  for (const side of SIDES) assert(isKept(duo, side, "in the folder"));
});

Deno.test("C9: resolving again after an interruption, by the copy's name, or without a conflict", () => {
  using duo = clash();
  let calls = 0;
  duo.alpha.hook = (method) => {
    if (method === "rename" && ++calls === 2) throw new Error("held open");
  };
  assertEquals(
    duo.alpha.historyService.resolve("a.txt", "theirs").length,
    1,
    "the copy could not be taken away",
  );
  duo.alpha.hook = () => {};
  assertEquals(duo.alpha.historyService.conflicts().length, 1, "so it is still listed");
  const copy = duo.alpha.historyService.conflicts()[0]!.kept;
  assertEquals(duo.alpha.historyService.resolve(copy, "theirs"), []);
  duo.settle();
  assertEquals(files(duo), { "a.txt": "beta's" });
  assertThrows(() => duo.alpha.historyService.resolve("a.txt", "both"), UserError, "no listed conflict");
});
