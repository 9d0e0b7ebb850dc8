// What is put into a folder that is gone by then is not taken for something on another disk.

import { assertEquals, assertThrows } from "@std/assert";
import { realDisk } from "../../src/fs/real.ts";
import { Across } from "../../src/transition/across.ts";
import { copiesIn } from "../support/copies.ts";
import { temporary, write } from "../support/folder.ts";

Deno.test("into a folder that was just deleted nothing is copied: the try itself says what is wrong", () => {
  using place = temporary();
  const native = `${place.path}/staged`;
  write(native, "content");
  const made: string[] = [];
  const disk = { ...realDisk, create: (path: string) => (made.push(path), realDisk.create(path)) };
  const across = new Across(disk, copiesIn(place.path, disk));
  const folder = `${place.path}/folder`;
  const staged = { native, digest: "", size: 7, mtime: 0, id: 0, born: 0 };
  const put = () => realDisk.hardLink(native, `${folder}/file`);
  assertThrows(() => across.put(staged, folder, put), Deno.errors.NotFound);
  assertEquals(made, []);
  Deno.mkdirSync(folder); // Made again, it is as near as it was.
  across.put(staged, folder, put);
  assertEquals([made, Deno.readTextFileSync(`${folder}/file`)], [[], "content"]);
});
