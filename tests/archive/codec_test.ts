// What an archive's rows hold as bytes: written and read again, as programs of before wrote it, and as a failing disk leaves it.

import { Buffer } from "node:buffer";
import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Archive } from "../../src/archive/archive.ts";
import { entryFromBytes, entryToBytes } from "../../src/archive/codec.ts";
import type { HistoryEntry } from "../../src/archive/history/history_entry.ts";
import type { Begun } from "../../src/archive/state/unsettled.ts";
import type { Entry } from "../../src/core/tree/entry.ts";
import type { Node, Step } from "../../src/core/moves/places.ts";
import { at, dir, file, link, problem } from "../support/trees.ts";
import { temporary } from "../support/folder.ts";

const named = <E extends Entry>(name: string, entry: E): E => ({ ...entry, name });

const MTIME = 1.7e12;
const of = (name: string, content: string) => named(name, file(content, { mtime: MTIME }));

const common = { time: 10, peer: "bob", source: null, mine: false, here: true, kept: null };
const ENTRIES: HistoryEntry[] = ([
  ["a", { ...of("a", "one"), executable: true }, { ...of("a", "two!"), digest: "" }],
  ["l", named("l", link("../a")), { ...named("l", link("../a")), mtime: 5 }],
  ["d", named("d", problem("no")), named("d", dir())],
  ["n", null, of("n", "3")],
] as const).map(([path, old, fresh]) => ({
  ...common,
  ...{ batch: 1, path, key: path, what: "edited", old, new: fresh },
}));

const step: Step = { node: "x" as Node, parent: "" as Node, key: "y", name: "Y", made: false };
const BEGUN: Begun = {
  ...{ generation: 1, chunk: "c", batch: 1, time: 10 },
  orders: {
    moves: [
      { from: at("x"), to: at("d/y"), name: "y" },
      { from: at("k"), to: at("k"), name: "K", aside: true },
    ],
    removals: [{ path: at("gone"), old: of("gone", "1"), new: null }],
    directories: [{ path: at("d"), old: null, new: named("d", dir()) }],
    contents: [{
      ...{ path: at("d/f"), old: null, new: of("f", "2") },
      source: { at: "here", path: at("x2") },
      requires: at("copy"),
    }],
  },
  results: [
    { index: 0, done: true, digest: "" },
    { index: 4, done: true, digest: file("2").digest },
    { index: 2, done: false, reason: "full", lasting: false, theirs: true, at: "" },
  ],
  terms: {
    peer: { moves: [], removals: [], directories: [], contents: [] },
    steps: { alpha: [step, null], beta: [] },
    ...{ before: [step], both: [], shared: [at("s")], halfDone: [[at("h"), null]] },
    undone: { alpha: [at("u")], beta: [] },
    agreed: [{ path: at("g"), new: of("g", "3") }],
    conflicts: [{ conflict: { path: "c", kept: "c2", of: "bob" }, open: ["c"] }],
  },
};

/** The same as programs wrote it whose rows told no form: columns of the two tables, in hex. */
const OLD_DEEDS = [
  [
    "9600a16103cf0000018bcfe56800c3c4207692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed",
    "9600a16104cf0000018bcfe56800c2c0",
  ],
  ["9302a16ca42e2e2f61", "9402a16ca42e2e2f6105"],
  ["9403a164a26e6fc3", "9201a164"],
  [
    null,
    "9600a16e01cf0000018bcfe56800c2c4204e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce",
  ],
];
const OLD_UNSETTLED = {
  orders:
    "949295a178a3642f79a179c2c295a16ba16ba14bc3c29195a4676f6e659600a4676f6e6501cf0000018bcfe56800c2c420" +
    "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4bc0c0c09195a164c09201a164c0c09195a3642f66" +
    "c09600a16601cf0000018bcfe56800c2c420d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab3592c3" +
    "a27832a4636f7079",
  results:
    "939200c09204c420d4735e3a265e16eee03f59718b9b5d03019c07d8b6c51f90da3a666eec13ab359502a466756c6cc2c3a0",
  terms:
    "999490909090929295a178a0a179a159c2c0909195a178a0a179a159c29091a1739192a168c09192a1679600a16701cf000001" +
    "8bcfe56800c2c4204e07408562bedb8b60ce05c1decfe3ad16b72230967de01f640b7e4729b49fce919293a163a26332a3626f62" +
    "91a1639291a17590",
};

/** A result of before failures told where what they failed of lies. */
const OLDER_RESULTS = "919402a466756c6cc2c3";

/** An archive with these rows in it, in a folder. */
class Ground {
  readonly #place = temporary();
  readonly #file = `${this.#place.path}/archive.sqlite`;
  archive = new Archive(this.#file);
  readonly pair = this.archive.pair({ root: "peer", key: "key" }, false);

  constructor() {
    this.archive.historyEntries.write(this.pair, ENTRIES);
    const { results, ...begun } = BEGUN;
    this.archive.unsettled.begin(this.pair, begun);
    this.archive.unsettled.note(this.pair, results!);
  }

  /** Does something to the file while nobody has it open. */
  between<T>(act: (database: DatabaseSync) => T): T {
    this.archive.close();
    const database = new DatabaseSync(this.#file);
    try {
      return act(database);
    } finally {
      database.close();
      this.archive = new Archive(this.#file);
    }
  }

  /** Puts bytes in a column of a row. */
  put(table: string, column: string, id: number, hex: string | null) {
    const bytes = hex === null ? null : Buffer.from(hex, "hex");
    this.between((database) =>
      database.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(bytes, id)
    );
  }

  get told(): HistoryEntry[] {
    return this.archive.historyEntries.of(this.pair, 1);
  }

  get begun(): Begun | null {
    return this.archive.unsettled.of(this.pair, 1);
  }

  [Symbol.dispose]() {
    this.archive.close();
    this.#place[Symbol.dispose]();
  }
}

Deno.test("what rows hold is read as it was written, and tells its form", () => {
  using ground = new Ground();
  assertEquals(ground.told, ENTRIES);
  assertEquals(ground.begun, BEGUN);
  const stored = ground.between((database) => [
    ...database.prepare("SELECT old, new FROM deed").all(),
    ...database.prepare("SELECT orders, results, terms FROM unsettled").all(),
  ]);
  for (const bytes of stored.flatMap(Object.values)) assertEquals((bytes as Uint8Array | null)?.[0] ?? 1, 1);
});

Deno.test("what programs wrote whose rows told no form is read", () => {
  using ground = new Ground();
  for (const [number, [old, fresh]] of OLD_DEEDS.entries()) {
    ground.put("deed", "old", number + 1, old!);
    ground.put("deed", "new", number + 1, fresh!);
  }
  for (const [column, hex] of Object.entries(OLD_UNSETTLED)) {
    ground.put("unsettled", column, ground.pair, hex);
  }
  assertEquals(ground.told, ENTRIES);
  assertEquals(ground.archive.historyEntries.unread(), 0);
  assertEquals(ground.begun, BEGUN);
  ground.put("unsettled", "results", ground.pair, OLDER_RESULTS);
  assertEquals(ground.begun?.results, [{
    ...{ index: 2, done: false, reason: "full", lasting: false, theirs: true },
  }]);
});

/** An entry as this program writes it, with a byte of it made into another one. */
function spoiled(at: number, byte: number): string {
  const bytes = entryToBytes(of("n", "3"));
  bytes[at] = byte;
  return Buffer.from(bytes).toString("hex");
}

const whole = Buffer.from(entryToBytes(of("n", "3"))).toString("hex");
const SPOILED: [what: string, hex: string][] = [
  ["nothing", ""],
  ["the number of its form alone", "01"],
  ["of a form that nobody writes yet", spoiled(0, 2)],
  ["of a kind that there is not", spoiled(2, 9)],
  ["cut", whole.slice(0, -2)],
  ["longer than itself", `${whole}00`],
  ["no list", "01c0"],
  ["of a name that leads out", spoiled(4, "/".charCodeAt(0))],
  ["without a name", "019201a0"],
  ["with a text for its size", spoiled(5, 0xa0)],
];

for (const [what, hex] of SPOILED) {
  Deno.test(`T5: an entry in the history that is ${what} is left out, and told`, () => {
    assertThrows(() => entryFromBytes(Buffer.from(hex, "hex")));
    using ground = new Ground();
    ground.put("deed", "new", 4, hex);
    assertEquals(ground.told, ENTRIES.slice(0, -1));
    assertEquals(ground.archive.historyEntries.unread(), 1);
    ground.archive.historyEntries.write(ground.pair, [{ ...ENTRIES[0]!, batch: 2 }]);
    assertEquals(ground.archive.historyEntries.unread(), 1);
    ground.archive.historyEntries.prune(1);
    assertEquals(ground.archive.historyEntries.unread(), 0);
  });
}

Deno.test("T5: an entry of which nobody knows what happened is left out, and told", () => {
  using ground = new Ground();
  ground.between((database) => database.exec("UPDATE deed SET what = 'eaten' WHERE path = 'n'"));
  assertEquals([ground.told, ground.archive.historyEntries.unread()], [ENTRIES.slice(0, -1), 1]);
});

Deno.test("M9: a chunk that cannot be read is none", () => {
  for (const column of ["orders", "results", "terms"]) {
    for (const hex of ["", "01", "0190", "02".padEnd(20, "9"), "c0", "0191c0"]) {
      if (column === "results" && hex === "0190") continue; // Nothing came of it.
      using ground = new Ground();
      ground.put("unsettled", column, ground.pair, hex);
      assertEquals(ground.begun, null, `${column} ${hex}`);
      assert(ground.archive.unsettled.isBegun(ground.pair, 1));
    }
  }
});
