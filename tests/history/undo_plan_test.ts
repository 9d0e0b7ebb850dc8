// What an undo says beforehand (RULES T15), on two real folders: what comes, goes and stays, and whose work that takes back. And that who
// repeats it goes further back.

import { assertEquals } from "@std/assert";
import type { HistoryService } from "../../src/history/history_service.ts";
import type { UndoPlan, Work } from "../../src/history/undo_plan.ts";
import { SIDES } from "../../src/core/side.ts";
import { Cut, type Duo, duoWith, remove, rename } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";
import { Ring } from "../support/ring.ts";

const by = ({ who, batch }: Work) => (who ?? "me") + (batch === undefined ? "" : ` in ${batch}`);

/** A plan as lines: `former c by me`, `moves g ← i by beta`. */
function planLines({ changes, along, stays }: UndoPlan): string[] {
  return [
    ...changes.map(({ what, path, from, who, since }) =>
      `${what} ${path}${from === undefined ? "" : ` ← ${from}`} by ${by({ who })}${
        since ? `, then ${by(since)}` : ""
      }`
    ),
    ...along.map(({ path, ...work }) => `along ${path} by ${by(work)}`),
    ...stays.map(({ path, reason, since }) => `stays ${path}: ${since ? by(since) : reason}`),
  ];
}

interface Row {
  name: string;
  agreed: Record<string, string>;
  /** Batch 2, and those after it. */
  acts: ((duo: Duo) => void)[];
  /** What was not in sync yet when it was asked. */
  last?: (duo: Duo) => void;
  /** As alpha is told it; beta is told the same of the other person. */
  told: string[];
}

const ROWS: Row[] = [
  {
    name: "each kind, by whom it was",
    agreed: { "d/a": "1", "d/b": "2", c: "3", e: "4", f: "5", "g/h": "6" },
    acts: [(duo) => {
      write(duo.alpha.native("c"), "edited by alpha");
      remove(duo, "alpha", "d");
      write(duo.beta.native("e"), "edited by beta");
      remove(duo, "beta", "f");
      rename(duo, "beta", "g", "i");
      write(duo.beta.native("j/k"), "made by beta");
    }],
    told: [
      "former c by me",
      "comes d by me",
      "comes d/a by me",
      "comes d/b by me",
      "former e by beta",
      "comes f by beta",
      "moves g ← i by beta",
      "goes j by beta",
      "goes j/k by beta",
    ],
  },
  {
    name: "the other's later work stays, and is named",
    agreed: { a: "1", b: "2" },
    acts: [
      (duo) => ["a", "b"].forEach((path) => write(duo.alpha.native(path), `${path} by alpha`)),
      (duo) => write(duo.beta.native("a"), "later, by beta"),
    ],
    told: ["former b by me", "stays a: beta in 3"],
  },
  {
    name: "work that is not in sync yet stays, too",
    agreed: { a: "1", b: "2" },
    acts: [(duo) => ["a", "b"].forEach((path) => write(duo.beta.native(path), `${path} by beta`))],
    last: (duo) => SIDES.forEach((side) => write(duo[side].native("a"), "not sent yet")),
    told: ["former b by beta", "stays a: me"],
  },
  {
    name: "what somebody made again as it was goes, and is named",
    agreed: { z: "1" },
    acts: [
      (duo) => write(duo.alpha.native("a"), "made"),
      (duo) => remove(duo, "alpha", "a"),
      (duo) => write(duo.beta.native("a"), "made"),
    ],
    told: ["goes a by me, then beta in 4"],
  },
  {
    name: "what was moved away since is told as gone, and by nobody if that is not known",
    agreed: { a: "1", b: "2" },
    acts: [
      (duo) => ["a", "b"].forEach((path) => write(duo.alpha.native(path), `${path} by alpha`)),
      (duo) => {
        rename(duo, "beta", "a", "c");
        remove(duo, "beta", "b");
      },
    ],
    told: ["stays a: it was moved or deleted since", "stays b: beta in 3"],
  },
  {
    name: "what came later into a folder that was moved moves along, and is named",
    agreed: { "d/a": "1" },
    acts: [
      (duo) => rename(duo, "alpha", "d", "e"),
      (duo) => write(duo.beta.native("e/late/b"), "2"),
    ],
    told: ["moves d ← e by me", "along e/late by beta in 3", "along e/late/b by beta in 3"],
  },
  {
    name: "a folder that went later is made again for what comes back",
    agreed: { "d/e/a": "1", "d/e/b": "2" },
    acts: [(duo) => remove(duo, "alpha", "d/e/a"), (duo) => remove(duo, "beta", "d")],
    told: [
      "comes d by beta",
      "comes d/e by beta",
      "comes d/e/a by me",
    ],
  },
];

/** As the other side is told it. */
function fromBeta(told: string): string {
  return told.replace(
    /\b(me|beta)( in \d+)?(?=,|$)/g,
    (_, who, batch = "") => (who === "me" ? "alpha" : "me") + batch,
  );
}

for (const { name, agreed, acts, last, told } of ROWS) {
  Deno.test(`undo: it says beforehand: ${name}`, () => {
    using duo = duoWith(agreed);
    for (const act of acts) {
      act(duo);
      duo.settle();
    }
    last?.(duo);
    const before = filesIn(duo.alpha.folder);
    const own = (line: string) => last ? line.replace(": alpha", ": me") : line;
    assertEquals(planLines(duo.alpha.historyService.planUndo(undefined, 2)), told);
    assertEquals(planLines(duo.beta.historyService.planUndo(undefined, 2)), told.map(fromBeta).map(own));
    assertEquals(filesIn(duo.alpha.folder), before, "nothing is done");
  });
}

Deno.test("undo: a version that is gone does not come back, and it is said beforehand", () => {
  using duo = duoWith({ a: "1" });
  remove(duo, "alpha", "a");
  duo.settle();
  Deno.removeSync(`${duo.beta.folder}/.tcpsync/versions`, { recursive: true });
  assertEquals(planLines(duo.beta.historyService.planUndo()), [
    "stays a: its former content is not kept any more",
  ]);
});

Deno.test("undo: a conflict is not passed over in silence, on either side", () => {
  using duo = duoWith({ "a.txt": "1" });
  write(duo.beta.native("a.txt"), "beta's");
  write(duo.alpha.native("a.txt"), "alpha's");
  duo.settle();
  for (const side of SIDES) {
    const { batch, changes, stays } = duo[side].historyService.planUndo();
    assertEquals([batch, changes], [2, []], side);
    assertEquals(
      stays.map(({ reason }) => reason),
      ["it belongs to a conflict, which /resolve settles"],
      side,
    );
  }
});

/** Undoes as the bare command does. */
function undoLast(historyService: HistoryService): number {
  const { peer, batch } = historyService.planUndo();
  return historyService.undo(peer, batch).batch;
}

Deno.test("undo: repeated where the two do not meet it goes further back; met again both go on from there", () => {
  using duo = duoWith({ a: "1", b: "2" });
  for (const path of ["a", "b"]) {
    write(duo.alpha.native(path), `${path} edited`);
    duo.settle();
  }
  duo.disconnect();
  assertEquals([undoLast(duo.beta.historyService), undoLast(duo.beta.historyService)], [3, 2]);
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { a: "1", b: "2" });
  for (const side of SIDES) {
    const [newest] = duo[side].historyService.history().batches;
    assertEquals([newest?.isUndo, newest?.undoes], [true, [2, 3]], side);
    assertEquals(duo[side].historyService.planUndo().batch, 1, side);
  }
});

for (const side of SIDES) {
  Deno.test(`undo: repeated by ${side} at one path it goes further back, and so it does after an undo was undone`, () => {
    using duo = duoWith({ a: "1" });
    const steps: (() => void)[] = [
      () => write(duo.alpha.native("a"), "2"),
      () => write(duo.beta.native("a"), "3"),
      () => rename(duo, "alpha", "a", "b"),
      () => remove(duo, "beta", "b"),
    ];
    for (const step of steps) {
      step();
      duo.settle();
    }
    const undo = (batch?: number) => {
      const done = batch === undefined
        ? undoLast(duo[side].historyService)
        : duo[side].historyService.undo(undefined, batch).batch;
      duo.settle();
      duo.checkInSync();
      return `${done}: ${[...filesIn(duo.alpha.folder)].join(", ")}`;
    };
    const further = ["4: a,3", "3: a,2", "2: a,1"];
    assertEquals([undo(), ...further.map(() => undo())], ["5: b,3", ...further]);
    for (const one of SIDES) {
      assertEquals(duo[one].historyService.planUndo().batch, 1, `further back for ${one}`);
    }
    assertEquals(
      planLines(duo[side].historyService.planUndo()).map((line) => line.includes("then")),
      [false],
      "no work but undos",
    );
    const undos = [9, 8, 7, 6];
    assertEquals(undos.map(undo), ["9: a,2", "8: a,3", "7: b,3", "6: "]);
    for (const one of SIDES) {
      assertEquals(duo[one].historyService.planUndo().batch, 5, `in effect again for ${one}`);
    }
    assertEquals([undo(), ...further.map(() => undo())], ["5: b,3", ...further], "once more");
  });
}

Deno.test("undo: what was broken off is meant again, until it is whole", () => {
  using duo = duoWith({ a: "1", b: "2" });
  for (const path of ["a", "b"]) write(duo.beta.native(path), `${path} edited`);
  duo.settle();
  let count = 0;
  duo.alpha.hook = (method) => {
    if (method === "rename" && ++count === 2) throw new Cut();
  };
  try {
    duo.alpha.historyService.undo();
  } catch (error) {
    if (!(error instanceof Cut)) throw error;
  }
  duo.restart();
  assertEquals(duo.alpha.historyService.planUndo().batch, 2);
  assertEquals(undoLast(duo.alpha.historyService), 2);
  duo.settle();
  assertEquals(Object.fromEntries(filesIn(duo.beta.folder)), { a: "1", b: "2" });
  assertEquals(duo.alpha.historyService.planUndo().batch, 1);
});

Deno.test("undo: what came in beside an undo is a batch like any other: back goes all of it, then what it undid", () => {
  using duo = duoWith({ a: "1", b: "2" });
  write(duo.alpha.native("a"), "edited");
  duo.settle();
  duo.beta.historyService.undo();
  write(duo.beta.native("b"), "edited");
  duo.settle();
  const plan = duo.alpha.historyService.planUndo();
  assertEquals([plan.batch, plan.undoes, ...planLines(plan)], [
    3,
    [2],
    "former a by beta",
    "former b by beta",
  ]);
  const undone: number[] = [];
  for (let times = 0; times < 3; times++) {
    undone.push(undoLast(duo.alpha.historyService));
    duo.settle();
  }
  assertEquals(undone, [3, 2, 1]);
});

for (const [asks, other] of [["alpha", "beta"], ["beta", "alpha"]] as const) {
  Deno.test(`undo: an undo is the work of ${asks}, who asked for it, whichever computer did it`, () => {
    using duo = duoWith({ a: "1", b: "2" });
    write(duo.alpha.native("a"), "by alpha");
    write(duo.beta.native("b"), "by beta");
    duo.settle();
    duo[asks].historyService.undo();
    duo.settle();
    assertEquals(planLines(duo[asks].historyService.planUndo(undefined, 3)), [
      "former a by me",
      "former b by me",
    ]);
    assertEquals(planLines(duo[other].historyService.planUndo(undefined, 3)), [
      `former a by ${asks}`,
      `former b by ${asks}`,
    ]);
  });
}

Deno.test("undo: in a folder kept with two others the third one's work is told as theirs, and it does not flip", () => {
  using ring = new Ring({ f: "1" });
  ring.write("carol", "f", "by carol");
  ring.meet("carol", "alice");
  ring.meet("alice", "bob");
  const { historyService } = ring.person("alice");
  // To alice, bob is beta and carol alpha: who is invited, and who invites.
  assertEquals(planLines(historyService.planUndo("beta")), ["former f by alpha"]);
  undoLast(historyService);
  ring.settle();
  ring.check({ f: "1" }, "it is undone everywhere");
  const { changes } = historyService.planUndo();
  assertEquals(
    changes.map(({ what, path }) => [what, path]),
    [["goes", "f"]],
    "only the first merge is left",
  );
});
