// Two names in one folder that compare equal (RULES N3): the one that is not synced is never lost for what is done to the other.

import { assertEquals } from "@std/assert";
import { duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";

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
