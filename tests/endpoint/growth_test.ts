// What has to do with many files at once takes steps in proportion to them (case 39).

import { assert, assertEquals } from "@std/assert";
import type { HistoryEntry } from "../../src/archive/history/history_entry.ts";
import { Losses } from "../../src/archive/history/losses.ts";
import { openDatabase } from "../../src/archive/schema.ts";
import type { Entry } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { emptyPlan, type Task } from "../../src/core/plan/plan.ts";
import { lossesOf, takingBack } from "../../src/core/plan/safety.ts";
import type { Move } from "../../src/core/tree/tree.ts";
import { Added } from "../../src/guard/added.ts";
import { FormerPlaces } from "../../src/guard/former_places.ts";
import { Guard } from "../../src/guard/guard.ts";
import { placingsOf } from "../../src/durability/flusher.ts";
import { undoSteps } from "../../src/history/undo_steps.ts";
import { growth } from "../support/steps.ts";
import { dir, file } from "../support/trees.ts";

/** In proportion, or nearly so: a tree of names is looked up by its depth. */
const MOST_GROWTH = 1.5;

const fileNamed = (name: string, content = name): Entry => ({ ...file(content), name });
const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
const folderOf = (count: number, nameOf: (number: number) => string) =>
  dir(Object.fromEntries(numbers(count).map((number) => [nameOf(number), file(`${number}`)])));

const moved = (number: number): Move => ({
  from: `in/f${number}` as Path,
  to: `out/f${number}` as Path,
  name: `f${number}`,
});
const removal = (path: string): Task => ({ path: path as Path, old: fileNamed("gone"), new: null });

/** Orders are carried out that take away what people said yes to. */
function approved(count: number): () => void {
  const database = openDatabase(":memory:");
  const lately = { added: () => new Added(false), formerPlaces: () => new FormerPlaces(), forget: () => {} };
  const losses = new Losses(database, 1);
  const guard = new Guard(losses, lately, { role: "alpha", self: "alice", peer: "bob" });
  losses.approve(numbers(count).map((number) => [`f${number}` as Path, file("gone")]));
  return () => {
    for (const number of numbers(count)) {
      const orders = { ...emptyPlan().alpha, removals: [removal(`f${number}`)] };
      guard.note(orders, { view: dir(), now: 0 });
      guard.judgePlan(orders, { view: dir({ other: file("x") }), ancestor: dir(), now: 0 });
    }
    assertEquals(losses.recent(0).size, 0);
    database.close();
  };
}

const WORK: Record<string, (count: number) => () => void> = {
  "what conflicts replace is judged": (count) => {
    const orders = emptyPlan().alpha;
    for (const number of numbers(count)) {
      const [path, kept] = [`f${number}` as Path, `kept ${number}` as Path];
      const old = fileNamed(path, `${number}`);
      const source = { at: "here", path } as const;
      orders.contents.push({ path: kept, old: null, new: { ...old, name: kept }, source });
      orders.contents.push({ path, old, new: fileNamed(path, `new ${number}`), requires: kept });
    }
    const tree = folderOf(count, (number) => `f${number}`);
    return () => lossesOf(orders, tree);
  },
  "what people said yes to is let pass": approved,
  "what is taken back is found where it was before renames": (count) => {
    const plan = emptyPlan();
    plan.beta.moves = numbers(count).map(moved);
    plan.alpha.removals = numbers(count).map((number) => removal(`gone ${number}`));
    const lost = new Set(plan.alpha.removals.map(({ path }) => path));
    const tree = dir({ in: folderOf(count, (number) => `f${number}`), out: dir() });
    return () => takingBack(plan, { alpha: lost, beta: null }, tree, { alpha: tree, beta: tree });
  },
  "what comes beside renames is listed": (count) => {
    const orders = emptyPlan().alpha;
    orders.moves = numbers(count).map(moved);
    orders.removals = numbers(count).map((number) => removal(`gone ${number}`));
    const view = folderOf(count, (number) => `gone ${number}`);
    return () => placingsOf(orders, { view, staged: new Map() }, 0);
  },
  "what was moved out of folders goes back": (count) => {
    const historyEntry = (known: Partial<HistoryEntry>) =>
      ({ here: true, mine: false, batch: 1, kept: null, source: null, old: null, ...known }) as HistoryEntry;
    const historyEntries = numbers(count).flatMap((number) => [
      historyEntry({
        what: "created",
        key: `d${number}`,
        path: `d${number}`,
        new: { ...dir(), name: `d${number}` },
      }),
      historyEntry({
        ...{ what: "created", key: `d${number}/new`, path: `d${number}/new` },
        new: fileNamed("new", `${number}`),
      }),
      historyEntry({
        ...{ what: "moved", key: `out/f${number}`, path: `out/f${number}`, source: `in/f${number}` },
        ...{ old: fileNamed(`f${number}`, `${number}`), new: fileNamed(`f${number}`, `${number}`) },
      }),
    ]);
    const made = numbers(count).map((number) => [`d${number}`, dir({ new: file(`${number}`) })]);
    const out = folderOf(count, (number) => `f${number}`);
    const view = dir({ ...Object.fromEntries(made), in: dir(), out });
    return () => undoSteps(historyEntries, view, { folds: false, bit: true });
  },
};

for (const [what, act] of Object.entries(WORK)) {
  Deno.test(`of many files, ${what} in proportion`, () => {
    const times = growth(act);
    assert(times < MOST_GROWTH, `${times} times the steps for each`);
  });
}
