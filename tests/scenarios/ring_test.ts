// Three people, each of whom keeps one folder with the two others (M9): what one does reaches both by two ways.

import { assertEquals } from "@std/assert";
import { type Person, scenario, type Scene } from "./harness.ts";

/** As often as a log is written to. */
const EVERY_MS = 150;
const LINES = 60;

async function ring(scene: Scene): Promise<Person[]> {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "bob", "--accept-from", "carol");
  const bob = scene.person("bob", "--invite", "carol", "--accept-from", "alice");
  const carol = scene.person("carol", "--invite", "alice", "--accept-from", "bob");
  for (const person of [alice, bob, carol]) person.start();
  await allAlike(scene, alice, bob, carol);
  return [alice, bob, carol];
}

async function allAlike(scene: Scene, alice: Person, bob: Person, carol: Person) {
  for (let round = 0; round < 2; round++) {
    await scene.alike(alice, bob);
    await scene.alike(bob, carol);
    await scene.alike(carol, alice);
  }
}

scenario(
  "M9: a file that one of three writes to again and again is no conflict, and comes whole",
  async (scene) => {
    const [alice, bob, carol] = await ring(scene) as [Person, Person, Person];
    let text = "";
    for (let line = 0; line < LINES; line++) {
      alice.folder.write("log.txt", text += `line ${line}\n`);
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS)); // Its writer's own time.
    }
    await allAlike(scene, alice, bob, carol);
    for (const { folder } of [alice, bob, carol]) {
      assertEquals(folder.names(), ["log.txt"]);
      assertEquals(folder.read("log.txt"), text);
    }
  },
);
