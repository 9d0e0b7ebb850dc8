// S5: the disk that holds the archive is full. Nothing is agreed that was not kept; when there is room, it goes on.

import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { archiveFailure } from "../../src/archive/failing.ts";
import { UserError } from "../../src/core/failure.ts";
import { realDisk } from "../../src/fs/real.ts";
import { RootEngine } from "../../src/engine/engine.ts";
import { SIDES } from "../../src/core/side.ts";
import { Duo } from "../support/duo.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { SmallDisk } from "../support/small_disk.ts";

const POSSIBLE = SmallDisk.possible();

for (const side of SIDES) {
  Deno.test({
    name:
      `S5: the disk of ${side}'s archive is full: nothing more is agreed, and it goes on when there is room`,
    ignore: !POSSIBLE,
    fn: () => {
      using place = temporary();
      Deno.mkdirSync(`${place.path}/${side}`);
      using disk = SmallDisk.mount(`${place.path}/${side}/state`, 4);
      using duo = new Duo(place.path);
      write(duo.alpha.native("first"), "agreed while there was room");
      duo.settle();
      const stood = duo.alpha.endpoint.standing();
      disk.fill();
      for (let number = 0; number < 300; number++) {
        write(duo.alpha.native(`from alpha/${number}`), `content ${number}`);
        write(duo.beta.native(`from beta/${number}`), `content ${number}`);
      }
      const failure = assertThrows(() => duo.settle());
      assertStringIncludes(archiveFailure(failure) ?? String(failure), "its disk is full: make room");
      const again = duo[side];
      assertEquals(again.engine.archive.ancestor(1).children.size, 1, "what was agreed stays agreed");
      duo.disconnect();
      duo.connect();
      assertEquals(
        duo.alpha.endpoint.standing().digest,
        stood.digest,
        "the side that had kept it takes it back",
      );
      assertThrows(() => duo.settle());
      disk.free();
      duo.disconnect();
      duo.connect();
      duo.settle();
      duo.checkInSync();
      assertEquals(filesIn(duo.alpha.folder).size, 603);
    },
  });
}

Deno.test({
  name:
    "S5: an archive that cannot be opened for want of room is not taken for a damaged one, and is told of in one line",
  ignore: !POSSIBLE,
  fn: () => {
    using place = temporary();
    using disk = SmallDisk.mount(`${place.path}/state`, 4);
    const open = () => new RootEngine(realDisk, place.path + "/root", disk.path);
    write(`${place.path}/root/file`, "content");
    const engine = open();
    engine.archive.pair({ root: "peer", key: "key" }, false);
    engine.close();
    disk.fill();
    const { message } = assertThrows(open, UserError);
    assertStringIncludes(message, "its disk is full: make room there");
    assert(!message.includes("\n"));
    disk.free();
    const again = open();
    assertEquals(again.archive.pairs(), [1]);
    again.close();
    assert(![...Deno.readDirSync(`${disk.path}/archives`)].some(({ name }) => name.includes("damaged")));
  },
});

Deno.test({
  name: "a folder on a full disk is not taken into use, and the one line says to make room",
  ignore: !POSSIBLE,
  fn: () => {
    using place = temporary();
    using disk = SmallDisk.mount(`${place.path}/disk`, 4);
    const open = () => new RootEngine(realDisk, `${disk.path}/root`, `${place.path}/state`);
    write(`${disk.path}/root/file`, "content");
    disk.fill();
    const { message } = assertThrows(open, UserError);
    assertStringIncludes(message, "the disk is full: make room");
    assert(!message.includes("\n"));
    disk.free();
    open().close();
  },
});
