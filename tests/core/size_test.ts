// Trees as deep as a path can be said on the wire, and folders with much in them: nothing here
// may go by the stack.

import { assertEquals, assertStrictEquals } from "@std/assert";
import { diff, share } from "../../src/core/tree/diff.ts";
import { TreeDigest } from "../../src/core/tree/digest.ts";
import type { DirectoryEntry, Entry } from "../../src/core/tree/entry.ts";
import { findMoves } from "../../src/core/moves/moves.ts";
import { type Path, ROOT } from "../../src/core/tree/path.ts";
import { taskCount } from "../../src/core/plan/plan.ts";
import { entriesAfter } from "../../src/core/reading_order.ts";
import { reconcile } from "../../src/core/plan/reconcile.ts";
import type { SideName } from "../../src/core/side.ts";
import { apply, applyMoves, entryAt, walk } from "../../src/core/tree/tree.ts";
import { byExactNames, Viewer } from "../../src/core/ignore/view.ts";
import { withoutDigests } from "../../src/scan/digest.ts";
import { PlannedWork } from "../../src/plan/planned_work.ts";
import { dir, file, posix, problem, sha256, tEmpty } from "../support/trees.ts";

/** More than a stack of calls holds. */
const LEVELS = 5_000;
/** Enough for what is not in proportion to show: tests/core/moves/moves_test.ts has more than a call takes arguments. */
const MANY = 40_000;

const wide = { ...posix, longestPath: 32_000 };

/** A chain of folders with `bottom` in the last. */
function chain(bottom: Record<string, Entry>, levels = LEVELS, id = 0): DirectoryEntry {
  let folder = dir(bottom, id && id + levels);
  for (let level = levels; level > 0; level--) folder = dir({ d: folder }, id && id + level - 1);
  return folder;
}

/** A folder with so many files. */
function full(count: number, nameOf = (number: number) => `f${number}`): DirectoryEntry {
  const children = new Map<string, Entry>();
  for (let number = 0; number < count; number++) {
    const name = nameOf(number);
    children.set(name, file("x", { name, id: number + 1, born: 1 }));
  }
  return { ...dir(), children };
}

const bottom = Array(LEVELS).fill("d").join("/");
const before = chain({ file: file("one") });
const edited = chain({ file: file("two!") });

/** How many tasks each side gets. */
function counts(ancestor: DirectoryEntry, alpha: DirectoryEntry, beta: DirectoryEntry) {
  const side = (tree: DirectoryEntry, owner: string) => ({
    tree,
    owner,
    moves: findMoves(ancestor, tree, true),
    ability: wide,
  });
  const plan = reconcile(ancestor, side(alpha, "alice"), side(beta, "bob"), { offset: 0 });
  const of = (name: SideName) => taskCount(plan[name]);
  return [of("alpha"), of("beta"), plan.agreed.length, plan.conflicts.length];
}

Deno.test("however deep a tree is, it is gone through", () => {
  assertEquals([...walk(ROOT, before)].length, LEVELS + 2);
  assertEquals(diff(before, edited, true).map(({ path }) => path), [`${bottom}/file` as Path]);
  assertStrictEquals(share(edited, edited, true, () => {}), edited);
  assertEquals([...entriesAfter(before, "")].map(([path]) => path), [`${bottom}/file` as Path]);
  assertEquals(new TreeDigest(sha256).sum(before).files, 1);
  assertStrictEquals(new Viewer(true, () => false).view(before), before);
  assertStrictEquals(byExactNames(before), before);
  assertEquals(diff(before, withoutDigests(before), true).length, 1);
});

Deno.test("however deep a tree is, it is decided on", () => {
  const lone = chain({}, 1);
  assertEquals(counts(tEmpty, before, tEmpty), [0, LEVELS + 1, 0, 0], "made");
  assertEquals(counts(before, tEmpty, before), [0, LEVELS + 1, 0, 0], "deleted");
  assertEquals(counts(before, tEmpty, edited), [LEVELS + 1, 0, 0, 0], "deleted here, edited there");
  assertEquals(counts(tEmpty, before, before), [0, 0, LEVELS + 1, 0], "the same on both sides");
  assertEquals(counts(tEmpty, edited, lone), [0, LEVELS, 1, 0], "partly there");
  const blocked = dir({ d: file("three") });
  assertEquals(counts(dir(), before, blocked), [1, LEVELS + 2, 0, 1], "against a file");
  assertEquals(counts(before, edited, blocked), [1, LEVELS + 2, 0, 1], "worked in, against a file");
  assertEquals(counts(before, before, blocked), [LEVELS + 1, 0, 0, 0], "yields to a file");
  assertEquals(counts(before, chain({ file: problem("unreadable", false) }), tEmpty), [0, 0, 0, 0], "hidden");
});

Deno.test("a deep folder that is renamed is one move", () => {
  const [tree, renamed] = [chain({ file: file("one", { id: 1 }) }, LEVELS, 10), dir()];
  (renamed.children as Map<string, Entry>).set("e", { ...tree.children.get("d")!, name: "e" });
  assertEquals(findMoves(tree, renamed, true), [{ from: "d" as Path, to: "e" as Path, name: "e" }]);
});

Deno.test("case 39: however many files are moved one by one, each move is found, ordered and agreed", () => {
  const [ancestor, tree] = [
    dir({ in: full(MANY), year: dir({}, 2e6) }),
    dir({ in: dir(), year: { ...full(MANY), id: 2e6 } }),
  ];
  const moves = findMoves(ancestor, tree, true);
  assertEquals(moves.length, MANY);
  assertEquals(diff(applyMoves(ancestor, moves), tree, true), []);
  const side = { owner: "alice", ability: wide };
  const plan = reconcile(ancestor, { ...side, tree, moves }, { ...side, tree: ancestor, moves: [] }, {
    offset: 0,
  });
  assertEquals(plan.beta.moves.length, MANY);
  const work = new PlannedWork(plan, { now: 0, folds: false, isAgreed: () => true });
  let agreed = ancestor;
  for (let chunk = work.next(); chunk; chunk = work.next()) {
    work.terms();
    const results = chunk.beta.moves.map((_, index) => ({ index, done: true as const, digest: "" }));
    const { moves, rows } = work.settle({ alpha: [], beta: results });
    agreed = apply(applyMoves(agreed, moves), rows);
  }
  assertEquals(diff(agreed, tree, true), []);
  assertEquals(entryAt(agreed, "year/f7" as Path)?.kind, "file");
});

Deno.test("however many files are in a folder, it is compared, decided on and viewed", () => {
  const [one, other] = [full(MANY), full(MANY, (number) => `g${number}`)];
  assertEquals(diff(one, dir(), true).length, MANY);
  assertEquals(counts(dir(), { ...one }, dir()), [0, MANY, 0, 0]);
  assertEquals(counts(one, dir(), one), [0, MANY, 0, 0]);
  assertEquals(counts(one, one, other), [MANY, 0, 0, 0], "all renamed in place");
  assertEquals(new TreeDigest(sha256).sum(new Viewer(true, () => false).view(one)).files, MANY);
});
