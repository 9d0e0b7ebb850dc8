// More than two people: one client, several folders; and one folder, several people.

import { assert, assertEquals } from "@std/assert";
import { scenario } from "./harness.ts";

scenario("two pairs at once, each with a folder of its own", async (scene) => {
  await scene.serve();
  const apart = scene.folder("for carol");
  const alice = scene.person("alice", "--invite", "bob", "--invite", `carol=${apart.path}`);
  const bob = scene.person("bob", "--accept-from", "alice");
  const carol = scene.person("carol", "--accept-from", "alice");
  alice.folder.write("for bob.txt", "bob");
  apart.write("for carol.txt", "carol");
  for (const person of [alice, bob, carol]) person.start();
  await scene.alike(alice, bob);
  await scene.alike(alice, carol, apart);
  bob.folder.write("from bob.txt", "bob again");
  carol.folder.write("from carol.txt", "carol again");
  await scene.alike(alice, bob);
  await scene.alike(alice, carol, apart);
  assertEquals(alice.folder.names(), ["for bob.txt", "from bob.txt"]);
  assertEquals(carol.folder.names(), ["for carol.txt", "from carol.txt"]);
});

scenario("one folder with two people: what bob does reaches carol through alice", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--invite", "bob", "--invite", "carol");
  const bob = scene.person("bob", "--accept-from", "alice");
  const carol = scene.person("carol", "--accept-from", "alice");
  for (const person of [alice, bob, carol]) person.folder.write(`from ${person.name}.txt`, person.name);
  for (const person of [alice, bob, carol]) person.start();
  const everywhere = async () => {
    await scene.alike(alice, bob);
    await scene.alike(alice, carol);
    await scene.alike(alice, bob);
  };
  await everywhere();
  assertEquals(carol.folder.names(), ["from alice.txt", "from bob.txt", "from carol.txt"]);
  bob.folder.write("folder/plan.txt", "bob's plan");
  await everywhere();
  assertEquals(carol.folder.read("folder/plan.txt"), "bob's plan");
  carol.folder.append("folder/plan.txt", ", and carol's");
  await everywhere();
  assertEquals(bob.folder.read("folder/plan.txt"), "bob's plan, and carol's");
  carol.folder.rename("folder", "renamed");
  await everywhere();
  bob.folder.remove("renamed");
  await everywhere();
  assert(!carol.folder.has("renamed"));
  assertEquals(carol.folder.names(), ["from alice.txt", "from bob.txt", "from carol.txt"]);
});
