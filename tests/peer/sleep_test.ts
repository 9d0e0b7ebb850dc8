// A computer that sleeps for longer than its peer has patience, with real folders: whoever waits says so, and both go on by themselves
// when it is back.

import { assert, assertEquals } from "@std/assert";
import { openRoot } from "../../src/root/opening.ts";
import { runSession } from "../../src/session/session.ts";
import { differences, Folder } from "../scenarios/persons_folder.ts";
import { Line } from "../support/line.ts";
import { type TestClient, testClient, testServer } from "../support/network.ts";

/** Patience for a test; a slow computer is heard within it too. */
const channel = { beatMs: 100, silenceMs: 1_500 };

Deno.test("silent for longer than the peer has patience: told as lost, and gone on with when it is back", async () => {
  const place = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "tcpsync-sleep-" }));
  const server = await testServer();
  await using line = new Line(() => server.port);
  const person = (name: string, port: number) => {
    const folder = new Folder(`${place}/${name}`);
    const options = { folder: folder.path, stateDir: `${place}/${name}-state` };
    return { folder, client: testClient({ port }, name, options, { openRoot, runSession, channel }) };
  };
  const alice = person("alice", server.port);
  const bob = person("bob", line.port);
  try {
    alice.folder.write("shared.txt", "as it was");
    await Promise.all([alice.client.start(), bob.client.start()]);
    await bob.client.acceptFrom("alice");
    await alice.client.invite("bob");
    await untilAlike(alice, bob);

    line.stall(); // All that comes from bob, and all that is for him.
    alice.folder.write("shared.txt", "changed while bob slept");
    const lost = await alice.client.log.next({ event: "lost", what: "peer", peer: "bob" });
    assert("reason" in lost && /nothing was heard/.test(lost.reason), JSON.stringify(lost));
    bob.folder.write("bob's.txt", "made before anybody noticed");
    line.resume();
    await untilAlike(alice, bob);
    assertEquals(bob.folder.read("shared.txt"), "changed while bob slept");
    assertEquals(alice.folder.names(), ["bob's.txt", "shared.txt"]);
  } finally {
    await Promise.all([alice.client.close(), bob.client.close()]);
    await server.close();
    Deno.removeSync(place, { recursive: true });
  }
});

interface Side {
  folder: Folder;
  client: TestClient;
}

/** Waits until both folders hold the same, looking at each `insync`. */
async function untilAlike(one: Side, other: Side) {
  do await one.client.log.next({ event: "insync" }); while (
    differences(one.folder.tree(), other.folder.tree()).length > 0
  );
}
