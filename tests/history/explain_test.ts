// /why: each reason a path can have, and what happened to it, also when it is gone; however a person writes it.

import { assertEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import { ignoringRule } from "../../src/core/ignore/ignore.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { plant } from "../support/damaged_archive.ts";
import { duoWith } from "../support/duo.ts";
import { nextTime, write } from "../support/folder.ts";

Deno.test("why: as agreed, changed, new, gone", () => {
  using duo = duoWith({ same: "1", "d/edited": "2", gone: "3" });
  write(duo.alpha.native("d/edited"), "22");
  write(duo.alpha.native("new"), "4");
  Deno.removeSync(duo.alpha.native("gone"));
  const rows = [["same", "same"], ["d/edited", "changed"], ["new", "new"], ["gone", "gone"]];
  for (const [path, state] of rows) {
    const { standings, here } = duo.alpha.historyService.why(path!);
    assertEquals([standings.map(({ state }) => state), here === null], [[state], path === "gone"], path);
  }
  duo.settle();
  const { standings, here, historyEntries } = duo.beta.historyService.why("gone");
  assertEquals([standings[0]!.state, here], ["unknown", null]);
  assertEquals(historyEntries.map(({ what, mine, kept }) => [what, mine, kept !== null]), [
    ["deleted", false, true],
    ["created", false, false],
  ]);
});

Deno.test("why: ignored, by which line; also what lies in an ignored folder", () => {
  using duo = duoWith({
    ".tcpsyncignore": "# mine\n*.o\nbuild/\n!keep.o\n",
    "a.o": "1",
    "build/x": "2",
    "keep.o": "3",
  });
  const rule = (path: string) => duo.alpha.historyService.why(path).ignored;
  assertEquals(rule("a.o"), { rule: "*.o", line: 2, file: ".tcpsyncignore" });
  assertEquals(rule("build/x"), { rule: "build/", line: 3, file: ".tcpsyncignore" });
  assertEquals(rule("build"), { rule: "build/", line: 3, file: ".tcpsyncignore" });
  assertEquals(rule("keep.o"), null);
  assertEquals(ignoringRule("", "d/Thumbs.db" as Path, false), { rule: "Thumbs.db", line: 0 });
});

Deno.test("why: a link out, a twin, a conflict", { ignore: Deno.build.os === "windows" }, () => {
  using duo = duoWith({ "a.txt": "1" });
  Deno.symlinkSync("/etc/passwd", duo.alpha.native("out"));
  write(duo.alpha.native("caf\u00e9"), "composed");
  write(duo.alpha.native("cafe\u0301"), "decomposed");
  write(duo.beta.native("a.txt"), "beta's", nextTime());
  write(duo.alpha.native("a.txt"), "alpha's", nextTime());
  duo.settle();
  const { problem, here } = duo.alpha.historyService.why("out");
  assertEquals([typeof problem, here?.kind], ["string", "problem"]);
  const twin = ["caf\u00e9", "cafe\u0301"].map((name) =>
    duo.alpha.historyService.why(name).standings[0]!.twin
  );
  assertEquals(twin, ["cafe\u0301", null], "the first in byte order is synced");
  const { conflicts } = duo.alpha.historyService.why("a.txt");
  assertEquals(conflicts.map(({ path, of }) => [path, of]), [["a.txt", "beta"]]);
  assertEquals(duo.alpha.historyService.why(conflicts[0]!.kept).conflicts.length, 1);
});

Deno.test("why and history: a path is found however it is written; what nobody knows is said", () => {
  using duo = duoWith({ "d/a": "1" });
  for (const path of ["d/a", "./d/a", "d/a/", `${duo.alpha.folder}/d/a`]) {
    assertEquals(duo.alpha.historyService.why(path).path, "d/a", path);
  }
  assertEquals(duo.alpha.historyService.history("d").historyEntries.map(({ path }) => path).sort(), [
    "d",
    "d/a",
  ]);
  assertEquals(
    duo.alpha.historyService.history().batches.map(({ batch, peer, paths }) => [batch, peer, paths]),
    [
      [1, "beta", ["d", "d/a"]],
    ],
  );
  assertThrows(() => duo.alpha.historyService.why("nothing"), UserError, "nothing is known");
  assertThrows(() => duo.alpha.historyService.history("nothing"), UserError, "Nothing is known");
  assertThrows(() => duo.alpha.historyService.why("."), UserError, "which path");
});

Deno.test("T5: an entry of the history that cannot be read is one entry less, told, and nothing else", () => {
  using duo = duoWith({ a: "1" });
  write(duo.alpha.native("b"), "2");
  duo.settle();
  const batch = "9007199254740993"; // More than a number can hold.
  duo.alpha.restart(() => plant(duo.alpha.state, `UPDATE deed SET batch = ${batch} WHERE path = 'b'`));
  duo.beta.restart();
  duo.connect();
  const { historyService, engine: { archive: { historyEntries } } } = duo.alpha;
  assertEquals(historyService.history().batches.map(({ batch }) => batch), [1]);
  assertEquals([historyService.history().unread, historyService.history("a").historyEntries.length], [1, 1]);
  assertEquals(
    [historyService.why("a").historyEntries.length, historyService.why("b").historyEntries.length],
    [1, 0],
  );
  assertEquals(historyService.undo().batch, 1);
  duo.settle();
  historyEntries.prune(Date.now() + 1);
  assertEquals(historyService.history().unread, 0);
});

Deno.test("T5: an entry of the history whose content cannot be read is told, too", () => {
  using duo = duoWith({ a: "1", b: "2" });
  duo.alpha.restart(() => plant(duo.alpha.state, "UPDATE deed SET new = x'96' WHERE path = 'b'"));
  const { historyService } = duo.alpha;
  assertEquals(historyService.history("a").historyEntries.map(({ path }) => path), ["a"]);
  assertEquals([historyService.history("a").unread, historyService.history().unread], [1, 1]);
});

Deno.test("history: what is older than versions are kept goes with them; the last batch keeps its number", () => {
  using duo = duoWith({ a: "1" });
  write(duo.alpha.native("a"), "22");
  duo.settle();
  duo.alpha.engine.archive.historyEntries.prune(Date.now() + 1);
  assertEquals(duo.alpha.historyService.history().batches.map(({ batch }) => batch), [2]);
});
