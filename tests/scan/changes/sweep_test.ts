// A look at the folders alone finds what no event told: in which of them something was made, removed or renamed.

import { assertEquals } from "@std/assert";
import { EMPTY_ROOT } from "../../../src/core/tree/entry.ts";
import { ignoreRules } from "../../../src/core/ignore/ignore.ts";
import type { Path } from "../../../src/core/tree/path.ts";
import { realDisk } from "../../../src/fs/real.ts";
import { Known } from "../../../src/scan/known.ts";
import { Scanner } from "../../../src/scan/scanner.ts";
import { filesIn, temporary, write } from "../../support/folder.ts";
import { reliedOn } from "../../support/seen_disk.ts";
import { POSIX } from "../../support/system.ts";

const NOW = Date.now();
const LONG_AGO = new Date(NOW - 3600_000);

/** What is found in a folder in which `act` was done since it was last looked at; `at` gives native paths. */
function foundAfter(act: (at: (path: string) => string) => void): string[] {
  using place = temporary();
  const at = (path: string) => `${place.path}/${path}`;
  for (const path of ["a/one", "a/two", "a/b/three", "c/four"]) write(at(path), path);
  const disk = reliedOn(realDisk, place.path);
  // So that what happens now is not in the tick of the folders' times.
  for (const folder of ["a/b", "a", "c", ""]) Deno.utimeSync(at(folder), LONG_AGO, LONG_AGO);
  const scanner = new Scanner(disk, place.path, false, ignoreRules("ignored/"));
  const snapshot = scanner.scan(EMPTY_ROOT, new Known([EMPTY_ROOT]), NOW);
  assertEquals(scanner.sweep(snapshot, NOW), [], "nothing happened");
  act(at);
  const found = scanner.sweep(snapshot, NOW).sort();
  const after = scanner.rescan(snapshot, { paths: found }, new Known([snapshot]), NOW);
  const paths = [...filesIn(place.path).keys()].filter((path) => !path.startsWith("ignored")).sort();
  const seen: string[] = [];
  const visit = (path: string, folder: typeof after) => {
    for (const [name, entry] of folder.children) {
      seen.push(path + name);
      if (entry.kind === "directory") visit(`${path}${name}/`, entry);
    }
  };
  visit("", after);
  assertEquals(seen.sort(), paths, "a look at what was found sees all of it");
  scanner.sweep(after, NOW); // What was made in the tick of a look is looked at once more.
  assertEquals(scanner.sweep(after, NOW + 3000), [], "found once");
  return found;
}

Deno.test("a sweep finds what was made, removed and renamed, and looks at nothing else", () => {
  assertEquals(foundAfter((at) => write(at("a/new"), "new")), ["a/new"]);
  assertEquals(foundAfter((at) => Deno.removeSync(at("a/two"))), ["a/two"]);
  assertEquals(foundAfter((at) => Deno.renameSync(at("a/one"), at("c/one"))), ["a/one", "c/one"]);
  assertEquals(foundAfter((at) => Deno.removeSync(at("a/b"), { recursive: true })), ["a/b"]);
});

Deno.test("a sweep finds what was put in the place of something by a rename", () => {
  assertEquals(
    foundAfter((at) => {
      write(at("fresh"), "fresh");
      Deno.renameSync(at("fresh"), at("a/b/three"));
    }).filter((path) => path !== ".tcpsync"),
    ["a/b/three"],
  );
});

Deno.test("a sweep finds a folder that was removed with all in it and made anew at once", () => {
  const found = foundAfter((at) => {
    Deno.removeSync(at("a"), { recursive: true });
    write(at("a/two"), "two again");
  });
  assertEquals(found.some((path) => path === "a" || path === "a/one"), true, found.join());
});

Deno.test({
  name: "a sweep finds a link to itself, of which the runtime's watch tells nothing",
  ignore: !POSIX,
  fn() {
    using place = temporary();
    write(`${place.path}/d/file`, "file");
    Deno.utimeSync(`${place.path}/d`, LONG_AGO, LONG_AGO);
    const scanner = new Scanner(reliedOn(realDisk, place.path), place.path, false, ignoreRules(""));
    const snapshot = scanner.scan(EMPTY_ROOT, new Known([EMPTY_ROOT]), NOW);
    Deno.symlinkSync("self", `${place.path}/d/self`);
    assertEquals(scanner.sweep(snapshot, NOW), ["d/self" as Path]);
  },
});
