// What a scan sees: files once they have settled, links that may travel, problems as values, and only what was asked for.

import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { type DirectoryEntry, EMPTY_ROOT, type Entry } from "../../src/core/tree/entry.ts";
import { ignoreRules } from "../../src/core/ignore/ignore.ts";
import { type Path, ROOT } from "../../src/core/tree/path.ts";
import { entryAt, walk } from "../../src/core/tree/tree.ts";
import type { Disk } from "../../src/fs/port.ts";
import { probeIdentity } from "../../src/fs/probe/probe.ts";
import { realDisk } from "../../src/fs/real.ts";
import type { Kinds } from "../../src/fs/watch/told.ts";
import { Known } from "../../src/scan/known.ts";
import { Numbers } from "../../src/scan/numbers.ts";
import { Scanner } from "../../src/scan/scanner.ts";
import { SETTLE_MS } from "../../src/scan/changes/settling.ts";
import { GONE_MS, MOVED_MS } from "../../src/scan/changes/vanishing.ts";
import { chainOf, makeChain } from "../support/deep.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { reliedOn } from "../support/seen_disk.ts";
import { POSIX } from "../support/system.ts";

const NOW = Date.UTC(2025, 0, 1);

/** A folder and its scanner; `now` is given by the test. */
class Ground {
  readonly #place = temporary();
  readonly folder = this.#place.path;
  readonly scanner: Scanner;
  snapshot: DirectoryEntry = EMPTY_ROOT;

  constructor(
    { folds = false, disk = realDisk, rules = "" }: { folds?: boolean; disk?: Disk; rules?: string } = {},
  ) {
    const { numbersLast } = probeIdentity(disk, this.folder);
    const relied = reliedOn(disk, this.folder);
    const stat = (path: string) => {
      const stat = relied.stat(path);
      return stat && { ...stat, changed: 0 }; // That time is the system's own, and far from the tests'.
    };
    this.scanner = new Scanner(
      { ...relied, stat },
      this.folder,
      folds,
      ignoreRules(rules),
      { numbers: new Numbers(numbersLast) },
    );
  }

  [Symbol.dispose]() {
    this.#place[Symbol.dispose]();
  }

  scan(now = NOW): DirectoryEntry {
    return this.snapshot = this.scanner.scan(this.snapshot, new Known([this.snapshot]), now);
  }

  rescan(paths: string[], deep: string[] = [], now = NOW, told = new Map<Path, Kinds>()): DirectoryEntry {
    const known = new Known([this.snapshot]);
    return this.snapshot = this.scanner.rescan(
      this.snapshot,
      { paths: paths as Path[], deep: new Set(deep as Path[]), told },
      known,
      now,
    );
  }

  at(path: string): Entry | null {
    return entryAt(this.snapshot, path as Path);
  }

  kind(path: string): string | undefined {
    return this.at(path)?.kind;
  }

  write(path: string, content = "content", time?: Date) {
    write(`${this.folder}/${path}`, content, time);
  }
}

Deno.test("a scan of an unchanged root gives the very same snapshot", () => {
  using ground = new Ground();
  ground.write("a/b/c");
  ground.write("d");
  const before = ground.scan();
  assertEquals([...before.children.keys()].sort(), ["a", "d"]);
  assertStrictEquals(ground.scan(), before);
});

Deno.test("a file that was just written waits until two looks agree", () => {
  using ground = new Ground();
  ground.write("new", "one", new Date(NOW));
  ground.scan(NOW + 10);
  assertEquals([ground.kind("new"), ground.scanner.settling.waiting()], [undefined, ["new"]]);
  ground.write("new", "longer", new Date(NOW + 20));
  ground.scan(NOW + 60);
  assertEquals(ground.kind("new"), undefined, "it changed between the looks");
  ground.scan(NOW + 101);
  assertEquals([ground.kind("new"), ground.scanner.settling.waiting()], ["file", []]);
});

Deno.test("a file being saved over stays as it was until it has settled", () => {
  using ground = new Ground();
  ground.write("file", "old");
  ground.scan();
  const old = ground.at("file");
  ground.write("file", "newer", new Date(NOW));
  ground.rescan(["file"], [], NOW + 10);
  assertStrictEquals(ground.at("file"), old);
  ground.rescan(["file"], [], NOW + 60);
  assertEquals(ground.at("file")?.kind === "file" && (ground.at("file") as { size: number }).size, 5);
});

Deno.test("a digest is not taken over for a file last seen in the tick it was written in", () => {
  using ground = new Ground();
  ground.write("file", "one", new Date(NOW));
  const first = ground.scan(NOW + 500);
  const known = { ...first.children.get("file")!, digest: "d1" } as Entry;
  ground.snapshot = { ...first, children: new Map([["file", known]]) };
  ground.write("file", "two", new Date(NOW));
  ground.rescan(["file"], [], NOW + 800);
  assertEquals((ground.at("file") as { digest: string }).digest, "");
});

/** The digest that the snapshot has of a file; `set`: it was made just now. */
function digest(ground: Ground, set?: string): string {
  const entry = ground.at("file") as Entry & { kind: "file" };
  if (set !== undefined) {
    ground.snapshot = { ...ground.snapshot, children: new Map([["file", { ...entry, digest: set }]]) };
  }
  return entry.digest;
}

Deno.test("an edit in the tick in which the file was put in place is found, also when the next look comes late", () => {
  for (const later of [300, 60_000]) {
    using ground = new Ground();
    ground.write("file", "one", new Date(NOW));
    ground.scan(NOW - 60_000); // As after a transition: known with its digest, and seen before.
    digest(ground, "d1");
    ground.rescan(["file"], [], NOW + 500);
    ground.write("file", "two", new Date(NOW));
    ground.scan(NOW + 500 + later);
    assertEquals(digest(ground, "d2"), "", `${later} ms later`);
    ground.write("file", "six", new Date(NOW));
    ground.scan(NOW + 500 + later + 60_000);
    // A digest made while the tick lasted is doubted once more; one made after it holds.
    assertEquals(digest(ground), later < 1500 ? "" : "d2", `${later} ms later`);
  }
});

for (const [when, age] of [["just written", 0], ["written long ago", 60_000]] as const) {
  Deno.test(`what is told of a file that nobody has digested yet makes it another: who reads it shall know (${when})`, () => {
    using ground = new Ground();
    ground.write("file", "one", new Date(NOW - age));
    for (const after of [10, 101]) ground.scan(NOW + after);
    const before = ground.at("file");
    ground.rescan(["file"], [], NOW + 150);
    assertStrictEquals(ground.at("file"), before, "asked for, it is what it was");
    const told = new Map<Path, Kinds>([["file" as Path, ["access"]]]);
    ground.rescan(["file"], [], NOW + 200, told);
    assertEquals(ground.at("file"), before);
    assertNotStrictEquals(ground.at("file"), before);
  });
}

Deno.test("a rescan looks at what it is told of, and into folders that are new", () => {
  using ground = new Ground();
  ground.write("a/one");
  ground.scan();
  ground.write("a/two");
  ground.write("b/c/three");
  ground.write("untold");
  ground.rescan(["a/two", "b/c/three"]);
  assertEquals([ground.kind("a/two"), ground.kind("b/c/three"), ground.kind("untold")], [
    "file",
    "file",
    undefined,
  ]);
  Deno.removeSync(`${ground.folder}/a`, { recursive: true });
  ground.rescan(["a/two"]);
  assertEquals(ground.at("a"), null, "the folder it was in is gone as a whole");
});

Deno.test("M1: what is missed counts as being there until it is found elsewhere, or for a moment", () => {
  using ground = new Ground();
  for (
    const path of [
      "gone",
      "renamed",
      "late",
      "folder/in it",
      "away/in it",
      "taken apart/one",
      "taken apart/two",
    ]
  ) {
    ground.write(path);
  }
  ground.scan();
  const { vanishing } = ground.scanner;
  vanishing.watched = true;
  Deno.removeSync(`${ground.folder}/gone`);
  Deno.renameSync(`${ground.folder}/renamed`, `${ground.folder}/to here`);
  Deno.renameSync(`${ground.folder}/folder`, `${ground.folder}/moved`);
  Deno.renameSync(`${ground.folder}/taken apart/one`, `${ground.folder}/one`);
  Deno.removeSync(`${ground.folder}/taken apart`, { recursive: true });
  Deno.renameSync(`${ground.folder}/late`, `${ground.folder}/untold`);
  Deno.removeSync(`${ground.folder}/away`, { recursive: true });
  const before = ground.snapshot;
  const missed = ["gone", "renamed", "late", "folder", "away", "taken apart"];
  assertStrictEquals(ground.rescan(missed), before);
  assertEquals(vanishing.waiting() as string[], missed);
  ground.rescan([...vanishing.waiting(), "to here", "moved", "one"], [], NOW + GONE_MS - 1);
  assertEquals([...ground.snapshot.children.keys()].sort(), [
    "away",
    "gone",
    "late",
    "moved",
    "one",
    "to here",
  ]);
  assertEquals(vanishing.waiting(), ["gone", "late", "away"]);
  ground.rescan(vanishing.waiting(), [], NOW + GONE_MS);
  assertEquals(ground.at("gone"), null);
  assertEquals(vanishing.waiting(), ["late", "away"], "what is beside it still, and a folder with all in it");
  ground.rescan(vanishing.waiting(), [], NOW + MOVED_MS);
  assertEquals([ground.at("late"), ground.at("away"), vanishing.waiting()], [null, null, []]);
});

Deno.test("M1: what is renamed while everything is looked at is never seen as gone", () => {
  // The names were read before it came to its new one, and it is looked at by its old one afterwards.
  const renamed: Disk = {
    ...realDisk,
    stat(path) {
      if (path.endsWith("song") && realDisk.stat(path)) Deno.renameSync(path, `${path} renamed`);
      return realDisk.stat(path);
    },
  };
  let disk = realDisk;
  using ground = new Ground({ disk: { ...realDisk, stat: (path) => disk.stat(path) } });
  ground.write("folder/song");
  ground.scan();
  ground.scanner.vanishing.watched = true;
  disk = renamed;
  ground.scan();
  assertEquals([ground.kind("folder/song"), ground.scanner.vanishing.waiting()], ["file", ["folder/song"]]);
  ground.rescan([...ground.scanner.vanishing.waiting(), "folder/song renamed"]);
  assertEquals([ground.at("folder/song"), ground.kind("folder/song renamed")], [null, "file"]);
});

Deno.test("a removal is waited for no longer than a moment when the clock is set back, and not at all without a watch", () => {
  using ground = new Ground();
  for (const path of ["one", "other"]) ground.write(path);
  ground.scan();
  Deno.removeSync(`${ground.folder}/one`);
  ground.rescan(["one"]);
  assertEquals(ground.at("one"), null);
  ground.scanner.vanishing.watched = true;
  Deno.removeSync(`${ground.folder}/other`);
  ground.scan();
  assertEquals(ground.kind("other"), "file");
  ground.rescan(["other"], [], NOW - 3600_000);
  assertEquals(ground.at("other"), null);
});

Deno.test("a rescan looks into a known folder only when it is told to do so deeply", () => {
  using ground = new Ground();
  ground.write("a/one");
  ground.scan();
  ground.write("a/two");
  ground.rescan(["a"]);
  assertEquals(ground.kind("a/two"), undefined);
  ground.rescan(["a"], ["a"]);
  assertEquals(ground.kind("a/two"), "file");
});

Deno.test({
  name: "N5: a rescan does not look through a folder that was replaced by a link",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    using outside = temporary();
    ground.write("a/b/known");
    ground.scan();
    write(`${outside.path}/b/secret`, "secret");
    Deno.removeSync(`${ground.folder}/a`, { recursive: true });
    Deno.symlinkSync(outside.path, `${ground.folder}/a`);
    ground.rescan(["a/b/secret", "a/b/known"]);
    assertEquals([ground.kind("a"), ground.at("a/b/secret")], ["problem", null]);
  },
});

Deno.test("a folder replaced by another of the same name is looked at as a whole", () => {
  using ground = new Ground();
  ground.write("a/one");
  ground.write("other/two");
  ground.scan();
  Deno.renameSync(`${ground.folder}/a`, `${ground.folder}/was`);
  Deno.renameSync(`${ground.folder}/other`, `${ground.folder}/a`);
  ground.rescan(["a/one"]);
  assertEquals([ground.kind("a/one"), ground.kind("a/two")], [undefined, "file"]);
});

Deno.test("on a disk that folds case a rescan lists each folder once, and only listed names are there", () => {
  let lists = 0;
  const disk = { ...realDisk, list: (path: string) => (lists++, realDisk.list(path)) };
  using ground = new Ground({ folds: true, disk });
  ground.scan();
  const paths = Array.from({ length: 50 }, (_, number) => `file ${number}`);
  for (const path of paths) ground.write(path);
  lists = 0;
  ground.rescan([...paths, "FILE 1"]);
  assertEquals([ground.snapshot.children.size, ground.at("FILE 1"), lists], [50, null, 1]);
});

Deno.test("on a disk that folds case what was known under another spelling is gone where a name is new, whatever is told", () => {
  using ground = new Ground({ folds: true });
  ground.write("d/A");
  ground.write("d/b");
  ground.scan();
  Deno.removeSync(`${ground.folder}/d/A`);
  ground.write("d/a");
  ground.rescan(["d/a"]);
  assertEquals([ground.at("d/A"), ground.kind("d/a"), ground.kind("d/b")], [null, "file", "file"]);
});

Deno.test("N3: where names are listed in another form than they were made in (HFS+), what is known is not missed", () => {
  const decomposing: Disk = {
    ...realDisk,
    list: (path) => realDisk.list(path).map((name) => name.normalize("NFD")),
  };
  using ground = new Ground({ folds: true });
  ground.write("caf\u00e9/inside");
  ground.scan();
  const scanner = new Scanner(decomposing, ground.folder, true, ignoreRules(""));
  const rescan = () => {
    const known = new Known([ground.snapshot]);
    const paths = ["caf\u00e9", "caf\u00e9/inside"] as Path[];
    return ground.snapshot = scanner.rescan(ground.snapshot, { paths }, known, NOW);
  };
  rescan();
  assertEquals(ground.kind("caf\u00e9/inside"), "file");
  Deno.removeSync(`${ground.folder}/caf\u00e9`, { recursive: true });
  rescan();
  assertEquals(ground.at("caf\u00e9"), null);
});

Deno.test("what cannot be read is a problem, and stops nothing else", () => {
  const broken = (path: string) => {
    if (path.endsWith("broken")) throw new Deno.errors.PermissionDenied("no (os error 13)");
  };
  const disk: Disk = {
    ...realDisk,
    list: (path) => (broken(path), realDisk.list(path)),
  };
  using ground = new Ground({ disk });
  ground.write("broken/inside");
  ground.write("fine");
  ground.scan();
  const problem = ground.at("broken");
  assert(problem?.kind === "problem" && !problem.lasting);
  assertEquals(ground.kind("fine"), "file");
  assertStrictEquals((ground.scan(), ground.at("broken")), problem, "the same problem stays the same");
});

Deno.test({
  name: "N5: links that stay inside travel, others are problems that last",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    Deno.mkdirSync(`${ground.folder}/a`);
    for (const [name, target] of [["in", "../b"], ["out", "../../b"], ["absolute", "/etc/passwd"]]) {
      Deno.symlinkSync(target!, `${ground.folder}/a/${name}`);
    }
    ground.scan();
    assertEquals(["in", "out", "absolute"].map((name) => ground.kind(`a/${name}`)), [
      "link",
      "problem",
      "problem",
    ]);
  },
});

Deno.test({
  name: "a name that is not UTF-8 is a problem",
  ignore: Deno.build.os !== "linux",
  fn() {
    using ground = new Ground();
    const { success } = new Deno.Command("sh", {
      args: ["-c", `printf x > "$0/$(printf 'bad\\377name')"`, ground.folder],
    }).outputSync();
    assert(success);
    ground.scan();
    assertEquals([...ground.snapshot.children.values()].map(({ kind }) => kind), ["problem"]);
  },
});

Deno.test("N1 I8: a private folder in a folder is passed over, by a scan and by what is told of it and of what is in it", () => {
  using ground = new Ground();
  ground.write("d/file");
  ground.write("d/.tcpsync/identity");
  ground.write(".tcpsync/identity");
  ground.scan();
  const seen = () => [ground.at(".tcpsync"), ground.at("d/.tcpsync"), ground.kind("d/file")];
  assertEquals(seen(), [null, null, "file"]);
  ground.write("d/.tcpsync/inner");
  ground.write(".TCPSYNC/inner");
  ground.rescan(["d/.tcpsync/inner", "d/.tcpsync", ".tcpsync/identity", ".tcpsync", ".TCPSYNC"]);
  assertEquals(seen(), [null, null, "file"]);
  assertEquals(ground.at(".TCPSYNC"), null);
});

Deno.test("N1 I8: a file that is named like a private folder is a problem, and nobody is to rename it", () => {
  using ground = new Ground();
  ground.write("d/.tcpsync");
  ground.scan();
  assertEquals(ground.kind("d/.tcpsync"), "problem");
  const { reason } = ground.at("d/.tcpsync") as Entry & { kind: "problem" };
  assertEquals(reason, "the name is kept for tcpsync's own folder: what has it stays on this computer");
  Deno.removeSync(`${ground.folder}/d/.tcpsync`);
  ground.rescan(["d/.tcpsync"]);
  assertEquals(ground.at("d/.tcpsync"), null);
});

Deno.test("I1: ignored entries are not seen, by a scan or by a rescan", () => {
  using ground = new Ground({ rules: "*.tmp\nbuild/\n" });
  ground.write("a.tmp");
  ground.write("build/out");
  ground.write("kept");
  ground.scan();
  assertEquals([...ground.snapshot.children.keys()], ["kept"]);
  ground.rescan(["a.tmp", "build/out", "build"]);
  assertEquals([...ground.snapshot.children.keys()], ["kept"]);
});

Deno.test("a renamed file keeps its digest, found by its ID", () => {
  using ground = new Ground();
  ground.write("old", "content");
  const first = ground.scan();
  const entry = { ...first.children.get("old")!, digest: "known" } as Entry;
  ground.snapshot = { ...first, children: new Map([["old", entry]]) };
  Deno.renameSync(`${ground.folder}/old`, `${ground.folder}/new`);
  ground.rescan(["old", "new"]);
  assertEquals([ground.at("old"), (ground.at("new") as { digest: string }).digest], [
    null,
    ground.scanner.numbers.last ? "known" : "",
  ]);
  assertEquals([...filesIn(ground.folder).keys()], ["new"]);
});

Deno.test("C8 (case 17): a file whose date cannot be is a lasting problem, not one being written, until its date is mended", () => {
  const odd = { is: false };
  const disk: Disk = {
    ...realDisk,
    stat(path) {
      const stat = realDisk.stat(path);
      return stat && odd.is && path.endsWith("odd") ? { ...stat, mtime: NaN } : stat;
    },
  };
  using ground = new Ground({ disk });
  ground.write("odd");
  ground.write("beside");
  const agreed = ground.scan();
  odd.is = true;
  const found = ground.scan();
  assertEquals([ground.kind("odd"), ground.kind("beside")], ["problem", "file"]);
  assertEquals((ground.at("odd") as { lasting: boolean }).lasting, true);
  assertEquals(ground.scanner.settling.waiting(), []);
  assertStrictEquals(ground.scan(), found);
  odd.is = false;
  assertEquals(ground.scan(), agreed);
});

Deno.test("M1: a file that was renamed and written on counts as being where it was until two looks agree", () => {
  using ground = new Ground();
  ground.write("old");
  ground.scan();
  ground.scanner.vanishing.watched = true;
  Deno.renameSync(`${ground.folder}/old`, `${ground.folder}/new`);
  ground.write("new", "written on");
  ground.rescan(["old", "new"], [], NOW, new Map([["new" as Path, ["modify"]]]));
  assertEquals([ground.kind("old"), ground.kind("new")], ["file", undefined]);
  ground.rescan(["old", "new"], [], NOW + SETTLE_MS);
  assertEquals([ground.kind("old"), ground.kind("new")], [undefined, "file"]);
});

Deno.test({
  name: "case 38: 1,900 folders in one another are looked at, at once and one by one",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    makeChain(ground.folder, 1900);
    ground.write(`${chainOf(1900)}/file`);
    ground.scan();
    assertEquals(ground.kind(`${chainOf(1900)}/file`), "file");
    ground.snapshot = EMPTY_ROOT;
    ground.rescan(Array.from({ length: 1900 }, (_, level) => chainOf(level + 1)));
    assertEquals(ground.kind(`${chainOf(1900)}/file`), "file");
  },
});

Deno.test({
  name: "case 38: what lies deeper than a path can lead is one lasting problem at one path",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    makeChain(ground.folder, 3000);
    ground.scan();
    const problems = [...walk(ROOT, ground.snapshot)].filter(([, entry]) => entry.kind === "problem");
    assertEquals(problems.map(([, entry]) => [entry.name, entry.kind === "problem" && entry.lasting]), [[
      "d",
      true,
    ]]);
    assertStrictEquals(ground.scan(), ground.snapshot);
  },
});
