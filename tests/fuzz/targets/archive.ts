// A damaged archive (S5): it opens and then works, or it says at opening that it is damaged. Nothing fails later.

import { Archive } from "../../../src/archive/archive.ts";
import { EMPTY_ROOT, type Entry, shallow } from "../../../src/core/tree/entry.ts";
import { edited } from "../../../src/core/lineage.ts";
import type { Path } from "../../../src/core/tree/path.ts";
import type { Node } from "../../../src/core/moves/places.ts";
import { emptyPlan, type Terms } from "../../../src/core/plan/plan.ts";
import { apply, applyMoves, walk } from "../../../src/core/tree/tree.ts";
import { dir, file, link } from "../../support/trees.ts";
import { temporary } from "../../support/folder.ts";
import { holds } from "../check.ts";
import type { Target } from "../fuzz.ts";

const TREE = dir({
  ...Object.fromEntries(Array.from({ length: 30 }, (_, number) => [`file ${number}`, file(`${number}`)])),
  d: dir({ "ä": link("../file 1"), e: dir({ big: file("b", { size: 2 ** 40, mtime: 1.7e12, id: 7 }) }) }),
});

/** Commits rows and a move, so that both kinds of undo are in the file. */
function fillArchive(archive: Archive, peer: string) {
  const pair = archive.pair({ root: peer, key: peer }, true);
  archive.restart(pair, `history of ${peer}`);
  const rows = [...walk("" as Path, TREE)].slice(1).map(([path, entry]) => ({
    path,
    new: shallow(entry) as Entry,
  }));
  const full = apply(EMPTY_ROOT, rows);
  archive.commit(pair, { generation: 1, moves: [], rows }, EMPTY_ROOT, full);
  const moves = [{ from: "d/e" as Path, to: "e" as Path, name: "e" }];
  const gone = [{ path: "file 3" as Path, new: null }];
  archive.commit(pair, { generation: 2, moves, rows: gone }, full, apply(applyMoves(full, moves), gone));
  const historyEntry = {
    batch: 1,
    time: 1.7e12,
    peer: "bob",
    source: null,
    mine: false,
    here: true,
    old: null,
  };
  archive.historyEntries.write(
    pair,
    ["a", "d/b"].map((path) => ({
      ...historyEntry,
      path,
      key: path,
      what: "deleted",
      new: file("1"),
      kept: `then/${path}`,
    })),
  );
  const orders = {
    ...emptyPlan().alpha,
    moves,
    removals: [{ path: "d/b" as Path, old: file("1"), new: null }],
  };
  const step = { node: "d" as Node, parent: "" as Node, key: "e", name: "e", made: false };
  const conflict = { path: "a", kept: "b", of: "bob" };
  const terms = {
    peer: orders,
    steps: { alpha: [step], beta: [null] },
    ...{
      before: [step],
      both: [step],
      shared: ["a" as Path],
      halfDone: [["a" as Path, { ...file("1"), name: "a" }]],
      undone: { alpha: ["e" as Path], beta: [] },
    },
    agreed: gone,
    conflicts: [{ conflict, open: ["a"] }],
  } satisfies Terms;
  archive.unsettled.begin(pair, { generation: 3, chunk: "c", batch: 1, time: 1.7e12, orders, terms });
  archive.carriedOut(pair, [{ index: 0, done: true, digest: "" }], []);
  const link = { author: "a", number: 5, holds: new Map([["a", 5], ["b", 3]]) };
  archive.lineages.note([{ path: "d/b", link, entry: file("1") }, { path: "a", link, entry: null }]);
  archive.lineages.nextEdit(link, 1.7e12);
  archive.peerRequests.add(pair, { id: `undo with ${peer}`, undo: 1 });
  archive.peerRequests.add(pair, { id: `settle with ${peer}`, settled: { path: "a", kept: "b" } });
  archive.conflicts.put(pair, { path: "a", kept: "b", of: "bob", pathDigest: null, keptDigest: "d" });
}

/** All a session may ask of an archive. */
function use(archive: Archive): string {
  const pairs = archive.pairs();
  archive.pair({ root: "other", key: "other" }, false); // In another form of names: all its rows are written anew.
  for (const pair of pairs) {
    const { generation, oldest } = archive.history(pair);
    const { historyEntries, peerRequests } = archive;
    const told = [...historyEntries.of(pair, 1), ...historyEntries.at(pair, "d", 10)];
    historyEntries.undone.begin(pair, 1, true);
    historyEntries.write(
      pair,
      told.map((historyEntry) => ({ ...historyEntry, batch: historyEntries.last(pair) + 1 })),
    );
    historyEntries.undone.finish(pair, 1);
    historyEntries.peers(pair);
    for (const noted of archive.lineages.since(0, 10)) {
      const { author, number } = archive.lineages.nextEdit(noted, 1.8e12);
      const link = edited(noted, author, number);
      archive.lineages.note([{ path: noted.path, link, entry: null }]);
    }
    const begun = archive.unsettled.of(pair, generation + 1);
    if (begun) archive.unsettled.begin(pair, begun);
    peerRequests.of(pair, 10).forEach(({ id }) => peerRequests.remove(pair, id));
    archive.conflicts.of(pair).forEach((conflict) => archive.conflicts.remove(pair, conflict));
    const before = archive.ancestor(pair);
    archive.refresh(pair, walk("" as Path, before));
    const rows = [{ path: "new" as Path, new: { ...file("new"), name: "new" } }];
    const ignored = [...before.children].slice(0, 1)
      .map(([path, old]) => ({ path: path as Path, old, new: null }));
    const left = apply(before, ignored);
    archive.commit(pair, { generation: generation + 1, moves: [], rows }, left, apply(left, rows), {
      ignored,
    });
    archive.rollBack(pair, oldest);
    archive.restart(pair, "anew");
  }
  archive.historyEntries.batches(10);
  archive.historyEntries.prune(1.8e12);
  archive.lineages.prune(1.8e12);
  return `${pairs.length} pairs`;
}

export const archives: Target<Uint8Array> = {
  name: "archives",
  runs: 600,
  words: [
    new Uint8Array(4096),
    new Uint8Array(64).fill(0xff),
    new TextEncoder().encode("CREATE TABLE ancestor"),
  ],
  seeds() {
    using place = temporary();
    const path = `${place.path}/archive.sqlite`;
    const archive = new Archive(path);
    for (const peer of ["peer", "other"]) fillArchive(archive, peer);
    archive.close();
    return [Deno.readFileSync(path)];
  },
  run(bytes) {
    using place = temporary();
    const path = `${place.path}/archive.sqlite`;
    Deno.writeFileSync(path, bytes);
    let archive: Archive;
    try {
      archive = new Archive(path);
    } catch (error) {
      // This text means another thing to the caller: that the file is in use.
      holds(!/locked|busy/i.test(String(error)), `damage told as ${error}`);
      return String(error).replaceAll(/\d+/g, "N").slice(0, 60);
    }
    try {
      return use(archive);
    } finally {
      archive.close();
    }
  },
};
