// W: one way. What the giver changed comes to the taker; what the taker changed stays there, and is listed. Each row is checked with the
// sides swapped as well, and random acts at the end.

import { assert, assertEquals } from "@std/assert";
import { givers, type Mode, MODES } from "../../../src/core/plan/one_way.ts";
import { Pair } from "../../support/pair.ts";
import { perturb, perturbations } from "../../support/perturb.ts";
import { checkRows, type Row } from "../../support/plan.ts";
import fc from "../../support/property.ts";
import {
  dir,
  file,
  mac,
  paths,
  posix,
  tEmpty,
  tFolder,
  tFolderEdited,
  tNest,
  tNestEdited,
  tOne,
  tOneExecutable,
  tThree,
  tTwo,
  undigested,
  windows,
} from "../../support/trees.ts";

const GIVERS: Record<Mode, Record<Mode, string>> = {
  "two-way": { "two-way": "", send: "beta", receive: "alpha" },
  send: { "two-way": "alpha", send: "alpha beta", receive: "alpha" },
  receive: { "two-way": "beta", send: "beta", receive: "alpha beta" },
};

Deno.test("W1: who gives follows from both modes; two who send, or two who receive, contradict each other", () => {
  for (const alpha of MODES) {
    for (const beta of MODES) assertEquals(givers({ alpha, beta }).join(" "), GIVERS[alpha][beta]);
  }
});

const STAYS = "what bob did there is not sent: only alice's changes travel";
const stays = (path: string) => `problem: ${path}: ${STAYS}`;

/** Alice (alpha) gives, bob (beta) takes. */
const ROWS: Omit<Row, "giver">[] = [
  {
    row: "W2 what the giver made comes",
    ancestor: tEmpty,
    alpha: tOne,
    beta: tEmpty,
    plan: ['beta: a.txt nothing becomes "one"'],
  },
  {
    row: "W2 what the taker made stays",
    ancestor: tEmpty,
    alpha: tEmpty,
    beta: tOne,
    plan: [stays("a.txt")],
  },
  {
    row: "W2 a folder that the taker made is listed once",
    ancestor: tEmpty,
    alpha: tEmpty,
    beta: tNest,
    plan: [stays("d")],
  },
  { row: "W2 what the taker edited stays", ancestor: tOne, alpha: tOne, beta: tTwo, plan: [stays("a.txt")] },
  {
    row: "W2 what the taker deleted stays so",
    ancestor: tNest,
    alpha: tNest,
    beta: tEmpty,
    plan: [stays("d")],
  },
  {
    row: "W2 the taker's bit stays",
    ancestor: tOne,
    alpha: tOne,
    beta: tOneExecutable,
    plan: [stays("a.txt")],
  },
  {
    row: "W2 what the taker renamed is a deletion and a creation, and stays",
    ancestor: dir({ a: file("one", { id: 7 }) }),
    alpha: dir({ a: file("one") }),
    beta: dir({ b: file("one", { id: 7 }) }),
    plan: [stays("a"), stays("b")],
  },
  {
    row: "W2 both edited: the giver's comes, whatever is later; no conflict",
    ancestor: tOne,
    alpha: tTwo,
    beta: dir({ "a.txt": file("three", { mtime: 60_000 }) }),
    plan: ['beta: a.txt "three" becomes "two!"'],
  },
  {
    row: "W2 what makes way has to be known first",
    ancestor: tOne,
    alpha: dir({ "a.txt": undigested(file("longer")) }),
    beta: dir({ "a.txt": undigested(file("four")) }),
    plan: ["beta: digest a.txt"],
  },
  {
    row: "W2 a file in the place of a folder has to be known first, too",
    ancestor: tOne,
    alpha: tFolder,
    beta: dir({ "a.txt": undigested(file("four")) }),
    plan: ["beta: digest a.txt"],
  },
  {
    row: "W2 both made: the giver's comes",
    ancestor: tEmpty,
    alpha: tTwo,
    beta: tThree,
    plan: ['beta: a.txt "three!" becomes "two!"'],
  },
  {
    row: "W2 both made the same: the giver's bit counts",
    ancestor: tEmpty,
    alpha: tOne,
    beta: tOneExecutable,
    plan: ['beta: a.txt "one" x becomes "one" from here a.txt'],
  },
  {
    row: "W2 an edit of the taker's outlives a deletion of the giver's",
    ancestor: tOne,
    alpha: tEmpty,
    beta: tTwo,
    plan: [stays("a.txt")],
  },
  {
    row: "W2 what the giver deleted goes",
    ancestor: tOne,
    alpha: tEmpty,
    beta: tOne,
    plan: ['beta: a.txt "one" becomes nothing'],
  },
  {
    row: "W2 of a folder that the giver deleted, what the taker edited stays",
    ancestor: tNest,
    alpha: tEmpty,
    beta: tNestEdited,
    plan: [
      'beta: d/x "x" becomes nothing',
      'beta: d/y "y" becomes nothing',
      stays("d"),
    ],
  },
  {
    row: "W2 what the giver edits comes back, with its folders, where the taker had deleted it",
    ancestor: tNest,
    alpha: tNestEdited,
    beta: tEmpty,
    plan: [
      "beta: d nothing becomes folder",
      "beta: d/sub nothing becomes folder",
      'beta: d/sub/z nothing becomes "z!"',
      stays("d/x"),
      stays("d/y"),
    ],
  },
  {
    row: "W2 a folder of the giver's takes the place of the taker's file",
    ancestor: tOne,
    alpha: tFolder,
    beta: tTwo,
    plan: ['beta: a.txt "two!" becomes folder', 'beta: a.txt/x nothing becomes "x"'],
  },
  {
    row: "W2 a file that the taker put in a folder's place makes way for what the giver edits in it",
    ancestor: tFolder,
    alpha: tFolderEdited,
    beta: tTwo,
    plan: ['beta: a.txt "two!" becomes folder', 'beta: a.txt/x nothing becomes "x!"'],
  },
  {
    row: "W2 a folder that the taker made is in the way of a file, which is told",
    ancestor: tOne,
    alpha: tTwo,
    beta: tFolder,
    plan: [
      "problem: a.txt: a folder that bob made or worked in is in the way of alice's file: rename it, or the file",
    ],
  },
  {
    row: "W2 what the giver renamed is renamed, with what the taker edited in it",
    ancestor: dir({ d: dir({ x: file("x"), y: file("y") }, 7) }),
    alpha: dir({ e: dir({ x: file("x"), y: file("y") }, 7) }),
    beta: dir({ d: dir({ x: file("mine"), y: file("y") }, 3) }),
    plan: ["beta: move d to e"],
  },
  {
    row: "W2 what the taker cannot have is told; what the giver could not have is only what stays",
    ancestor: tEmpty,
    alpha: dir({ "a?": file("one") }),
    beta: dir({ b: file("two") }),
    abilities: { beta: windows },
    plan: [
      stays("b"),
      'problem: a?: Windows allows no "?" in a name (character 2): rename it',
    ],
  },
];

checkRows(ROWS.map((row) => ({ ...row, giver: "alpha" })));

const abilities = fc.constantFrom(posix, posix, windows, mac);

Deno.test("W: whatever people do, the giver's folder stays as it is, and all that is not alike is listed", () => {
  fc.assert(
    fc.property(
      abilities,
      abilities,
      perturbations(14),
      perturbations(8),
      perturbations(8),
      perturbations(4),
      (alpha, beta, before, here, there, later) => {
        const pair = new Pair(alpha, beta, 0, "alpha");
        const none = () => {};
        const settle = () => {
          const has = () => [paths(pair.disks.alpha.tree), [...pair.contents("alpha")].sort()];
          const given = has();
          let cycles = 0;
          while (pair.cycle(() => false)) assert(++cycles <= 6, "does not come to rest");
          assertEquals(has(), given, "the giver's folder was changed");
          pair.checkInSync();
        };
        perturb(pair.disks.alpha, before, pair.fold, "before ", none);
        settle();
        perturb(pair.disks.alpha, here, pair.fold, "alpha ", none);
        perturb(pair.disks.beta, there, pair.fold, "beta ", none);
        settle();
        perturb(pair.disks.alpha, later, pair.fold, "later ", none);
        settle();
      },
    ),
    { numRuns: Number(Deno.env.get("TCPSYNC_RUNS") ?? 300) },
  );
});
