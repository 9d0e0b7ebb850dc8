// Where contents come from, as the archive keeps it: for what it is, in which order it was noted, and for how long.

import { assert, assertEquals } from "@std/assert";
import { Archive } from "../../../src/archive/archive.ts";
import { isFor } from "../../../src/archive/history/lineages.ts";
import { edited } from "../../../src/core/lineage.ts";
import { HIGHEST } from "../../../src/core/count.ts";
import { dir, file, link as linkTo } from "../../support/trees.ts";

const link = edited(edited(null, "bob", 3), "alice", 5);

Deno.test("a link is for the content it was noted of, and says so by digest, else by what the file looked like", () => {
  using archive = open();
  const { lineages } = archive;
  const unknown = { ...file("1"), digest: "", mtime: 7 };
  const noted = (entry: Parameters<typeof isFor>[1]) => {
    lineages.note([{ path: "a", link, entry }]);
    return lineages.of("a")!;
  };
  const known = noted(file("1"));
  assertEquals([known.author, known.number, known.holds], ["alice", 5, new Map([["bob", 3], ["alice", 5]])]);
  assert(isFor(known, { ...file("1"), mtime: 99 }) && !isFor(known, file("2")) && !isFor(known, null));
  assert(
    isFor(noted(unknown), { ...file("1"), mtime: 7 }) && !isFor(noted(unknown), { ...file("1"), mtime: 8 }),
  );
  assert(isFor(noted(null), null) && !isFor(noted(null), file("1")));
  assert(isFor(noted(dir()), dir({ x: file("1") })) && !isFor(noted(dir()), file("1")));
  assert(isFor(noted(linkTo("x")), linkTo("x")) && !isFor(noted(linkTo("x")), linkTo("y")));
});

Deno.test("links are told in the order in which they were noted, the latest of them", () => {
  using archive = open();
  const { lineages } = archive;
  const note = (path: string) => lineages.note([{ path, link, entry: null }]);
  for (const path of ["a", "b", "c"]) note(path);
  const first = lineages.since(0, 10);
  assertEquals(first.map(({ path }) => path), ["a", "b", "c"]);
  note("c");
  note("a");
  assertEquals(lineages.since(first.at(-1)!.at, 10).map(({ path }) => path), ["c", "a"]);
  assertEquals(lineages.since(0, 1).map(({ path }) => path), ["a"]);
});

Deno.test("the number of an edit was never there before, and is above all that is told of its author", () => {
  using archive = open();
  const { author, number } = archive.lineages.nextEdit(null, 1000);
  assertEquals([number, archive.lineages.nextEdit(null, 900).number], [1000, 1001]);
  const told = edited(null, author, 5000);
  assertEquals(archive.lineages.nextEdit(told, 1000), { author, number: 5001 });
  using other = open();
  assert(other.lineages.nextEdit(null, 1000).author !== author);
});

Deno.test("T5: who is told that no number comes after theirs is another author from then on", () => {
  using archive = open();
  const now = 1.8e12;
  const { author } = archive.lineages.nextEdit(null, now);
  const other = archive.lineages.nextEdit(edited(null, author, HIGHEST), now);
  assert(other.author !== author);
  assertEquals(other.number, now);
  assertEquals(archive.lineages.nextEdit(null, now), { ...other, number: now + 1 });
});

Deno.test("C6: where a pair begins anew nothing is known any more, nor after its time", () => {
  using archive = open();
  const { lineages, lived } = archive;
  lived.count(0, 100);
  lineages.note([{ path: "a", link, entry: null }]);
  lived.count(15, 100);
  lineages.note([{ path: "b", link, entry: null }]);
  lineages.prune(10);
  assertEquals([lineages.of("a"), lineages.of("b")?.number], [null, 5]);
  archive.restart(archive.pair({ root: "peer", key: "key" }, false), "anew");
  assertEquals(lineages.of("b"), null);
});

function open(): Archive & Disposable {
  const archive = new Archive(":memory:");
  return Object.assign(archive, { [Symbol.dispose]: () => archive.close() });
}
