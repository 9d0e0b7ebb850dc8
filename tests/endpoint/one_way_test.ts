// W: one way on two real folders: what the giver (alpha) does comes, what the taker (beta) does stays there, and neither program lets
// the other's do otherwise.

import { assertEquals, assertThrows } from "@std/assert";
import { Breach } from "../../src/core/failure.ts";
import type { SideName } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { filesIn, kept, write } from "../support/folder.ts";

/** In sync with `agreed`, and from then on one way. */
function oneWay(agreed: Record<string, string>, giver: SideName = "alpha") {
  const duo = duoWith(agreed);
  duo.giver = giver;
  duo.connect();
  return duo;
}

const listed = (duo: Duo) =>
  duo.cycle().decision.problems.map(({ path, whose }) => `${path} of ${whose}`).sort();

Deno.test("W2: the taker's edits and files stay, are listed, and are kept where the giver's come instead", () => {
  using duo = oneWay({ plan: "1", old: "1", same: "1" });
  const { alpha, beta } = duo;
  write(beta.native("plan"), "bob's");
  write(beta.native("own"), "bob's too");
  Deno.removeSync(beta.native("old"));
  assertEquals(listed(duo), ["old of beta", "own of beta", "plan of beta"]);
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { old: "1", plan: "1", same: "1" });
  write(alpha.native("plan"), "2");
  write(alpha.native("old"), "2");
  duo.settle();
  assertEquals(listed(duo), ["own of beta"]);
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { old: "2", plan: "2", same: "1" });
  assertEquals(Object.fromEntries(filesIn(beta.folder)), {
    old: "2",
    own: "bob's too",
    plan: "2",
    same: "1",
  });
  assertEquals([...kept(beta.folder).values()].filter((content) => content !== "/"), ["bob's"]);
  assertEquals(kept(alpha.folder).size, 0);
});

Deno.test("W2: both ways again, what had stayed travels, and what both changed is a conflict", () => {
  using duo = oneWay({ plan: "1" });
  write(duo.beta.native("plan"), "bob's");
  write(duo.beta.native("own"), "bob's too");
  duo.settle();
  duo.giver = null;
  duo.connect();
  duo.settle();
  duo.checkInSync();
  assertEquals(Object.fromEntries(filesIn(duo.alpha.folder)), { own: "bob's too", plan: "bob's" });
});

for (const giver of ["alpha", "beta"] as const) {
  Deno.test(`W2: a program that was stopped goes on one way, whoever leads (${giver} gives)`, () => {
    using duo = oneWay({ a: "1", b: "1" }, giver);
    const taker = giver === "alpha" ? "beta" : "alpha";
    write(duo[giver].native("a"), "2");
    write(duo[taker].native("b"), "mine");
    duo.onStep = (step) => {
      if (step === "settle") throw new Error("stopped");
    };
    assertThrows(() => duo.cycle(), Error, "stopped");
    duo.onStep = () => {};
    duo.restart();
    duo.settle();
    assertEquals(Object.fromEntries(filesIn(duo[giver].folder)), { a: "2", b: "1" });
    assertEquals(Object.fromEntries(filesIn(duo[taker].folder)), { a: "2", b: "mine" });
  });
}

/** Of the two programs only that of `keeps` keeps to it that `giver` gives. */
function deceived(giver: SideName, keeps: SideName, act: (duo: Duo) => void) {
  using duo = duoWith({ a: "1" });
  duo.giver = giver;
  duo.connect();
  const honest = duo[keeps].endpoint;
  duo.giver = null;
  duo.connect();
  duo[keeps].endpoint = honest;
  const { history, generation } = honest.history();
  honest.begin(history, generation);
  act(duo);
  const before = filesIn(duo[keeps].folder);
  assertThrows(() => duo.cycle(), Breach);
  assertEquals(filesIn(duo[keeps].folder), before);
}

Deno.test("W3: a program that orders something in a folder that only gives is left before anything is done", () => {
  deceived("beta", "beta", ({ alpha }) => write(alpha.native("a"), "alice's"));
  deceived("beta", "beta", ({ alpha }) => Deno.removeSync(alpha.native("a")));
  deceived("beta", "beta", ({ alpha }) => Deno.renameSync(alpha.native("a"), alpha.native("b")));
});

Deno.test("W3: a program that wants content of a folder that only receives gets none", () => {
  deceived("alpha", "beta", ({ beta }) => write(beta.native("a"), "bob's"));
});
