// C8: files with a date that no calendar holds. Of the disks at hand only one in memory takes such dates.

import { assertEquals, assertMatch } from "@std/assert";
import { SmallDisk } from "../support/small_disk.ts";
import type { Folder } from "./persons_folder.ts";
import { codesOf, scenario, type Scene } from "./harness.ts";

const IGNORE = !SmallDisk.possible();
const SECONDS = ["9000000000000", "-9000000000000"];

function date(folder: Folder, path: string, seconds: string) {
  const { success } = new Deno.Command("touch", { args: ["-d", `@${seconds}`, folder.at(path)] })
    .outputSync();
  assertEquals(success, true, `the date ${seconds}`);
}

/** alice and bob, not started yet, with folders on disks in memory. */
async function inMemory(scene: Scene, act: (pair: Awaited<ReturnType<Scene["pair"]>>) => Promise<void>) {
  const pair = await scene.pair();
  using _one = SmallDisk.mount(pair.alice.folder.path, 16);
  using _other = SmallDisk.mount(pair.bob.folder.path, 16);
  await act(pair);
  await Promise.all([...scene.programs].map((program) => program.kill()));
}

for (const seconds of SECONDS) {
  scenario(
    `C8 (case 17): a file dated ${seconds} s is a problem of its own, and all else is in sync`,
    (scene) =>
      inMemory(scene, async ({ alice, bob }) => {
        alice.folder.write("odd", "odd");
        date(alice.folder, "odd", seconds);
        alice.folder.write("beside", "beside");
        for (const person of [alice, bob]) person.start("--once");
        assertEquals(await codesOf(alice, bob), [1, 1]);
        assertEquals(bob.folder.names(), ["beside"]);
        for (const person of [alice, bob]) {
          const told = person.program.since(0, "problem");
          assertEquals(told.map(({ path, retry }) => [path, retry]), [["odd", false]]);
          assertMatch(told[0]!.reason, /date/);
          assertEquals(person.program.since(0, "waiting").flatMap(({ writing }) => writing), []);
        }
      }),
    IGNORE,
  );

  scenario(
    `C8 (case 17): an agreed file dated ${seconds} s meets the peer's edit once its date is mended`,
    (scene) =>
      inMemory(scene, async ({ alice, bob }) => {
        alice.folder.write("odd", "agreed");
        alice.start();
        bob.start();
        await scene.alike(alice, bob);
        date(alice.folder, "odd", seconds);
        await bob.event("problem", ({ path }) => path === "odd");
        bob.folder.write("odd", "bob's edit");
        bob.folder.write("beside", "beside");
        await alice.until("what is beside it", () => alice.folder.has("beside"));
        assertEquals(alice.folder.read("odd"), "agreed");
        date(alice.folder, "odd", "1700000000");
        await scene.alike(alice, bob);
        assertEquals([alice.folder.read("odd"), alice.folder.names()], ["bob's edit", ["beside", "odd"]]);
      }),
    IGNORE,
  );
}

const MINUTE = 60_000;

scenario(
  "C2 (case 19): a clock that was 180 minutes ahead and is put right meanwhile decides nothing",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    alice.folder.write("f", "agreed");
    bob.minutesAhead = 180;
    bob.clockRightAt = Date.now() + 12_000;
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await bob.event("verified", ({ time }) => Math.abs(Date.parse(time) - Date.now()) < MINUTE);
    for (const { program } of [alice, bob]) program.freeze();
    // The clock as it was would favour alice's, the earlier.
    alice.folder.write("f", "earlier", Date.now() - 20 * MINUTE);
    bob.folder.write("f", "later", Date.now() - 10 * MINUTE);
    for (const { program } of [alice, bob]) program.thaw();
    await scene.alike(alice, bob);
    assertEquals(alice.folder.read("f"), "later");
    assertEquals(alice.folder.names().length, 2);
  },
  Deno.build.os === "windows",
);

scenario(
  "C2 C3 C8: of two links the later one keeps the name, and the copy is named by the other's own time",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair(({ path }) => {
      for (const name of ["one", "other"]) Deno.symlinkSync("agreed", `${path}/${name}`);
    });
    const links: [Folder, string, string][] = [
      [alice.folder, "one", "2026-11-20T10:00:00Z"],
      [bob.folder, "one", "2026-11-20T12:00:00Z"],
      [alice.folder, "other", "2026-11-20T12:00:00Z"],
      [bob.folder, "other", "2026-11-20T10:00:00Z"],
    ];
    for (const { program } of [alice, bob]) program.freeze();
    for (const [folder, name, time] of links) {
      folder.remove(name);
      folder.makeLink(name, `of ${time.slice(11, 13)}`);
      const { success } = new Deno.Command("touch", { args: ["-h", "-d", time, folder.at(name)] })
        .outputSync();
      assertEquals(success, true);
    }
    for (const { program } of [alice, bob]) program.thaw();
    await scene.alike(alice, bob);
    const found = alice.folder.names().map((name) => [name, Deno.readLinkSync(alice.folder.at(name))]);
    assertEquals(found, [
      ["one", "of 12"],
      ["one (conflict alice 2026-11-20 10.00.00)", "of 10"],
      ["other", "of 12"],
      ["other (conflict bob 2026-11-20 10.00.00)", "of 10"],
    ]);
  },
  Deno.build.os === "windows",
);
