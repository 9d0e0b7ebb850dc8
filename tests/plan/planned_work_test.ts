// A plan in chunks: what goes first, and what results agree.

import { assert, assertEquals } from "@std/assert";
import { EMPTY_ROOT, type FileEntry } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { emptyPlan, type Plan, type Result, type Task } from "../../src/core/plan/plan.ts";
import { PlannedWork } from "../../src/plan/planned_work.ts";

const NOW = 1_700_000_000_000;
const MIB = 1 << 20;

function task(path: string, known: Partial<FileEntry> = {}, more: Partial<Task> = {}): Task {
  const entry = {
    kind: "file",
    name: path,
    size: 1,
    mtime: 0,
    executable: false,
    digest: "",
    id: 0,
    born: 0,
    ...known,
  } as const;
  return { path: path as Path, old: null, new: entry, ...more };
}

const done = (...indexes: number[]): Result[] =>
  indexes.map((index) => ({ index, done: true, digest: `d${index}` }));
const failed = (index: number): Result => ({ index, done: false, reason: "no", lasting: false });

function work(change: (plan: Plan) => void, agreed: string[] = [], since = Infinity): PlannedWork {
  const plan = emptyPlan();
  change(plan);
  return new PlannedWork(plan, { now: NOW, since, folds: false, isAgreed: (path) => agreed.includes(path) });
}

Deno.test("what saves content goes first, then what was just saved, the latest first, then small files as they lie, then large by size", () => {
  const planned = work((plan) => {
    plan.beta.contents = [
      task("large", { size: 9 * MIB }),
      task("small 1"),
      task("less large", { size: 5 * MIB }),
      task("fresh", { mtime: NOW - 1000 }),
      task("small 2"),
      task("just saved", { mtime: NOW - 10 }),
      task("hardly fresh", { mtime: NOW - 59_000 }),
      task("copy", {}, { source: { at: "here", path: "x" as Path } }),
    ];
  });
  const chunk = () => planned.next()!.beta.contents.map(({ path }) => path as string);
  assertEquals(chunk(), ["copy", "just saved", "fresh", "hardly fresh", "small 1", "small 2"]);
  assertEquals(chunk(), ["less large", "large"]);
});

Deno.test("what was saved since the work began goes alone, unless something else has to be done first", () => {
  const chunks = (more: Partial<Plan["beta"]>) => {
    const planned = work(
      (plan) => {
        plan.alpha.contents = [
          task("old", { mtime: NOW - 20_000 }),
          task("saved there", { mtime: NOW - 10 }),
        ];
        const large = task("large", { mtime: NOW - 5, size: 9 * MIB });
        plan.beta = {
          ...plan.beta,
          contents: [task("older"), large, task("saved here", { mtime: NOW - 20 })],
          ...more,
        };
      },
      [],
      NOW - 10_000,
    );
    const paths = (chunk: ReturnType<typeof planned.next>) =>
      chunk && [...chunk.alpha.contents, ...chunk.beta.contents].map(({ path }) => path as string);
    return [planned.next(), planned.next(), planned.next(), planned.next()].map(paths);
  };
  const all = ["saved there", "old", "saved here", "older"];
  assertEquals(chunks({}), [["saved there", "saved here"], ["old", "older"], ["large"], null]);
  assertEquals(chunks({ removals: [{ path: "gone" as Path, old: task("gone").new, new: null }] }), [
    all,
    ["large"],
    null,
    null,
  ]);
});

Deno.test("nothing waits in its chunk for a large file, whichever side that goes to, but for what stands behind it", () => {
  const planned = work((plan) => {
    plan.alpha.removals = [{ path: "gone" as Path, old: task("gone").new, new: null }];
    plan.alpha.contents = [task("local", { size: 9 * MIB }, { source: { at: "here", path: "x" as Path } })];
    plan.beta.contents = [task("large", { size: 90 * MIB })];
  });
  const chunk = () => {
    const { alpha, beta } = planned.next()!;
    return [...alpha.removals, ...alpha.contents, ...beta.contents].map(({ path }) => path as string);
  };
  assertEquals([chunk(), chunk(), planned.next()], [["gone", "local"], ["large"], null]);
});

Deno.test("chunks hold so many tasks, or so many bytes, and everything comes in one of them", () => {
  const many = work((plan) => plan.alpha.contents = Array.from({ length: 10_000 }, (_, n) => task(`${n}`)));
  const sizes: number[] = [];
  for (let chunk = many.next(); chunk; chunk = many.next()) sizes.push(chunk.alpha.contents.length);
  assert(sizes.length === 3 && sizes.every((size) => size <= 4096));
  assertEquals(sizes.reduce((sum, size) => sum + size), 10_000);
  const large = work((plan) =>
    plan.alpha.contents = Array.from({ length: 4 }, (_, n) => task(`${n}`, { size: 60 * MIB }))
  );
  assertEquals(large.next()!.alpha.contents.length, 2);
});

/** What is planned for `count` entries of one folder, by what is done to them. */
const IN_ONE_FOLDER: Record<string, (plan: Plan, count: number) => void> = {
  made: (plan, count) => plan.beta.contents = Array.from({ length: count }, (_, n) => task(`d/${n}`)),
  deleted: (plan, count) =>
    plan.alpha.removals = Array.from(
      { length: count },
      (_, n) => ({ path: `d/${n}` as Path, old: task(`${n}`).new, new: null }),
    ),
  "moved out": (plan, count) =>
    plan.beta.moves = Array.from(
      { length: count },
      (_, n) => ({ from: `d/${n}` as Path, to: `d${n}/${n}` as Path, name: `${n}` }),
    ),
  "moved in": (plan, count) =>
    plan.beta.moves = Array.from(
      { length: count },
      (_, n) => ({ from: `d${n}/${n}` as Path, to: `d/${n}` as Path, name: `${n}` }),
    ),
};

for (const [what, plan] of Object.entries(IN_ONE_FOLDER)) {
  Deno.test(`case 39: however many entries of a folder are ${what}, it is worked in, and copied, few times`, () => {
    const counts = [20_000, 100_000].map((count) => {
      const planned = work((to) => plan(to, count));
      let chunks = 0;
      while (planned.next()) chunks++;
      return chunks;
    });
    assertEquals(counts, [5, 16]);
  });
}

Deno.test("many tasks of many folders come in chunks as small as ever", () => {
  const planned = work((plan) => {
    plan.beta.contents = Array.from({ length: 100_000 }, (_, n) => task(`${n % 100}/${n}`));
  });
  assertEquals(planned.next()!.beta.contents.length, 4096);
});

Deno.test("only what is done is agreed, with the digest it has; folders before what is in them", () => {
  const planned = work((plan) => {
    plan.alpha.directories = [{ path: "d" as Path, old: null, new: { ...EMPTY_ROOT, name: "d" } }];
    plan.alpha.contents = [task("a"), task("b")];
    plan.beta.removals = [{ path: "gone" as Path, old: task("gone").new, new: null }];
    plan.agreed = [{ path: "both" as Path, new: task("both").new }];
  });
  planned.next();
  const { rows } = planned.settle({ alpha: [...done(2, 0), failed(1)], beta: done(0) });
  assertEquals(
    rows.map(({ path, new: entry }) => [path, entry?.kind === "file" ? entry.digest : entry?.kind]),
    [
      ["gone", undefined],
      ["both", ""],
      ["d", "directory"],
      ["b", "d2"],
    ],
  );
  assertEquals(planned.next(), null);
});

Deno.test("what both sides have a task for is agreed when both are done, in whichever chunk", () => {
  const copies = (plan: Plan) => {
    plan.alpha.contents = [task("kept")];
    plan.beta.contents = [task("kept")];
    plan.conflicts = [{ path: "name" as Path, kept: "kept" as Path, of: "bob" }];
  };
  const half = work(copies, ["name"]);
  half.next();
  assertEquals(half.settle({ alpha: done(0), beta: [failed(0)] }).rows, []);
  const both = work(copies, ["name"]);
  both.next();
  assertEquals(both.settle({ alpha: done(0), beta: done(0) }).rows.map(({ path }) => path as string), [
    "kept",
  ]);
});

Deno.test("a move aside is no move of the ancestor, and agrees its place only with the copy there", () => {
  const aside = (plan: Plan) => {
    plan.beta.moves = [{ from: "d" as Path, to: "kept" as Path, name: "kept", aside: true }];
    plan.alpha.contents = [task("kept")];
  };
  const planned = work(aside);
  planned.next();
  const { moves, rows } = planned.settle({ alpha: done(0), beta: done(0) });
  assertEquals([moves, rows.map(({ path, new: entry }) => [path, entry?.name])], [[], [["kept", "kept"]]]);
  const half = work(aside);
  half.next();
  assertEquals(half.settle({ alpha: [], beta: done(0) }), { moves: [], rows: [] });
});

Deno.test("a move that was done is repeated in the ancestor, one that failed is not", () => {
  const planned = work((plan) => {
    plan.alpha.moves = ["a", "b"].map((name) => ({
      from: name as Path,
      to: `${name}2` as Path,
      name: `${name}2`,
    }));
  });
  planned.next();
  const { moves } = planned.settle({ alpha: [...done(1), failed(0)], beta: [] });
  assertEquals(moves.map(({ from }) => from as string), ["b"]);
});

Deno.test("results for tasks that were never ordered agree nothing", () => {
  const planned = work((plan) => plan.alpha.contents = [task("a")]);
  planned.next();
  assertEquals(planned.settle({ alpha: done(7), beta: done(0, 1, 2) }), { moves: [], rows: [] });
});

Deno.test("C9: a conflict is listed once both of its files are agreed, and once only", () => {
  const conflict = { path: "name" as Path, kept: "kept" as Path, of: "bob" };
  const planned = work((plan) => {
    plan.conflicts = [conflict];
    plan.alpha.contents = [task("kept")];
    plan.agreed = [{ path: "name" as Path, new: task("name").new }];
  });
  planned.next();
  const first = planned.settle({ alpha: done(0), beta: [] });
  assertEquals(planned.agreedConflicts(first.rows), [conflict]);
  assertEquals(planned.agreedConflicts(first.rows), []);
});

Deno.test("C9: a copy made by a cycle that was cut short is listed by its name", () => {
  const kept = "a (conflict bob 2026-11-22 18.07.33).txt";
  const planned = work((plan) => plan.agreed = [{ path: kept as Path, new: task(kept).new }], ["a.txt"]);
  planned.next();
  const { rows } = planned.settle({ alpha: [], beta: [] });
  assertEquals(planned.agreedConflicts(rows).map(({ path, of }) => [path, of]), [["a.txt", "bob"]]);
});

Deno.test("S6 what a side has at a new name is agreed only once the other side has made that rename", () => {
  const rename = { from: "a" as Path, to: "b" as Path, name: "b" };
  const planned = (results: Result[]) => {
    const one = work((plan) => {
      plan.alpha.moves = [rename];
      plan.steps.set(rename, { node: "a", parent: "", key: "b", name: "b", made: false } as never);
      plan.beta.contents = [task("b", { executable: true }, { source: { at: "here", path: "b" as Path } })];
    });
    one.next();
    return one.settle({ alpha: results, beta: done(0) }).rows.map(({ path }) => path as string);
  };
  assertEquals(planned([failed(0)]), []);
  assertEquals(planned(done(0)), ["b"]);
});
