// S7 between real processes: what a person closed stays closed, at its end and on its way, whatever becomes of it.

import { assertEquals } from "@std/assert";
import {
  isReadableByOthers,
  isSystemsOwn,
  lockedByOther,
  OTHER_GROUP,
  rightsAt,
  seenByOther,
  setRights,
} from "../support/others.ts";
import { assertRefused, Person, scenario, type Scene } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const ALONE = isSystemsOwn() ? "" : " (left out: this user cannot act for others)";

const NOON = Date.UTC(2026, 10, 22, 12);
const HOUR = 3600_000;

/** Other users come as far as the two folders. */
function open(scene: Scene) {
  Deno.chmodSync(scene.path, 0o755);
}

const modeOf = (person: Person, path: string) => Deno.lstatSync(person.folder.at(path)).mode! & 0o777;

scenario(
  "S7: a closed file that the peer saves by deleting it and making it anew stays closed, also where the program is killed between",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("secret", "0"));
    Deno.chmodSync(bob.folder.at("secret"), 0o600);
    for (let round = 1; round <= 10; round++) {
      alice.folder.write("copy", `${round}`);
      alice.folder.remove("secret");
      await bob.until("the deletion at bob", () => !bob.folder.has("secret"));
      if (round === 5) {
        await bob.program.kill();
        bob.start();
      }
      alice.folder.rename("copy", "secret");
      await scene.alike(alice, bob);
      assertEquals([bob.folder.read("secret"), modeOf(bob, "secret")], [`${round}`, 0o600], `round ${round}`);
    }
  },
  WINDOWS,
);

scenario("S7: a folder that is away for some seconds comes back with the modes it had", async (scene) => {
  const paths = Array.from({ length: 45 }, (_, number) => `sub/${number % 2 ? "closed/" : ""}${number}`);
  const { alice, bob } = await scene.syncedPair((folder) => {
    for (let number = 0; number < 155; number++) folder.write(`rest/${number}`, `${number}`);
    for (const path of paths) folder.write(path, path);
  });
  for (const path of paths) Deno.chmodSync(alice.folder.at(path), 0o600);
  Deno.chmodSync(alice.folder.at("sub/closed"), 0o700);
  const away = scene.folder("away").path;
  Deno.renameSync(bob.folder.at("sub"), `${away}/sub`);
  await alice.until("the deletion at alice", () => !alice.folder.has("sub"));
  Deno.renameSync(`${away}/sub`, bob.folder.at("sub"));
  await scene.alike(alice, bob);
  assertEquals(paths.filter((path) => modeOf(alice, path) !== 0o600), []);
  assertEquals([modeOf(alice, "sub"), modeOf(alice, "sub/closed")], [0o755, 0o700]);
}, WINDOWS);

scenario(
  `T6 S7: what comes for a closed file is closed to other users all the way, and after a kill in the middle${ALONE}`,
  async (scene) => {
    open(scene);
    const { alice, bob } = await scene.syncedPair((folder) => {
      folder.write("key", "old");
      folder.write("open", "for all");
    });
    Deno.chmodSync(bob.folder.at("key"), 0o600);
    const seen = await seenByOther(bob.folder.path, async () => {
      alice.folder.write("key", new Uint8Array(150 << 20).fill(7));
      await bob.event("progress", ({ bytes, ofBytes }) => bytes > 0 && bytes < ofBytes);
      await bob.program.kill();
      const parts = [...filesBelow(`${bob.folder.path}/.tcpsync/staging`)];
      assertEquals(parts.length, 1, "killed in the middle");
      assertEquals(parts.filter(isReadableByOthers), []);
      bob.start();
      await scene.alike(alice, bob);
    });
    assertEquals(rightsAt(bob.folder.at("key")), "600 0:0");
    assertEquals(seen, new Set(["open"]));
  },
  ALONE !== "",
);

scenario(
  `T6 S7: nobody reads a kept version who could not read the file, and what was left open before is closed${ALONE}`,
  async (scene) => {
    open(scene);
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("priv/f", "one"));
    Deno.chmodSync(bob.folder.at("priv"), 0o700);
    await bob.program.kill();
    const own = `${bob.folder.path}/.tcpsync`;
    for (const folder of [own, `${own}/staging`, `${own}/versions`]) Deno.chmodSync(folder, 0o755);
    bob.start();
    await scene.alike(alice, bob);
    alice.folder.write("priv/f", "two");
    await scene.alike(alice, bob);
    const versions = [...filesBelow(`${own}/versions`)];
    assertEquals(versions.map((path) => Deno.readTextFileSync(path)), ["one"]);
    assertEquals([...versions, bob.folder.at("priv/f")].filter(isReadableByOthers), []);
    for (const folder of [own, `${bob.state}/archives`]) assertEquals(rightsAt(folder), "700 0:0", folder);
  },
  ALONE !== "",
);

scenario(
  `T6 S7: a conflict copy of a closed file is closed at every moment, on both sides, also where its name had to be cut${ALONE}`,
  async (scene) => {
    open(scene);
    const names = ["key.txt", `${"k".repeat(240)}.txt`].flatMap((name) => [`a${name}`, `b${name}`]);
    const { alice, bob } = await scene.syncedPair((folder) =>
      names.forEach((name) => folder.write(name, "0"))
    );
    for (const { folder } of [alice, bob]) names.forEach((name) => Deno.chmodSync(folder.at(name), 0o600));
    await Promise.all([alice.program.stop(), bob.program.stop()]);
    for (const name of names) {
      const isAlices = name.startsWith("a");
      alice.folder.write(name, "1 alice", NOON + (isAlices ? HOUR : 0));
      bob.folder.write(name, "1 bob", NOON + (isAlices ? 0 : HOUR));
    }
    const seen = await seenByOther(alice.folder.path, async () => {
      const alsoSeen = await seenByOther(bob.folder.path, async () => {
        alice.start();
        bob.start();
        await scene.alike(alice, bob);
      });
      assertEquals(alsoSeen, new Set());
    });
    assertEquals(seen, new Set());
    for (const { folder } of [alice, bob]) {
      assertEquals(folder.names().length, 2 * names.length);
      assertEquals(folder.names().filter((name) => rightsAt(folder.at(name)) !== "600 0:0"), []);
    }
  },
  ALONE !== "",
);

scenario(
  `T6 S7: who could once read tcpsync's own files reads none of them now, and keeps nobody out by a lock on one${ALONE}`,
  async (scene) => {
    open(scene);
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("f", "one"));
    await bob.program.kill();
    const own = `${bob.folder.path}/.tcpsync`;
    const closed = [...filesBelow(`${bob.state}/archives`), `${own}/lock`];
    for (const folder of [bob.state, `${bob.state}/archives`, own]) Deno.chmodSync(folder, 0o755);
    for (const file of closed) Deno.chmodSync(file, 0o644);
    const unlock = await lockedByOther(`${own}/lock`);
    try {
      bob.start();
      alice.folder.write("f", "two");
      await scene.alike(alice, bob);
    } finally {
      await unlock();
    }
    const now = [...filesBelow(`${bob.state}/archives`), `${own}/lock`];
    assertEquals(now.filter((path) => rightsAt(path) !== "600 0:0"), []);
    assertEquals([...filesBelow(own), ...now].filter(isReadableByOthers), []);
    const flags = [
      "--name",
      "carol",
      "--folder",
      bob.folder.path,
      "--state",
      scene.folder("carol").path,
      "--wait",
    ];
    const carol = scene.run("carol", "--connect", `127.0.0.1:${scene.port}`, ...flags);
    assertRefused(await scene.wait(carol.ended, "the end of carol"), 3, /in use by another tcpsync/);
  },
  ALONE !== "",
);

scenario(
  `S7: what arrives has the group its folder gives, as what is made there, and keeps it when it is edited${ALONE}`,
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.makeFolder("team"));
    setRights(bob.folder.at("team"), 0o2775, OTHER_GROUP);
    alice.folder.write("team/x", "one");
    await scene.alike(alice, bob);
    bob.folder.write("team/y", "made here");
    assertEquals(rightsAt(bob.folder.at("team/x")), rightsAt(bob.folder.at("team/y")));
    await scene.alike(alice, bob);
    Deno.chmodSync(bob.folder.at("team/x"), 0o660);
    alice.folder.write("team/x", "two");
    await scene.alike(alice, bob);
    assertEquals(rightsAt(bob.folder.at("team/x")), `660 0:${OTHER_GROUP}`);
  },
  ALONE !== "",
);

scenario(
  `S7: where a file cannot be given to its group, no other group gets what that one had${ALONE}`,
  async (scene) => {
    await scene.serve();
    const through = ["setpriv", "--bounding-set=-chown", "--"];
    const alice = scene.person("alice", "--invite", "bob");
    const flags = ["--accept-from", "alice", "--yes"];
    const bob = new Person(scene, "bob", flags, scene.folder("bob"), through);
    const files = {
      closed: [0o640, "600 0:0"],
      shared: [0o664, "644 0:0"],
      open: [0o666, "666 0:0"],
    } as const;
    for (const name of Object.keys(files)) alice.folder.write(name, "one");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    for (const [name, [mode]] of Object.entries(files)) setRights(bob.folder.at(name), mode, OTHER_GROUP);
    for (const name of Object.keys(files)) alice.folder.write(name, "two");
    await scene.alike(alice, bob);
    for (const [name, [, left]] of Object.entries(files)) {
      assertEquals(rightsAt(bob.folder.at(name)), left, name);
    }
  },
  ALONE !== "",
);

function* filesBelow(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesBelow(path);
    else yield path;
  }
}
