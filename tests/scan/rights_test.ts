// What is remembered of rights: only what is other than a new file's, over restarts, and no longer than versions are kept.

import { assertEquals } from "@std/assert";
import { Archive } from "../../src/archive/archive.ts";
import type { Stat } from "../../src/fs/port.ts";
import { SeenRights } from "../../src/scan/rights.ts";
import { temporary } from "../support/folder.ts";
import { at } from "../support/trees.ts";

const USUAL = { mode: 0o640, owner: 7, group: 8 };

const stat = (mode: number, kind: Stat["kind"] = "file", owner = 7, group = 8): Stat => ({
  device: 1,
  ...{ kind, mode, owner, group, executable: (mode & 0o100) !== 0 },
  ...{ size: 0, mtime: 0, id: 0, born: 0, changed: 0, links: 1 },
});

/** The memory of one root, over restarts. */
class Ground {
  readonly #place = temporary();
  #archive = new Archive(`${this.#place.path}/archive.sqlite`);
  seen: SeenRights;

  constructor(private readonly folds = false) {
    this.seen = new SeenRights(this.#archive.rights, USUAL, folds);
  }

  [Symbol.dispose]() {
    this.#archive.close();
    this.#place[Symbol.dispose]();
  }

  restart() {
    this.seen.save();
    this.#archive.close();
    this.#archive = new Archive(`${this.#place.path}/archive.sqlite`);
    this.seen = new SeenRights(this.#archive.rights, USUAL, this.folds);
  }

  modeAt(path: string): number | undefined {
    return this.seen.at(at(path))?.mode;
  }
}

Deno.test("of what has the rights of a new file or folder nothing is remembered, run or not", () => {
  using ground = new Ground();
  const { seen } = ground;
  for (const usual of [stat(0o640), stat(0o750), stat(0o750, "directory"), stat(0o777, "link")]) {
    seen.see(at("it"), usual);
    assertEquals([seen.isEmpty, seen.at(at("it"))], [true, null]);
  }
});

Deno.test("what has others is remembered, over restarts, until it is seen with those of a new file", () => {
  const rows = [stat(0o600), stat(0o640, "file", 0), stat(0o640, "file", 7, 0), stat(0o2750, "directory")];
  for (const other of rows) {
    using ground = new Ground();
    ground.seen.see(at("it"), other);
    ground.restart();
    const { mode, owner, group } = ground.seen.at(at("it"))!;
    assertEquals([mode, owner, group], [other.mode, other.owner, other.group]);
    ground.seen.see(at("it"), stat(other.kind === "file" ? 0o640 : 0o750, other.kind));
    ground.restart();
    assertEquals(ground.seen.isEmpty, true);
  }
});

Deno.test("what nothing is left of is remembered as long as its versions are kept", () => {
  using ground = new Ground();
  for (const path of ["d/gone", "d/here"]) ground.seen.see(at(path), stat(0o600));
  for (const [now, left] of [[1000, 0o600], [1500, 0o600], [2101, undefined]] as const) {
    ground.seen.prune((path) => path === "d/here", now, now - 1100);
    ground.restart();
    assertEquals([ground.modeAt("d/gone"), ground.modeAt("d/here")], [left, 0o600], `at ${now}`);
  }
});

Deno.test("what came back in between counts anew", () => {
  using ground = new Ground();
  ground.seen.see(at("it"), stat(0o600));
  ground.seen.prune(() => false, 1000, 0);
  ground.seen.see(at("it"), stat(0o600));
  ground.seen.prune(() => false, 2000, 1500);
  assertEquals(ground.modeAt("it"), 0o600);
});

Deno.test("a disk that answers for any spelling has one memory for all of a name's", () => {
  using ground = new Ground(true);
  ground.seen.see(at("D/Secret"), stat(0o600));
  assertEquals(ground.modeAt("d/SECRET"), 0o600);
  ground.seen.see(at("d/secret"), stat(0o400));
  ground.restart();
  assertEquals(ground.modeAt("D/Secret"), 0o400);
  ground.seen.see(at("D/Secret"), stat(0o640));
  ground.restart();
  assertEquals(ground.seen.isEmpty, true);
});

Deno.test("a conflict copy has the rights of what it is a copy of, unless it was given others", () => {
  using ground = new Ground();
  const copy = "d/plan (conflict bob 2026-11-22 18.07.33).txt";
  ground.seen.see(at("d/plan.txt"), stat(0o600));
  assertEquals([copy, `e${copy}`].map((path) => ground.modeAt(path)), [0o600, undefined]);
  ground.seen.see(at(copy), stat(0o400));
  assertEquals(ground.modeAt(copy), 0o400);
});

Deno.test("on a disk that knows no modes nothing is remembered, and what another disk had counts for nothing", () => {
  using place = temporary();
  const archive = new Archive(`${place.path}/archive.sqlite`);
  const there = new SeenRights(archive.rights, USUAL, false);
  there.see(at("it"), stat(0o600));
  there.save();
  const here = new SeenRights(archive.rights, null, false);
  assertEquals(here.at(at("it")), null);
  here.see(at("it"), stat(0o600));
  archive.close();
  assertEquals(here.isEmpty, true);
});
