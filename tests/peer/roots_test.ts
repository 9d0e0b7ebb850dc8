// A folder is opened once, however many sessions share it.

import { assertEquals, assertRejects } from "@std/assert";
import { Roots } from "../../src/peer/roots.ts";
import { fakeRoot } from "../support/network.ts";

/** Roots whose opening and closing is written down. */
function loggedRoots(): [Roots, string[]] {
  const log: string[] = [];
  const roots = new Roots((folder) => {
    if (folder === "bad") return Promise.reject(new Error("no such folder"));
    log.push(`open ${folder}`);
    return Promise.resolve(fakeRoot(folder, () => log.push(`close ${folder}`)));
  });
  return [roots, log];
}

Deno.test("a folder is opened once and closed after its last lease", async () => {
  const [roots, log] = loggedRoots();
  const [one, two] = await Promise.all([roots.lease("a"), roots.lease("a")]);
  const other = await roots.lease("b");
  assertEquals(one.root, two.root);
  await one.release();
  await one.release();
  assertEquals(log, ["open a", "open b"]);
  await two.release();
  await other.release();
  assertEquals(log, ["open a", "open b", "close a", "close b"]);
});

Deno.test("a folder is opened again only when its closing is over", async () => {
  const [roots, log] = loggedRoots();
  const lease = await roots.lease("a");
  const closing = lease.release();
  const again = await roots.lease("a");
  assertEquals(log, ["open a", "close a", "open a"]);
  await closing;
  await again.release();
});

Deno.test("a folder that cannot be opened leaves nothing behind", async () => {
  const [roots] = loggedRoots();
  await assertRejects(() => roots.lease("bad"), Error, "no such folder");
  await assertRejects(() => roots.lease("bad"), Error, "no such folder");
});

Deno.test("a prepared folder is opened once; what nobody came for is closed with the client", async () => {
  const [roots, log] = loggedRoots();
  roots.prepare("a");
  roots.prepare("a");
  roots.prepare("b");
  const lease = await roots.lease("a");
  assertEquals(log, ["open a", "open b"]);
  await lease.release();
  await roots.close();
  assertEquals(log, ["open a", "open b", "close a", "close b"]);
});

Deno.test("what is wrong with a prepared folder is told to whoever wants it", async () => {
  const [roots] = loggedRoots();
  roots.prepare("bad");
  await assertRejects(() => roots.lease("bad"), Error, "no such folder");
  roots.prepare("bad");
  await roots.close();
});
