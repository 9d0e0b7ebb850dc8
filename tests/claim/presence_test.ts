// One program for each folder, where the disk cannot lock.

import { assert, assertEquals, assertThrows } from "@std/assert";
import { realDisk } from "../../src/fs/real.ts";
import { placesIn, prepare } from "../../src/claim/private_folder.ts";
import { Heartbeat } from "../../src/claim/heartbeat.ts";
import { canLock, lockRoot, NO_LOCK } from "../../src/claim/lock.ts";
import { heedPresence, signed, takePresence } from "../../src/claim/presence.ts";
import { LesserDisk } from "../support/lesser_disk.ts";
import { temporary } from "../support/folder.ts";

const LOCKS = ["ENOLCK", "EAGAIN", "EACCES", "EIO", "ENOTSUP", "EINVAL"] as const;

for (const locks of LOCKS) {
  Deno.test({
    name: `a disk that answers ${locks} to a lock cannot lock, and is not taken for a folder in use`,
    ignore: !LesserDisk.possible(),
    async fn() {
      using place = temporary();
      await using disk = await LesserDisk.mount(`${place.path}/disk`, { locks });
      const places = placesIn(realDisk, disk.path);
      prepare(realDisk, places);
      assertEquals(canLock(realDisk, places.private), false);
      assert(lockRoot(places, realDisk) === NO_LOCK);
      assertEquals(realDisk.list(places.private).filter((name) => name.startsWith("probe")), []);
    },
  });
}

/** A folder that a program in its run `mark` has signed. */
function signedFolder(mark: string) {
  const place = temporary();
  const places = placesIn(realDisk, place.path);
  prepare(realDisk, places);
  Deno.writeTextFileSync(places.presence, signed(mark, 1, "alice"));
  return { places, [Symbol.dispose]: () => place[Symbol.dispose]() };
}

const [ONE, OTHER] = [crypto.randomUUID(), crypto.randomUUID()];

Deno.test("a folder is one program's as long as it signs it anew, and nobody else's", () => {
  using folder = signedFolder(ONE);
  const renewing = new Worker(
    URL.createObjectURL(
      new Blob([
        `let count = 1;
     setInterval(() => Deno.writeTextFileSync(${
          JSON.stringify(folder.places.presence)
        }, "${ONE} " + ++count + "\\n"), 100);`,
      ]),
    ),
    { type: "module" },
  );
  assertThrows(
    () => takePresence(realDisk, folder.places, { last: OTHER, fresh: OTHER }),
    Error,
    "is in use by another tcpsync",
  );
  renewing.terminate();
});

Deno.test("what the run before left in a folder keeps nobody out", () => {
  using folder = signedFolder(ONE);
  const lock = takePresence(realDisk, folder.places, { last: ONE, fresh: OTHER });
  assertEquals(Deno.readTextFileSync(folder.places.presence), signed(OTHER, 0));
  lock.close();
  assertEquals(realDisk.stat(folder.places.presence), null);
});

Deno.test("what nobody signs anew is left of a program that ended", () => {
  using folder = signedFolder(ONE);
  assertEquals(heedPresence(realDisk, folder.places, null, 300), "left");
  Deno.removeSync(folder.places.presence);
  assertEquals(heedPresence(realDisk, folder.places, null, 300), "nobody");
});

Deno.test("whoever finds a folder signed by another has lost it, and does not sign over that", async () => {
  using folder = signedFolder(ONE);
  const lost = Promise.withResolvers<void>();
  const heartbeat = new Heartbeat(folder.places, OTHER, "bob", () => lost.resolve());
  await lost.promise;
  heartbeat.stop();
  assertEquals(Deno.readTextFileSync(folder.places.presence).startsWith(ONE), true);
});
