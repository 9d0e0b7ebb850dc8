// Digests that take long are made slice by slice: what else there is to do goes on, nothing is planned for those files, and what was read
// to its end is known from then on.

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { temporary, write } from "../support/folder.ts";
import { slowClock } from "../support/slices.ts";
import { growth } from "../support/steps.ts";

const MIB = 1 << 20;
const FILES = { short: 5 * MIB, long: 20 * MIB };

/** Times to come: no change of a file that was written then leaves a doubt whether it is older than what was read. */
let time = Date.now() + 86_400_000;
const laterTime = () => new Date(time += 2000);

/** Both sides hold the same files, with other times; neither knows. */
function duoAlike(place: string): Duo {
  const duo = new Duo(place);
  duo.readsAll = false;
  for (const side of SIDES) {
    for (const [name, size] of Object.entries(FILES)) {
      write(duo[side].native(name), new Uint8Array(size).fill(size), laterTime());
    }
  }
  return duo;
}

/** Reads on until that many files are read, or all. */
function readOn(duo: Duo, side: SideName, files = Infinity) {
  const { digester } = duo[side].engine;
  const told = [];
  let howFar = digester.slice(20).howFar;
  for (; howFar.files < Math.min(files, howFar.ofFiles); howFar = digester.slice(20).howFar) {
    told.push(howFar);
  }
  told.push(howFar);
  for (const [number, one] of told.entries()) {
    assert(number === 0 || one.bytes >= told[number - 1]!.bytes, "it fell back");
    assertEquals(one.ofBytes, told[0]!.ofBytes);
  }
  return howFar;
}

/** What is read from now on of a side's files, in how many pieces. */
function readings(duo: Duo, side: SideName): Map<string, number> {
  const opened = new Map<string, number>();
  duo[side].hook = (method, [path]) => {
    const name = String(path).split("/").at(-1)!;
    if (method === "openToRead" && name in FILES) opened.set(name, (opened.get(name) ?? 0) + 1);
  };
  return opened;
}

Deno.test("while files are read a save passes, nothing is planned for them, and then all is agreed", () => {
  using place = temporary();
  using duo = duoAlike(place.path);
  using _ = slowClock();
  write(duo.alpha.native("save"), "saved meanwhile");
  const first = duo.cycle();
  assertEquals([first.decision.reads, first.decision.counts.bytes, first.tasks], [true, 15, 1]);
  assertEquals(Deno.readTextFileSync(duo.beta.native("save")), "saved meanwhile");
  assertEquals(first.decision.problems, []);
  for (const side of SIDES) {
    const { ofFiles, ofBytes, bytes } = readOn(duo, side);
    assertEquals([ofFiles, ofBytes, bytes], [2, 25 * MIB, 25 * MIB]);
  }
  const last = duo.cycle();
  assertEquals([last.decision.reads, last.tasks], [false, 0]);
  assertEquals(duo.alpha.endpoint.standing().files, 3);
  duo.checkInSync();
});

Deno.test("after a stop what was read to its end is not read again, whatever was agreed", () => {
  using place = temporary();
  using duo = duoAlike(place.path);
  using _ = slowClock();
  duo.cycle();
  readOn(duo, "alpha", 1);
  duo.restart();
  assertEquals(duo.cycle().decision.reads, true);
  const { ofFiles, ofBytes } = duo.alpha.engine.digester.slice(20).howFar;
  assertEquals([ofFiles, ofBytes], [1, FILES.long]);
  for (const side of SIDES) readOn(duo, side);
  duo.cycle();
  duo.checkInSync();
  assertEquals(duo.alpha.endpoint.standing().files, 2);
});

Deno.test("what was kept of digests is of no use for a file that was written since, and goes when all is agreed", () => {
  using place = temporary();
  using duo = duoAlike(place.path);
  using _ = slowClock();
  duo.cycle();
  for (const side of SIDES) readOn(duo, side);
  write(duo.alpha.native("short"), new Uint8Array(FILES.short).fill(1), laterTime());
  duo.restart();
  duo.cycle();
  for (const side of SIDES) readOn(duo, side);
  duo.settle();
  duo.checkInSync();
  assertEquals(Deno.readFileSync(duo.beta.native("short"))[0], 1);
  for (const side of SIDES) {
    duo[side].endpoint.rest();
    assertEquals(duo[side].engine.archive.digested.all().size, 0);
  }
});

Deno.test("a file that is written while it is read is told, and read anew", () => {
  using place = temporary();
  using duo = duoAlike(place.path);
  using _ = slowClock();
  duo.cycle();
  duo.alpha.engine.digester.slice(20);
  write(duo.alpha.native("short"), new Uint8Array(FILES.short).fill(1), laterTime());
  readOn(duo, "alpha", 1);
  readOn(duo, "beta");
  const { decision } = duo.cycle();
  assert(decision.reads || decision.unread.length > 0 || decision.held);
  for (let cycle = 0; cycle < 3; cycle++) {
    duo.cycle();
    for (const side of SIDES) readOn(duo, side);
  }
  duo.settle();
  duo.checkInSync();
});

Deno.test("what nobody waits for any more is not read", () => {
  using place = temporary();
  using duo = duoAlike(place.path);
  using _ = slowClock();
  duo.cycle();
  duo.alpha.endpoint.close();
  const opened = readings(duo, "alpha");
  const { files, ofFiles } = duo.alpha.engine.digester.slice(20).howFar;
  assertEquals([files, ofFiles, opened.size], [ofFiles, 2, 0]);
});

Deno.test("S1: of many files that were rewritten none is known before all are", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  const names = Array.from({ length: 60 }, (_, number) => `file ${number}`);
  for (const name of names) write(duo.alpha.native(name), "before");
  duo.settle();
  using _ = slowClock();
  duo.readsAll = false;
  for (const name of names) write(duo.beta.native(name), "after!");
  const first = duo.cycle();
  assertEquals([first.decision.reads, first.tasks, first.decision.halt], [true, 0, null]);
  readOn(duo, "beta");
  assertEquals(duo.decide().halt?.asks, "mass");
});

Deno.test("few and small files are read at once, whatever time that takes", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  using _ = slowClock();
  const names = Array.from({ length: 20 }, (_, number) => `small ${number}` as Path);
  for (const side of SIDES) for (const name of names) write(duo[side].native(name), name);
  assertEquals(duo.cycle().decision.reads, false);
  duo.checkInSync();
});

Deno.test("case 39: a folder of many files that are read is not copied for each slice", () => {
  using place = temporary();
  const times = growth((count) => {
    const duo = new Duo(`${place.path}/${count}`);
    duo.readsAll = false;
    for (const side of SIDES) {
      for (let number = 0; number < count; number++) {
        write(duo[side].native(`d/f${number}`), `${number}`, laterTime());
      }
    }
    {
      using _ = slowClock();
      duo.cycle();
    }
    const { digester } = duo.alpha.engine;
    const left = digester.slice(0).howFar;
    assert(left.ofFiles > count / 2, "most is left");
    return () => {
      while (digester.slice(0).howFar.files < left.ofFiles) { /* Each reads one file. */ }
      duo[Symbol.dispose]();
    };
  }, 100);
  assert(times < 1.5, `${times} times the steps for each`);
});
