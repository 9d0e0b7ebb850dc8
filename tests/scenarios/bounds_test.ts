// What a changed program of the other person can make this side hold, count or remember is bounded.

import { assertEquals, assertMatch } from "@std/assert";
import { startProgram } from "../cli/program.ts";
import { changedPeer } from "../support/hostile_peer.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import type { Told } from "./program.ts";

/** A server, and alice and bob in sync; alice's folder is kept with mallory, too, if he comes. */
async function withMallory(scene: Scene): Promise<{ alice: Person; bob: Person }> {
  return await scene.syncedPair((alice) => alice.write("first.txt", "first"), "--invite", "mallory");
}

scenario(
  "a peer's history number near 2^53 leaves history, why and undo as they are for all",
  async (scene) => {
    const { alice } = await withMallory(scene);
    await using mallory = await changedPeer(scene, { accepts: "alice" }, {
      says: { history: (history) => ({ ...history, batch: 2 ** 53 - 1 }) },
      hears: { orders: (orders) => ({ ...orders, batch: 1 }) },
    });
    mallory.folder.write("from mallory.txt", "mallory");
    const end = ({ event, peer }: Told) => peer === "mallory" && (event === "insync" || event === "lost");
    await alice.until("what comes of mallory", () => alice.program.events.some(end));
    await alice.program.stop();
    for (const flags of [["history"], ["why", "first.txt"], ["undo"]]) {
      const past = [...flags, "--folder", alice.folder.path, "--state", alice.state, "--json"];
      const { code, out, err } = await scene.wait(startProgram(...past).ended, flags[0]!);
      assertEquals([code, err], [0, ""], out);
      assertMatch(out, /first\.txt|"batch":1/);
    }
  },
);
