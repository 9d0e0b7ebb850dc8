// A date that cannot be, between two folders: what else rests on the file it is at.

import { assertEquals } from "@std/assert";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { duoWith } from "../support/duo.ts";
import { filesIn, write } from "../support/folder.ts";

/** A disk on which the file of that name has no date. */
const undated = (name: string): Disk => ({
  ...realDisk,
  stat(path) {
    const stat = realDisk.stat(path);
    return stat && path.endsWith(name) ? { ...stat, mtime: NaN } : stat;
  },
});

Deno.test("I1 C8: the rules of an ignore file whose date cannot be hold all the same", () => {
  using duo = duoWith({}, "alpha", { alpha: undated(".tcpsyncignore") });
  write(duo.alpha.native(".tcpsyncignore"), "private\n");
  write(duo.alpha.native("private"), "private");
  write(duo.alpha.native("shared"), "shared");
  duo.settle();
  assertEquals([...filesIn(duo.beta.folder).keys()], ["shared"]);
});
