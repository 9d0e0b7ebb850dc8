// Editing trees, and what changed between two of them.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "../../support/property.ts";
import { compareEntry, diff, hasNews, share } from "../../../src/core/tree/diff.ts";
import { TreeDigest } from "../../../src/core/tree/digest.ts";
import {
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  knownDigest,
} from "../../../src/core/tree/entry.ts";
import { nameOf, ROOT } from "../../../src/core/tree/path.ts";
import { apply, applyMoves, entryAt, TreeEditor } from "../../../src/core/tree/tree.ts";
import { MemoryDisk } from "../../support/memory_disk.ts";
import { flatten } from "../../support/pair.ts";
import { perturb, perturbations } from "../../support/perturb.ts";
import {
  at,
  dir,
  file,
  folded,
  lines,
  link,
  mac,
  posix,
  problem,
  sha256,
  tEmpty,
  tNest,
  tNestEdited,
  tNestLess,
  tOne,
  undigested,
} from "../../support/trees.ts";

function twoTrees(before: Parameters<typeof perturb>[1], then: Parameters<typeof perturb>[1], fold: boolean) {
  const disk = new MemoryDisk(fold ? mac : posix);
  perturb(disk, before, fold, "before", () => {});
  const base = disk.tree;
  perturb(disk, then, fold, "then", () => {});
  return { base, tree: disk.tree };
}

Deno.test("an editor leaves the tree it was given as it was", () => {
  const before = lines(tNest);
  const editor = new TreeEditor(tNest);
  assert(editor.set(at("d/new"), { ...file("n"), name: "new" }));
  assert(editor.set(at("d/sub/z"), null));
  assert(editor.move({ from: at("d/x"), to: at("x2"), name: "x2" }));
  assertEquals(lines(tNest), before);
  assertEquals(editor.get(at("d/x")), null);
  assertEquals(entryAt(editor.done(), at("x2"))?.name, "x2");
});

Deno.test("an editor keeps by identity what it does not touch", () => {
  const edited = apply(tNest, [{ path: at("d/x"), new: null }]);
  assertStrictEquals(entryAt(edited, at("d/sub")), entryAt(tNest, at("d/sub")));
});

Deno.test("an editor copies a directory once however many edits it gets", () => {
  const editor = new TreeEditor(tNest);
  editor.set(at("d/x"), null);
  const once = editor.get(at("d"));
  editor.set(at("d/y"), null);
  assertStrictEquals(editor.get(at("d")), once);
});

Deno.test("a directory put over a directory keeps the children, over a file it has none", () => {
  const tree = dir({ "d": dir({ "x": file("x") }), "f": file("f") });
  const named = (name: string) => ({ ...dir(), name });
  const edited = apply(tree, [{ path: at("d"), new: named("D") }, { path: at("f"), new: named("f") }]);
  assertEquals(entryAt(edited, at("d"))?.name, "D");
  assert(entryAt(edited, at("d/x")));
  assertEquals(lines(edited).at(-1), "f/");
});

const REFUSED_MOVES: [string, string, string][] = [
  ["nothing there", "nope", "x"],
  ["taken", "d", "f"],
  ["into a file", "d", "f/d"],
  ["into what is missing", "f", "nope/f"],
  ["into itself", "d", "d/d"],
  ["the root", "", "r"],
];

for (const [name, from, to] of REFUSED_MOVES) {
  Deno.test(`a move is refused and changes nothing: ${name}`, () => {
    const tree = dir({ "d": dir({ "x": file("x") }), "f": file("f") });
    const editor = new TreeEditor(tree);
    assertEquals(editor.move({ from: at(from), to: at(to), name: "n" }), false);
    assertEquals(lines(editor.done()), lines(tree));
  });
}

Deno.test("the root is never replaced, and no entry is put where its parent is missing", () => {
  const editor = new TreeEditor(tOne);
  assertEquals(editor.set(ROOT, null), false);
  assertEquals(editor.set(at("no/where"), { ...file("n"), name: "where" }), false);
  assertEquals(editor.set(at("a.txt/x"), { ...file("n"), name: "x" }), false);
  assertEquals(lines(editor.done()), lines(tOne));
});

Deno.test("N4 a respelling keeps what is in the folder", () => {
  const tree = folded({ "D": folded({ "x": file("x") }) });
  const moved = applyMoves(tree, [{ from: at("d"), to: at("d"), name: "d" }]);
  assertEquals(lines(moved), lines(folded({ "d": folded({ "x": file("x") }) })));
});

const COMPARED: [string, Entry, Entry, string, string][] = [
  // content alone, then with bit and spelling
  ["equal files", file("a"), file("a", { mtime: 5, id: 9 }), "same", "same"],
  ["another size", file("a"), undigested(file("ab")), "different", "different"],
  ["a digest is missing", file("a"), undigested(file("b")), "unknown", "unknown"],
  ["empty needs no digest", file(""), undigested(file("")), "same", "same"],
  ["another bit", file("a"), file("a", { executable: true }), "same", "different"],
  ["another spelling", file("a", { name: "a" }), file("a", { name: "A" }), "same", "different"],
  ["another normal form", file("a", { name: "\u00e9" }), file("a", { name: "e\u0301" }), "same", "same"],
  ["links by target", link("a"), link("b"), "different", "different"],
  ["a link is no file", link("a"), file("a"), "different", "different"],
  ["directories, children not looked at", tOne, tEmpty, "same", "same"],
  ["problems by reason", problem("no"), problem("no"), "different", "same"],
  ["other problems", problem("no"), problem("never"), "different", "different"],
];

for (const [name, one, other, content, entry] of COMPARED) {
  Deno.test(`compared: ${name}`, () => {
    assertEquals(compareContent(one, other), content);
    assertEquals(compareContent(other, one), content);
    assertEquals(compareEntry(one, other, true), entry);
    assertEquals(compareEntry(other, one, true), entry);
  });
}

Deno.test("C7 the bit is not compared on a side that has none", () => {
  assertEquals(compareEntry(file("a"), file("a", { executable: true }), false), "same");
});

Deno.test("diff names the topmost, whole", () => {
  const [gone, made] = [diff(tNest, tEmpty, true), diff(tEmpty, tNest, true)];
  assertEquals(gone.map(({ path }) => path), [at("d")]);
  assertStrictEquals(gone[0]!.old, entryAt(tNest, at("d")));
  assertStrictEquals(made[0]!.new, entryAt(tNest, at("d")));
  assertEquals(diff(tNest, tNestEdited, true).map(({ path }) => path), [at("d/sub/z")]);
});

Deno.test("diff enters a folder spelled anew and sees what went missing in it", () => {
  const base = folded({ "D": folded({ "x": file("x"), "y": file("y") }) });
  const tree = folded({ "d": folded({ "x": file("x") }) });
  assertEquals(diff(base, tree, true).map(({ path }) => path), [at("d"), at("d/y")]);
  assertEquals(lines(apply(base, flatten(diff(base, tree, true)))), lines(tree));
});

Deno.test("diff undone and done again: apply(base, diff) is the tree, whatever the trees", () => {
  fc.assert(fc.property(perturbations(15), perturbations(15), fc.boolean(), (before, then, fold) => {
    const { base, tree } = twoTrees(before, then, fold);
    assertEquals(lines(apply(base, flatten(diff(base, tree, true)))), lines(tree));
    assertEquals(diff(tree, tree, true), []);
  }));
});

Deno.test("sharing gives the very objects, so that the next diff is empty and looks at nothing", () => {
  fc.assert(fc.property(perturbations(15), perturbations(15), fc.boolean(), (before, then, fold) => {
    const digested = (tree: DirectoryEntry) => withDigests(tree);
    const trees = twoTrees(before, then, fold);
    const [base, tree] = [digested(trees.base), digested(trees.tree)];
    const agreed = apply(base, flatten(diff(base, tree, true)));
    assertStrictEquals(share(agreed, tree, true, () => {}), agreed === tree ? agreed : tree);
  }));
});

function withDigests(tree: DirectoryEntry): DirectoryEntry {
  const children = new Map<string, Entry>();
  for (const [key, entry] of tree.children) {
    const digest = entry.kind === "file" && entry.digest === "" ? sha256(key + entry.size + entry.id) : "";
    const known = entry.kind === "file" && digest !== "" ? { ...entry, digest } : entry;
    children.set(key, entry.kind === "directory" ? withDigests(entry) : known);
  }
  return { ...tree, children };
}

Deno.test("sharing keeps what differs, shares the rest and tells what was seen again", () => {
  const ancestor = dir({
    "same": dir({ "x": file("x") }, 1),
    "more": dir({ "y": file("y", { id: 5 }), "z": file("z") }, 2),
  });
  const tree = dir({
    "same": dir({ "x": file("x", { mtime: 7 }) }, 1),
    "more": dir({ "y": file("y", { id: 5 }), "z": file("edited") }, 3),
  });
  const seen: string[] = [];
  const shared = share(ancestor, tree, true, (path) => seen.push(path));
  assertStrictEquals(entryAt(shared, at("same")), entryAt(tree, at("same")));
  assertStrictEquals(entryAt(shared, at("more/y")), entryAt(tree, at("more/y")));
  assertStrictEquals(entryAt(shared, at("more/z")), entryAt(ancestor, at("more/z")));
  assertEquals(seen.sort(), [at("more"), at("same/x")]);
  assertEquals(diff(shared, tree, true).map(({ path }) => path), [at("more/z")]);
});

Deno.test("C7 sharing on a side without bits keeps the agreed bit", () => {
  const ancestor = dir({ "run": file("r", { executable: true }) });
  const tree = dir({ "run": file("r", { id: 4, mtime: 8 }) });
  const [run] = [...share(ancestor, tree, false, () => {}).children.values()];
  assertEquals(run, { ...file("r", { id: 4, mtime: 8, executable: true }), name: "run" });
});

Deno.test("sharing a new folder ID is remembered even where nothing else is shared", () => {
  const ancestor = dir({ "d": dir({ "x": file("x") }, 1) });
  const tree = dir({ "d": dir({ "x": file("other") }, 2) });
  const d = entryAt(share(ancestor, tree, true, () => {}), at("d"));
  assertEquals(d?.kind === "directory" && d.id, 2);
});

Deno.test("M5 folders that changed places keep the numbers they were agreed with", () => {
  const ancestor = dir({ "p": dir({ "x": file("x") }, 1), "q": dir({ "y": file("y") }, 2) });
  const tree = dir({ "p": dir({ "y": file("y") }, 2), "q": dir({ "x": file("x") }, 1) });
  assertStrictEquals(share(ancestor, tree, true, () => {}), ancestor);
});

const NEWS: [string, Entry | null, Entry, boolean][] = [
  ["nothing", tNest, tNest, false],
  ["only deletions", tNest, tNestLess, false],
  ["an edit deep inside", tNest, tNestEdited, true],
  ["something made", tNestLess, tNest, true],
  ["made from nothing", null, tEmpty, true],
  ["a bit", tOne, dir({ "a.txt": file("one", { executable: true }) }), true],
  ["a missing digest", tOne, dir({ "a.txt": undigested(file("one")) }), true],
];

for (const [name, base, tree, expected] of NEWS) {
  Deno.test(`C5 news: ${name}`, () => assertEquals(hasNews(base, tree, true), expected));
}

const sum = (tree: DirectoryEntry) => new TreeDigest(sha256).sum(tree);

Deno.test("N3 trees equal in the compared form have one root digest", () => {
  const one = dir({ "caf\u00e9": file("x"), "e": file(""), "l": link("t"), "d": dir({ "x": file("x") }) });
  const other = dir({
    "d": dir({ "x": file("x", { id: 3, mtime: 9 }) }, 8),
    "l": link("t"),
    "cafe\u0301": file("x"),
  });
  const whole = apply(other, [{ path: at("e"), new: { ...undigested(file("")), name: "e" } }]);
  assertEquals(sum(one), sum(whole));
  assertEquals(sum(folded({ "A": file("x") })).digest, sum(folded({ "a": file("x") })).digest);
  assertEquals([sum(one).files, sum(one).bytes], [3, 2]);
});

const DISTINCT: [string, DirectoryEntry][] = [
  ["empty", EMPTY_ROOT],
  ["one", tOne],
  ["content", dir({ "a.txt": file("two") })],
  ["name", dir({ "b.txt": file("one") })],
  ["bit", dir({ "a.txt": file("one", { executable: true }) })],
  ["depth", dir({ "d": dir({ "a.txt": file("one") }) })],
  ["empty folder", dir({ "d": dir() })],
  ["link", dir({ "a.txt": link("one") })],
  ["line break", dir({ "a\nb": file("one") })],
];

Deno.test("N3 trees that differ have different root digests", () => {
  assertEquals(new Set(DISTINCT.map(([, tree]) => sum(tree).digest)).size, DISTINCT.length);
});

Deno.test("the root digest sums again only what changed", () => {
  let calls = 0;
  const digest = new TreeDigest((text) => (calls++, sha256(text)));
  digest.sum(tNest);
  const before = calls;
  digest.sum(apply(tNest, [{ path: at("d/x"), new: null }]));
  assertEquals([before, calls - before], [3, 2]);
});

Deno.test("the root digest kept up through edits is the one summed from scratch", () => {
  fc.assert(
    fc.property(fc.array(perturbations(4), { minLength: 2, maxLength: 6 }), fc.boolean(), (rounds, fold) => {
      const disk = new MemoryDisk(fold ? mac : posix);
      const kept = new TreeDigest(sha256);
      for (const [round, edits] of rounds.entries()) {
        perturb(disk, edits, fold, `${round}`, () => {});
        assertEquals(kept.sum(disk.tree), new TreeDigest(sha256).sum(disk.tree));
      }
    }),
  );
});

Deno.test("a file without content has the digest of nothing, whether or not anybody read it", () => {
  assertEquals(knownDigest(undigested(file(""))), sha256(""));
});

const place = fc.array(fc.constantFrom("a", "b"), { minLength: 1, maxLength: 3 })
  .map((names) => at(names.join("/")));
const edit = fc.record({
  what: fc.constantFrom("file", "folder", "tree", "remove", "move"),
  path: place,
  to: place,
});

Deno.test("one editor of many edits makes the tree that a new one for each makes", () => {
  fc.assert(fc.property(fc.array(edit, { maxLength: 60, size: "max" }), place, (edits, asked) => {
    const editor = new TreeEditor(tNest);
    let tree = tNest;
    for (const { what, path, to } of edits) {
      const one = new TreeEditor(tree);
      const act = (by: TreeEditor) =>
        what === "move"
          ? by.move({ from: path, to, name: nameOf(to) })
          : by.set(path, { file: file("1"), folder: dir({}), tree: tNest, remove: null }[what]);
      assertEquals(act(editor), act(one));
      tree = one.done();
      assertEquals(editor.get(asked), entryAt(tree, asked));
      assertEquals(editor.get(path), entryAt(tree, path));
    }
    assertEquals(editor.done(), tree);
  }));
});
