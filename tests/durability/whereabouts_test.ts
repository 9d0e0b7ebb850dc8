// Where a recovery looks for what was put in place: what the number of a file tells, and where it tells nothing.

import { assertEquals } from "@std/assert";
import type { ListedPlacing } from "../../src/archive/state/unproven.ts";
import { type Numbering, type RecoveryGround, Whereabouts } from "../../src/durability/whereabouts.ts";
import { at, dir, file } from "../support/trees.ts";

const CAME: ListedPlacing = {
  ...{ pair: 1, folds: false, path: at("came"), expected: "digest", formers: [] },
  ...{ size: 9, mtime: 1000, id: 7, born: 2000, placed: 3000 },
};

/** `listed`: what was put in place wherever it is asked for. */
function groundOn(separator: string, listed: Partial<ListedPlacing>[] = []): RecoveryGround {
  const disk = { separator, stat: () => ({}) };
  const archive = { unproven: { listedAt: () => listed } };
  const native = (path: string) => path;
  return { disk, archive, native, numbersLast: () => true } as unknown as RecoveryGround;
}

/** What is found of it where a file of another name has its number. */
function foundBy(system: "windows" | "posix", numbering: Numbering, born: number): number {
  const own = file("own work!", { mtime: CAME.mtime, id: CAME.id, born });
  const seen = dir({ own });
  const whereabouts = new Whereabouts(groundOn(system === "windows" ? "\\" : "/"), seen, numbering);
  return whereabouts.elsewhere(CAME, null, false).length;
}

Deno.test("a file that has its number is what was put in place: by its birth, too, but on Windows, which gives that of the name", () => {
  for (const numbering of ["kept", "unknown"] as const) {
    assertEquals(foundBy("posix", numbering, CAME.born), 1);
    assertEquals(foundBy("posix", numbering, CAME.born + 1), 0);
    assertEquals(foundBy("windows", numbering, CAME.born + 1), 1);
  }
});

Deno.test("where a backup gave all files other numbers, one of them tells nothing on any system", () => {
  assertEquals(foundBy("posix", "anew", CAME.born), 0);
  assertEquals(foundBy("windows", "anew", CAME.born + 1), 0);
});

Deno.test("after a power cut its time and birth tell where it is, unless what is there came with it, as on FAT", () => {
  const { size, mtime, born } = CAME;
  const seen = dir({ other: file("a".repeat(size), { mtime, born }) });
  const found = (...listed: Partial<ListedPlacing>[]) =>
    new Whereabouts(groundOn("/", listed), seen, "anew").elsewhere(CAME, null, true).map(({ path }) => path);
  assertEquals(found().map(String), ["other"]);
  assertEquals(found({ mtime, born: born + 1 }).map(String), ["other"]);
  assertEquals(found({ mtime, born }), []);
});
