// A large transfer over many cycles, with saves meanwhile: one piece of work, and one batch, for the two people.

import { assertEquals } from "@std/assert";
import type { HistoryEntry } from "../../src/archive/history/history_entry.ts";
import { SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { nextTime, temporary, write } from "../support/folder.ts";

/** By path, the batch something was done in, on both sides. */
function batches(duo: Duo): Record<string, number>[] {
  return SIDES.map((side) => {
    const { historyEntries } = duo[side].engine.archive;
    const all: HistoryEntry[] = Array.from({ length: 9 }, (_, number) => historyEntries.of(1, number)).flat();
    return Object.fromEntries(all.map(({ path, batch }) => [path, batch]));
  });
}

Deno.test("a file that comes in many cycles is one plan and one batch; what is saved meanwhile are others", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  duo.budget = 1;
  write(duo.alpha.native("large"), "x".repeat(5 << 20));
  const goesOn: boolean[] = [];
  const bytes: number[] = [];
  const whole: number[] = [];
  const cycle = () => {
    nextTime();
    const { decision } = duo.cycle();
    goesOn.push(decision.goesOn);
    bytes.push(decision.counts.bytes);
    whole.push(decision.counts.bytes + decision.come);
  };
  cycle();
  write(duo.alpha.native("save 1"), "1");
  cycle();
  write(duo.beta.native("save 2"), "2");
  for (let count = 0; count < 6; count++) cycle();
  assertEquals(goesOn.slice(0, 6), [false, true, true, true, true, true]);
  duo.checkInSync();
  assertEquals(bytes[0], 5 << 20);
  assertEquals(whole.slice(0, 4).map((all) => all >> 20), [5, 5, 5, 5], "what has come is not counted");
  assertEquals(batches(duo), [{ large: 1, "save 1": 2, "save 2": 3 }, {
    large: 1,
    "save 1": 2,
    "save 2": 3,
  }]);
});

Deno.test("what comes after a transfer is a plan of its own, and so is what is tried again", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  write(duo.alpha.native("first"), "1");
  const goesOn = [duo.cycle(), duo.cycle()].map(({ decision }) => decision.goesOn);
  write(duo.alpha.native("second"), "2");
  duo.beta.hook = (method, [path]) => {
    if (method === "rename" && String(path).includes("new-")) throw new Deno.errors.PermissionDenied("no");
  };
  goesOn.push(...[duo.cycle(), duo.cycle()].map(({ decision }) => decision.goesOn));
  duo.beta.hook = () => {};
  goesOn.push(duo.cycle().decision.goesOn);
  assertEquals(goesOn, [false, false, false, false, false]);
  duo.checkInSync();
});
