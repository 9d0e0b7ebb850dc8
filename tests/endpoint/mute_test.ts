// Disks that tell of no changes made elsewhere: they are known, looked at by themselves, and the screen says when that was.

import { assert, assertEquals } from "@std/assert";
import type { Path } from "../../src/core/tree/path.ts";
import { entryAt } from "../../src/core/tree/tree.ts";
import { isMute } from "../../src/fs/probe/mute.ts";
import { realDisk } from "../../src/fs/real.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { pauseAfter } from "../../src/root/mute_scans.ts";
import { temporary, write } from "../support/folder.ts";
import { Mount } from "../support/mounts.ts";

const ignore = !Mount.mutePossible();

const MINUTE = 60_000;

/** Looks until nothing waits to be looked at again, with a watch that tells of nothing. */
function settle(engine: RootEngine) {
  while (engine.scan(true).waiting > 0);
}

for (
  const [took, pause] of [
    [0, MINUTE],
    [1000, MINUTE],
    [6000, 2 * MINUTE],
    [MINUTE, 5 * MINUTE],
    [30 * MINUTE, 30 * MINUTE],
  ] as const
) {
  Deno.test(`after a look of ${took} ms the next one comes in ${pause} ms`, () => {
    assertEquals(pauseAfter(took), pause);
  });
}

for (const [where, inside] of [["the root itself", ""], ["a disk inside", "/usb"]] as const) {
  Deno.test({
    name: `D4: what is done behind ${where} is found when that is looked at by itself`,
    ignore,
    fn() {
      using place = temporary();
      const at = (path: string) => `${place.path}/${path}`;
      write(at("real/d/f"), "one");
      using _ = Mount.mute(at("real"), at(`root${inside}`));
      assertEquals([isMute(at("real")), isMute(at(`root${inside}`))], [false, true]);
      const engine = new RootEngine(realDisk, at("root"), at("state"));
      engine.scan();
      const path = (inside ? "usb/d/f" : "d/f") as Path;
      write(at("real/d/f"), "longer");
      settle(engine);
      const sizeOf = () => (entryAt(engine.snapshot, path) as { size: number }).size;
      assertEquals(sizeOf(), 3, "nothing told of it");
      assertEquals(engine.doubtMute(), true);
      settle(engine);
      assertEquals(sizeOf(), 6);
      assert(engine.sinceMuteScan! < MINUTE);
      engine.close();
    },
  });
}

Deno.test("a folder on a disk of this computer is never looked at for that", () => {
  using place = temporary();
  write(`${place.path}/root/f`, "one");
  const engine = new RootEngine(realDisk, `${place.path}/root`, `${place.path}/state`);
  engine.scan();
  assertEquals([engine.doubtMute(), engine.sinceMuteScan], [false, null]);
  engine.close();
});
