// S4: on a disk where two files can share content, a version that cannot be the file itself takes no room of its own.

import { statfsSync } from "node:fs";
import { assert, assertEquals } from "@std/assert";
import { cloneFile } from "../../src/fs/clone.ts";
import { randomBytes } from "../support/bytes.ts";
import { Duo } from "../support/duo.ts";
import { isThere, kept, temporary, write } from "../support/folder.ts";
import { Mount } from "../support/mounts.ts";

const SIZE = 8 << 20;

/** So many bytes are free on the disk at a path, once all that was written is on it. */
function freeAt(path: string): number {
  new Deno.Command("sync", { args: ["--file-system", path] }).outputSync();
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}

Deno.test({
  name:
    "S4 (case 24): a version of a file with another name shares its content where the disk can do that (btrfs)",
  ignore: !Mount.btrfsPossible(),
  fn() {
    using place = temporary();
    using _ = Mount.btrfs(`${place.path}/disk`);
    using duo = new Duo(`${place.path}/disk`);
    write(duo.alpha.native("film"), randomBytes(SIZE));
    duo.settle();
    Deno.linkSync(duo.beta.native("film"), `${place.path}/disk/outside`);
    const before = freeAt(`${place.path}/disk`);
    Deno.removeSync(duo.alpha.native("film")); // Half of what both had.
    duo.settle();
    assert(before < freeAt(`${place.path}/disk`) - SIZE / 2, "beta's version took room of its own");
    assertEquals(Deno.statSync(`${place.path}/disk/outside`).nlink, 1, "it is a file of its own");
    assertEquals([...kept(duo.beta.folder).values()].filter((text) => text !== "/").length, 1);
  },
});

Deno.test({
  name: "nothing is made where the disk cannot share content, or the two places are on two disks",
  ignore: !Mount.btrfsPossible(),
  fn() {
    using place = temporary();
    using _sharing = Mount.btrfs(`${place.path}/sharing`);
    using _another = Mount.btrfs(`${place.path}/another`);
    using _plain = Mount.memory(`${place.path}/plain`);
    for (const disk of ["sharing", "plain"]) write(`${place.path}/${disk}/one`, "content");
    const isCloned = (from: string, to: string) => {
      const cloned = cloneFile(`${place.path}/${from}/one`, `${place.path}/${to}/other`);
      assertEquals(isThere(`${place.path}/${to}/other`), cloned);
      return cloned;
    };
    assertEquals([isCloned("plain", "plain"), isCloned("plain", "sharing")], [false, false]);
    assertEquals([isCloned("sharing", "another"), isCloned("sharing", "sharing")], [false, true]);
  },
});
