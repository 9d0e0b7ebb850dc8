// Whatever has to be read or copied first, no call of the root's worker goes on for long: large files go in slices. Meanwhile nothing is
// planned for them, nothing is done on the ground of what is half read, and small saves pass.

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../src/core/path.ts";
import { Past } from "../../src/session/past.ts";
import { NotYet } from "../../src/session/remote.ts";
import { Duo, rename, type SideName, SIDES } from "../support/duo.ts";
import { filesIn, kept, nextTime, temporary, write } from "../support/folder.ts";
import { seen } from "../support/seen_disk.ts";
import { diskThatCounts, Pieces, slowClock } from "../support/slices.ts";

const OTHER = { alpha: "beta", beta: "alpha" } as const;
const MIB = 1 << 20;
const SIZE = 20 * MIB;
/** So much is read in one call at most. */
const PIECE = 5 * MIB;

const content = (byte: number) => new Uint8Array(SIZE).fill(byte);
const firstOf = (path: string) => {
  using file = Deno.openSync(path);
  const byte = new Uint8Array(1);
  file.readSync(byte);
  return byte[0];
};

/** Two in sync, `side` on a disk that counts what is read of "large", which `maker` made. From then on time is short. `after`: what is
 * done before that. */
function synced(side: SideName, maker = OTHER[side], after: (duo: Duo) => void = () => {}) {
  const place = temporary();
  const pieces = new Pieces();
  const duo = new Duo(place.path, { [side]: diskThatCounts("large", pieces.count) });
  write(duo[maker].native("large"), content(1));
  write(duo.alpha.native("small"), "small");
  duo.settle();
  after(duo);
  const clock = slowClock();
  duo.readsAll = false;
  return {
    duo,
    pieces,
    /** There is time again, and both come to be the same. */
    settle() {
      clock[Symbol.dispose]();
      duo.readsAll = true;
      duo.settle();
      assertEquals(duo.alpha.dealing.standing(), duo.beta.dealing.standing());
    },
    [Symbol.dispose]() {
      clock[Symbol.dispose]();
      duo[Symbol.dispose]();
      place[Symbol.dispose]();
    },
  };
}

/** Works on until nothing is waited for. */
function workOn({ duo, pieces }: { duo: Duo; pieces: Pieces }, side: SideName) {
  for (let over = false; !over;) over = pieces.of(() => duo[side].hands.workOn(20)).over;
}

/** A small save passes while that file waits. */
function savePasses(duo: Duo, from: SideName) {
  const to = OTHER[from];
  write(duo[from].native("small"), `saved meanwhile by ${from}`, nextTime());
  const { decision } = duo.cycle();
  assertEquals([decision.reads, decision.problems, decision.own + decision.peer], [true, [], 1]);
  assertEquals(filesIn(duo[to].folder).get("small"), `saved meanwhile by ${from}`);
}

/** The other side's new content of the large file is put in place at `side`, which is killed in the next moment. */
function stopInTheMidst(duo: Duo, side: SideName) {
  const isPlaced = () => firstOf(duo[side].native("large")) === 2;
  write(duo[OTHER[side]].native("large"), content(2));
  duo.onStep = (step) => {
    if (step === `transition ${side}`) duo[side].killWhen((method) => method !== "stat" && isPlaced());
  };
  try {
    for (let cycles = 0; cycles < 100; cycles++) duo.cycle();
  } catch {
    // What it does not do any more fails in many ways.
  }
  duo.onStep = () => {};
  assert(isPlaced());
}

for (const side of SIDES) {
  const other = OTHER[side];

  Deno.test(`after a stop of ${side} a large file just put in place is read in slices, and small saves pass`, () => {
    using ground = synced(side);
    const { duo, pieces } = ground;
    duo[side].restart();
    duo.connect();
    pieces.of(() => duo[side].hands.look());
    savePasses(duo, side);
    savePasses(duo, other);
    workOn(ground, side);
    assertEquals(pieces.all, SIZE);
    assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
    ground.settle();
    for (const each of SIDES) {
      assertEquals(firstOf(duo[each].native("large")), 1);
      assertEquals([...kept(duo[each].folder).keys()].filter(isOfLarge), []);
    }
  });

  Deno.test(`of a large file that a power cut at ${side} tore nothing is sent before that is known, and it comes again`, () => {
    using ground = synced(side);
    const { duo, pieces } = ground;
    const path = duo[side].native("large");
    const { mtime } = Deno.statSync(path);
    duo[side].powerCut(() => write(path, content(0), mtime!));
    duo.connect();
    pieces.of(() => duo[side].hands.look());
    savePasses(duo, side);
    savePasses(duo, other);
    assertEquals([firstOf(path), firstOf(duo[other].native("large"))], [0, 1]);
    workOn(ground, side);
    assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
    ground.settle();
    assertEquals(firstOf(path), 1);
    assertEquals([...kept(duo[side].folder).keys()].filter(isOfLarge).length, 1, "what was left is kept");
    assertEquals([...kept(duo[other].folder).keys()].filter(isOfLarge).length, 0);
  });

  Deno.test(`after a stop of ${side} a large file that was renamed meanwhile is deleted nowhere while it is read`, () => {
    using ground = synced(side);
    const { duo } = ground;
    duo[side].restart(() => {
      Deno.mkdirSync(duo[side].native("d"));
      rename(duo, side, "large", "d/large");
    });
    duo.connect();
    write(duo[other].native("small"), "saved meanwhile", nextTime());
    duo.cycle();
    assertEquals(firstOf(duo[other].native("large")), 1);
    workOn(ground, side);
    ground.settle();
    assert(filesIn(duo[other].folder).has("d/large") && !filesIn(duo[other].folder).has("large"));
  });

  Deno.test(`a chunk in whose midst ${side} was stopped is found out about in slices`, () => {
    using ground = synced(side, side, (duo) => stopInTheMidst(duo, side));
    const { duo, pieces } = ground;
    duo[side].restart();
    duo.connect();
    const calls = pieces.bytes.length;
    pieces.of(() => duo[side].hands.look());
    assert(pieces.of(() => duo[side].dealing.readsLate()), "nothing was read");
    workOn(ground, side);
    pieces.of(() => duo[side].hands.look());
    assertEquals(pieces.of(() => duo[side].dealing.readsLate()), false);
    assert(Math.max(...pieces.bytes.slice(calls)) <= PIECE, `${pieces.most} bytes were read in one call`);
    ground.settle();
    for (const each of SIDES) assertEquals(firstOf(duo[each].native("large")), 2);
  });
}

const isOfLarge = (path: string) => path.endsWith("/large");

/** alpha's former content of the large file was replaced by beta's, and alpha has touched the file since. */
function replaced() {
  return synced("alpha", "alpha", (duo) => {
    write(duo.beta.native("large"), content(2));
    duo.settle();
    assertEquals(firstOf(duo.alpha.native("large")), 2);
    // A time to come: no change of it leaves a doubt whether it is older than what was read.
    const time = new Date(Date.now() + 86_400_000);
    Deno.utimeSync(duo.alpha.native("large"), time, time);
  });
}

Deno.test("undo: what it takes is read and copied in slices, and nothing is done before that", () => {
  using ground = replaced();
  const { duo, pieces } = ground;
  const { hands } = duo.alpha;
  const past = new Past(() => hands);
  const undo = () => {
    try {
      return pieces.of(() => past.undo());
    } catch (error) {
      if (error instanceof NotYet) return null;
      throw error;
    }
  };
  let asked = 1;
  let undone = undo();
  for (; !undone; undone = undo(), asked++) {
    assertEquals([firstOf(duo.alpha.native("large")), wishes(duo)], [2, 0]);
    workOn(ground, "alpha");
  }
  assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
  assertEquals([undone.back, undone.left, wishes(duo), asked], [1, [], 1, 3]);
  assertEquals(firstOf(duo.alpha.native("large")), 1);
  ground.settle();
  for (const side of SIDES) assertEquals(firstOf(duo[side].native("large")), 1);
});

const wishes = ({ alpha: { hands: { archive } } }: Duo) => archive.wishes.of(archive.pairs()[0]!, 10).length;

Deno.test("undo: what the peer wishes is done once what it takes is read and copied, and told then", () => {
  using ground = replaced();
  const { duo, pieces } = ground;
  duo.beta.past.undo();
  duo.readsAll = false;
  const hear = () => pieces.of(() => duo.alpha.dealing.hearWishes(duo.beta.dealing.sayWishes()));
  let heard = hear();
  for (; heard.reads; heard = hear()) {
    assertEquals([heard.acted, heard.here, firstOf(duo.alpha.native("large"))], [false, [], 2]);
    workOn(ground, "alpha");
  }
  const told = heard.here.map(({ back, left }) => ({ back, left }));
  assertEquals([heard.acted, told], [true, [{ back: 1, left: [] }]]);
  assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
  ground.settle();
  for (const side of SIDES) assertEquals(firstOf(duo[side].native("large")), 1);
});

Deno.test("what fails to be read for one who waits is told to the others who do, too", () => {
  using ground = synced("alpha");
  const { duo, pieces } = ground;
  const { hands } = duo.alpha;
  write(duo.alpha.native("large"), content(3), nextTime());
  hands.hint([], true);
  hands.look();
  const owners = [{}, {}];
  const ask = (owner: object) => pieces.of(() => hands.digester.begin(owner, ["large" as Path]));
  for (const owner of owners) assertEquals(ask(owner).left.size, 1);
  write(duo.alpha.native("large"), content(4), nextTime());
  workOn(ground, "alpha");
  for (const owner of owners) assertEquals(ask(owner).failed.size, 1);
  assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
});

Deno.test("M1: a folder renamed on a disk whose numbers do not last is where it was until its files are read", () => {
  using place = temporary();
  const pieces = new Pieces();
  let mount = 0;
  const hardLink = () => {
    throw new Error("Operation not permitted (os error 1)");
  };
  const fat = seen((stat) => ({ ...stat, id: stat.id + mount, born: 0, links: 1 }), { hardLink });
  using duo = new Duo(place.path, { alpha: diskThatCounts("large", pieces.count, fat) });
  assertEquals(duo.alpha.hands.numbersLast, false);
  write(duo.alpha.native("old/large"), content(1));
  write(duo.alpha.native("old/note"), "note");
  duo.settle();
  using _ = slowClock();
  duo.readsAll = false;
  duo.alpha.close();
  mount += 1_000_000_000;
  duo.alpha.restart(() => rename(duo, "alpha", "old", "new"));
  duo.connect();
  const read = pieces.bytes.length;
  for (let reads = true; reads;) {
    const decision = pieces.of(() => duo.decide());
    reads = decision.reads;
    if (!reads) break;
    assertEquals([decision.own + decision.peer, decision.problems], [0, []]);
    workOn({ duo, pieces }, "alpha");
  }
  assert(pieces.all >= SIZE);
  assert(Math.max(...pieces.bytes.slice(read)) <= PIECE, `${pieces.most} bytes were read in one call`);
  const { decision } = duo.cycle();
  assertEquals([decision.counts.move, decision.counts.delete, decision.counts.bytes], [1, 0, 0]);
  assert(filesIn(duo.beta.folder).has("new/large"));
});
