// What was renamed a moment ago: what a program moved away to save is taken back (RULES M8), and edits wait until that is known.

import { assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import type { Step } from "../../src/core/moves/places.ts";
import { emptyPlan, type Orders } from "../../src/core/plan/plan.ts";
import type { Move } from "../../src/core/tree/tree.ts";
import { RenamedLately } from "../../src/plan/renamed.ts";
import { OTHER, SIDES } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";
import { later } from "../support/clock_ahead.ts";
import { dir, file } from "../support/trees.ts";

/** What both folders hold; conflict copies without their time. */
function both(duo: Duo): Record<string, string> {
  duo.settle();
  duo.checkInSync();
  const found = [...filesIn(duo.alpha.folder)];
  return Object.fromEntries(found.map(([path, text]) => [path.replace(/ \d{4}-.*\)/, ")"), text]));
}

for (const side of SIDES) {
  const renamed = (): Duo & Disposable => {
    const duo = duoWith({ "doc": "first" });
    Deno.renameSync(duo[side].native("doc"), duo[side].native("doc~"));
    duo.settle();
    return duo;
  };

  Deno.test(`M8 C2 ${side}'s name made anew once the rename is agreed, edited there: the name is in dispute`, () => {
    using duo = renamed();
    write(duo[OTHER[side]].native("doc~"), "edited");
    write(duo[side].native("doc"), "saved");
    const copy = `doc (conflict ${OTHER[side]})`;
    assertEquals(both(duo), { [copy]: "edited", "doc": "saved", "doc~": "first" });
  });

  Deno.test(`M8 ${side}'s name made anew once the rename is agreed, the backup gone: it was edited`, () => {
    using duo = renamed();
    Deno.removeSync(duo[side].native("doc~"));
    write(duo[side].native("doc"), "saved");
    assertEquals(both(duo), { "doc": "saved" });
  });

  Deno.test(`M8 C2 ${side}'s name made anew, and there, too: both contents stay`, () => {
    using duo = renamed();
    write(duo[OTHER[side]].native("doc"), "made");
    write(duo[side].native("doc"), "saved");
    const copy = `doc (conflict ${OTHER[side]})`;
    assertEquals(both(duo), { [copy]: "made", "doc": "saved", "doc~": "first" });
  });

  Deno.test({
    name: `M8 C7 ${side}'s file renamed and then made executable, edited there: the edit stays`,
    ignore: Deno.build.os === "windows",
  }, () => {
    using duo = duoWith({ "doc": "first" });
    duo.lately = 2000;
    Deno.renameSync(duo[side].native("doc"), duo[side].native("doc~"));
    duo.settle();
    write(duo[OTHER[side]].native("doc~"), "edited");
    Deno.chmodSync(duo[side].native("doc~"), 0o755);
    duo.cycle();
    duo.cycle();
    using _clock = later(3000);
    assertEquals(both(duo), { "doc~": "edited" });
    for (const at of SIDES) assertEquals(Deno.lstatSync(duo[at].native("doc~")).mode! & 0o111, 0o111, at);
  });
}

Deno.test("M8 what comes to a name, or to where it was moved, waits a moment on the side that renamed it", () => {
  const lately = new RenamedLately();
  const [doc, backup] = ["doc" as Path, "doc~" as Path];
  const move: Move = { from: doc, to: backup, name: "doc~" };
  const plan = emptyPlan();
  plan.beta.moves = [move];
  plan.steps.set(move, {} as Step);
  assertEquals(lately.hold(plan, 0, 2000), false);
  const held = (now: number) => {
    const next = emptyPlan();
    const old = file("first"), entry = file("edited");
    next.alpha.contents = [
      { path: doc, old: null, new: entry },
      { path: backup, old, new: entry },
      { path: "other" as Path, old, new: entry },
      { path: "d" as Path, old: dir(), new: entry },
    ];
    next.beta.contents = [backup, "other" as Path].map((path) => ({
      ...{
        path,
        old: entry,
        new: file("edited", { executable: true }),
        source: { at: "here" as const, path },
      },
    }));
    const isHeld = lately.hold(next, now, 2000);
    const pathsOf = ({ contents }: Orders) => contents.map(({ path }) => path as string);
    return [isHeld, pathsOf(next.alpha), pathsOf(next.beta)];
  };
  assertEquals(held(1999), [true, ["other", "d"], ["other"]], "the other side's part waits, too");
  assertEquals(held(2000), [false, ["doc", "doc~", "other", "d"], ["doc~", "other"]]);
});
