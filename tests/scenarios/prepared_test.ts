// S8 between real processes: a folder that somebody prepared, with a `.tcpsync` of his in it.

import { assert, assertEquals } from "@std/assert";
import { filesIn, write } from "../support/folder.ts";
import { isSystemsOwn, setRights } from "../support/others.ts";
import { unprivileged } from "../support/unprivileged.ts";
import { assertRefused, Person, scenario, type Scene } from "./harness.ts";
import { watched } from "./waiting.ts";
import { WINDOWS } from "../support/system.ts";

const BATCH = "2026-11-22 18.07.33.123";

/** What is outside the folder, and no link may lead to. */
function outside(scene: Scene) {
  const { path } = scene.folder("outside");
  for (const name of ["start-up", "count", "photos/1.jpg", "photos/2.jpg"]) {
    write(`${path}/${name}`, `mine: ${name}`);
  }
  return { path, holds: filesIn(path) };
}

scenario(
  "T3 S8: a folder that comes with links in its own .tcpsync: nothing they lead to is touched, all of it is moved aside, and told",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const { path, holds } = outside(scene);
    alice.folder.write(".tcpsync/identity", `${crypto.randomUUID()}\n`);
    alice.folder.makeFolder(".tcpsync/staging");
    const links = {
      canary: "start-up",
      epoch: "count",
      "staging/1": "photos",
      lock: "made",
      versions: "photos",
    };
    for (const [name, to] of Object.entries(links)) {
      alice.folder.makeLink(`.tcpsync/${name}`, `${path}/${to}`);
    }
    alice.folder.write("letter", "one");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    bob.folder.write("letter", "two");
    await scene.alike(alice, bob);
    await alice.program.stop();
    assertEquals(filesIn(path), holds);
    assertEquals(alice.folder.versions(), new Map([["letter", "one"]]));
    assertEquals(Deno.readLinkSync(alice.folder.at(".tcpsync/foreign-1/canary")), `${path}/start-up`);
    const [told, ...more] = alice.program.since(0, "foreign");
    assertEquals([told?.folder, told?.moved], [alice.folder.path, alice.folder.at(".tcpsync/foreign-1")]);
    assertEquals(more, []);
  },
  WINDOWS,
);

scenario(
  "T3 S8: what an unpacked archive puts into .tcpsync while it runs, or since, is never written through",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("letter", "one"));
    const { path, holds } = outside(scene);
    alice.folder.makeLink(".tcpsync/link", `${path}/start-up`);
    alice.folder.rename(".tcpsync/link", ".tcpsync/canary");
    await watched(alice);
    await alice.program.stop();
    alice.folder.makeLink(".tcpsync/staging/7", `${path}/photos`);
    const refused = await scene.wait(alice.start().ended, "the end of alice");
    assertRefused(refused, 3, /\.tcpsync\/staging\/7 in it is a link: remove it/);
    alice.folder.remove(".tcpsync/staging/7");
    alice.start();
    alice.folder.write("letter", "two");
    await scene.alike(alice, bob);
    assertEquals(filesIn(path), holds);
  },
  WINDOWS,
);

scenario(
  "T3 S8: a folder that comes with another's .tcpsync is a new one: it merges, and his versions stay his",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const identity = crypto.randomUUID();
    alice.folder.write(".tcpsync/identity", `${identity}\n`);
    alice.folder.write(`.tcpsync/versions/${BATCH}/letter`, "his");
    alice.folder.write("letter", "one");
    bob.folder.write("photo", "bob's");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.names(), ["letter", "photo"]);
    assert(alice.folder.read(".tcpsync/identity").trim() !== identity);
    assertEquals(alice.folder.read(`.tcpsync/foreign-1/versions/${BATCH}/letter`), "his");
    assertEquals(alice.folder.versions(), new Map());
    assertEquals(alice.program.since(0, "foreign").length, 1);
  },
);

const CLOSED = isSystemsOwn() ? "" : " (left out: this user cannot act for others)";

scenario(
  `T6 S8: a folder that another user of this computer keeps is refused in one line, and left as it is${CLOSED}`,
  async (scene) => {
    await scene.serve();
    const folder = scene.folder("shared");
    folder.write(".tcpsync/identity", `${crypto.randomUUID()}\n`);
    for (const [path, mode] of [[".tcpsync/identity", 0o600], [".tcpsync", 0o700]] as const) {
      setRights(folder.at(path), mode, null, 4711);
    }
    const before = filesIn(folder.path, "");
    for (const through of [[], unprivileged()!]) {
      const alice = new Person(scene, "alice", ["--wait"], folder, through);
      alice.start();
      assertRefused(
        await alice.ended(),
        3,
        /\.tcpsync in it (belongs to another user|is closed to this user): /,
      );
    }
    assertEquals(filesIn(folder.path, ""), before);
  },
  CLOSED !== "",
);
