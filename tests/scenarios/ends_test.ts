// How a client ends when it cannot do what it was asked: one clear line, and the code of RULES E.

import { assert, assertEquals } from "@std/assert";
import { assertRefused, codesOf, Person, scenario } from "./harness.ts";
import { present } from "../support/bare_client.ts";
import type { Ended } from "./program.ts";
import { WINDOWS } from "../support/system.ts";

/** Starts a person of whom nothing is expected but the end. */
function endOf(person: Person, ...flags: string[]): Promise<Ended> {
  person.start(...flags);
  return person.ended();
}

scenario("E3: a name in use, a busy port, no server", async (scene) => {
  await scene.serve();
  const [alice, twin] = [scene.person("alice", "--wait"), scene.person("ALICE", "--wait")];
  alice.start();
  await alice.event("connected");
  assertRefused(await endOf(twin), 3, /alice/i);
  const own = ["--port", String(scene.port), "--state", scene.folder("second-state").path];
  const second = scene.run("second", "--server", "--host", "127.0.0.1", ...own);
  assertRefused(await scene.wait(second.ended, "the second server"), 3, /in use|busy/);
  await alice.program.kill();
  await scene.server.kill();
  assertRefused(await endOf(alice), 3, new RegExp(String(scene.port)));
});

scenario("E3: a folder that is missing, none, or cannot be written in", async (scene) => {
  const { alice } = await scene.pair();
  alice.folder.write("file", "no folder");
  const asked = (path: string) => {
    const flags = ["--name", "alice", "--folder", path, "--state", alice.state, "--wait"];
    return scene.wait(scene.run("alice", "--connect", `127.0.0.1:${scene.port}`, ...flags).ended, path);
  };
  assertRefused(await asked(alice.folder.at("missing")), 3, /missing does not exist/);
  assertRefused(await asked(alice.folder.at("file")), 3, /file is (not a|no) folder/);
  if (!WINDOWS) assertRefused(await asked("/proc"), 3, /\/proc cannot be used/);
  alice.folder.write(".tcpsync", "in the way of tcpsync's own folder");
  assertRefused(await asked(alice.folder.path), 3, /cannot be used/);
});

scenario("E3: a folder that another tcpsync has in use: who has it is said", async (scene) => {
  const { alice } = await scene.syncedPair();
  const flags = [
    "--name",
    "carol",
    "--folder",
    alice.folder.path,
    "--state",
    scene.folder("carol-state").path,
  ];
  const carol = scene.run("carol", "--connect", `127.0.0.1:${scene.port}`, ...flags, "--wait");
  const holder = `in use by another tcpsync, alice \\(process ${alice.program.pid}\\), since 20`;
  assertRefused(await scene.wait(carol.ended, "carol"), 3, new RegExp(holder));
});

scenario("E2 E3: nobody comes, nobody answers, or the answer is no", async (scene) => {
  const { alice, bob } = await scene.pair();
  assertEquals((await endOf(alice, "--once", "--timeout", "0.5")).code, 2);
  bob.flags.splice(0, 3, "--accept-from", "carol");
  bob.start();
  await bob.event("connected");
  const declined = await endOf(alice, "--once");
  assertEquals(declined.code, 3);
  assert(alice.program.since(0, "invitation").some(({ to, state }) => to === "bob" && state === "declined"));
});

scenario(
  "E2: a file that the disk cannot hold is told, and the rest arrives; in sync when it can",
  async (scene) => {
    const { alice } = await scene.pair();
    // No file of more than 2 MB for bob, as on a disk that knows none larger.
    const limited = ["bash", "-c", 'trap "" XFSZ; ulimit -f 2048; exec "$@"', "limited"];
    const flags = ["--accept-from", "alice", "--yes"];
    const bob = new Person(scene, "bob", flags, scene.folder("bob"), limited);
    alice.folder.write("large.bin", new Uint8Array(3 << 20));
    alice.folder.write("small.txt", "small");
    for (const person of [alice, bob]) person.start("--once");
    assertEquals(await codesOf(alice, bob), [1, 1]);
    assertEquals(bob.folder.names(), ["small.txt"]);
    for (const person of [alice, bob]) {
      const told = person.program.since(0, "problem");
      assertEquals([...new Set(told.map(({ path, retry }) => `${path} ${retry}`))], ["large.bin false"]);
    }
    const able = new Person(scene, "bob", flags);
    for (const person of [alice, able]) person.start("--once");
    assertEquals(await codesOf(alice, able), [0, 0]);
    assertEquals(Deno.statSync(bob.folder.at("large.bin")).size, 3 << 20);
  },
  WINDOWS,
);

scenario(
  "E0 E2: Ctrl+C ends with 2 while something is still to do, and with 0 once all is in sync",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    alice.start();
    await alice.event("connected");
    assertEquals((await alice.program.stop()).code, 2);
    bob.start();
    alice.start();
    await scene.alike(alice, bob);
    assertEquals((await alice.program.stop()).code, 0);
  },
  WINDOWS,
); // Nothing can be sent a Ctrl+C there.

scenario("E2: an invitation nobody answers", async (scene) => {
  await scene.serve();
  const silent = await present(scene.port, "dave");
  const asking = scene.person("carol", "--invite", "dave");
  assertEquals((await endOf(asking, "--once", "--timeout", "2")).code, 2);
  assert(asking.program.since(0, "invitation").some(({ state }) => state === "offered"));
  silent.channel.close();
}, WINDOWS);

scenario(
  "E2: --timeout counts time without progress, and ends a run whose peer says nothing more",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    await alice.program.kill();
    Deno.kill(bob.program.pid, "SIGSTOP");
    alice.folder.write("new.txt", "for bob");
    try {
      assertEquals((await endOf(alice, "--once", "--timeout", "1")).code, 2);
    } finally {
      Deno.kill(bob.program.pid, "SIGCONT");
    }
    alice.start("--once");
    assertEquals((await alice.ended()).code, 0);
    assertEquals(bob.folder.read("new.txt"), "for bob");
  },
  WINDOWS,
);

scenario("E3: a state folder that cannot be used", async (scene) => {
  const { alice } = await scene.pair();
  alice.folder.write("../no state", "a file where the state should be");
  const state = ["--state", alice.folder.at("../no state"), "--folder", alice.folder.path, "--name", "alice"];
  const program = scene.run("alice", "--connect", `127.0.0.1:${scene.port}`, ...state, "--wait");
  assertRefused(await scene.wait(program.ended, "alice"), 3, /no state/);
});
