// Who may come to a folder, and what its person is told before (T12–T14), between real processes.

import { assertEquals, assertMatch } from "@std/assert";
import { startProgram } from "../cli/started_program.ts";
import { assertRefused, Person, scenario } from "./harness.ts";

scenario("T12: --yes lets nobody in, and answers the digits of those who were named", async (scene) => {
  await scene.serve();
  const carol = new Person(scene, "carol", ["--invite", "bob", "--yes", "--once"]);
  const alice = new Person(scene, "alice", ["--invite", "bob", "--yes", "--once"]);
  for (const named of ["--accept-from", "--invite"]) {
    const bob = new Person(scene, "bob", [named, "alice", "--yes"]);
    bob.folder.write("private.txt", "bob's");
    bob.start();
    await bob.event("connected");
    carol.start();
    assertEquals((await carol.ended()).code, 3);
    await bob.event("invitation", ({ from, state }) => from === "carol" && state === "declined");
    assertEquals([carol.folder.names(), bob.program.since(0, "verify")], [[], []]);
    if (named === "--invite") continue;
    alice.start();
    assertEquals((await alice.ended()).code, 0);
    assertEquals(alice.folder.names(), ["private.txt"]);
    await bob.program.stop();
  }
});

scenario(
  "T12: --wait --yes lets in whom nobody named only by their key: --trust answers the digits, --yes does not",
  async (scene) => {
    await scene.serve();
    const bob = scene.person("bob", "--wait");
    const carol = scene.person("carol", "--invite", "bob", "--once");
    bob.folder.write("private.txt", "bob's");
    const comes = async (...flags: string[]) => {
      bob.start(...flags);
      await bob.event("connected");
      carol.start();
      const { code } = await carol.ended();
      await bob.program.stop();
      return [code, carol.folder.names()];
    };
    assertEquals(await comes(), [3, []]);
    for (const { program } of [bob, carol]) {
      const [refused, ...more] = program.since(0, "refused");
      assertMatch(refused!.reason, /first meeting.*--trust/);
      assertEquals(more, []);
    }
    const own = startProgram("--fingerprint", "--state", carol.state).ended;
    const { out } = await scene.wait(own, "carol's fingerprint");
    assertEquals(await comes("--trust", `carol=${out.trim()}`), [0, ["private.txt"]]);
  },
);

scenario(
  "T13: a name that is another's to the eye, or mixes scripts in a word, is refused",
  async (scene) => {
    await scene.serve();
    const named = (name: string) => new Person(scene, name, ["--wait"]);
    const enters = async (name: string) => {
      const person = named(name);
      person.start();
      await person.event("connected");
    };
    const refused = async (name: string, why: RegExp) => {
      const person = named(name);
      person.start();
      assertRefused(await person.ended(), 3, why);
    };
    await enters("ken");
    await refused("кен", /"кен" looks like a name somebody else has/);
    await enters("ᴛom");
    await refused("tom", /"tom" looks like a name somebody else has/);
    await refused("Kоля", /Kоля cannot be a user's name: it mixes scripts .*\(Latin, Cyrillic\)/);
    await enters("иван-pc");
  },
);

scenario(
  "T14: an invitation says which folder is meant, and with whom it is or was shared",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair();
    const dave = new Person(scene, "dave", ["--invite", "alice"]);
    const asked = async () => {
      dave.start();
      const { folder, sharedWith } = await alice.event("invitation", ({ from }) => from === "dave");
      await dave.ended();
      return [folder, sharedWith];
    };
    assertEquals(await asked(), [alice.folder.path, ["bob"]]);
    await alice.program.stop();
    await bob.program.stop();
    const elsewhere = scene.folder("elsewhere");
    alice.flags.splice(0, 2, "--accept-from", "carol");
    alice.start();
    await alice.event("connected");
    assertEquals(await asked(), [alice.folder.path, ["bob"]], "before alice was started again");
    await alice.program.stop();
    alice.start("--accept-from", `dave=${elsewhere.path}`);
    await alice.event("connected");
    assertEquals(await asked(), [elsewhere.path, []]);
  },
);

scenario(
  "T14: a folder in one that is shared is shared with whom that is",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((folder) => folder.write("projects/plan", "ours"));
    await alice.program.stop();
    await bob.program.stop();
    const asked = async (folder: string) => {
      const carol = new Person(scene, "carol", ["--invite", "alice"]);
      alice.start("--accept-from", `carol=${folder}`);
      carol.start();
      const { folder: meant, sharedWith } = await alice.event("invitation", ({ from }) => from === "carol");
      await Promise.all([alice.program.stop(), carol.program.stop()]);
      return [meant, sharedWith];
    };
    assertEquals(await asked(alice.folder.at("projects")), [alice.folder.at("projects"), ["bob"]]);
  },
);
