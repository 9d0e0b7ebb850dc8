// What a person can look back on: each kind of history entry, on the side that did it and on the one it was done to, under one number.

import { assertEquals } from "@std/assert";
import type { HistoryEntry } from "../../src/archive/history/history_entry.ts";
import { type SideName, SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { nextTime, temporary, write } from "../support/folder.ts";

/** The history entries of a batch as lines: `what path ← source (whose) kept`; a conflict copy's time is left out. */
function entryLines(duo: Duo, side: SideName, batch: number): string[] {
  const { historyEntries } = duo[side].engine.archive;
  const text = ({ what, path, source, mine, here, kept }: HistoryEntry) =>
    `${what} ${path}${source ? ` ← ${source}` : ""} by ${mine ? "me" : "peer"}${here ? "" : ", there"}${
      kept ? ", kept" : ""
    }`;
  return historyEntries.of(1, batch).map(text).map((line) => line.replace(/ \d{4}-[^)]*\)/, ")")).sort();
}

interface Row {
  name: string;
  agreed: Record<string, string>;
  act: (duo: Duo) => void;
  alpha: string[];
  beta: string[];
  posix?: true;
}

const native = (duo: Duo, side: SideName, path: string) => duo[side].native(path);

const ROWS: Row[] = [
  {
    name: "created",
    agreed: {},
    act: (duo) => write(native(duo, "alpha", "d/a"), "1"),
    alpha: ["created d by me, there", "created d/a by me, there"],
    beta: ["created d by peer", "created d/a by peer"],
  },
  {
    name: "S4: edited, and the former content is kept",
    agreed: { a: "1" },
    act: (duo) => write(native(duo, "beta", "a"), "22"),
    alpha: ["edited a by peer, kept"],
    beta: ["edited a by me, there"],
  },
  {
    name: "S4: a deleted folder, path by path",
    agreed: { "d/a": "1", "d/b": "2" },
    act: (duo) => Deno.removeSync(native(duo, "alpha", "d"), { recursive: true }),
    alpha: ["deleted d by me, there", "deleted d/a by me, there", "deleted d/b by me, there"],
    beta: ["deleted d by peer", "deleted d/a by peer, kept", "deleted d/b by peer, kept"],
  },
  {
    name: "M1: a moved folder is one line",
    agreed: { "d/a": "1", "d/b": "2" },
    act: (duo) => Deno.renameSync(native(duo, "alpha", "d"), native(duo, "alpha", "e")),
    alpha: ["moved e ← d by me, there"],
    beta: ["moved e ← d by peer"],
  },
  {
    name: "C3: a conflict: whose copy, and whose name",
    agreed: { "a.txt": "1" },
    act(duo) {
      write(native(duo, "beta", "a.txt"), "beta's", nextTime());
      write(native(duo, "alpha", "a.txt"), "alpha's", nextTime());
    },
    alpha: ["copied a (conflict beta).txt by peer", "edited a.txt by me, there"],
    beta: ["copied a (conflict beta).txt by me", "outdone a.txt by peer, kept"],
  },
  {
    name: "C4: a deletion that an edit overruled",
    agreed: { a: "1" },
    act(duo) {
      Deno.removeSync(native(duo, "alpha", "a"));
      write(native(duo, "beta", "a"), "edited");
    },
    alpha: ["returned a by peer"],
    beta: ["edited a by me, there"],
  },
  {
    name: "C7: the executable bit alone",
    agreed: { a: "1" },
    act: (duo) => Deno.chmodSync(native(duo, "alpha", "a"), 0o755),
    alpha: ["mode a by me, there"],
    beta: ["mode a by peer"],
    posix: true,
  },
  {
    name: "C1: what both did alike is nobody's news",
    agreed: {},
    act: (duo) => SIDES.forEach((side) => write(native(duo, side, "a"), "alike")),
    alpha: [],
    beta: [],
  },
];

for (const { name, agreed, act, alpha, beta, posix } of ROWS) {
  const ignore = posix === true && Deno.build.os === "windows";
  Deno.test({
    name: `history: ${name}`,
    ignore,
    fn() {
      using place = temporary();
      using duo = new Duo(place.path);
      for (const [path, content] of Object.entries(agreed)) write(duo.alpha.native(path), content);
      duo.settle();
      const last = duo.alpha.engine.archive.historyEntries.last(1);
      act(duo);
      duo.settle();
      assertEquals(entryLines(duo, "alpha", last + 1), alpha);
      assertEquals(entryLines(duo, "beta", last + 1), beta);
    },
  });
}

Deno.test("history: one plan is one batch, and the numbers go on after a restart and a lost archive", () => {
  using place = temporary();
  using duo = new Duo(place.path);
  for (let number = 0; number < 3; number++) {
    write(duo.alpha.native("a"), "1".repeat(number + 1));
    write(duo.beta.native("b"), "2".repeat(number + 1));
    duo.settle();
    assertEquals(SIDES.map((side) => duo[side].engine.archive.historyEntries.last(1)), [
      number + 1,
      number + 1,
    ]);
    if (number === 0) duo.restart();
    if (number === 1) {
      duo.alpha.restart(() => Deno.removeSync(`${duo.alpha.state}/archives`, { recursive: true }));
      duo.connect();
    }
  }
  assertEquals(entryLines(duo, "beta", 2), ["edited a by peer, kept", "edited b by me, there"]);
});
