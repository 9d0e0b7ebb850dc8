// What is known of a folder's files goes with it: what that costs does not depend on how many they are.

import { assert, assertEquals } from "@std/assert";
import type { ToldEntry } from "../../src/archive/history/history_entry.ts";
import type { Entry } from "../../src/core/tree/entry.ts";
import type { Path } from "../../src/core/tree/path.ts";
import { Added } from "../../src/guard/added.ts";
import { FormerPlaces } from "../../src/guard/former_places.ts";
import { stepsOf } from "../support/steps.ts";
import { digestOf, dir, file } from "../support/trees.ts";

const FILES = 1000;
const FOLDERS = 200;

/** Files that are moved one by one into a folder, and the folder, from name to name. */
function* renames(): Generator<{ from: Path; to: Path; isFolder: boolean }> {
  for (let number = 0; number < FILES; number++) {
    yield { from: `f${number}` as Path, to: `0/g${number}` as Path, isFolder: false };
  }
  for (let number = 0; number < FOLDERS; number++) {
    yield { from: `${number}` as Path, to: `${number + 1}` as Path, isFolder: true };
  }
}

function historyEntry(
  what: ToldEntry["what"],
  key: string,
  entry: Entry | null,
  source: string | null = null,
) {
  return { what, key, source, old: null, new: entry } as ToldEntry;
}

Deno.test("where files were is known at the cost of each move's depth", () => {
  const places = new FormerPlaces();
  const steps = stepsOf(() => {
    for (const { from, to, isFolder } of renames()) places.move(from, to, isFolder);
  });
  assertEquals(places.of(`${FOLDERS}/g7` as Path), "f7" as Path);
  assertEquals(places.of(`${FOLDERS}/other` as Path), "0/other" as Path);
  assert(steps < 30 * (FILES + FOLDERS), `${steps} steps`);
});

Deno.test("what the peer added is known at the cost of each move's depth", () => {
  const added = new Added(false);
  for (let number = 0; number < FILES; number++) {
    added.follow(historyEntry("created", `f${number}`, file(`${number}`)));
  }
  const steps = stepsOf(() => {
    for (const { from, to, isFolder } of renames()) {
      added.follow(historyEntry("moved", to, isFolder ? dir() : file("x"), from));
    }
  });
  assert(added.has(`${FOLDERS}/g7` as Path, digestOf("7")));
  assert(!added.has("f7" as Path, digestOf("7")));
  assert(added.had("f7" as Path, digestOf("7")));
  assert(steps < 60 * (FILES + FOLDERS), `${steps} steps`);
});
