// Which folders are watched where each watch costs: what is ignored never, all else, with few lists.

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { type DirectoryEntry, EMPTY_ROOT } from "../../src/core/tree/entry.ts";
import { isWithin, parentOf, type Path, ROOT } from "../../src/core/tree/path.ts";
import { TreeEditor, walk } from "../../src/core/tree/tree.ts";
import { haveSameFolders, planScarceWatch, planWatch } from "../../src/scan/watch_plan.ts";

const pathList = (...list: string[]) => list as Path[];

/** A tree of folders, and of files where a time is given. */
function treeOf(folders: readonly string[], files: Record<string, number> = {}): DirectoryEntry {
  const editor = new TreeEditor(EMPTY_ROOT);
  for (const path of folders) editor.set(path as Path, { ...EMPTY_ROOT, name: path.replace(/.*\//, "") });
  for (const [path, mtime] of Object.entries(files)) {
    const name = path.replace(/.*\//, "");
    editor.set(path as Path, {
      ...{ kind: "file", name, size: 1, mtime, executable: false, digest: "", id: 0, born: 0 },
    });
  }
  return editor.done();
}

Deno.test("only the folders on the way to what is ignored are watched alone", () => {
  const tree = treeOf(["a", "a/b", "a/b/c", "d", "d/e", "d/e/f", "d/g"]);
  const cases: [partial: string[], flat: string[], whole: string[]][] = [
    [[], [""], ["a", "d"]],
    [["d"], ["", "d"], ["a", "d/e", "d/g"]],
    [["d/e/f"], ["", "d", "d/e", "d/e/f"], ["a", "d/g"]],
    [["gone/and", "a"], ["", "a"], ["a/b", "d"]],
  ];
  for (const [partial, flat, whole] of cases) {
    const plan = planWatch(tree, pathList(...partial));
    assertEquals([plan.flat.sort(), plan.whole.sort(), plan.folders], [flat, whole, 8], partial.join());
  }
});

Deno.test("a folder with something in it that cannot be looked at is watched alone", () => {
  const editor = new TreeEditor(treeOf(["a", "a/b", "a/b/c", "a/d"]));
  editor.set("a/b/closed" as Path, {
    kind: "problem",
    name: "closed",
    reason: "no permission",
    lasting: false,
  });
  const { flat, whole } = planWatch(editor.done(), []);
  assertEquals([flat.sort(), whole.sort()], [["", "a", "a/b"], ["a/b/c", "a/d"]]);
});

const name = fc.constantFrom("a", "b", "c");
const path = fc.array(name, { minLength: 1, maxLength: 5 }).map((names) => names.join("/"));
const folders = fc.array(path, { maxLength: 30 }).map((list) => {
  const all = new Set<string>();
  for (const one of list) for (let at = one as Path; at !== ROOT; at = parentOf(at)) all.add(at);
  return [...all].sort();
});

Deno.test("each folder is watched once, and none with something ignored in it as a whole", () => {
  fc.assert(fc.property(folders, fc.array(path, { maxLength: 4 }), (all, partial) => {
    const tree = treeOf(all);
    const { flat, whole, folders } = planWatch(tree, pathList(...partial));
    const known = [ROOT, ...pathList(...all)];
    assertEquals(folders, known.length);
    for (const folder of known) {
      const by = whole.filter((top) => folder === top || isWithin(folder, top)).length;
      assertEquals(by + (flat.includes(folder) ? 1 : 0), 1, folder);
    }
    for (const top of whole) {
      assert(partial.every((one) => one !== top && !isWithin(one as Path, top)), top);
    }
  }));
});

Deno.test("where watches are scarce, folders that were there come first, then those that changed last", () => {
  const before = treeOf(["old", "quiet"]);
  const tree = treeOf(["old", "quiet", "new", "newer"], { "old/f": 3, "new/f": 8, "newer/f": 9 });
  const { flat, whole, folders } = planScarceWatch(tree, before);
  assertEquals([flat, whole, folders], [pathList("", "old", "quiet", "newer", "new"), [], 5]);
});

Deno.test("trees have the same folders where one is the other but for what is in the folders", () => {
  fc.assert(fc.property(folders, folders, (one, other) => {
    const times = Object.fromEntries(one.map((folder, at) => [`${folder}/f`, at]));
    assert(haveSameFolders(treeOf(one), treeOf(one, times)));
    const same = one.join() === other.join();
    assertEquals(haveSameFolders(treeOf(one, times), treeOf(other)), same);
  }));
  const tree = treeOf(["a"]);
  assertEquals([...walk(ROOT, tree)].length, 2);
});
