// The archive holds what was committed, gives commits back, and what it cannot read it does not guess.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import fc from "../support/property.ts";
import { Archive, type Commit } from "../../src/archive/archive.ts";
import type { Conflict } from "../../src/core/plan/conflict.ts";
import { diff } from "../../src/core/tree/diff.ts";
import { type DirectoryEntry, type Entry, shallow } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { emptyPlan } from "../../src/core/plan/plan.ts";
import { apply, applyMoves, type Move, walk } from "../../src/core/tree/tree.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { realDisk } from "../../src/fs/real.ts";
import { at, dir, file, lines, link } from "../support/trees.ts";
import { temporary, write } from "../support/folder.ts";

/** An archive file with one pair, committed to through trees as a session does. */
class Ground {
  readonly #place = temporary();
  readonly file = `${this.#place.path}/archive.sqlite`;
  archive = new Archive(this.file);
  pair = this.archive.pair({ root: "peer", key: "key" }, false);

  constructor() {
    this.archive.restart(this.pair, "history");
  }

  [Symbol.dispose]() {
    this.archive.close();
    this.#place[Symbol.dispose]();
  }

  reopen(folds = false) {
    this.archive.close();
    this.archive = new Archive(this.file);
    this.pair = this.archive.pair({ root: "peer", key: "key" }, folds);
  }

  /** What is in the file, not in memory. */
  stored(): string[] {
    this.reopen();
    return lines(this.archive.ancestor(this.pair));
  }

  commit(rows: Commit["rows"], moves: Move[] = [], conflicts: Conflict[] = []) {
    const before = this.archive.ancestor(this.pair);
    const { generation } = this.archive.history(this.pair);
    const after = apply(applyMoves(before, moves), rows);
    this.archive.commit(this.pair, { generation: generation + 1, moves, rows }, before, after, { conflicts });
    return after;
  }

  /** Commits what leads to `tree`. */
  become(tree: DirectoryEntry, moves: Move[] = []) {
    const base = applyMoves(this.archive.ancestor(this.pair), moves);
    return this.commit(rowsTo(base, tree), moves);
  }
}

function rowsTo(base: DirectoryEntry, tree: DirectoryEntry): Commit["rows"] {
  return diff(base, tree, true).flatMap<Commit["rows"][number]>(({ path, old, new: entry }) => {
    const gone = old && (!entry || old.kind !== entry.kind) ? [{ path, new: null }] : [];
    const made = entry
      ? [...walk(path, entry)].map(([at, inner]) => ({ path: at, new: shallow(inner) }))
      : [];
    return [...gone, ...made];
  });
}

Deno.test("what was committed is there after a restart", () => {
  using ground = new Ground();
  const tree = dir({
    a: file("one", { executable: true, mtime: 5, id: 7 }),
    d: dir({ "ä": link("../a"), e: dir({}) }),
  });
  ground.become(tree);
  assertEquals(ground.stored(), lines(tree));
  const { generation, history } = ground.archive.history(ground.pair);
  assertEquals([generation, history], [1, "history"]);
});

Deno.test("a folder forgotten and made anew in one commit holds only what the commit puts in it", () => {
  using ground = new Ground();
  ground.become(dir({ d: dir({ b: file("one"), e: dir({ c: file("two") }) }) }));
  const after = ground.commit([
    { path: at("d"), new: null },
    { path: at("d"), new: dir({}) },
    { path: at("d/a"), new: file("new", { name: "a" }) },
  ].map(namedChange));
  assertEquals(lines(after), lines(dir({ d: dir({ a: file("new") }) })));
  assertEquals(ground.stored(), lines(after));
  ground.archive.rollBack(ground.pair, 1);
  assertEquals(ground.stored(), lines(dir({ d: dir({ b: file("one"), e: dir({ c: file("two") }) }) })));
});

Deno.test("a row whose folder is not there is left out, in memory as in the file", () => {
  using ground = new Ground();
  const after = ground.commit([namedChange({ path: at("none/a"), new: file("x") })]);
  assertEquals([lines(after), ground.stored()], [[], []]);
  ground.commit([namedChange({ path: at("none"), new: dir({}) })]);
  assertEquals(ground.stored(), lines(dir({ none: dir({}) })));
});

function namedChange({ path, new: entry }: { path: Path; new: Entry | null }) {
  return { path, new: entry && { ...entry, name: path.slice(path.lastIndexOf("/") + 1) } as Entry };
}

Deno.test("commits are taken back one by one, moves and all", () => {
  using ground = new Ground();
  const trees = [
    dir({}),
    dir({ a: file("1"), d: dir({ b: file("2"), c: dir({ x: link("y") }) }) }),
    dir({ a: file("3"), e: dir({ b: file("2"), c: dir({ x: link("y") }) }) }),
    dir({ e: file("folder no more") }),
  ];
  const moves: Move[][] = [[], [], [{ from: at("d"), to: at("e"), name: "e" }], []];
  for (const [number, tree] of trees.entries()) if (number > 0) ground.become(tree, moves[number]);
  for (let generation = trees.length - 1; generation >= 0; generation--) {
    ground.archive.rollBack(ground.pair, generation);
    assertEquals(ground.stored(), lines(trees[generation]!));
    assertEquals(ground.archive.history(ground.pair).generation, generation);
  }
});

Deno.test("with the commits before it, the last chunk is taken back: it leads to no other commit of its number", () => {
  for (const [back, isKept] of [[2, true], [1, false], [0, false]] as const) {
    using ground = new Ground();
    const { archive, pair } = ground;
    for (const content of ["1", "2"]) ground.become(dir({ a: file(content) }));
    const orders = emptyPlan().alpha;
    archive.unsettled.begin(pair, { generation: 3, chunk: "c", batch: 1, time: 0, orders, terms: null });
    ground.become(dir({ a: file("3") }));
    archive.rollBack(pair, back);
    assertEquals(archive.unsettled.of(pair, 3) !== null, isKept);
  }
});

Deno.test("what the last chunk put in place stays listed where it is, whatever its commit says is moved", () => {
  using ground = new Ground();
  const { archive, pair } = ground;
  ground.become(dir({ a: file("1"), b: file("2") }));
  const put = (path: string, placed: number) => ({
    ...{ path: at(path), expected: path, formers: [], size: 1, mtime: 1, id: 1, born: 1, placed },
  });
  const listed = () =>
    archive.unproven.listed().filter(({ expected }) => expected !== null)
      .map(({ path, placed }) => `${path} ${placed}`);
  archive.unproven.list(pair, [put("a", 10), put("b", 10)]);
  const orders = emptyPlan().alpha;
  archive.unsettled.begin(pair, { generation: 2, chunk: "c", batch: 1, time: 20, orders, terms: null });
  archive.unproven.list(pair, [put("a", 20), put("d", 20)]);
  ground.commit([], [{ from: at("a"), to: at("c"), name: "c" }, { from: at("b"), to: at("d"), name: "d" }]);
  assertEquals(listed(), ["a 20", "d 20"]);
  ground.commit([], [{ from: at("d"), to: at("e"), name: "e" }]);
  assertEquals(listed(), ["a 20", "e 20"]);
});

Deno.test("what is listed as another content than is agreed is settled, unless it was put there after what led to the commit", () => {
  const orders = emptyPlan().alpha;
  for (const [begun, placed, stays] of [[20, 10, false], [20, 30, true], [null, 10, true]] as const) {
    using ground = new Ground();
    const { archive, pair } = ground;
    const put = { path: at("a"), expected: "put", formers: [], size: 1, mtime: 1, id: 1, born: 0, placed };
    archive.unproven.list(pair, [put]);
    if (begun !== null) {
      archive.unsettled.begin(pair, {
        generation: 1,
        chunk: "c",
        batch: 1,
        time: begun,
        orders,
        terms: null,
      });
    }
    const rows = [{ path: at("a"), new: file("agreed") }];
    archive.commit(
      pair,
      { generation: 1, moves: [], rows },
      archive.ancestor(pair),
      dir({ a: file("agreed") }),
    );
    assertEquals(archive.unproven.listed().length, stays ? 1 : 0, `begun at ${begun}, put at ${placed}`);
  }
});

Deno.test("a rename that a power cut may take back: where it came from, what was there is listed, and where it leads, too", () => {
  using ground = new Ground();
  const { archive, pair } = ground;
  ground.become(dir({ a: file("1"), d: dir({ b: file("2") }) }));
  const put = (path: string, expected: string, former: string) => ({
    ...{ path: at(path), expected, formers: [{ content: former, mtime: 1 }], size: 1 },
    ...{ mtime: 2, id: 1, born: 1, placed: 10 },
  });
  const listed = () => {
    const all = archive.unproven.listed().map(({ path, expected, formers }) =>
      [path, [...formers.map(({ content }) => content), expected]] as const
    );
    return Object.fromEntries(all.sort());
  };
  const move = (from: string, to: string) =>
    ground.commit([], [{ from: at(from), to: at(to), name: to.slice(-1) }]);
  archive.unproven.list(pair, [put("a", "1", "old 1"), put("d/b", "2", "old 2")]);
  move("a", "c");
  move("d", "e");
  const left = { "a": ["old 1", "1", null], "d/b": ["old 2", "2", null] };
  assertEquals(listed(), { ...left, "c": ["old 1", "1"], "e/b": ["old 2", "2"] });
  move("e/b", "a");
  assertEquals(listed(), {
    ...left,
    "a": ["old 1", "1", "old 2", "2"],
    "c": ["old 1", "1"],
    "e/b": ["old 2", "2", null],
  });
});

Deno.test("damage that is found after nothing was is told, in a transaction that fails no less", () => {
  using ground = new Ground();
  const { archive, pair } = ground;
  const { unproven } = archive;
  assertEquals(unproven.damaged(pair), []);
  assertThrows(() => unproven.foundDamaged([{ pair, path: at("a") }, { pair, path: null as never }], null));
  assertEquals(unproven.damaged(pair), []);
  unproven.foundDamaged([{ pair, path: at("a") }], null);
  assertEquals(unproven.damaged(pair), [at("a")]);
  unproven.mended(pair, at("a"));
  assertEquals(unproven.damaged(pair), []);
  unproven.markAgain(pair, at("a"));
  assertEquals(unproven.damaged(pair), [at("a")]);
});

Deno.test("a commit that forgot damage is taken back: what was put there since is damaged again, and stays listed", () => {
  for (const end of ["forgotten anew", "proved"]) {
    using ground = new Ground();
    const { archive, pair } = ground;
    const { unproven } = archive;
    ground.become(dir({ a: file("1") }));
    const { generation } = archive.history(pair);
    const put = (placed: number) => ({
      ...{ path: at("a"), expected: "1", formers: [], size: 1, mtime: 1, id: 1, born: 1, placed },
    });
    unproven.list(pair, [put(10)]);
    unproven.foundDamaged([{ pair, path: at("a") }], null);
    const stands = () => [unproven.damaged(pair).length, unproven.listed().map(({ placed }) => placed)];
    assertEquals(stands(), [1, []]);
    ground.become(dir({}));
    unproven.mended(pair, at("a"));
    assertEquals(stands(), [0, []]);
    unproven.list(pair, [put(20)]);
    archive.rollBack(pair, generation);
    assertEquals(stands(), [1, [20]]);
    if (end === "proved") unproven.strike([{ ...put(20), pair }]);
    ground.become(dir({}));
    unproven.mended(pair, at("a"));
    assertEquals(stands(), [0, end === "proved" ? [] : [20]]);
  }
});

const tree: fc.Arbitrary<DirectoryEntry> = fc.letrec<{ entry: Entry; tree: DirectoryEntry }>((tie) => ({
  entry: fc.oneof(
    { depthSize: "small" },
    fc.nat(5).map((content) => file(`${content}`)),
    fc.nat(3).map((target) => link(`${target}`)),
    tie("tree"),
  ),
  tree: fc.dictionary(fc.constantFrom("a", "b", "c"), tie("entry"), { maxKeys: 3 }).map((children) =>
    dir(children)
  ),
})).tree;

Deno.test("whatever is committed is what is stored, and any of the last commits can be stood at again", () => {
  fc.assert(
    fc.property(fc.array(tree, { minLength: 1, maxLength: 5 }), fc.nat(), (trees, back) => {
      using ground = new Ground();
      for (const tree of trees) ground.become(tree);
      assertEquals(ground.stored(), lines(trees.at(-1)!));
      const generation = back % (trees.length + 1);
      ground.archive.rollBack(ground.pair, generation);
      assertEquals(ground.stored(), lines(generation === 0 ? dir({}) : trees[generation - 1]!));
    }),
    { numRuns: 60 },
  );
});

Deno.test("only the last commits can be taken back, and the archive says which", () => {
  using ground = new Ground();
  for (let number = 0; number < 12; number++) ground.become(dir({ a: file(`${number}`) }));
  assertEquals(ground.archive.history(ground.pair), { history: "history", generation: 12, oldest: 4 });
});

Deno.test("a commit that fails in its middle leaves everything as it was", () => {
  using ground = new Ground();
  const tree = dir({ a: file("one") });
  ground.become(tree);
  const problem: Entry = { kind: "problem", name: "b", reason: "cannot be agreed", lasting: true };
  assertThrows(() => ground.commit([{ path: at("a"), new: null }, { path: at("b"), new: problem }]));
  assertEquals(ground.stored(), lines(tree));
  assertEquals(ground.archive.history(ground.pair).generation, 1);
});

Deno.test("N3: a pair that begins to fold case keeps its ancestor under the folded form", () => {
  using ground = new Ground();
  ground.become(dir({ README: file("one"), Docs: dir({ "A.txt": file("two") }) }));
  ground.reopen(true);
  const ancestor = ground.archive.ancestor(ground.pair);
  assertEquals([...walk(at(""), ancestor)].map(([path]) => path as string).sort(), [
    "",
    "docs",
    "docs/a.txt",
    "readme",
  ]);
  assertEquals(ancestor.children.get("readme")!.name, "README");
  const { generation, oldest } = ground.archive.history(ground.pair);
  assertEquals([generation, oldest], [1, 1], "commits in the old form cannot be taken back");
});

Deno.test("I2: what became ignored leaves the ancestor with a commit, and comes back when that is taken back", () => {
  using ground = new Ground();
  const tree = dir({ a: file("one"), d: dir({ b: file("two") }) });
  ground.become(tree);
  const left = dir({ a: file("one") });
  const rows = [namedChange({ path: at("c"), new: file("three") })];
  const ignored = [{ path: at("d"), old: tree.children.get("d")!, new: null }];
  ground.archive.commit(ground.pair, { generation: 2, moves: [], rows }, left, apply(left, rows), {
    ignored,
  });
  assertEquals(ground.stored(), lines(dir({ a: file("one"), c: file("three") })));
  ground.archive.rollBack(ground.pair, 1);
  assertEquals(ground.stored(), lines(tree));
});

Deno.test("pairs do not see each other, and a new history is empty", () => {
  using ground = new Ground();
  ground.become(dir({ a: file("one") }));
  const other = ground.archive.pair({ root: "another", key: "key" }, false);
  assertEquals([lines(ground.archive.ancestor(other)), ground.archive.history(other).generation], [[], 0]);
  ground.archive.restart(ground.pair, "new");
  assertEquals([ground.stored(), ground.archive.history(ground.pair)], [
    [],
    { history: "new", generation: 0, oldest: 0 },
  ]);
});

Deno.test("C9: conflicts are listed until they are unlisted", () => {
  using ground = new Ground();
  const conflict = { path: "a", kept: "a (conflict)", of: "bob", pathDigest: null, keptDigest: null };
  ground.archive.conflicts.put(ground.pair, conflict);
  ground.archive.conflicts.put(ground.pair, { ...conflict, pathDigest: "d" });
  ground.reopen();
  assertEquals(ground.archive.conflicts.of(ground.pair), [{ ...conflict, pathDigest: "d" }]);
  ground.archive.conflicts.remove(ground.pair, conflict);
  assertEquals(ground.archive.conflicts.of(ground.pair), []);
});

Deno.test("C9: a conflict is listed by the commit that makes it, and dropped by the one that changes one of its files", () => {
  using ground = new Ground();
  const files = { a: file("alice"), b: file("bob"), c: file("carol") };
  const rows = (...names: (keyof typeof files)[]) =>
    names.map((name) => ({ path: at(name), new: named(name) }));
  const named = (name: keyof typeof files): Entry => ({ ...files[name], name });
  const [one, other] = [["a", "b"], ["c", "b"]].map(([path, kept]) => ({
    path: path!,
    kept: kept!,
    of: "bob",
  }));
  const listed = () => {
    ground.reopen();
    return ground.archive.conflicts.of(ground.pair).map(({ path, kept }) => `${path} ${kept}`);
  };
  const impossible: Entry = { kind: "problem", name: "p", reason: "cannot be agreed", lasting: true };
  assertThrows(() => ground.commit([...rows("a", "b"), { path: at("p"), new: impossible }], [], [one!]));
  assertEquals(listed(), [], "no commit, no conflict");
  ground.commit(rows("a", "b"), [], [one!]);
  assertEquals(listed(), ["a b"]);
  ground.commit(rows("c"), [], [other!]);
  assertEquals(listed(), ["a b", "c b"], "what else is agreed settles none");
  ground.commit([{ path: at("a"), new: { ...file("edited"), name: "a" } }]);
  assertEquals(listed(), ["c b"]);
  ground.commit([{ path: at("b"), new: null }]);
  assertEquals(listed(), []);
});

/** Ways in which an archive file comes to harm. */
const DAMAGES: [what: string, damage: (file: string) => void][] = [
  ["overwritten", (file) => Deno.writeTextFileSync(file, "no database\n".repeat(1000))],
  ["cut short", (file) => Deno.truncateSync(file, 5000)],
  ["overwritten in its middle", (file) => {
    const bytes = Deno.readFileSync(file);
    bytes.fill(0xff, 8192);
    Deno.writeFileSync(file, bytes);
  }],
  ["left with an undo that is none", sql("UPDATE undo SET steps = x'c1'")],
  ["left with an undo of other things", sql("UPDATE undo SET steps = x'9180'")],
  ["left with a size that is no number", sql("UPDATE ancestor SET size = 'much' WHERE path = 'file 7'")],
  ["left with a digest cut short", sql("UPDATE ancestor SET digest = x'00' WHERE path = 'file 7'")],
  ["left with a name that is no text", sql("UPDATE ancestor SET name = x'00' WHERE path = 'file 7'")],
  ["left without a generation", sql("UPDATE pair SET generation = 'none'")],
  [
    "left with a conflict that is none",
    sql("INSERT INTO conflict VALUES (1, x'00', 'b', 'bob', NULL, NULL)"),
  ],
  ["left with a loss that is none", sql("INSERT INTO loss VALUES (1, 'file 7', x'00', 0)")],
  ["left with a loss at no time", sql("INSERT INTO loss VALUES (1, 'file 7', zeroblob(32), 'now')")],
  ["left with an epoch that is none", sql("INSERT OR REPLACE INTO epoch VALUES (1, 'many')")],
  [
    "left with formers that are no list",
    sql("INSERT INTO unproven VALUES (1, 'file 7', 'd', '[', 1, 1, 1, 1, 0, 0)"),
  ],
  [
    "left with a former that is none",
    sql("INSERT INTO unproven VALUES (1, 'file 7', 'd', '[[1, 2]]', 1, 1, 1, 1, 0, 0)"),
  ],
  [
    "left with formers of other things",
    sql("INSERT INTO unproven VALUES (1, 'file 7', 'd', '[null]', 1, 1, 1, 1, 0, 0)"),
  ],
  ["left with remains that are none", sql("INSERT INTO remains VALUES ('file 7', x'00')")],
  ["left with a yes to nothing", sql("INSERT INTO approved VALUES (1, '', zeroblob(32))")],
  ["damaged where only a later session reads", (file) => {
    const page = 4096 *
      (Number(query(file, "SELECT rootpage FROM sqlite_schema WHERE name = 'conflict'")) - 1);
    const bytes = Deno.readFileSync(file);
    bytes.fill(0xff, page, page + 8);
    Deno.writeFileSync(file, bytes);
  }],
];

function sql(statement: string): (file: string) => void {
  return (file) => {
    const database = new DatabaseSync(file);
    database.exec(statement);
    database.close();
  };
}

function query(file: string, statement: string): unknown {
  const database = new DatabaseSync(file);
  const [value] = Object.values(database.prepare(statement).get()!);
  database.close();
  return value;
}

for (const [what, damage] of DAMAGES) {
  Deno.test(`S5: an archive that was ${what} is set aside, and the ancestor is empty`, () => {
    using place = temporary();
    const state = `${place.path}/state`;
    write(`${place.path}/root/file`, "content");
    const engine = new RootEngine(realDisk, `${place.path}/root`, state);
    const pair = engine.archive.pair({ root: "peer", key: "key" }, false);
    const rows = Array.from(
      { length: 500 },
      (_, number) => namedChange({ path: at(`file ${number}`), new: file(`${number}`) }),
    );
    const before = engine.archive.ancestor(pair);
    engine.archive.commit(pair, { generation: 1, moves: [], rows }, before, apply(before, rows));
    engine.close();
    damage(`${state}/archives/${engine.identity}.sqlite`);
    const again = new RootEngine(realDisk, `${place.path}/root`, state);
    assertEquals(lines(again.archive.ancestor(again.archive.pair({ root: "peer", key: "key" }, false))), []);
    again.close();
    assert([...Deno.readDirSync(`${state}/archives`)].some(({ name }) => name.endsWith(".damaged")));
  });
}

Deno.test("an archive of before files were known by their birth is taken over, and knows of no birth", () => {
  using ground = new Ground();
  ground.become(dir({ a: file("one", { id: 7, born: 5 }), d: dir({ e: file("two", { id: 8, born: 6 }) }) }));
  ground.archive.close();
  for (const table of ["ancestor", "unproven"]) sql(`ALTER TABLE ${table} DROP COLUMN born`)(ground.file);
  sql("PRAGMA user_version = 2")(ground.file);
  ground.archive = new Archive(ground.file);
  assertEquals(
    ground.stored(),
    lines(dir({ a: file("one", { id: 7 }), d: dir({ e: file("two", { id: 8 }) }) })),
  );
  ground.become(dir({ a: file("three", { id: 9, born: 7 }) }));
  assertEquals(ground.stored(), lines(dir({ a: file("three", { id: 9, born: 7 }) })));
});

Deno.test("an archive of before disks inside were remembered is taken over, and remembers none", () => {
  using ground = new Ground();
  ground.become(dir({ a: file("one") }));
  ground.archive.close();
  for (const step of ["DROP TABLE mount", "PRAGMA user_version = 8"]) sql(step)(ground.file);
  ground.archive = new Archive(ground.file);
  assertEquals(ground.archive.mounts.all(), []);
  const row = { path: "usb" as Path, id: 2, born: 5, range: 1 };
  ground.archive.mounts.put(row);
  assertEquals(ground.archive.mounts.all().map((found) => ({ ...found })), [row]);
  ground.archive.mounts.remove(row.path);
  assertEquals(ground.archive.mounts.all(), []);
  assertEquals(ground.stored(), lines(dir({ a: file("one") })));
});

Deno.test("S5: an archive of before pairs were bound to keys is nobody's: who claims the root is met anew", () => {
  using ground = new Ground();
  ground.become(dir({ a: file("one") }));
  ground.archive.close();
  for (
    const step of [
      "ALTER TABLE pair RENAME TO other",
      `CREATE TABLE pair (id INTEGER PRIMARY KEY, peer_root TEXT UNIQUE NOT NULL, folds INTEGER NOT NULL,
        history TEXT NOT NULL, generation INTEGER NOT NULL)`,
      "INSERT INTO pair SELECT id, peer_root, folds, history, generation FROM other",
      "DROP TABLE other",
      "PRAGMA user_version = 4",
    ]
  ) sql(step)(ground.file);
  ground.archive = new Archive(ground.file);
  assertEquals(lines(ground.archive.ancestor(ground.pair)), lines(dir({ a: file("one") })));
  const pair = ground.archive.pair({ root: "peer", key: "key" }, false);
  assert(pair !== ground.pair);
  assertEquals(ground.archive.history(pair), { history: "", generation: 0, oldest: 0 });
});

Deno.test("S5: a pair is root and key", () => {
  using ground = new Ground();
  const { archive } = ground;
  const peers = [["one", "a"], ["one", "b"], ["two", "a"], ["one", "a"]] as const;
  const [first, ...others] = peers.map(([root, key]) => archive.pair({ root, key }, false));
  assertEquals(others.map((id) => id === first), [false, false, true]);
  assertEquals(archive.pairsWithPeerOf(first!), [first, others[1]]);
});

Deno.test("an archive in use is not taken for a damaged one", () => {
  using ground = new Ground();
  ground.become(dir({ a: file("one") }));
  assertThrows(() => new Archive(ground.file), Error, "locked");
});
