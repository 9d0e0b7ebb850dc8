// S4: a file with several names. What is kept of it nobody can rewrite through another of its names, which may lie anywhere.

import { assertEquals } from "@std/assert";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { type Duo, duoWith } from "../support/duo.ts";
import { kept, write } from "../support/folder.ts";

/** What bob's side does to a file of alice's that has a second name, and what the version of it is then. */
const ROWS: { does: string; act: (duo: Duo) => void }[] = [
  { does: "edited", act: (duo) => write(duo.beta.native("doc"), "v2") },
  { does: "deleted", act: (duo) => Deno.removeSync(duo.beta.native("doc")) },
  {
    does: "made a folder",
    act: (duo) => {
      Deno.removeSync(duo.beta.native("doc"));
      write(duo.beta.native("doc/in"), "in");
    },
  },
];

for (const { does, act } of ROWS) {
  for (const where of ["inside the root", "outside it"]) {
    Deno.test(`S4 (case 24): ${does} by the peer, a file with another name ${where} comes back as it was`, () => {
      using duo = duoWith({ doc: "v1" });
      const other = where === "inside the root" ? duo.alpha.native("222") : `${duo.alpha.folder}-outside`;
      Deno.linkSync(duo.alpha.native("doc"), other);
      duo.settle();
      act(duo);
      duo.settle();
      Deno.writeTextFileSync(other, "scribble");
      assertEquals([...kept(duo.alpha.folder).values()].filter((text) => text !== "/"), ["v1"]);
      duo.alpha.historyService.undo();
      duo.settle();
      assertEquals(Deno.readTextFileSync(duo.alpha.native("doc")), "v1");
      assertEquals(Deno.readTextFileSync(duo.beta.native("doc")), "v1");
      assertEquals(Deno.readTextFileSync(other), "scribble");
    });
  }
}

Deno.test("S4: a file with one name is still kept without reading it", () => {
  using duo = duoWith({ a: "1", b: "2" });
  const flushed: string[] = [];
  duo.alpha.hook = (method, [path]) => method === "flush" && flushed.push(path as string);
  write(duo.beta.native("a"), "edited");
  Deno.removeSync(duo.beta.native("b"));
  duo.settle();
  assertEquals(flushed.filter((path) => path.includes("/staging/")), [], "no copy is made");
});

Deno.test("S4: a second name through which somebody writes while the version is copied leaves the file in place", () => {
  const disk: Disk = {
    ...realDisk,
    flush(path) {
      realDisk.flush(path);
      if (path.includes("staging")) write(duo.alpha.native("doc"), "edited meanwhile");
    },
  };
  using duo: Duo = duoWith({ doc: "v1" }, "alpha", { alpha: disk });
  Deno.linkSync(duo.alpha.native("doc"), `${duo.alpha.folder}-outside`);
  duo.settle();
  Deno.removeSync(duo.beta.native("doc"));
  const { failures } = duo.cycle();
  assertEquals(failures.map(({ reason }) => reason), ["it changed, and is looked at again"]);
  assertEquals([...kept(duo.alpha.folder).values()].filter((text) => text !== "/"), []);
  duo.settle();
  assertEquals(Deno.readTextFileSync(duo.beta.native("doc")), "edited meanwhile", "C4");
});
