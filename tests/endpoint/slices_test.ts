// What an undo has to read and copy first goes in slices: no call of the root's worker goes on for long, and nothing is done on the ground
// of what is half read.

import { assert, assertEquals } from "@std/assert";
import { HistoryService } from "../../src/history/history_service.ts";
import { NotYet } from "../../src/core/failure.ts";
import { OTHER, type SideName, SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { temporary, write } from "../support/folder.ts";
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
