// How a client ends when it cannot do what it was asked: one clear line, and the code of RULES E.

import { assert, assertEquals } from "@std/assert";
import { assertRefused, type Person, scenario } from "./harness.ts";
import { WINDOWS } from "./folder.ts";
import type { Ended } from "./program.ts";

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

scenario("E3: a folder that another tcpsync has in use", async (scene) => {
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
  assertRefused(await scene.wait(carol.ended, "carol"), 3, /in use by another tcpsync/);
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
