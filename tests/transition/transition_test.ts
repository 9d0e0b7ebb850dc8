// Making the disk match an order: it happens as planned, or, where anything is not as planned, not at all, and nothing is lost.

import { assert, assertEquals } from "@std/assert";
import { type DirectoryEntry, EMPTY_ROOT, type Entry, type FileEntry } from "../../src/core/tree/entry.ts";
import { ignoreRules, type Ignores } from "../../src/core/ignore/ignore.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { emptyPlan, type Orders, type Result, type Task } from "../../src/core/plan/plan.ts";
import { entryAt, TreeEditor } from "../../src/core/tree/tree.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { textDigest } from "../../src/fs/digest.ts";
import { NO_GUARD } from "../../src/scan/home_guard.ts";
import { Known } from "../../src/scan/known.ts";
import { Scanner } from "../../src/scan/scanner.ts";
import { Staging } from "../../src/stage/staging.ts";
import type { Ahead } from "../../src/transition/ahead.ts";
import { transition } from "../../src/transition/transition.ts";
import { KEEP, pastTheirTime } from "../../src/transition/retention.ts";
import { batchesIn, removeBatches, Versions } from "../../src/transition/versions.ts";
import { diskFull } from "../support/full_disk.ts";
import { copiesIn } from "../support/copies.ts";
import { posix, windows } from "../support/trees.ts";
import { filesIn, nextTime, temporary, write } from "../support/folder.ts";
import { POSIX } from "../support/system.ts";

const NOW = Date.UTC(2025, 0, 1);

/** A root as scanned, with every digest known, and what a transition needs beside it. */
class Ground {
  readonly #place = temporary();
  readonly root = `${this.#place.path}/root`;
  readonly versions = `${this.#place.path}/versions`;
  readonly staging: Staging;
  readonly copies: Ahead;
  readonly #scanner: Scanner;
  snapshot: DirectoryEntry = EMPTY_ROOT;
  readonly kept: string[] = [];
  readonly left: string[] = [];
  ignores: Ignores = ignoreRules("");

  constructor(private readonly disk: Disk = realDisk) {
    Deno.mkdirSync(this.root);
    Deno.mkdirSync(this.versions);
    this.staging = new Staging(disk, `${this.#place.path}/staging`);
    this.copies = copiesIn(this.#place.path, disk);
    this.#scanner = new Scanner(disk, this.root, false, ignoreRules(""));
  }

  [Symbol.dispose]() {
    this.staging.end();
    this.#place[Symbol.dispose]();
  }

  write(path: string, content: string, time = nextTime()) {
    write(`${this.root}/${path}`, content, time);
  }

  scan(rules = "") {
    this.#scanner.ignores = ignoreRules(rules);
    this.snapshot = this.#scanner.scan(this.snapshot, new Known([this.snapshot]), NOW);
    const editor = new TreeEditor(this.snapshot);
    for (const [path, content] of filesIn(this.root)) {
      const entry = editor.get(path as Path);
      if (entry?.kind === "file") editor.set(path as Path, { ...entry, digest: textDigest(content) });
    }
    this.snapshot = editor.done();
  }

  /** What the plan knows of the entry at `path`. */
  at(path: string): Entry {
    const entry = entryAt(this.snapshot, path as Path)!;
    return entry.kind === "directory"
      ? { ...entry, id: 0, children: new Map() }
      : entry.kind === "file"
      ? { ...entry, id: 0 }
      : entry;
  }

  /** Carries an order out whose contents are staged before. */
  run(orders: Partial<Orders>, ability = posix): Result[] {
    const all: Orders = { ...emptyPlan().beta, ...orders };
    const { results, snapshot } = transition(all, {
      disk: this.disk,
      native: (path) => `${this.root}/${path}`,
      ability,
      view: this.snapshot,
      snapshot: this.snapshot,
      staging: this.staging,
      versions: new Versions(this.disk, this.versions, NOW, this.copies),
      isDoubtful: () => false,
      rights: { see: () => {}, at: () => null, isEmpty: true, usual: null },
      ignores: this.ignores,
      home: NO_GUARD,
      leave: (path) => this.left.push(path),
      mounts: { isStill: () => true, isOnOther: () => false },
      copies: this.copies,
      kept: (digest) => this.kept.push(digest),
    });
    this.snapshot = snapshot;
    return results;
  }

  /** Stages content for tasks, as if a peer had sent it. */
  stage(first: number, ...contents: [Task, string][]) {
    const source = `${this.#place.path}/source`;
    this.staging.begin(contents.map(([task], number) => [first + number, task]), (task) => {
      const [, content] = contents.find(([one]) => one === task)!;
      Deno.writeTextFileSync(source, content);
      return { native: source, entry: task.new };
    });
  }

  /** Plans and stages the content at `path`, and carries it out after `meanwhile`. */
  put(path: string, content: string, extra: Partial<Task> = {}, meanwhile = () => {}): Result {
    const present = entryAt(this.snapshot, path as Path);
    const task: Task = {
      path: path as Path,
      old: present && this.at(path),
      new: fileAt(path, content),
      ...extra,
    };
    this.stage(0, [task, content]);
    meanwhile();
    return this.run({ contents: [task] })[0]!;
  }

  files(): Record<string, string> {
    return Object.fromEntries(filesIn(this.root));
  }

  keptVersions(): Record<string, string> {
    return Object.fromEntries(
      [...filesIn(this.versions)].map(([path, text]) => [path.replace(/^[^/]*\/?/, ""), text]),
    );
  }
}

function fileAt(path: string, content: string): FileEntry {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const size = new TextEncoder().encode(content).length;
  return {
    kind: "file",
    name,
    size,
    mtime: NOW,
    executable: false,
    digest: textDigest(content),
    id: 0,
    born: 0,
  };
}

const linkNamed = (name: string, target: string): Entry => ({
  kind: "link",
  name,
  target,
  digest: textDigest(target),
});
const folderNamed = (name: string): DirectoryEntry => ({ ...EMPTY_ROOT, name });

Deno.test("C8: new content comes in its place with its time, and the snapshot knows it as the next scan sees it", () => {
  using ground = new Ground();
  ground.write("d/old", "old");
  ground.scan();
  assertEquals(ground.put("d/new", "new"), { index: 0, done: true, digest: textDigest("new") });
  assertEquals(ground.files(), { d: "/", "d/new": "new", "d/old": "old" });
  assertEquals(Deno.statSync(`${ground.root}/d/new`).mtime?.getTime(), NOW);
  const { id, mtime } = entryAt(ground.snapshot, "d/new" as Path) as FileEntry;
  assertEquals([id, mtime], [realDisk.stat(`${ground.root}/d/new`)!.id, NOW]);
  assertEquals(ground.staging.staged.size, 0);
});

Deno.test("S4 (field 3): what is replaced or deleted is kept", () => {
  using ground = new Ground();
  ground.write("replaced", "one");
  ground.write("d/deleted", "two");
  ground.scan();
  assert(ground.put("replaced", "new").done);
  const [removal] = ground.run({
    removals: [{ path: "d/deleted" as Path, old: ground.at("d/deleted"), new: null }],
  });
  assert(removal!.done);
  assertEquals(ground.files(), { d: "/", replaced: "new" });
  assertEquals(ground.keptVersions(), { "": "/", replaced: "one", d: "/", "d/deleted": "two" });
  assertEquals(ground.kept, [textDigest("one"), textDigest("two")]);
});

Deno.test("a content that has not come has no result, one that failed says why", () => {
  using ground = new Ground();
  ground.scan();
  const tasks = ["a", "b"].map((path): Task => ({ path: path as Path, old: null, new: fileAt(path, path) }));
  ground.staging.failed.set(1, "it changed while it was being sent");
  assertEquals(ground.run({ contents: tasks }), [
    { index: 1, done: false, reason: "it changed while it was being sent", lasting: false },
  ]);
});

/** What somebody does between the last look and the transition of new content for "d/file". */
const DISTURBANCES: [what: string, meanwhile: (root: string) => void][] = [
  ["edited", (root) => write(`${root}/d/file`, "edited!")],
  ["edited to the same size", (root) => write(`${root}/d/file`, "own")],
  ["replaced by another file of the same size and time", (root) => {
    const { mtime } = Deno.statSync(`${root}/d/file`);
    write(`${root}/d/other`, "own", mtime!);
    Deno.renameSync(`${root}/d/other`, `${root}/d/file`);
  }],
  ["deleted", (root) => Deno.removeSync(`${root}/d/file`)],
  ["made a folder", (root) => {
    Deno.removeSync(`${root}/d/file`);
    Deno.mkdirSync(`${root}/d/file`);
  }],
  ["moved away with its folder", (root) => Deno.renameSync(`${root}/d`, `${root}/e`)],
  ...POSIX
    ? [
      ["made a link", (root: string) => {
        Deno.removeSync(`${root}/d/file`);
        Deno.symlinkSync("other", `${root}/d/file`);
      }],
      ["its folder made a link to another one", (root: string) => {
        Deno.renameSync(`${root}/d`, `${root}/e`);
        Deno.symlinkSync("e", `${root}/d`);
      }],
    ] as [string, (root: string) => void][]
    : [],
];

for (const [what, meanwhile] of DISTURBANCES) {
  for (const does of ["replaces", "deletes", "moves"] as const) {
    Deno.test(`an order that ${does} a file is refused when it was ${what} meanwhile`, () => {
      using ground = new Ground();
      ground.write("d/file", "old");
      ground.scan();
      const path = "d/file" as Path;
      const orders: Partial<Orders> = does === "replaces"
        ? { contents: [{ path, old: ground.at(path), new: fileAt(path, "new") }] }
        : does === "deletes"
        ? { removals: [{ path, old: ground.at(path), new: null }] }
        : { moves: [{ from: path, to: "moved" as Path, name: "moved" }] };
      if (does === "replaces") ground.stage(0, [orders.contents![0]!, "new"]);
      meanwhile(ground.root);
      const before = ground.files();
      assertEquals(ground.run(orders).map(({ done }) => done), [false]);
      assertEquals(ground.files(), before);
      assertEquals(ground.kept, []);
    });
  }
}

Deno.test("what appeared where something new was to come stays", () => {
  for (const mine of ["file", "folder"]) {
    using ground = new Ground();
    ground.scan();
    const result = ground.put("new", "theirs", {}, () => {
      if (mine === "file") write(`${ground.root}/new`, "mine");
      else Deno.mkdirSync(`${ground.root}/new`);
    });
    assertEquals([result.done, ground.files()], [false, { new: mine === "file" ? "mine" : "/" }]);
  }
});

Deno.test("on a disk without hard links too, what appeared stays and what is replaced is kept", () => {
  const disk: Disk = {
    ...realDisk,
    hardLink() {
      throw new Error("Operation not supported (os error 95)");
    },
  };
  using ground = new Ground(disk);
  ground.write("old", "old");
  ground.scan();
  assertEquals(ground.put("new", "theirs", {}, () => write(`${ground.root}/new`, "mine")).done, false);
  assert(ground.put("old", "newer").done);
  assertEquals([ground.files(), ground.keptVersions()], [{ new: "mine", old: "newer" }, {
    "": "/",
    old: "old",
  }]);
});

Deno.test("a file edited while its version is being copied is not replaced", () => {
  const disk: Disk = {
    ...realDisk,
    hardLink() {
      throw new Error("Operation not supported (os error 95)");
    },
    flush(copy) {
      realDisk.flush(copy);
      write(`${ground.root}/file`, "edited");
    },
  };
  using ground: Ground = new Ground(disk);
  ground.write("file", "old");
  ground.scan();
  assertEquals([ground.put("file", "theirs").done, ground.files()], [false, { file: "edited" }]);
});

Deno.test("a version that cannot be kept leaves everything in place, and is a matter of the own disk", () => {
  const disk: Disk = {
    ...realDisk,
    hardLink() {
      throw new Error("Operation not supported (os error 95)");
    },
    flush() {
      throw diskFull();
    },
  };
  using ground = new Ground(disk);
  ground.write("file", "old");
  ground.scan();
  const result = ground.put("file", "new");
  const full = { reason: "the disk is full: make room", lasting: false, cause: "full", at: "" };
  assertEquals(result, { index: 0, done: false, ...full });
  assertEquals([ground.files(), ground.keptVersions()], [{ file: "old" }, {}]);
});

Deno.test("a file held open by another program is waited for, by its name (field 15)", () => {
  const disk: Disk = {
    ...realDisk,
    rename(from, to) {
      if (to.endsWith("budget.xlsx")) throw new Error("The process cannot access the file (os error 32)");
      realDisk.rename(from, to);
    },
  };
  using ground = new Ground(disk);
  ground.write("budget.xlsx", "old");
  ground.scan();
  const result = ground.put("budget.xlsx", "new");
  assert(!result.done);
  assertEquals(
    "reason" in result && result.reason,
    "waiting for budget.xlsx to be closed by the program that has it open",
  );
  assertEquals([ground.files(), ground.keptVersions()], [{ "budget.xlsx": "old" }, { "": "/" }]);
});

Deno.test("a content is not replaced before what saves it is there", () => {
  using ground = new Ground();
  ground.write("file", "mine");
  ground.scan();
  assertEquals(ground.put("file", "theirs", { requires: "file (conflict)" as Path }).done, false);
  assertEquals(ground.files(), { file: "mine" });
});

Deno.test("a content is not replaced where the copy that saves it was changed or deleted since it was seen", () => {
  const copy = "file (conflict)" as Path;
  for (const content of ["edited since", null]) {
    using ground = new Ground();
    ground.write("file", "mine");
    ground.write(copy, "mine");
    ground.scan();
    if (content === null) Deno.removeSync(`${ground.root}/${copy}`);
    else ground.write(copy, content);
    assertEquals(ground.put("file", "theirs", { requires: copy }).done, false);
    assertEquals(ground.files(), { file: "mine", ...content !== null && { [copy]: content } });
    if (content !== null) ground.scan();
    assertEquals(ground.put("file", "theirs", { requires: copy }).done, content !== null);
  }
});

Deno.test("a folder is deleted only when nothing is in it", () => {
  using ground = new Ground();
  ground.write("full/new", "untold");
  Deno.mkdirSync(`${ground.root}/empty`);
  ground.scan();
  const removals = ["full", "empty"].map((path): Task => ({
    path: path as Path,
    old: folderNamed(path),
    new: null,
  }));
  assertEquals(ground.run({ removals }).map(({ done }) => done), [false, true]);
  assertEquals(ground.files(), { full: "/", "full/new": "untold" });
});

Deno.test("C5: a file yields to a folder, an emptied folder to a file", () => {
  using ground = new Ground();
  ground.write("file", "kept");
  Deno.mkdirSync(`${ground.root}/folder`);
  ground.scan();
  const [made] = ground.run({
    directories: [{ path: "file" as Path, old: ground.at("file"), new: folderNamed("file") }],
  });
  assert(made!.done);
  assert(ground.put("folder", "content").done);
  assertEquals([ground.files(), ground.keptVersions()], [
    { file: "/", folder: "content" },
    { "": "/", file: "kept" },
  ]);
});

Deno.test("M1: a move takes a folder with everything in it, made places first, and never replaces", () => {
  using ground = new Ground();
  ground.write("a/b/file", "content");
  ground.write("taken", "mine");
  ground.scan();
  const results = ground.run({
    moves: [
      { from: "new" as Path, to: "new" as Path, name: "new", made: true },
      { from: "a" as Path, to: "new/a" as Path, name: "a" },
      { from: "new/a/b/file" as Path, to: "taken" as Path, name: "taken" },
      { from: "none" as Path, to: "x" as Path, name: "x" },
    ],
  });
  assertEquals(results.map(({ done }) => done), [true, true, false, false]);
  assertEquals(ground.files(), {
    new: "/",
    "new/a": "/",
    "new/a/b": "/",
    "new/a/b/file": "content",
    taken: "mine",
  });
  assertEquals(entryAt(ground.snapshot, "new/a/b/file" as Path)?.kind, "file");
});

Deno.test("N4: a new spelling is a rename of its own", () => {
  using ground = new Ground();
  ground.write("readme", "content");
  ground.scan();
  const view = ground.snapshot;
  const [result] = ground.run({ moves: [{ from: "readme" as Path, to: "readme" as Path, name: "README" }] });
  assert(result!.done && view !== ground.snapshot);
  assertEquals(ground.files(), { README: "content" });
});

Deno.test({
  name: "C7: the executable bit alone changes nothing else",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    ground.write("run", "content");
    ground.scan();
    const old = ground.at("run") as FileEntry;
    const [result] = ground.run({
      contents: [{
        path: "run" as Path,
        old,
        new: { ...old, executable: true },
        source: { at: "here", path: "run" as Path },
      }],
    });
    assertEquals([result!.done, realDisk.stat(`${ground.root}/run`)!.executable], [true, true]);
    assertEquals(ground.keptVersions(), {});
  },
});

Deno.test({
  name: "N5: a link is put in place of nothing, a file, a link; what it replaces is kept as it was",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    ground.write("file", "content");
    Deno.symlinkSync("file", `${ground.root}/link`);
    ground.scan();
    const contents = ["new", "file", "link"].map((path): Task => ({
      path: path as Path,
      old: path === "new" ? null : ground.at(path),
      new: linkNamed(path, "other"),
    }));
    assertEquals(ground.run({ contents }).map(({ done }) => done), [true, true, true]);
    assertEquals(ground.files(), { file: "-> other", link: "-> other", new: "-> other" });
    assertEquals(ground.keptVersions(), { "": "/", file: "content", link: "-> file" });
  },
});

Deno.test({
  name: "N5: a link that leads outside is refused, whoever orders it",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    ground.write("file", "content");
    ground.scan();
    for (const target of ["/etc/passwd", "../outside", "a/../../outside", "a/../file"]) {
      const results = ground.run({
        contents: [
          { path: "file" as Path, old: ground.at("file"), new: linkNamed("file", target) },
          { path: "new" as Path, old: null, new: linkNamed("new", target) },
        ],
      });
      assertEquals(results.map(({ done }) => done), [false, false]);
    }
    assertEquals(ground.files(), { file: "content" });
  },
});

/** Moves towards the root, after which a link that stayed inside would lead out. */
const RISING: [what: string, link: string, target: string, from: string, to: string][] = [
  ["a link", "a/b/k", "../../f", "a/b/k", "k"],
  ["a link, one level", "a/b/k", "../../f", "a/b/k", "a/k"],
  ["the folder of a link", "a/b/k", "../../f", "a/b", "b"],
  ["a folder with a link deep in it", "a/b/c/d/k", "../../../../f", "a/b", "b"],
  ["a folder with an ignored link", "a/b/ignored/k", "../../../f", "a/b", "b"],
  ["a folder with a link behind a folder made meanwhile", "a/b/new/k", "../../../f", "a/b", "b"],
];

for (const [what, at, target, from, to] of RISING) {
  Deno.test({
    name: `N5: ${what} is not moved to where the link leads out, whoever orders it`,
    ignore: !POSIX,
    fn() {
      using ground = new Ground();
      ground.write("f", "inside");
      ground.write("a/b/file", "content");
      const makeLink = () => {
        Deno.mkdirSync(`${ground.root}/${at}`.replace(/\/[^/]*$/, ""), { recursive: true });
        Deno.symlinkSync(target, `${ground.root}/${at}`);
      };
      if (!at.includes("new")) makeLink();
      ground.scan("ignored\n");
      if (at.includes("new")) makeLink();
      const before = ground.files();
      const snapshot = ground.snapshot;
      const name = to.slice(to.lastIndexOf("/") + 1);
      const [result] = ground.run({ moves: [{ from: from as Path, to: to as Path, name }] });
      assert(!result!.done && result!.reason.includes("outside the folder"));
      assertEquals(ground.files(), before);
      assertEquals(ground.snapshot, snapshot);
    },
  });
}

Deno.test({
  name: "N5: a folder moves towards the root with links that stay inside, and with those that never did",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    ground.write("a/b/file", "content");
    const links = { near: "file", up: "../b/file", out: "../../../f", absolute: "/nowhere" };
    for (const [name, target] of Object.entries(links)) {
      Deno.symlinkSync(target, `${ground.root}/a/b/${name}`);
    }
    ground.scan();
    const move = (from: string, to: string) =>
      ground.run({ moves: [{ from: from as Path, to: to as Path, name: "b" }] });
    assert(move("a/b", "b")[0]!.done);
    assertEquals(ground.files()["b/out"], "-> ../../../f");
    assert(move("b", "a/b")[0]!.done);
  },
});

Deno.test({
  name:
    "N5: a link that replaces another waits where it leads out as little as in its place, and leaves nothing there",
  ignore: !POSIX,
  fn() {
    const made: string[] = [];
    const disk: Disk = {
      ...realDisk,
      makeLink(target, path) {
        made.push(path);
        realDisk.makeLink(target, path);
      },
      rename(from, to) {
        if (to.endsWith("/stuck")) throw new Error("the disk failed (os error 5)");
        realDisk.rename(from, to);
      },
    };
    using ground = new Ground(disk);
    ground.write("a/b/c/file", "content");
    ground.write("a/b/c/stuck", "stays");
    ground.scan();
    const contents = ["file", "stuck"].map((name): Task => {
      const path = `a/b/c/${name}`;
      return { path: path as Path, old: ground.at(path), new: linkNamed(name, "../../../f") };
    });
    assertEquals(ground.run({ contents }).map(({ done }) => done), [true, false]);
    assertEquals([ground.files()["a/b/c/file"], ground.files()["a/b/c/stuck"]], ["-> ../../../f", "stays"]);
    const depths = made.map((path) => path.slice(ground.versions.length + 1).split("/").length);
    assert(depths.length === 2 && depths.every((depth) => depth >= 4), made.join());
    const { "a/b/c/file": kept, ...rest } = ground.keptVersions();
    assertEquals([kept, Object.values(rest)], ["content", ["/", "/", "/", "/"]]);
  },
});

Deno.test({
  name: "N5: nothing is written, deleted, moved or made through a link",
  ignore: !POSIX,
  fn() {
    using ground = new Ground();
    using outside = temporary();
    ground.write("d/file", "old");
    ground.scan();
    write(`${outside.path}/file`, "theirs");
    Deno.removeSync(`${ground.root}/d`, { recursive: true });
    Deno.symlinkSync(outside.path, `${ground.root}/d`);
    const contents: Task[] = [{ path: "d/new" as Path, old: null, new: fileAt("new", "new") }];
    ground.stage(3, [contents[0]!, "new"]);
    const results = ground.run({
      moves: [{ from: "d/file" as Path, to: "file" as Path, name: "file" }],
      removals: [{ path: "d/file" as Path, old: ground.at("d/file"), new: null }],
      directories: [{ path: "d/e" as Path, old: null, new: folderNamed("e") }],
      contents,
    });
    assertEquals(results.map(({ done }) => done), [false, false, false, false]);
    assertEquals(Object.fromEntries(filesIn(outside.path)), { file: "theirs" });
  },
});

Deno.test("N2: a name this side cannot have is refused, whoever orders it", () => {
  using ground = new Ground();
  ground.write("file", "content");
  ground.scan();
  const task: Task = { path: "aux.txt" as Path, old: null, new: fileAt("aux.txt", "new") };
  const stream: Task = { path: "file:stream" as Path, old: null, new: folderNamed("file:stream") };
  ground.stage(2, [task, "new"]);
  const results = ground.run({
    moves: [{ from: "file" as Path, to: "nul" as Path, name: "nul" }],
    directories: [stream],
    contents: [task],
  }, windows);
  assertEquals(results.map(({ done }) => done), [false, false, false]);
  assertEquals(ground.files(), { file: "content" });
});

Deno.test({
  name: "what is replaced gives its permissions to what comes in its place, but for the executable bit",
  ignore: !POSIX,
  fn() {
    for (
      const [mode, executable, expected] of [[0o600, false, 0o600], [0o444, true, 0o555], [
        0o750,
        false,
        0o640,
      ]] as const
    ) {
      using ground = new Ground();
      ground.write("file", "old");
      Deno.chmodSync(`${ground.root}/file`, mode);
      ground.scan();
      const result = ground.put("file", "new", { new: { ...fileAt("file", "new"), executable } });
      assert(result.done);
      assertEquals(ground.files(), { file: "new" });
      assertEquals(Deno.statSync(`${ground.root}/file`).mode! & 0o777, expected);
      assertEquals(ground.keptVersions(), { "": "/", file: "old" });
    }
  },
});

Deno.test("a read-only file is replaced, deleted and moved", () => {
  using ground = new Ground();
  for (const name of ["one", "two", "three"]) {
    ground.write(name, name);
    Deno.chmodSync(`${ground.root}/${name}`, 0o444);
  }
  ground.scan();
  const removal = { path: "two" as Path, old: ground.at("two"), new: null };
  const move = { from: "three" as Path, to: "four" as Path, name: "four" };
  assertEquals(ground.run({ moves: [move], removals: [removal] }).map(({ done }) => done), [true, true]);
  assert(ground.put("one", "new").done);
  assertEquals(ground.files(), { four: "three", one: "new" });
  assertEquals(Deno.statSync(`${ground.root}/one`).mode! & 0o200, 0, "it is read-only still");
});

Deno.test({
  name:
    "S4 (field 13): a file whose path is only just possible is replaced and deleted, and its versions are kept",
  ignore: Deno.build.os !== "linux",
  fn() {
    using ground = new Ground();
    const folders = `${"d".repeat(200)}/`.repeat(30).slice(0, 4095 - ground.root.length - 1 - 105);
    const path = `${folders.replace(/\/+$/, "")}/${"n".repeat(100)}`;
    ground.write(path, "old");
    ground.scan();
    assert(ground.put(path, "new").done);
    assert(ground.run({ removals: [{ path: path as Path, old: ground.at(path), new: null }] })[0]!.done);
    const kept = Object.entries(ground.keptVersions()).filter(([, content]) => content !== "/");
    assertEquals(kept.map(([path, content]) => [path.split("/").length, content]).sort(), [[3, "new"], [
      3,
      "old",
    ]]);
    assert(kept.every(([path]) => path.startsWith("long paths/") && path.includes("n".repeat(100))));
  },
});

Deno.test("S4: two versions of a name of 255 bytes in one batch are both kept", () => {
  using place = temporary();
  const versions = new Versions(realDisk, place.path, NOW, copiesIn(place.path));
  const name = "n".repeat(255);
  for (const content of ["one", "two"]) {
    write(`${place.path}/file`, content);
    versions.take(`${place.path}/file`, `d/${name}` as Path, fileAt("file", content), () => {});
  }
  const contents = [...filesIn(place.path).values()].filter((content) => content !== "/");
  assertEquals(contents.sort(), ["one", "two"]);
});

Deno.test("two versions of one path in one batch are both kept", () => {
  using place = temporary();
  const versions = new Versions(realDisk, place.path, NOW, copiesIn(place.path));
  for (const content of ["one", "two"]) {
    write(`${place.path}/file`, content);
    versions.take(`${place.path}/file`, "d/file" as Path, fileAt("file", content), () => {});
  }
  assertEquals(Object.fromEntries(filesIn(place.path)), {
    "2025-01-01 00.00.00.000": "/",
    "2025-01-01 00.00.00.000/d": "/",
    "2025-01-01 00.00.00.000/d/file": "one",
    "2025-01-01 00.00.00.000/d/file 2": "two",
  });
});

Deno.test("S4: versions go after 30 days, and nothing else does", () => {
  using place = temporary();
  for (const name of ["2024-11-30 00.00.00.000", "2024-12-03 00.00.00.000", "mine"]) {
    Deno.mkdirSync(`${place.path}/${name}`);
  }
  const made = [31, 29].map((days) => NOW - days * 24 * 3_600_000);
  const noted = batchesIn(realDisk, place.path).map((name, number) => ({ name, made: made[number]! }));
  removeBatches(realDisk, place.path, pastTheirTime(noted, NOW, KEEP));
  assertEquals([...filesIn(place.path).keys()], ["2024-12-03 00.00.00.000", "mine"]);
});

Deno.test("I4 T2: where the rules changed since the plan, nothing is done to what they ignore", () => {
  using ground = new Ground();
  for (const path of ["build/edited", "build/removed", "moved", "copied"]) ground.write(path, "own");
  ground.scan();
  ground.ignores = ignoreRules("build/\n*.key\n");
  const put = (path: string, known = false): Task => ({
    path: path as Path,
    old: known ? ground.at(path) : null,
    new: fileAt(path, "theirs"),
  });
  const contents = [put("build/edited", true), put("build/made"), put("build/deep/made"), put("a.key")];
  ground.stage(3, ...contents.map((task): [Task, string] => [task, "theirs"]));
  const results = ground.run({
    moves: [{ from: "moved" as Path, to: "build/moved" as Path, name: "moved" }],
    removals: [{ path: "build/removed" as Path, old: ground.at("build/removed"), new: null }],
    directories: [{ path: "build/deep" as Path, old: null, new: folderNamed("deep") }],
    contents,
  });
  assertEquals(results.filter(({ done }) => done), []);
  assertEquals(ground.files(), {
    build: "/",
    "build/edited": "own",
    "build/removed": "own",
    copied: "own",
    moved: "own",
  });
});

Deno.test("I4 T2: a folder that answers to an order by another of its names is not entered", () => {
  // NTFS gives ".git" the short name GIT~1 as well.
  const aliased = (path: string) => path.replace(/GIT~1/, ".git");
  const disk: Disk = { ...realDisk, stat: (path) => realDisk.stat(aliased(path)) };
  using ground = new Ground(disk);
  ground.write(".git/config", "own");
  ground.scan(".git/\n");
  ground.ignores = ignoreRules(".git/\n");
  const hook: Task = { path: "GIT~1/hook" as Path, old: null, new: fileAt("GIT~1/hook", "planted") };
  ground.stage(1, [hook, "planted"]);
  const results = ground.run({
    directories: [{ path: "GIT~1" as Path, old: null, new: folderNamed("GIT~1") }],
    contents: [hook],
  });
  assertEquals(results.map((result) => result.done ? "" : result.reason), [
    "GIT~1 opens what has another name here: rename it",
    "the folder it belongs in is not there, and is looked at again",
  ]);
  assertEquals(ground.files(), { ".git": "/", ".git/config": "own" });
});

Deno.test({
  name: "I4: so it is with the short names that this system gives",
  ignore: POSIX,
  fn() {
    using ground = new Ground();
    ground.write("a long name/own", "own");
    ground.scan("a long name/\n");
    ground.ignores = ignoreRules("a long name/\n");
    const native = ground.root.replaceAll("/", "\\");
    const { stdout } = new Deno.Command("cmd", { args: ["/c", "dir", "/x", native] }).outputSync();
    const short = /(\S+~\S+) +a long name/.exec(new TextDecoder().decode(stdout))?.[1];
    if (short === undefined) return; // This disk makes none.
    const [result] = ground.run({
      directories: [{ path: short as Path, old: null, new: folderNamed(short) }],
    });
    assertEquals(result, {
      index: 0,
      done: false,
      reason: `${short} opens what has another name here: rename it`,
      lasting: true,
      cause: "name",
    });
  },
});
