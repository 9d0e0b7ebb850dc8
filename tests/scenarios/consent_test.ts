// A side's yes and no are its own person's, and to the question that was shown (RULES T4), whatever the inviter's program says of them.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { createClient } from "../../src/peer/create_client.ts";
import { EMPTY_COUNTS, type Event } from "../../src/core/event.ts";
import type { MessageOf } from "../../src/wire/message.ts";
import { countsToWire, entryToWire, type Row } from "../../src/wire/rows.ts";
import { peerByHand } from "../support/hostile_peer.ts";
import { fileOf, folderOf, planted, removed, type Wire } from "../support/hostile_wire.ts";
import { identityOf, memoryKeyring } from "../support/keyring.ts";
import { scenario } from "./harness.ts";
import { fillWithPhotos, OLD, photoContent, photoPath } from "./photos.ts";

const FILES = 120;
const NUMBERS = Array.from({ length: FILES }, (_, number) => number);

const removals = (count: number, content = photoContent) =>
  NUMBERS.slice(0, count).map((number) => removed(photoPath(number), content(number), OLD));

const NOTHING = { batch: 1, lineage: [], moves: [], removals: [], directories: [], contents: [], last: true };
const QUESTION: MessageOf<"halted"> = {
  ...{ type: "halted", number: 1, asks: "mass", reason: "", paths: [], open: true, needs: ["beta"] },
  counts: countsToWire(EMPTY_COUNTS),
};

/** Looks, and has all photos digested: what they hold is known on both sides. */
async function known(wire: Wire) {
  await wire.begin();
  await wire.look();
  await wire.digest(...NUMBERS.map(photoPath));
}

/** Orders photos to be deleted. Whether the other side's guard stops that. */
async function isStopped(wire: Wire, count: number, content = photoContent): Promise<boolean> {
  const orders = {
    ...NOTHING,
    chunk: crypto.randomUUID(),
    idle: false,
    begins: false,
    removals: removals(count, content),
  };
  await wire.say({ type: "orders", ...orders }, { type: "want", packs: true, rows: [], last: true }, {
    type: "supplied",
  });
  const { halts = [] } = await wire.hear("staged") as { halts?: unknown[] };
  if (halts.length > 0) return true;
  await wire.say({ type: "transition" });
  await wire.hearRows("results");
  return false;
}

scenario("T4: a yes to 60 files deletes no 120", async (scene) => {
  await scene.serve();
  const folder = scene.folder("alice");
  fillWithPhotos(folder, FILES);
  const shown: string[] = [];
  const alice = createClient({
    ...{ host: "127.0.0.1", port: scene.port, name: "alice", folder: folder.path, once: false },
    ...{ stateDir: scene.folder("alice-state").path, keyring: memoryKeyring(identityOf("alice")) },
    askDigits: () => Promise.resolve(true),
    askHalt: () => Promise.resolve(true),
    emit: (event: Event) => event.event === "halted" && shown.push(event.reason),
  });
  await alice.start();
  try {
    await alice.acceptFrom("mallory");
    await using mallory = await peerByHand(scene, { invites: "alice" });
    const wire = await mallory.wire();
    await known(wire);
    const judge = async (count: number) => {
      const plan = { moves: [], removals: removals(count), directories: [], contents: [] };
      await wire.say({ type: "judge", setBack: false, ...plan, last: true });
      await wire.hear("judged");
    };
    await judge(60);
    await wire.say(QUESTION);
    assert((await wire.hear("answer")).yes);
    await judge(FILES);
    await wire.say({ type: "resumed", how: "approved" });
    await isStopped(wire, FILES).catch(() => {});
    assertEquals(folder.names("photos").length, FILES);
    assertMatch(await wire.over, /a yes that nobody here gave/);
    assertEquals(shown.map((reason) => reason.split(" of ")[0]), ["mallory deleted 60"]);
  } finally {
    await alice.close();
  }
});

scenario("T4: a no of the inviter's is no yes of the invitee's", async (scene) => {
  await scene.serve();
  const alice = scene.person("alice", "--accept-from", "mallory");
  fillWithPhotos(alice.folder, FILES);
  alice.start();
  await alice.event("connected");
  await using mallory = await peerByHand(scene, { invites: "alice" });
  const wire = await mallory.wire();
  await known(wire);
  await wire.say({ type: "orders", ...NOTHING, chunk: crypto.randomUUID(), idle: true, begins: false });
  const agreed = NUMBERS.map((number): Row => [
    ...[photoPath(number), entryToWire(fileOf(photoPath(number), photoContent(number), OLD)), false],
  ]);
  const rows: Row[] = [["photos", entryToWire(folderOf("photos")), false], ...agreed];
  await wire.say({ type: "commit", generation: 1, moves: [], conflicts: [], rows, last: true });
  await wire.hear("committed");
  const edited = (number: number) => `edited ${number}\n`;
  for (const number of NUMBERS) alice.folder.write(photoPath(number), edited(number), OLD);
  do await wire.hear("dirty"); while ((await wire.look()).length <= FILES);
  await wire.digest(...NUMBERS.map(photoPath));
  await wire.say({ ...QUESTION, reason: "alice rewrote 120", needs: ["alpha"] });
  await wire.say({ type: "resumed", how: "back" });
  assert(await isStopped(wire, FILES, edited), "alice is asked");
  assertMatch(
    (await alice.event("halted", ({ needs }) => needs[0] === "alice")).reason,
    /^mallory deleted 120 /,
  );
  assertEquals(NUMBERS.map((number) => alice.folder.read(photoPath(number))), NUMBERS.map(edited));
});

scenario(
  "T4 S2: a folder that is not the one kept there is not taken on the inviter's word",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((one) => one.write("letter.txt", "dear\n"));
    await Promise.all([alice.program.stop(), bob.program.stop()]);
    Deno.renameSync(alice.folder.path, `${alice.folder.path}.away`);
    Deno.mkdirSync(alice.folder.path); // As where a drive is not mounted.
    alice.flags.splice(0, Infinity, "--accept-from", "mallory", "--yes");
    alice.start();
    await alice.event("connected");
    await using mallory = await peerByHand(scene, { invites: "alice" });
    const takes = async (wire: Wire) => {
      await wire.begin();
      await wire.look();
      await wire.order({ contents: [planted("planted.txt", "hi")] }, ["hi"]);
    };
    const wire = await mallory.wire();
    await takes(wire).catch(() => {});
    assertEquals(alice.folder.names(), []);
    assertMatch(await wire.over, /not the one kept here/);
    const another = await mallory.wire();
    await another.say({ type: "resumed", how: "merged" });
    await takes(another).catch(() => {});
    assertEquals(alice.folder.names(), []);
  },
);
