// What the safety stops count (RULES S1, S2): whose a file is, however it came to its place, and that links count as files do.

import { assert, assertEquals } from "@std/assert";
import { OTHER, SIDES } from "../../src/core/side.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";
import { POSIX } from "../support/system.ts";

const FILES = 60;
/** Not everybody may make links on Windows. */
const NUMBERS = Array.from({ length: FILES }, (_, number) => number);

/** Both had these files when they met, and one more. */
function duoOfBoth() {
  const duo = duoWith({});
  for (const side of SIDES) {
    write(duo[side].native("left"), "so that it is not empty");
    for (const number of NUMBERS) write(duo[side].native(`docs/${number}`), `file ${number}`);
  }
  duo.settle();
  return duo;
}

function pass(duo: Duo, what: string) {
  const { decision } = duo.cycle();
  assertEquals([decision.halt, duo.stopped], [null, null], what);
  duo.settle();
}

function stopped(duo: Duo): string {
  const { halt } = duo.decide();
  if (!halt) duo.cycle();
  const reason = (halt ?? duo.stopped)?.reason;
  assert(reason !== undefined, "it goes by");
  return reason!;
}

/** One thing after another in somebody's folder, each in its cycle. */
type Step = (at: (path: string) => string) => void;

const renaming = (from: string, to: string): Step => (at) => Deno.renameSync(at(from), at(to));
const removing = (path: string): Step => (at) => Deno.removeSync(at(path), { recursive: true });
const copy = (from: string, to: string): Step => (at) => {
  Deno.mkdirSync(at(to));
  for (const number of NUMBERS) Deno.copyFileSync(at(`${from}/${number}`), at(`${to}/${number}`));
};

const LAUNDERED: [what: string, steps: Step[]][] = [
  ["a copy that was deleted again", [
    renaming("docs", "tmp"),
    copy("tmp", "docs"),
    removing("docs"),
    renaming("tmp", "docs"),
    removing("docs"),
  ]],
  ["a copy that was exchanged with them, and back", [
    copy("docs", "copy"),
    renaming("docs", "old"),
    renaming("copy", "docs"),
    removing("docs"),
    renaming("old", "docs"),
    removing("docs"),
  ]],
  ["a copy that was exchanged with them and stays", [
    copy("docs", "copy"),
    renaming("docs", "old"),
    renaming("copy", "docs"),
    renaming("docs", "backup"),
    renaming("old", "docs"),
    removing("docs"),
  ]],
];

for (const side of SIDES) {
  for (const [what, steps] of LAUNDERED) {
    Deno.test(`S1: ${what} makes files no property of ${side}'s`, () => {
      using duo = duoOfBoth();
      const at = (path: string) => duo[side].native(path);
      for (const [number, step] of steps.slice(0, -1).entries()) {
        step(at);
        pass(duo, `step ${number}`);
      }
      steps.at(-1)!(at);
      assertEquals(stopped(duo), `${side} deleted ${FILES} of the ${FILES + 1} agreed files`);
    });
  }

  Deno.test(`S1: folders and links that ${side} turned into files make no deletion a small one`, () => {
    using duo = duoOfBoth();
    const pads = Array.from({ length: 400 }, (_, number) => duo[side].native(`pad/${number}`));
    Deno.mkdirSync(duo[side].native("pad"));
    for (const [number, pad] of pads.entries()) {
      if (number % 2 || !POSIX) Deno.mkdirSync(pad);
      else Deno.symlinkSync("nowhere", pad);
    }
    pass(duo, "folders and links");
    for (const pad of pads) {
      Deno.removeSync(pad);
      Deno.writeTextFileSync(pad, "");
    }
    pass(duo, "files");
    removing("docs")((path) => duo[side].native(path));
    assertEquals(stopped(duo), `${side} deleted ${FILES} of the ${FILES + 1} agreed files`);
  });

  Deno.test(`S1: what ${side} deletes of links halts as files do, and a no brings them back`, {
    ignore: !POSIX,
  }, () => {
    using duo = duoWith({});
    for (const each of SIDES) {
      write(duo[each].native("target"), "target");
      for (const number of NUMBERS) Deno.symlinkSync("target", duo[each].native(`link ${number}`));
    }
    duo.settle();
    const before = filesIn(duo.alpha.folder);
    for (const number of NUMBERS) Deno.removeSync(duo[side].native(`link ${number}`));
    assertEquals(stopped(duo), `${side} deleted ${FILES} of the ${FILES + 1} agreed files`);
    duo.takeBack();
    duo.beta.endpoint.hearTakenBack();
    const { endpoint } = duo.alpha;
    for (let chunk = endpoint.chunk(); chunk; chunk = endpoint.chunk()) duo.carryOut(chunk);
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo[side].folder), before);
  });

  Deno.test(
    `S2: ${side}'s folder in which all was links is emptied like any other`,
    { ignore: !POSIX },
    () => {
      using duo = duoWith({});
      for (const number of [1, 2, 3]) Deno.symlinkSync("nowhere", duo.alpha.native(`link ${number}`));
      duo.settle();
      for (const number of [1, 2, 3]) Deno.removeSync(duo[side].native(`link ${number}`));
      assertEquals(stopped(duo), `${side}'s folder is empty, where 3 files were agreed`);
    },
  );

  Deno.test(`S1: what this side moved, edited and deleted itself is counted where it is, against ${side}`, () => {
    using duo = duoOfBoth();
    const own = duo[OTHER[side]];
    for (const number of NUMBERS.slice(0, 20)) Deno.removeSync(duo[side].native(`docs/${number}`));
    pass(duo, "some are lost");
    renaming("docs", "moved")((path) => own.native(path));
    write(own.native("moved/59"), "edited");
    for (const number of NUMBERS.slice(20, 58)) Deno.removeSync(duo[side].native(`docs/${number}`));
    assertEquals(
      stopped(duo),
      `${side} deleted 38 of the 61 agreed files, and 20 more were lost within the last minute: ` +
        "/undo brings those back",
    );
  });
}
