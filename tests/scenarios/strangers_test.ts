// Strangers at the server who only wish harm: what they do costs them, and nobody else.

import { assertEquals } from "@std/assert";
import { startProgram } from "../cli/program.ts";
import { present } from "../support/person.ts";
import { LIMITS } from "../../src/rendezvous/limits.ts";
import { scenario } from "./harness.ts";

scenario(
  "T9: a stranger who invites again and again and never comes keeps nobody from the one he invites",
  async (scene) => {
    await scene.serve();
    const alice = scene.person("alice", "--invite", "bob");
    const fingerprint = startProgram("--fingerprint", "--state", alice.state).ended;
    const { out } = await scene.wait(fingerprint, "alice's fingerprint");
    const bob = scene.person("bob", "--wait", "--trust", `alice=${out.trim()}`);
    bob.start();
    await bob.event("connected");
    const mallory = await present(scene.port, "mallory");
    for (let i = 0; i < LIMITS.meetings; i++) {
      await mallory.say({ kind: "invite", to: "bob" });
      await mallory.hear("ticket");
    }
    alice.folder.write("from alice.txt", "alice");
    alice.start();
    await scene.alike(alice, bob);
    assertEquals(bob.folder.names(), ["from alice.txt"]);
    const asked = alice.program.since(0, "invitation").filter(({ state }) => state === "offered");
    assertEquals(asked.length, 1);
    mallory.channel.close();
  },
);
