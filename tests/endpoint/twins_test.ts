// Two names in one folder that compare equal (RULES N3): the one that is not synced is never lost for what is done to the other.

import { assertEquals } from "@std/assert";
import type { Disk } from "../../src/fs/port.ts";
import { SIDES } from "../../src/core/side.ts";
import { duoWith } from "../support/duo.ts";
import { filesIn, kept, mutilate, write } from "../support/folder.ts";
import { seen } from "../support/seen_disk.ts";

const [COMPOSED, APART] = ["caf\u00e9", "cafe\u0301"];

/** alpha holds both spellings in a folder, of which "apart" is synced: the first in byte order. */
function twins() {
  return duoWith({ [`d/${COMPOSED}`]: "composed", [`d/${APART}`]: "apart", other: "other" });
}

Deno.test({
  name:
    "N3: the folder of twins, deleted by the peer, stays for the one that was not synced, and that then is",
  ignore: Deno.build.os === "darwin",
  fn() {
    using duo = twins();
    assertEquals(filesIn(duo.beta.folder).get(`d/${APART}`), "apart");
    Deno.removeSync(duo.beta.native("d"), { recursive: true });
    duo.cycle();
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.beta.folder).get(`d/${COMPOSED}`), "composed");
    assertEquals(duo.contents(), new Set(["composed", "apart", "other"]));
  },
});

Deno.test({
  name: "N3: an edit by the peer reaches the twin that is synced, and no other",
  ignore: Deno.build.os === "darwin",
  fn() {
    using duo = twins();
    write(duo.beta.native(`d/${APART}`), "edited");
    duo.settle();
    const files = filesIn(duo.alpha.folder);
    assertEquals([files.get(`d/${APART}`), files.get(`d/${COMPOSED}`)], ["edited", "composed"]);
    Deno.renameSync(duo.alpha.native(`d/${COMPOSED}`), duo.alpha.native("d/coffee"));
    duo.settle();
    duo.checkInSync();
    assertEquals(filesIn(duo.beta.folder).get("d/coffee"), "composed");
  },
});

Deno.test({
  name: "N3: what is agreed stays synced, whatever twin comes beside it, and the twin is told of",
  ignore: Deno.build.os === "darwin",
  fn() {
    using duo = duoWith({ [`d/${COMPOSED}`]: "composed" });
    write(duo.beta.native(`d/${APART}`), "apart"); // The first in byte order.
    duo.settle();
    assertEquals(filesIn(duo.alpha.folder).get(`d/${APART}`), undefined);
    write(duo.alpha.native(`d/${COMPOSED}`), "edited");
    duo.settle();
    const files = filesIn(duo.beta.folder);
    assertEquals([files.get(`d/${COMPOSED}`), files.get(`d/${APART}`)], ["edited", "apart"]);
  },
});

/** The composed name is agreed at both sides; `beside` is what came beside it at alpha with the other, which is the first in byte order. */
function agreedBeside(beside: (path: string) => void, disk?: Disk) {
  const duo = duoWith({ [COMPOSED]: "agreed" }, "beta", disk && { alpha: disk });
  beside(duo.alpha.native(APART));
  duo.settle();
  return duo;
}

for (const kind of ["file", "folder"]) {
  const beside = (path: string) => kind === "folder" ? Deno.mkdirSync(path) : write(path, "beside");
  Deno.test({
    name: `N3: asked about, and undone, beside a twin that is a ${kind}: the agreed one is meant`,
    ignore: Deno.build.os === "darwin",
    fn() {
      using duo = agreedBeside(beside);
      write(duo.beta.native(COMPOSED), "edited");
      duo.settle();
      const [agreed, twin] = [COMPOSED, APART].map((path) => duo.alpha.historyService.why(path!));
      assertEquals([agreed!.path, agreed!.here?.kind], [COMPOSED, "file"]);
      assertEquals(agreed!.standings.map(({ state, twin }) => [state, twin]), [["same", null]]);
      assertEquals([twin!.path, twin!.standings[0]!.twin], [APART, COMPOSED]);
      assertEquals(duo.alpha.historyService.undo().left, []);
      duo.settle();
      for (const side of SIDES) assertEquals(filesIn(duo[side].folder).get(COMPOSED), "agreed", side);
      assertEquals(filesIn(duo.alpha.folder).get(APART), kind === "folder" ? "/" : "beside");
    },
  });
}

Deno.test({
  name:
    "N3: torn by a power cut beside a folder that is its twin, what is agreed comes again, and is never sent",
  ignore: Deno.build.os === "darwin",
  fn() {
    using duo = agreedBeside((path) => Deno.mkdirSync(path), seen((stat) => ({ ...stat, id: 0, born: 0 })));
    write(duo.beta.native(COMPOSED), "agreed anew");
    duo.settle();
    duo.alpha.powerCut(() => mutilate(duo.alpha.native(COMPOSED), "agr"));
    duo.connect();
    duo.settle();
    // For a moment the folder was alone: it is at its place now, and the file beside it.
    for (const side of SIDES) {
      assertEquals([...filesIn(duo[side].folder).values()], ["/", "agreed anew"], side);
    }
    assertEquals([...kept(duo.alpha.folder).values()].filter((text) => text !== "/"), ["agreed", "agr"]);
  },
});
