// S6: whichever call to the disk fails, the ancestor stays at a path as it was, or becomes what both folders hold; nothing is lost, and
// when the disk works again the same comes of it as if nothing had failed.

import { assert, assertEquals } from "@std/assert";
import { diskFull } from "../support/full_disk.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { filesIn, nextTime, temporary, write } from "../support/folder.ts";
import { contentOf } from "../../src/core/placing.ts";
import { walk } from "../../src/core/tree/tree.ts";
import { RootGone } from "../../src/core/failure.ts";

// File calls are ten times slower on the Windows we test with: there every so many calls fail only.
const EVERY = Deno.build.os === "windows" ? 17 : 1;

/** How disks say no. */
const FAILURES = [
  diskFull,
  () => new Deno.errors.PermissionDenied("Permission denied (os error 13)"),
  () => new Error("The process cannot access the file because another has it open (os error 32)"),
];

const AGREED = {
  replaced: "old content",
  removed: "content removed",
  moved: "content moved",
  both: "content of both",
  "d/inner": "inner content",
  "gone/x": "content in a folder that goes",
  "yields/x": "content in a folder that becomes a file",
  becomes: "a file that becomes a folder",
};

/** One of everything a plan can hold, for both sides. */
function work(duo: Duo) {
  for (const side of SIDES) {
    const at = (path: string) => duo[side].native(path);
    write(at(`new ${side}`), `new content of ${side}`);
    write(at(`folder ${side}/in it`), `content in a folder of ${side}`);
    write(at("both"), `what ${side} made of it`, side === "alpha" ? EARLIER : LATER);
  }
  const { alpha, beta } = duo;
  write(alpha.native("replaced"), "new content");
  Deno.removeSync(alpha.native("removed"));
  Deno.renameSync(alpha.native("moved"), alpha.native("moved away"));
  Deno.renameSync(beta.native("d"), beta.native("e"));
  Deno.removeSync(beta.native("gone"), { recursive: true });
  Deno.removeSync(beta.native("yields"), { recursive: true });
  write(beta.native("yields"), "a file now");
  Deno.removeSync(alpha.native("becomes"));
  write(alpha.native("becomes/a folder"), "content in what was a file");
}

const [EARLIER, LATER] = [nextTime(), nextTime()];

/** The ancestor, by path. */
function agreedIn(duo: Duo): Map<string, string | null> {
  const { archive } = duo.alpha.engine;
  const [pair] = archive.pairs();
  return new Map(
    [...walk("" as never, archive.ancestor(pair!))].map(([path, entry]) => [path, contentOf(entry)]),
  );
}

/** What both folders hold alike, by path. */
function heldByBoth(duo: Duo): Map<string, string> {
  const [here, there] = SIDES.map((side) => filesIn(duo[side].folder));
  return new Map([...here!].filter(([path, content]) => there!.get(path) === content));
}

function started(place: string): Duo {
  const duo = new Duo(place);
  for (const [path, content] of Object.entries(AGREED)) write(duo.alpha.native(path), content);
  duo.settle();
  work(duo);
  return duo;
}

/** Does a cycle in which one call on `side` fails, the `count`th. Returns whether there were so many. */
function cycleFailing(duo: Duo, side: SideName, count: number): boolean {
  let calls = 0;
  duo[side].hook = () => {
    if (calls++ === count) throw FAILURES[count % FAILURES.length]!();
  };
  try {
    duo.cycle();
  } catch (error) {
    const isOurs = error instanceof RootGone || /os error (28|112|13|32)/.test(String(error));
    if (!isOurs) throw error;
    duo.disconnect();
    duo.connect();
  }
  duo[side].hook = () => {};
  return calls > count;
}

for (const side of SIDES) {
  Deno.test(`S6: whichever call fails at ${side}, what failed stays as it was agreed, and comes about later`, () => {
    using reference = temporary();
    const wanted = (() => {
      using duo = started(reference.path);
      duo.settle();
      return { files: filesIn(duo[side].folder), contents: duo.contents() };
    })();
    for (let count = 0, goes = true; goes; count += EVERY) {
      using place = temporary();
      using duo = started(place.path);
      const before = agreedIn(duo);
      goes = cycleFailing(duo, side, count);
      const after = agreedIn(duo);
      const held = heldByBoth(duo);
      for (const [path, content] of after) {
        const kept = before.get(path) === content;
        assert(
          kept || path === "" || held.has(path),
          `call ${count}: ${path} is agreed, and not on both sides`,
        );
      }
      duo.settle();
      duo.checkInSync();
      assertEquals(filesIn(duo[side].folder), wanted.files, `call ${count}`);
      assertEquals(wanted.contents.difference(duo.contents()), new Set(), `call ${count}: lost`);
    }
  });
}
