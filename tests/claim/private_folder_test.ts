// Where a root and its private folder are, and who holds it.

import { assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { UserError } from "../../src/core/failure.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { placesIn, prepare } from "../../src/claim/private_folder.ts";
import { lockRoot, signLock } from "../../src/claim/lock.ts";
import { temporary } from "../support/folder.ts";

const windows: Disk = { ...realDisk, separator: "\\" };
const posix: Disk = { ...realDisk, separator: "/" };

const PLACES: [what: string, disk: Disk, folder: string, root: string, identity: string][] = [
  ["a folder", posix, "/home/a", "/home/a", "/home/a/.tcpsync/identity"],
  ["a separator at its end", posix, "/home/a/", "/home/a", "/home/a/.tcpsync/identity"],
  ["a backslash is no separator there", posix, "/home/a\\", "/home/a\\", "/home/a\\/.tcpsync/identity"],
  ["the top", posix, "/", "/", "/.tcpsync/identity"],
  ["a folder on Windows", windows, "C:\\a\\", "C:\\a", "C:\\a\\.tcpsync\\identity"],
  ["the top of a drive keeps its separator", windows, "Z:\\", "Z:\\", "Z:\\.tcpsync\\identity"],
  ["a share", windows, "\\\\nas\\a\\", "\\\\nas\\a", "\\\\nas\\a\\.tcpsync\\identity"],
];

for (const [what, disk, folder, root, identity] of PLACES) {
  Deno.test(`the places of a root: ${what}`, () => {
    const places = placesIn(disk, folder);
    assertEquals([places.folder, places.identity], [root, identity]);
  });
}

Deno.test("who is kept out of a root hears who holds it; what an ended process wrote is not told", () => {
  using place = temporary();
  const places = placesIn(realDisk, place.path);
  prepare(realDisk, places);
  signLock(places, realDisk, "carol");
  const lock = lockRoot(places, realDisk);
  signLock(places, realDisk, "alice");
  const refused = () => lockRoot(places, realDisk).close();
  assertThrows(refused, UserError, `another tcpsync, alice (process ${Deno.pid}), since 2`);
  Deno.writeTextFileSync(places.holder, "\x1b[2Jsomething else (process 1)");
  assertThrows(refused, UserError, "another tcpsync: end that one");
  Deno.removeSync(places.holder);
  assertThrows(refused, UserError, "another tcpsync: end that one");
  lock.close();
  refused();
});

Deno.test({
  name:
    "T6: a lock that other users could have in hand is made anew at the start that closes it, busy or not",
  ignore: Deno.build.os === "windows",
  fn() {
    using place = temporary();
    const places = placesIn(realDisk, place.path);
    const start = () => {
      prepare(realDisk, places);
      lockRoot(places, realDisk).close();
    };
    start();
    Deno.chmodSync(places.private, 0o777);
    using inHand = Deno.openSync(places.lock);
    start();
    assertNotEquals(Deno.statSync(places.lock).ino, inHand.statSync().ino);
    const { ino } = Deno.statSync(places.lock);
    start();
    assertEquals(Deno.statSync(places.lock).ino, ino, "nobody had that one");
  },
});

Deno.test("a root whose path is too long for the lock, or where it cannot be written, is refused in one line", () => {
  using place = temporary();
  const places = placesIn(realDisk, `${place.path}${realDisk.separator}${"deep".repeat(50)}`);
  const error = assertThrows(() => lockRoot(places, realDisk), UserError, "cannot be used: the lock");
  assertEquals(error.message.includes("\n"), false);
});
