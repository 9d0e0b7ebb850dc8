// The proof of sameness: what both sides say they hold is true, is compared, and nothing is planned on ancestors that differ.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { Disagreement } from "../../src/core/failure.ts";
import { compareHoldings, holdingMessage } from "../../src/session/sameness.ts";
import { type Holding } from "../../src/endpoint/holding.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";
import { plant } from "../support/damaged_archive.ts";

const holding: Holding = {
  generation: 4,
  digest: "ab",
  files: 3,
  bytes: 9,
  apart: 0,
  looked: 10,
  read: 500,
  mute: null,
};

Deno.test("what both hold is told as the worse of both", () => {
  const peer = holdingMessage({ ...holding, apart: 2, looked: 70_000, read: 900 });
  assertEquals(compareHoldings({ ...holding, apart: 1 }, peer), {
    ...{ digest: "ab", files: 3, bytes: 9 },
    apart: 3,
    looked: 70_000,
    read: 900,
    mute: null,
  });
  const mute = (own: number | null, peers: number | null) =>
    compareHoldings({ ...holding, mute: own }, holdingMessage({ ...holding, mute: peers })).mute;
  assertEquals([mute(5, null), mute(null, 7), mute(5, 7)], [5, 7, 7]);
});

for (const other of [{ digest: "cd" }, { generation: 5 }]) {
  Deno.test(`a peer that holds another ${Object.keys(other)} is no peer to go on with`, () => {
    assertThrows(() => compareHoldings(holding, holdingMessage({ ...holding, ...other })), Disagreement);
  });
}

Deno.test("at rest both sides hold the same, and nothing is apart", () => {
  using duo = duoWith({ a: "1", "d/b": "2" });
  const [alpha, beta] = SIDES.map((side) => duo[side].endpoint.holding());
  assertEquals(compareHoldings(alpha!, holdingMessage(beta!)).apart, 0);
  assertEquals([alpha!.files, alpha!.bytes], [2, 2]);
});

Deno.test("what was seen and is not agreed yet is apart, on the side that has it", () => {
  using duo = duoWith({ a: "1", "d/b": "2" });
  write(duo.beta.native("a"), "edited");
  write(duo.beta.native("new"), "n");
  Deno.renameSync(duo.beta.native("d"), duo.beta.native("e"));
  duo.beta.engine.hint([], true);
  duo.beta.engine.scan();
  assertEquals(SIDES.map((side) => duo[side].endpoint.holding().apart), [0, 3]);
  duo.settle();
  assertEquals(SIDES.map((side) => duo[side].endpoint.holding().apart), [0, 0]);
});

for (const [at, side] of SIDES.entries()) {
  Deno.test(`N1 a name kept for tcpsync, in ${side}'s folder, is told as a problem, apart for as long as it is there`, () => {
    using duo = duoWith({ a: "1" });
    write(duo[side].native("folder/.tcpsync"), "a private name");
    duo.settle();
    const { decision } = duo.cycle();
    assertEquals(decision.problems.map(({ path, whose }) => [path, whose]), [["folder/.tcpsync", side]]);
    assertEquals(SIDES.map((one) => duo[one].endpoint.holding().apart), at === 0 ? [1, 0] : [0, 1]);
    Deno.removeSync(duo[side].native("folder/.tcpsync"));
    duo.settle();
    assertEquals(SIDES.map((one) => duo[one].endpoint.holding().apart), [0, 0]);
  });
}

Deno.test("a file changed behind the watch's back: until all is looked at again, the holding says how long ago that was", () => {
  using duo = duoWith({ a: "1" });
  const { now } = Date;
  try {
    Date.now = () => now() + 50_000;
    write(duo.beta.native("a"), "edited");
    duo.beta.engine.scan();
    const before = duo.beta.endpoint.holding();
    assertEquals(before.apart, 0);
    assert(before.looked >= 50_000, `all was looked at ${before.looked} ms ago`);
    duo.beta.engine.hint([], true);
    duo.beta.engine.scan();
    const after = duo.beta.endpoint.holding();
    assertEquals(after.apart, 1);
    assert(after.looked < before.looked);
  } finally {
    Date.now = now;
  }
});

const PLANTS: [what: string, side: SideName, sql: string][] = [
  ["a file is missing in alpha's ancestor", "alpha", "DELETE FROM ancestor WHERE path = 'kept'"],
  ["a file is missing in beta's ancestor", "beta", "DELETE FROM ancestor WHERE path = 'kept'"],
  [
    "another content is in alpha's ancestor",
    "alpha",
    "UPDATE ancestor SET digest = zeroblob(32) WHERE path = 'kept'",
  ],
  [
    "another content is in beta's ancestor",
    "beta",
    "UPDATE ancestor SET digest = zeroblob(32) WHERE path = 'kept'",
  ],
  [
    "a file is called otherwise in beta's ancestor",
    "beta",
    "UPDATE ancestor SET path = 'x', name = 'x' WHERE path = 'kept'",
  ],
];

for (const [what, side, sql] of PLANTS) {
  Deno.test(`S5: ${what}: nothing is planned on it; both are set aside, and nothing is deleted`, () => {
    using duo = duoWith({ kept: "k", "d/edited": "1", "d/gone": "2" });
    duo[side].restart(() => plant(duo[side].state, sql));
    write(duo.alpha.native("d/edited"), "by alpha");
    write(duo.beta.native("d/new"), "by beta");
    Deno.removeSync(duo.beta.native("d/gone"));
    duo.connect();
    const before = SIDES.map((one) => filesIn(duo[one].folder));
    assertThrows(() => duo.cycle(), Disagreement);
    assertEquals(SIDES.map((one) => filesIn(duo[one].folder)), before);
    for (const one of SIDES) duo[one].endpoint.distrust();
    duo.connect();
    duo.settle();
    duo.checkInSync();
    const after = filesIn(duo.alpha.folder);
    for (const content of ["k", "by alpha", "by beta", "2"]) {
      assert([...after.values()].includes(content), content);
    }
  });
}
