// The safety stops on two real folders, without the two people: what halts, what does not, what a yes and a no come to.

import { assert, assertEquals } from "@std/assert";
import { plant } from "../support/damaged_archive.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import type { Loss } from "../../src/core/plan/safety.ts";
import type { Halt } from "../../src/guard/guard.ts";
import { filesIn, kept, write } from "../support/folder.ts";

/** Two folders in sync with so many files, which both had when they met. */
function duoOf(count: number) {
  const duo = duoWith({});
  for (let number = 0; number < count; number++) {
    for (const side of SIDES) write(duo[side].native(nameOf(number)), `file ${number}`);
  }
  duo.settle();
  return duo;
}

const nameOf = (number: number) => `${number % 3}/${number}`;

function removeNumbered(duo: Duo, side: SideName, from: number, to: number) {
  for (let number = from; number < to; number++) Deno.removeSync(duo[side].native(nameOf(number)));
}

function rewrite(duo: Duo, side: SideName, from: number, to: number, text = "encrypted") {
  for (let number = from; number < to; number++) {
    write(duo[side].native(nameOf(number)), `${text} ${number}`);
  }
}

/** A cycle that must not halt. */
function pass(duo: Duo) {
  const { decision } = duo.cycle();
  assertEquals([decision.halt, duo.stopped], [null, null]);
}

function halted(duo: Duo): Halt {
  const { halt } = duo.decide();
  assert(halt !== null, "it is not halted");
  return halt!;
}

/** Halts, though alpha need not know it before beta says so. */
function stopped(duo: Duo): Halt {
  const { halt } = duo.decide();
  if (halt) return halt;
  duo.cycle();
  assert(duo.stopped !== null, "it goes by");
  return duo.stopped!;
}

function sayYes(duo: Duo) {
  for (const side of ["alpha", "beta"] as const) duo[side].endpoint.approve("*");
  duo.settle();
  for (const side of ["alpha", "beta"] as const) duo[side].endpoint.rest();
  duo.checkInSync();
}

/** Says no, alpha's person (`isOwn`) or beta's: what leads back is agreed. */
function agreeBack(duo: Duo, isOwn: boolean) {
  halted(duo);
  duo.takeBack(isOwn);
  const { endpoint } = duo.alpha;
  duo.beta.endpoint.hearTakenBack();
  for (let chunk = endpoint.chunk(); chunk; chunk = endpoint.chunk()) duo.carryOut(chunk);
}

/** People say no, and what leads back is done. Where that replaces much of beta's, beta's yes is asked for. */
function sayNo(duo: Duo) {
  agreeBack(duo, true);
  const { halt } = duo.decide();
  if (!halt) return;
  assertEquals(halt.needs, ["beta"]);
  duo.beta.endpoint.approve([halt.key]);
}

const HALTS: [what: string, count: number, act: (duo: Duo) => void, reason: string][] = [
  [
    "a mass deletion",
    60,
    (duo) => removeNumbered(duo, "beta", 0, 51),
    "beta deleted 51 of the 60 agreed files",
  ],
  ["a mass rewrite", 60, (duo) => rewrite(duo, "alpha", 0, 60), "alpha rewrote 60 of the 60 agreed files"],
  ["a mass rewrite under new names", 60, (duo) => {
    for (let number = 0; number < 55; number++) {
      write(duo.alpha.native(`${nameOf(number)}.locked`), `encrypted ${number}`);
    }
    removeNumbered(duo, "alpha", 0, 55);
  }, "alpha deleted 55 of the 60 agreed files"],
  ["much on both sides", 120, (duo) => {
    removeNumbered(duo, "alpha", 0, 60);
    rewrite(duo, "beta", 60, 120);
  }, "beta rewrote 60 of the 120 agreed files; alpha deleted 60 of the 120 agreed files"],
  ["files that became folders", 60, (duo) => {
    removeNumbered(duo, "beta", 0, 52);
    for (let number = 0; number < 52; number++) write(duo.beta.native(`${nameOf(number)}/in`), "in");
  }, "beta deleted 52 of the 60 agreed files"],
];

for (const [what, count, act, reason] of HALTS) {
  Deno.test(`S1: ${what} halts, and again after a restart; a yes carries it out`, () => {
    using duo = duoOf(count);
    act(duo);
    const { key } = halted(duo);
    assertEquals(halted(duo), { ...halted(duo), key, reason });
    duo.restart();
    assertEquals(halted(duo).reason, reason);
    sayYes(duo);
    pass(duo);
  });

  Deno.test(`S1: ${what} is taken back by a no, with nothing lost`, () => {
    using duo = duoOf(count);
    const before = filesIn(duo.alpha.folder);
    act(duo);
    const made = [...duo.contents()];
    halted(duo);
    sayNo(duo);
    assertEquals(duo.cycle().decision.halt, null, "what leads back is no mass change");
    duo.settle();
    duo.checkInSync();
    const after = filesIn(duo.beta.folder);
    for (const [path, content] of before) {
      // What became a folder meanwhile has its file beside it.
      if (after.get(path) !== "/") assertEquals(after.get(path), content);
    }
    for (const content of [...before.values(), ...made]) {
      if (content !== "/") assert(duo.contents().has(content), `lost: ${content}`);
    }
  });
}

const PASSES: [what: string, count: number, act: (duo: Duo) => void][] = [
  ["49 of 60 deleted", 60, (duo) => removeNumbered(duo, "alpha", 0, 49)],
  ["60 of 1000 rewritten", 1000, (duo) => rewrite(duo, "beta", 0, 60)],
  ["little on each side", 100, (duo) => {
    removeNumbered(duo, "alpha", 0, 30);
    rewrite(duo, "beta", 70, 100);
  }],
  ["what the one added, by that one", 60, (duo) => {
    rewrite(duo, "alpha", 60, 200);
    pass(duo);
    removeNumbered(duo, "alpha", 60, 200);
  }],
  ["all moved", 90, (duo) => {
    for (const name of ["0", "1", "2"]) Deno.renameSync(duo.beta.native(name), duo.beta.native(`${name} x`));
  }],
  ["many made", 0, (duo) => rewrite(duo, "alpha", 0, 200)],
  ["the same done on both sides", 80, (duo) => {
    removeNumbered(duo, "alpha", 0, 70);
    removeNumbered(duo, "beta", 0, 70);
  }],
];

for (const [what, count, act] of PASSES) {
  Deno.test(`S1: ${what} does not halt`, () => {
    using duo = duoOf(count);
    act(duo);
    pass(duo);
    duo.checkInSync();
  });
}

for (const side of SIDES) {
  Deno.test(`S1: a slow mass deletion by ${side} halts, counted over a minute and across restarts of both`, () => {
    using duo = duoOf(100);
    removeNumbered(duo, side, 0, 20);
    pass(duo);
    rewrite(duo, side, 20, 40);
    pass(duo);
    duo.restart();
    removeNumbered(duo, side, 40, 50);
    pass(duo);
    removeNumbered(duo, side, 50, 51);
    const reason =
      `${side} deleted 1 of the 100 agreed files, and 50 more were lost within the last minute: /undo brings those back`;
    assertEquals(stopped(duo).reason, reason);
    duo.restart();
    assertEquals(stopped(duo).reason, reason);
    const others = duo[side].engine.archive.losses(1).recent(Date.now());
    assertEquals(others.size, 0, "each side counts what is lost in its own folder");
  });

  Deno.test(`S1: what ${side} added within the hour, moved or not, makes no deletion a small one`, () => {
    using duo = duoOf(60);
    for (let number = 0; number < 500; number++) write(duo[side].native(`new/${number}`), "");
    pass(duo);
    Deno.renameSync(duo[side].native("new"), duo[side].native("newer"));
    pass(duo);
    duo.connect();
    removeNumbered(duo, side, 0, 51);
    assertEquals(stopped(duo).reason, `${side} deleted 51 of the 60 agreed files`);
  });

  Deno.test(`S1: what ${side} added is no more ${side}'s alone once the other edited it`, () => {
    using duo = duoOf(0);
    rewrite(duo, side, 0, 60);
    pass(duo);
    const other = side === "alpha" ? "beta" : "alpha";
    rewrite(duo, other, 0, 60, "edited");
    halted(duo);
    sayYes(duo);
    removeNumbered(duo, side, 0, 60);
    write(duo[side].native("left"), "so that it is not empty");
    assertEquals(stopped(duo).reason, `${side} deleted 60 of the 60 agreed files`);
  });

  Deno.test(`S1: a new beginning, another root or another key of ${side}'s makes nothing lost before small`, () => {
    using duo = duoOf(100);
    removeNumbered(duo, side, 0, 40);
    pass(duo);
    const history = crypto.randomUUID();
    for (const each of SIDES) duo[each].endpoint.begin(history, 0);
    duo.settle();
    duo[side].key = crypto.randomUUID();
    duo.connect();
    duo.settle();
    removeNumbered(duo, side, 40, 51);
    assert(/ deleted 11 of the 100 agreed files, and 40 more were lost/.test(stopped(duo).reason));
  });
}

for (const side of SIDES) {
  /** Another name for these files in the folder of `side`, one after the other. */
  const rename = (duo: Duo, from: number, to: number) => {
    for (let number = from; number < to; number++) {
      Deno.renameSync(duo[side].native(nameOf(number)), duo[side].native(`gone ${number - from}`));
    }
  };

  Deno.test(`T4 S1: what ${side} deletes under the same few names, one after the other, is as much as it is`, () => {
    using duo = duoOf(60);
    for (const from of [0, 30]) {
      rename(duo, from, from + 30);
      pass(duo);
      for (let number = 0; number < (from === 0 ? 30 : 21); number++) {
        Deno.removeSync(duo[side].native(`gone ${number}`));
      }
      if (from === 0) pass(duo);
    }
    const reason =
      `${side} deleted 21 of the 60 agreed files, and 30 more were lost within the last minute: /undo brings those back`;
    assertEquals(stopped(duo).reason, reason);
  });

  Deno.test(`T4 S1: what ${side} deleted and put back is not ${side}'s own by that`, () => {
    using duo = duoOf(60);
    removeNumbered(duo, side, 0, 40);
    pass(duo);
    for (let number = 0; number < 40; number++) write(duo[side].native(nameOf(number)), `file ${number}`);
    pass(duo);
    removeNumbered(duo, side, 0, 51);
    assertEquals(stopped(duo).reason, `${side} deleted 51 of the 60 agreed files`);
  });

  Deno.test(`T4 S1: what ${side} added is ${side}'s own also when an undo brought it back`, () => {
    using duo = duoOf(60);
    for (let number = 0; number < 250; number++) write(duo[side].native(`new/${number}`), "");
    pass(duo);
    Deno.removeSync(duo[side].native("new"), { recursive: true });
    pass(duo);
    duo[side].historyService.undo();
    duo.settle();
    duo.checkInSync();
    removeNumbered(duo, side, 0, 51);
    assertEquals(stopped(duo).reason, `${side} deleted 51 of the 60 agreed files`);
  });

  Deno.test(`T4 S1: what comes where ${side} had put a copy of it is not ${side}'s own by that`, () => {
    using duo = duoOf(60);
    for (let number = 0; number < 60; number++) {
      write(duo[side].native(`copy/${nameOf(number)}`), `file ${number}`);
    }
    pass(duo);
    Deno.renameSync(duo[side].native("copy"), duo[side].native("other"));
    pass(duo);
    Deno.mkdirSync(duo[side].native("copy"));
    for (const name of ["0", "1", "2"]) {
      Deno.renameSync(duo[side].native(name), duo[side].native(`copy/${name}`));
    }
    pass(duo);
    Deno.removeSync(duo[side].native("copy"), { recursive: true });
    Deno.removeSync(duo[side].native("other"), { recursive: true });
    write(duo[side].native("left"), "so that it is not empty");
    assertEquals(stopped(duo).reason, `${side} deleted 60 of the 60 agreed files`);
  });
}

Deno.test("S1: what is lost more than a minute ago, again and again, or is back, does not count", () => {
  using duo = duoOf(100);
  for (let round = 0; round < 3; round++) {
    rewrite(duo, "alpha", 0, 30, `round ${round}`);
    pass(duo);
  }
  removeNumbered(duo, "beta", 30, 50);
  pass(duo);
  for (let number = 30; number < 50; number++) write(duo.alpha.native(nameOf(number)), `file ${number}`);
  pass(duo);
  removeNumbered(duo, "beta", 50, 70);
  pass(duo);
  assertEquals(duo.alpha.engine.archive.losses(1).recent(Date.now() + 61_000).size, 0);
});

Deno.test("S1: a yes is for what was asked: a few more files pass with it, many more are asked about", () => {
  using duo = duoOf(200);
  removeNumbered(duo, "alpha", 0, 60);
  const { key } = halted(duo);
  removeNumbered(duo, "alpha", 60, 70);
  assertEquals(halted(duo).key, key, "a few more are no new question");
  removeNumbered(duo, "alpha", 70, 130);
  const other = halted(duo).key;
  assert(other !== key, "many more are a new question");
  sayYes(duo);
  removeNumbered(duo, "alpha", 130, 190);
  assert(halted(duo).key !== other);
});

/** The plan is judged where it would be too much, anew; gives the key of the question. */
const judged = (duo: Duo) => halted(duo).key;

for (const side of SIDES) {
  const other = side === "alpha" ? "beta" : "alpha";

  Deno.test(`T4: a yes of ${other}'s to 60 files deletes no 200: what is asked after it is asked`, () => {
    using duo = duoOf(201);
    removeNumbered(duo, side, 0, 60);
    const key = judged(duo);
    removeNumbered(duo, side, 60, 200);
    assert(judged(duo) !== key);
    duo[other].endpoint.approve([key]);
    assertEquals(stopped(duo).reason, `${side} deleted 200 of the 201 agreed files`);
  });

  Deno.test(`T4: a yes of ${other}'s to 60 files deletes no 200 that were asked about before, unseen`, () => {
    using duo = duoOf(201);
    removeNumbered(duo, side, 0, 200);
    judged(duo);
    for (let number = 60; number < 200; number++) write(duo[side].native(nameOf(number)), `file ${number}`);
    const halt = halted(duo);
    assertEquals(halt.reason, `${side} deleted 60 of the 201 agreed files`);
    removeNumbered(duo, side, 60, 200);
    duo[other].endpoint.approve([halt.key]);
    assertEquals(stopped(duo).reason, `${side} deleted 140 of the 201 agreed files`);
  });

  Deno.test(`T4: what ${side} has deleted while ${other} is asked is not settled with ${other}'s yes`, () => {
    using duo = duoOf(201);
    removeNumbered(duo, side, 0, 60);
    const key = judged(duo);
    const { engine, endpoint } = duo[other];
    const lost = { path: "0/198", old: { digest: "ab".repeat(32) }, how: "deleted" } as unknown as Loss;
    const later = Date.now() + 1000;
    engine.archive.losses(1).note([lost], later);
    endpoint.approve([key]);
    assertEquals([...engine.archive.losses(1).recent(later).keys()], ["0/198"]);
  });

  Deno.test(`T4: a no of ${side}'s is no yes of ${other}'s to what would replace ${other}'s files`, () => {
    using duo = duoOf(60);
    rewrite(duo, other, 0, 60);
    const before = filesIn(duo[other].folder);
    agreeBack(duo, side === "alpha");
    assertEquals(stopped(duo).reason, `${side} rewrote 60 of the 60 agreed files`);
    assertEquals(filesIn(duo[other].folder), before);
    duo[other].endpoint.approve([stopped(duo).key]);
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo[other].folder).get("0/3"), "file 3");
  });
}

Deno.test("S1: a yes outlives a restart in the middle, for what is left of it", () => {
  using duo = duoOf(120);
  rewrite(duo, "alpha", 0, 100, "large ".repeat(100_000));
  halted(duo);
  for (const side of ["alpha", "beta"] as const) duo[side].endpoint.approve("*");
  duo.budget = 4;
  duo.cycle();
  const done = [...filesIn(duo.beta.folder).values()].filter((text) => text.startsWith("large")).length;
  assert(done > 0 && done < 40, `${done}`);
  duo.budget = Infinity;
  duo.restart();
  pass(duo);
  duo.checkInSync();
});

Deno.test("S1: a no outlives a restart in the middle, and takes nothing back that is no part of it", () => {
  using duo = duoOf(80);
  rewrite(duo, "beta", 0, 60);
  write(duo.beta.native("new"), "new");
  halted(duo);
  sayNo(duo);
  duo.restart();
  pass(duo);
  duo.checkInSync();
  assertEquals(filesIn(duo.beta.folder).get("0/3"), "file 3");
  assertEquals(filesIn(duo.alpha.folder).get("new"), "new");
  assertEquals([...kept(duo.beta.folder).values()].filter((text) => text.startsWith("encrypted")).length, 60);
});

Deno.test("S1: a no takes back what went on while it was asked, and nothing else that was done meanwhile", () => {
  using duo = duoOf(100);
  removeNumbered(duo, "alpha", 0, 60);
  const { key } = halted(duo);
  removeNumbered(duo, "alpha", 60, 70);
  rewrite(duo, "alpha", 80, 81);
  rewrite(duo, "beta", 90, 91);
  removeNumbered(duo, "beta", 91, 92);
  assertEquals(halted(duo).key, key, "the same question");
  sayNo(duo);
  pass(duo);
  duo.checkInSync();
  const after = filesIn(duo.beta.folder);
  for (let number = 0; number < 70; number++) assertEquals(after.get(nameOf(number)), `file ${number}`);
  assert(after.get(nameOf(80))!.startsWith("encrypted"), "an edit is another thing than a deletion");
  assert(after.get(nameOf(90))!.startsWith("encrypted"), "and so is what the other person did");
  assert(!after.has(nameOf(91)));
});

Deno.test("S1: a no waits for a file that cannot be read", () => {
  using duo = duoOf(60);
  rewrite(duo, "beta", 0, 60);
  halted(duo);
  duo.beta.hook = (method, [path]) => {
    if (method === "openToRead" && String(path).endsWith("/0/3")) throw new Error("in use (os error 32)");
  };
  assertEquals(duo.takeBack().map(({ path }) => path), ["0/3"]);
  duo.beta.hook = () => {};
  halted(duo);
  sayNo(duo);
  duo.settle();
  assertEquals(filesIn(duo.beta.folder).get("0/3"), "file 3");
});

for (const side of ["alpha", "beta"] as const) {
  Deno.test(`S2: ${side}'s emptied folder halts; merged like a new one it gets all back`, () => {
    using duo = duoOf(5);
    const before = filesIn(duo.alpha.folder);
    for (const name of ["0", "1", "2"]) Deno.removeSync(duo[side].native(name), { recursive: true });
    assertEquals(halted(duo).reason, `${side}'s folder is empty, where 5 files were agreed`);
    const history = crypto.randomUUID();
    for (const each of ["alpha", "beta"] as const) duo[each].endpoint.begin(history, 0);
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo[side].folder), before);
  });
}

/** `side` adds 60 files, which is batch 2; more than an hour ago, as the other's history has it. Then `side` undoes that. */
function duoUndoing(side: SideName) {
  const other: SideName = side === "alpha" ? "beta" : "alpha";
  const duo = duoWith({ left: "so that it is not empty" });
  for (let number = 0; number < 60; number++) write(duo[side].native(`new/${number}`), `new ${number}`);
  duo.settle();
  duo.alpha.kill();
  duo.beta.kill();
  plant(duo[other].state, "UPDATE deed SET time = time - 7200000");
  duo.restart();
  duo[side].historyService.undo(undefined, 2);
  const there = () => [...filesIn(duo[other].folder).keys()].filter((path) => path.startsWith("new/")).length;
  return Object.assign(duo, { other, there });
}

for (const side of SIDES) {
  Deno.test(`S1: ${side}'s undo request halts before anything is done, also after a restart; a yes does it`, () => {
    using duo = duoUndoing(side);
    const reason = `${side} wants batch 2 undone, which deletes 60 of the 61 agreed files`;
    assertEquals([halted(duo).reason, halted(duo).needs, duo.there()], [reason, [duo.other], 60]);
    duo.restart();
    const { key } = halted(duo);
    assertEquals([halted(duo).key, duo.there()], [key, 60]);
    duo[duo.other].endpoint.approve("*");
    assertEquals(duo.decide().halt, null, "nor is the one who wants it asked about what comes of it");
    duo.settle();
    duo.checkInSync();
    assertEquals(duo.there(), 0);
  });

  Deno.test(`T4: a yes to what ${side} deleted undoes no batch that ${side} wants undone after it`, () => {
    using duo = duoUndoing(side);
    const [request] = duo.exchangeRequests();
    duo[duo.other].endpoint.approve(["plan 1"]);
    assertEquals(duo.exchangeRequests().map(({ key }) => key), [request!.key]);
    assertEquals(duo.there(), 60);
    duo[duo.other].endpoint.approve([request!.key]);
    assertEquals(duo.exchangeRequests(), []);
    assertEquals(duo.there(), 0);
  });

  Deno.test(`S1: a no to ${side}'s undo request leaves all as it is, and ${side} is told`, () => {
    using duo = duoUndoing(side);
    halted(duo);
    if (side === "alpha") duo.beta.endpoint.hearTakenBack();
    else duo.alpha.endpoint.takeBack(true);
    duo.cycle();
    assertEquals([duo.there(), duo[side].endpoint.tellRequests().wishes.length], [60, 0]);
    pass(duo);
    duo.checkInSync();
  });

  Deno.test(`S1: ${side}'s undo requests count together with what ${side} deletes`, () => {
    using duo = duoOf(100);
    for (const round of [1, 2]) {
      rewrite(duo, side, 0, 20, `round ${round}`);
      duo.settle();
    }
    duo[side].historyService.undo(undefined, 3); // In the other folder these 20 are rewritten.
    duo.settle();
    removeNumbered(duo, side, 20, 52);
    assert(stopped(duo).reason.startsWith(`${side} deleted 32 of the 100 agreed files, and 20 more`));
  });

  Deno.test(`S5: ${side} with a new key, known anew on purpose, is a new pair: merged, and nothing is deleted`, () => {
    using duo = duoOf(6);
    const other = side === "alpha" ? "beta" : "alpha";
    duo[side].key = crypto.randomUUID();
    removeNumbered(duo, side, 0, 3);
    removeNumbered(duo, other, 3, 5);
    duo.connect();
    duo.settle();
    duo.checkInSync();
    assertEquals([...filesIn(duo.alpha.folder).values()].filter((text) => text !== "/").length, 6);
    duo[side].historyService.undo();
    duo.settle();
    duo.checkInSync();
  });

  Deno.test(`T11: who claims ${side}'s root with another key undoes nothing of ${side}'s`, () => {
    using duo = duoOf(0);
    write(duo[side].native("file"), `${side}'s`);
    duo.settle();
    const requests = duo[side].endpoint.tellRequests();
    assertEquals(requests.wishes, []);
    duo[side].key = "of somebody else";
    duo.connect();
    const other = side === "alpha" ? "beta" : "alpha";
    const news = duo[other].endpoint.hearRequests({ wishes: [["a", 1], ["b", 2]], heard: [] });
    assertEquals(news.here.map(({ back }) => back), [0, 0]);
    assertEquals(filesIn(duo[other].folder).get("file"), `${side}'s`);
  });
}
