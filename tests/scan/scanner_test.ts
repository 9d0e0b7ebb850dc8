// What a scan sees: files once they have settled, links that may travel, problems as values, and only what was asked for.

import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type DirectoryEntry, EMPTY_ROOT, type Entry } from "../../src/core/entry.ts";
import { ignoreRules } from "../../src/core/ignore.ts";
import type { Path } from "../../src/core/path.ts";
import { entryAt } from "../../src/core/tree.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { KnownFiles, Scanner } from "../../src/scan/scanner.ts";
import { filesIn, temporary, write } from "../support/folder.ts";

const POSIX = Deno.build.os !== "windows";
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
    this.scanner = new Scanner(disk, this.folder, folds, ignoreRules(rules));
  }

  [Symbol.dispose]() {
    this.#place[Symbol.dispose]();
  }

  scan(now = NOW): DirectoryEntry {
    return this.snapshot = this.scanner.scan(this.snapshot, new KnownFiles([this.snapshot]), now);
  }

  rescan(paths: string[], deep: string[] = [], now = NOW): DirectoryEntry {
    const known = new KnownFiles([this.snapshot]);
    return this.snapshot = this.scanner.rescan(
      this.snapshot,
      paths as Path[],
      new Set(deep as Path[]),
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
  ground.write("file", "one", new Date(NOW - 500));
  const first = ground.scan(NOW);
  const known = { ...first.children.get("file")!, digest: "d1" } as Entry;
  ground.snapshot = { ...first, children: new Map([["file", known]]) };
  ground.write("file", "two", new Date(NOW - 500));
  ground.rescan(["file"], [], NOW + 300);
  assertEquals((ground.at("file") as { digest: string }).digest, "");
});

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

Deno.test("the private folder never takes part; its name elsewhere is a problem", () => {
  using ground = new Ground();
  ground.write(".tcpsync/identity");
  ground.write("a/.tcpsync/identity");
  ground.scan();
  assertEquals([ground.at(".tcpsync"), ground.kind("a/.tcpsync")], [null, "problem"]);
  ground.rescan([".tcpsync/identity"]);
  assertEquals(ground.at(".tcpsync"), null);
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
  assertEquals([ground.at("old"), (ground.at("new") as { digest: string }).digest], [null, "known"]);
  assertEquals([...filesIn(ground.folder).keys()], ["new"]);
});
