// After a stop large files are read a slice at a time: nothing is planned for them until they are, all else goes on, and what came of it is
// as if they had been read at once. All of recovery_test is done again with every file a large one.

import { assertEquals, assertMatch } from "@std/assert";
import { Computer, duoWith, rename } from "../support/duo.ts";
import { filesIn, kept, write } from "../support/folder.ts";
import { seen } from "../support/seen_disk.ts";

Computer.readsAtOnce = 0;
await import("./recovery_test.ts");

const AGREED = { a: "content of a", "d/b": "content of b", c: "content of c" };

let mounts = 0;
const DISKS = {
  "": {},
  ", on a disk without births that gives numbers anew": {
    beta: seen((stat) => ({ ...stat, id: stat.id + mounts * 1e6, born: 0 })),
  },
};

for (const [where, disks] of Object.entries(DISKS)) {
  Deno.test(`until it is read, what a power cut tore is neither sent nor replaced; all else goes on${where}`, () => {
    using duo = duoWith(AGREED, "alpha", disks);
    const { alpha, beta } = duo;
    beta.engine.flusher.finish(beta.engine.snapshot);
    write(alpha.native("d/b"), "second content of b");
    duo.settle();
    const { mtime } = Deno.lstatSync(beta.native("d/b"));
    beta.powerCut(() => {
      mounts++;
      write(beta.native("d/b"), "second", mtime!);
    });
    duo.connect();
    duo.readsAll = false;
    write(alpha.native("d/b"), "edited meanwhile");
    write(alpha.native("note"), "saved meanwhile");
    write(beta.native("d/other"), "saved meanwhile");
    for (let cycle = 0; cycle < 3; cycle++) {
      const { problems } = duo.cycle().decision;
      assertEquals(problems.map(({ path, whose, lasting }) => [path, whose, lasting]).sort(), [
        ["d/b", "beta", false],
      ]);
    }
    const passed = { note: "saved meanwhile", "d/other": "saved meanwhile", d: "/" };
    assertEquals(Object.fromEntries(filesIn(alpha.folder)), {
      ...AGREED,
      ...passed,
      "d/b": "edited meanwhile",
    });
    assertEquals(Object.fromEntries(filesIn(beta.folder)), { ...AGREED, ...passed, "d/b": "second" });
    duo.readsAll = true;
    duo.settle();
    duo.checkInSync();
    assertEquals(Object.fromEntries(filesIn(beta.folder)), {
      ...AGREED,
      ...passed,
      "d/b": "edited meanwhile",
    });
    assertEquals([...kept(beta.folder).values()].filter((text) => text !== "/").sort(), [
      "content of b",
      "second",
    ]);
  });
}

Deno.test("until it is read, what was moved while the program was stopped is neither sent anew nor deleted", () => {
  using duo = duoWith(AGREED);
  const { alpha, beta } = duo;
  beta.restart(() => rename(duo, "beta", "a", "moved"));
  duo.connect();
  duo.readsAll = false;
  for (let cycle = 0; cycle < 3; cycle++) duo.cycle();
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...AGREED, d: "/" });
  duo.readsAll = true;
  duo.settle();
  duo.checkInSync();
  const { a: moved, ...rest } = AGREED;
  assertEquals(Object.fromEntries(filesIn(alpha.folder)), { ...rest, d: "/", moved });
  assertEquals(kept(alpha.folder).size, 0, "it was sent anew");
});

Deno.test("until all of many files are read, those rewritten while the program was stopped are no edits", () => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`f${at}`, `content ${at}`]));
  using duo = duoWith(files);
  const { beta } = duo;
  beta.restart(() => {
    for (const name of Object.keys(files)) write(beta.native(name), `${name} written anew`);
  });
  duo.connect();
  duo.readsAll = false;
  duo.cycle();
  for (let slices = 0; slices < 20; slices++) beta.engine.workOn(0); // A few of them.
  assertEquals(duo.decide().own, 0);
  duo.readsAll = true;
  assertMatch(duo.decide().halt?.reason ?? "", /\b60\b/);
});
