// What an undo has to read and copy first goes in slices, and so does what tells whether a folder was renamed, or what was done before a kill:
// no call of the root's worker goes on for long, and nothing is done on the ground of what is half read.

import { assert, assertEquals } from "@std/assert";
import { seenThrough } from "../../src/fs/disks/seen.ts";
import type { Disk, Stat } from "../../src/fs/port.ts";
import { HistoryService } from "../../src/history/history_service.ts";
import { NotYet } from "../../src/core/failure.ts";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import { Computer, Cut, Duo } from "../support/duo.ts";
import { filesIn, kept, temporary, write } from "../support/folder.ts";
import { diskThatCounts, Pieces, slowClock } from "../support/slices.ts";

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
      assertEquals(duo.alpha.endpoint.standing(), duo.beta.endpoint.standing());
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
  for (let over = false; !over;) over = pieces.of(() => duo[side].engine.workOn(20)).over;
}

/** alpha's former content of the large file was replaced by beta's, and alpha has touched the file since. */
function replaced() {
  return synced("alpha", "alpha", (duo) => {
    write(duo.beta.native("large"), content(2));
    duo.settle();
    assertEquals(firstOf(duo.alpha.native("large")), 2);
    // A time to come: no change of it leaves a doubt whether it is older than what was read.
    const time = new Date(Date.now() + 86_400_000);
    Deno.utimeSync(duo.alpha.native("large"), time, time);
    const { engine } = duo.alpha;
    engine.hint([], true);
    engine.scan();
    while (engine.unsettled().waiting > 0) engine.scan(); // It counts once two looks agree.
  });
}

Deno.test("undo: what it takes is read and copied in slices, and nothing is done before that", () => {
  using ground = replaced();
  const { duo, pieces } = ground;
  const { engine } = duo.alpha;
  const historyService = new HistoryService(() => engine);
  const undo = () => {
    try {
      return pieces.of(() => historyService.undo());
    } catch (error) {
      if (error instanceof NotYet) return null;
      throw error;
    }
  };
  let asked = 1;
  let undone = undo();
  for (; !undone; undone = undo(), asked++) {
    assertEquals([firstOf(duo.alpha.native("large")), requests(duo)], [2, 0]);
    workOn(ground, "alpha");
  }
  assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
  assertEquals([undone.back, undone.left, requests(duo), asked], [1, [], 1, 3]);
  assertEquals(firstOf(duo.alpha.native("large")), 1);
  ground.settle();
  for (const side of SIDES) assertEquals(firstOf(duo[side].native("large")), 1);
});

const requests = ({ alpha: { engine: { archive } } }: Duo) =>
  archive.peerRequests.of(archive.pairs()[0]!, 10).length;

Deno.test("undo: what the peer asks for is done once what it takes is read and copied, and told then", () => {
  using ground = replaced();
  const { duo, pieces } = ground;
  duo.beta.historyService.undo();
  duo.readsAll = false;
  const hear = () => pieces.of(() => duo.alpha.endpoint.hearRequests(duo.beta.endpoint.tellRequests()));
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

/** A disk that gives files other numbers each time it is mounted, and holds no second names. */
function withoutLastingNumbers(count: (bytes: number) => void): { disk: Disk; mount(): void } {
  let mounts = 0;
  const hardLink = () => {
    throw new Error("Operation not permitted (os error 1)");
  };
  const see = (stat: Stat) => ({ ...stat, id: stat.id + mounts * 1e6, born: 0, links: 1 });
  return { disk: seenThrough({ ...diskThatCounts(null, count), hardLink }, see), mount: () => void mounts++ };
}

const RENAMED: Record<string, (path: string) => void> = {
  "a folder": (folder) => Deno.renameSync(`${folder}/year/films`, `${folder}/year/movies`),
  "a folder within one that is other than it was": (folder) => {
    Deno.renameSync(`${folder}/year`, `${folder}/2026`);
    Deno.removeSync(`${folder}/2026/note`);
  },
};

for (const side of SIDES) {
  for (const [what, act] of Object.entries(RENAMED)) {
    Deno.test(`M1: where numbers do not last, ${what} that ${side} renamed while stopped is read in slices, and nothing of it goes before`, () => {
      using place = temporary();
      const pieces = new Pieces();
      const { disk, mount } = withoutLastingNumbers(pieces.count);
      using duo = new Duo(place.path, { [side]: disk });
      for (const [number, name] of ["one", "two"].entries()) {
        write(duo[OTHER[side]].native(`year/films/${name}`), content(number + 1).subarray(0, 8 * MIB));
      }
      for (const path of ["year/note", "small"]) write(duo.alpha.native(path), "small");
      duo.settle();
      duo[side].restart(() => {
        mount();
        act(duo[side].folder);
      });
      duo.connect();
      const before = [...filesIn(duo[OTHER[side]].folder).keys()].filter((path) => path.includes("films"));
      using _clock = slowClock();
      duo.readsAll = false;
      const { endpoint } = duo[side];
      for (const verb of ["describe", "decide"] as const) {
        const call = endpoint[verb].bind(endpoint) as (...args: unknown[]) => unknown;
        endpoint[verb] = ((...args: unknown[]) => pieces.of(() => call(...args))) as never;
      }
      for (let count = 0; count < 3; count++) {
        write(duo[OTHER[side]].native("small"), `${count}`);
        const { decision: { problems, counts: { move, bytes } } } = duo.cycle();
        assertEquals([problems, move, bytes < MIB], [[], 0, true]);
        assertEquals(Deno.readTextFileSync(duo[side].native("small")), `${count}`);
        assertEquals(
          [...filesIn(duo[OTHER[side]].folder).keys()].filter((path) => path.includes("films")),
          before,
        );
        pieces.of(() => duo[side].engine.workOn(20));
      }
      assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
      duo.readsAll = true;
      const { decision: { counts: { move, bytes } } } = duo.cycle();
      assertEquals([move, bytes < MIB], [1, true]);
      duo.settle();
      duo.checkInSync();
      assertEquals(versionsOf(duo[OTHER[side]].folder), []);
    });
  }
}

/** The large files among the versions. */
function versionsOf(folder: string): string[] {
  return [...kept(folder)].filter(([, text]) => text.length > MIB).map(([path]) => path);
}

/** A cycle in which that computer is killed at the first call to the disk after something was put in place. */
function killOncePlaced(duo: Duo, side: SideName) {
  let isPlaced = false;
  let died = () => false;
  duo.onStep = (step) => {
    if (step !== `transition ${side}`) return;
    died = duo[side].killWhen((method) => {
      const wasPlaced = isPlaced;
      isPlaced ||= method === "hardLink";
      return wasPlaced;
    });
  };
  try {
    duo.cycle();
  } catch (error) {
    if (!(error instanceof Cut) && !died()) throw error;
  }
  assert(died());
  duo.onStep = () => {};
}

for (const side of SIDES) {
  Deno.test(`a large file that ${side} rewrites in place is read in slices, and once it is nobody waits for reading any more`, () => {
    using place = synced(side, side);
    const { duo } = place;
    // A time to come: no change of it leaves a doubt whether it is older than what was read.
    write(duo[side].native("large"), content(2), new Date(Date.now() + 86_400_000));
    const { engine } = duo[side];
    engine.hint([], true);
    do engine.scan(); while (engine.unsettled().waiting > 0); // It counts once two looks agree.
    const saysReading = () => [duo.cycle().decision.reads, firstOf(duo[OTHER[side]].native("large"))];
    assertEquals([saysReading(), saysReading()], [[true, 1], [true, 1]]);
    workOn(place, side);
    assertEquals(saysReading()[0], false);
    place.settle();
    assertEquals(firstOf(duo[OTHER[side]].native("large")), 2);
  });
}

for (const side of SIDES) {
  Deno.test(`M9: what ${side} had put in place when it was killed is read in slices, and nothing is told or decided before`, () => {
    const { readsAtOnce } = Computer;
    Computer.readsAtOnce = MIB;
    try {
      using place = temporary();
      const pieces = new Pieces();
      using duo = new Duo(place.path, { [side]: diskThatCounts("large", pieces.count) });
      write(duo.alpha.native("small"), "small");
      duo.settle();
      write(duo[OTHER[side]].native("large"), content(1));
      killOncePlaced(duo, side);
      duo.disconnect();
      duo[side].restart();
      duo.connect();
      assertEquals(firstOf(duo[side].native("large")), 1);
      const clock = slowClock();
      const { engine, endpoint } = duo[side];
      const look = () => pieces.of(() => engine.scan());
      let asked = 0;
      for (look(); !pieces.of(() => endpoint.recall()); asked++, look()) pieces.of(() => engine.workOn(20));
      clock[Symbol.dispose]();
      assert(asked > 3, `it took ${asked} slices`);
      assert(pieces.most <= PIECE, `${pieces.most} bytes were read in one call`);
      let batches = 0;
      duo.onStep = (step) => batches += Number(step.startsWith("batch"));
      duo.settle();
      duo.checkInSync();
      assertEquals([batches, duo.alpha.endpoint.standing().conflicts], [0, []], "it is known to be there");
    } finally {
      Computer.readsAtOnce = readsAtOnce;
    }
  });
}
