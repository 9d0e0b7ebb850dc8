// The hostile peer itself: it gets through to an honest program as either side, changed or by hand.

import { assertEquals, assertMatch } from "@std/assert";
import { scenario } from "../scenarios/harness.ts";
import { changedPeer, peerByHand } from "./hostile_peer.ts";
import { fileRow, folderRow, made, planted, removed } from "./hostile_wire.ts";

scenario("by hand as alpha: looks, plants a file, and has another deleted", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--accept-from", "mallory");
  alice.folder.write("own.txt", "alice's own", 1_700_000_000_000);
  alice.start();
  await alice.event("connected");
  await using mallory = await peerByHand(scene, { invites: "alice" });
  const wire = await mallory.wire();
  await wire.begin();
  assertEquals((await wire.look()).map(([path]) => path), ["own.txt"]);
  await wire.digest("own.txt");
  const results = await wire.order({
    removals: [removed("own.txt", "alice's own")],
    directories: [made("new")],
    contents: [planted("new/file.txt", "planted")],
  }, ["planted"]);
  assertEquals(results.map((row) => row.length), [2, 2, 2]);
  assertEquals(alice.folder.names(), ["new"]);
  assertEquals(alice.folder.read("new/file.txt"), "planted");
});

scenario("by hand as beta: tells of what is not there, and supplies it", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "mallory");
  alice.start();
  await alice.event("connected");
  await using mallory = await peerByHand(scene, { accepts: "alice" });
  const wire = await mallory.wire();
  await wire.begin();
  await wire.tell({ rows: [folderRow("sub"), fileRow("sub/file.txt", "made up")] });
  await wire.hear("orders");
  await wire.say({ type: "want", packs: true, rows: [], last: true });
  await wire.supply(() => "made up");
  await wire.say({ type: "staged", halts: [] });
  await wire.hear("transition");
  await wire.say({ type: "results", rows: [], last: true });
  await wire.hear("commit");
  assertEquals(alice.folder.read("sub/file.txt"), "made up");
  await wire.say({ type: "plan", counts: [], goesOn: false, done: [], paths: [], problems: [] });
  assertMatch(await wire.over, /7 counts expected/);
});

scenario("changed: an honest session with one message replaced and one added", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--accept-from", "mallory");
  alice.start();
  await alice.event("connected");
  await using mallory = await changedPeer(scene, { invites: "alice" }, {
    says: {
      plan: (plan) => ({ ...plan, paths: ["not that file"] }),
      insync: (insync) => [{ type: "wait", retry: 7, problems: [], writing: [] }, insync],
    },
  });
  mallory.folder.write("file.txt", "honest");
  await alice.event("plan", ({ paths }) => paths[0] === "not that file");
  await alice.event("waiting", ({ retry }) => retry > 0);
  await alice.event("insync", ({ files }) => files === 1);
  assertEquals(alice.folder.read("file.txt"), "honest");
  await mallory.event("insync", ({ files }) => files === 1);
});
