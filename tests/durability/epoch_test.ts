// A folder that was set back, as from an old backup, is known by its epoch (RULES S2), and no stop makes one that was not look so.

import { assert, assertEquals } from "@std/assert";
import type { EpochCount } from "../../src/archive/epoch_count.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { Epoch } from "../../src/durability/epoch.ts";
import { Duo } from "../support/duo.ts";
import { copyFolder, filesIn, kept, temporary, write } from "../support/folder.ts";

/** The count of an archive. */
class Known {
  constructor(public count = 0) {}
  get = () => this.count;
  set = (count: number) => void (this.count = count);
}

const epochOf = (file: string, known: Known, disk: Disk = realDisk) =>
  new Epoch(disk, file, known as unknown as EpochCount, 0);

Deno.test("S2: an epoch begins at rest when something was agreed, not too often, and at a good end", () => {
  using place = temporary();
  const [file, known] = [`${place.path}/epoch`, new Known()];
  const epoch = epochOf(file, known);
  epoch.rest(60_000);
  assertEquals(known.count, 0);
  epoch.use();
  epoch.rest(59_000);
  assertEquals(known.count, 0);
  epoch.rest(60_000);
  assertEquals([known.count, Deno.readTextFileSync(file)], [1, "0000000000000001"]);
  epoch.finish();
  assertEquals(known.count, 1);
  epoch.use();
  epoch.finish();
  assertEquals([known.count, epochOf(file, known).isSetBack], [2, false]);
});

const COUNTS: [what: string, inFolder: string | null, inArchive: number, setBack: boolean][] = [
  ["the same", "0000000000000005", 5, false],
  ["the folder's is behind", "0000000000000004", 5, true],
  ["the archive's is behind, as after a stop or when it is an older one", "0000000000000006", 5, false],
  ["a new archive", "0000000000000006", 0, false],
  ["none in the folder", null, 5, false],
  ["an empty one in the folder", "", 5, false],
  ["a torn one in the folder", "00000000", 5, false],
  ["zeros of a power cut in the folder", "\0".repeat(16), 5, false],
];

for (const [what, inFolder, inArchive, setBack] of COUNTS) {
  Deno.test(`S2: epochs: ${what}: ${setBack ? "set back" : "as it was"}, until both are in sync`, () => {
    using place = temporary();
    const [file, known] = [`${place.path}/epoch`, new Known(inArchive)];
    if (inFolder !== null) Deno.writeTextFileSync(file, inFolder);
    const epoch = epochOf(file, known);
    assertEquals(epoch.isSetBack, setBack);
    epoch.use();
    if (setBack) epoch.finish();
    assertEquals(epochOf(file, known).isSetBack, setBack, "a good end alone settles nothing");
    epoch.rest(60_000);
    assertEquals([epoch.isSetBack, epochOf(file, known).isSetBack], [false, false]);
    assert(known.count > inArchive);
  });
}

Deno.test("S2: a stop at any call of the disk leaves no folder that looks set back", () => {
  for (let survived = 0;; survived++) {
    using place = temporary();
    const [file, known] = [`${place.path}/epoch`, new Known()];
    const before = epochOf(file, known);
    before.use();
    before.finish();
    let calls = 0;
    const stopping = new Proxy(realDisk, {
      get: (disk, method) => (...args: unknown[]) => {
        if (calls++ >= survived) throw new Error("stopped");
        return (Reflect.get(disk, method) as (...args: unknown[]) => unknown)(...args);
      },
    });
    const epoch = epochOf(file, known, stopping);
    epoch.use();
    epoch.rest(60_000);
    assertEquals(epochOf(file, known).isSetBack, false);
    if (calls <= survived) return assertEquals(known.count, 2);
    assert(survived < 20);
  }
});

Deno.test("S2: a full disk, or a folder that takes no file, ends nothing: the epoch goes on", () => {
  using place = temporary();
  const known = new Known();
  const epoch = epochOf(`${place.path}/no folder/epoch`, known);
  epoch.use();
  epoch.rest(60_000);
  epoch.finish();
  assertEquals(known.count, 0);
});

/** Two folders in sync, of which `side`'s is then put back to what it was before the last edits. */
function setBack(side: "alpha" | "beta", act: (duo: Duo) => void) {
  const place = temporary();
  const duo = new Duo(place.path);
  for (const name of ["a", "b", "c"]) write(duo.alpha.native(name), `first ${name}`);
  duo.settle();
  const backup = `${place.path}/backup`;
  for (const each of ["alpha", "beta"] as const) {
    duo[each].close();
    if (each === side) copyFolder(duo[side].folder, backup);
    duo[each].restart();
  }
  duo.connect();
  act(duo);
  duo.settle();
  for (const each of ["alpha", "beta"] as const) duo[each].close();
  Deno.removeSync(duo[side].folder, { recursive: true });
  copyFolder(backup, duo[side].folder);
  for (const each of ["alpha", "beta"] as const) duo[each].restart();
  duo.connect();
  return Object.assign(duo, {
    [Symbol.dispose]() {
      Duo.prototype[Symbol.dispose].call(duo);
      place[Symbol.dispose]();
    },
  });
}

for (const side of ["alpha", "beta"] as const) {
  const other = side === "alpha" ? "beta" : "alpha";

  Deno.test(`S2: ${side}'s folder from an old backup halts, however few files differ; a no brings the newer back`, () => {
    using duo = setBack(side, ({ alpha, beta }) => {
      write(beta.native("a"), "second a");
      write(alpha.native("new"), "made since");
    });
    const { halt } = duo.decide();
    assertEquals(
      halt?.reason,
      `${side}'s folder is older than it was, as from a backup: ${side} deleted 1 and rewrote 1 of the 4 agreed files`,
    );
    assertEquals(duo.takeBack(), []);
    duo.beta.endpoint.hearTakenBack();
    const { endpoint } = duo.alpha;
    for (let chunk = endpoint.chunk(); chunk; chunk = endpoint.chunk()) duo.carryOut(chunk);
    duo.settle();
    duo.checkInSync();
    const files = filesIn(duo[side].folder);
    assertEquals([files.get("a"), files.get("new")], ["second a", "made since"]);
    assert([...kept(duo[side].folder).values()].includes("first a"));
    for (const each of ["alpha", "beta"] as const) duo[each].endpoint.rest();
    write(duo[side].native("a"), "third a");
    assertEquals(duo.cycle().decision.halt, null);
  });

  Deno.test(`S2: ${side}'s folder from an old backup, meant to be so, sets ${other}'s back as well`, () => {
    using duo = setBack(side, ({ beta }) => write(beta.native("a"), "second a"));
    assert(duo.decide().halt !== null);
    for (const each of ["alpha", "beta"] as const) duo[each].endpoint.approve("*");
    assertEquals(duo.cycle().decision.halt, null);
    duo.checkInSync();
    assertEquals(filesIn(duo[other].folder).get("a"), "first a");
  });

  Deno.test(`S2: ${side}'s folder from a backup in which nothing is older halts nothing`, () => {
    using duo = setBack(side, () => {});
    assertEquals(duo.cycle().decision.halt, null);
  });
}
