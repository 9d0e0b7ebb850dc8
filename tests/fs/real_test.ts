// The disk of this machine, where it is not simply what Deno does.

import { realDisk } from "../../src/fs/real.ts";
import { filesIn, temporary, write } from "../support/folder.ts";
import { assertEquals } from "@std/assert";

Deno.test("a read-only file in a watched folder is replaced, though the watch looks at it meanwhile", async () => {
  using folder = temporary();
  const at = (name: string) => `${folder.path}${realDisk.separator}${name}`;
  using watcher = Deno.watchFs(folder.path);
  const watching = (async () => {
    for await (const _ of watcher) { /* To be told is what makes it look. */ }
  })();
  for (let round = 0; round < 60; round++) {
    write(at("new"), `new ${round}`);
    write(at(`${round}`), "old");
    Deno.chmodSync(at(`${round}`), 0o444);
    realDisk.rename(at("new"), at(`${round}`));
    await new Promise((resolve) => setTimeout(resolve, 2)); // It hears of this round while the next one is under way.
  }
  watcher.close();
  await watching;
  const wanted = Array.from({ length: 60 }, (_, round): [string, string] => [`${round}`, `new ${round}`]);
  assertEquals(filesIn(folder.path), new Map(wanted.sort(([one], [other]) => one < other ? -1 : 1)));
});
