// What is ignored here is this side's own (RULES I4): the other person's program neither reaches into it nor makes it travel.

import { assertEquals, assertMatch } from "@std/assert";
import { peerByHand } from "../support/hostile_peer.ts";
import { fileRow, folderRow, made, planted } from "../support/hostile_wire.ts";
import { scenario } from "./harness.ts";

const HOOK = ".git/hooks/post-checkout";

scenario("I4: an order into what is ignored here ends the session, and nothing is planted", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--accept-from", "mallory");
  alice.folder.write(".tcpsyncignore", ".git/\n");
  alice.folder.write(".git/hooks/own", "alice's own");
  alice.start();
  await alice.event("connected");
  await using mallory = await peerByHand(scene, { invites: "alice" });
  const wire = await mallory.wire();
  await wire.begin();
  assertEquals((await wire.look()).map(([path]) => path), [".tcpsyncignore"]);
  const refused = wire.over;
  const ordered = wire.order({
    directories: [made(".git"), made(".git/hooks")],
    contents: [planted(HOOK, "planted")],
  }, ["planted"]);
  assertEquals(await ordered.then(() => "carried out", () => "refused"), "refused");
  assertMatch(await refused, /\.git.* is ignored here/);
  const { reason } = await alice.event("lost");
  assertMatch(reason, /\.git.* is ignored here/);
  assertEquals(alice.folder.names(".git/hooks"), ["own"]);
});

scenario(
  "I4: a change told of what is ignored here ends the session, and nothing is planted",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--invite", "mallory");
    alice.folder.write(".tcpsyncignore", ".git/\n");
    alice.folder.write(".git/hooks/own", "alice's own");
    alice.start();
    await alice.event("connected");
    await using mallory = await peerByHand(scene, { accepts: "alice" });
    const wire = await mallory.wire();
    await wire.begin();
    await wire.tell({ rows: [folderRow(".git"), folderRow(".git/hooks"), fileRow(HOOK, "planted")] });
    const refused = await wire.hear("orders").then(() => "it is planned", (error) => error.message);
    assertMatch(refused, /\.git.* is ignored here/);
    assertEquals(alice.folder.names(".git/hooks"), ["own"]);
  },
);
