// What is ignored here is this side's own (RULES I4): the other person's program neither reaches into it nor makes it travel.

import { assertEquals, assertMatch } from "@std/assert";
import { peerByHand } from "../support/hostile_peer.ts";
import { fileRow, folderRow, made, planted } from "../support/hostile_wire.ts";
import { codesOf, scenario } from "./harness.ts";

const HOOK = ".git/hooks/post-checkout";

scenario(
  "T2 I4: an order into what is ignored here ends the session, and nothing is planted",
  async (scene) => {
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
  },
);

scenario(
  "T2 I4: a change told of what is ignored here ends the session, and nothing is planted",
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

scenario(
  "T1 I4: rules that the other person empties, or renames away from, lift nothing here",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const own = { "secret/diary": "alice's", ".env": "KEY=1", "project/own/plan": "alice's" };
    alice.folder.write(".tcpsyncignore", "secret/\n.env\n/project/own/\n");
    alice.folder.write("project/file", "both");
    for (const [path, content] of Object.entries(own)) alice.folder.write(path, content);
    alice.start();
    bob.start();
    await alice.event("insync");
    await bob.event("insync");
    bob.folder.write(".tcpsyncignore", "/project/own/\n");
    const told = await alice.event("ignored-lifted", ({ count }) => count === 2);
    assertEquals([told.peer, told.paths, told.asked], ["bob", [".env", "secret"], false]);
    bob.folder.rename("project", "moved");
    await alice.event("ignored-lifted", ({ paths }) => paths.includes("moved/own"));
    bob.folder.write("after.txt", "this goes on");
    await alice.event("insync", () => alice.folder.has("after.txt"));
    const stays = [".tcpsyncignore", "after.txt", "moved"];
    assertEquals([bob.folder.names(), bob.folder.names("moved")], [stays, ["file"]]);
    await Promise.all([alice.program.stop(), bob.program.stop()]);
    const again = async () => {
      alice.start("--once");
      bob.start("--once");
      return await codesOf(alice, bob);
    };
    assertEquals(await again(), [1, 0], "something is left for alice to settle");
    assertEquals([bob.folder.names(), bob.folder.names("moved")], [stays, ["file"]]);
    assertEquals(alice.program.since(0, "ignored-lifted").map(({ count }) => count), [3]);
    alice.folder.write(".tcpsyncignore", "!secret/\n");
    assertEquals(await again(), [1, 0]);
    assertEquals(bob.folder.read("secret/diary"), "alice's", "alice let it travel herself");
    assertEquals(bob.folder.names(), [...stays, "secret"].sort());
  },
);
