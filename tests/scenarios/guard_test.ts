// Each side guards its own folder (RULES S1-S3, T): against the other person's flag, orders and undo requests, and against a program
// there that was changed.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { nameOf, type Path } from "../../src/core/tree/path.ts";
import { moveToWire, type Row, taskToWire } from "../../src/wire/rows.ts";
import { plant } from "../support/damaged_archive.ts";
import { peerByHand } from "../support/hostile_peer.ts";
import { fileOf, fileRow, folderRow, removed, type Wire } from "../support/hostile_wire.ts";
import type { Folder } from "./persons_folder.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import { PROGRAM } from "./program.ts";
import { WINDOWS } from "../support/system.ts";
import { fillWithPhotos, OLD, photoContent, photoPath } from "./photos.ts";

const FILES = 60;

/** What both had before they met was added by neither. */
const fillBoth = (one: Folder, other: Folder) =>
  [one, other].forEach((folder) => fillWithPhotos(folder, FILES));

/** Takes them away in one stroke. */
function takeAway(folder: Folder) {
  folder.rename("photos", "../taken away");
}

async function assertHalted(whom: Person[], needs: string[], reason: RegExp) {
  for (const person of whom) {
    const told = await person.event("halted");
    assert(reason.test(told.reason), `"${told.reason}" does not say ${reason}`);
    assertEquals(told.needs, needs, `${person.name}: whose yes it takes`);
  }
}

scenario("T4 S3: the other's --approve-mass-change is no yes of this side's", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillBoth);
  await bob.program.stop();
  bob.start("--approve-mass-change");
  await scene.alike(alice, bob);
  takeAway(bob.folder);
  const reason = /^bob deleted 60 of the 61 agreed files$/;
  await assertHalted([alice, bob], ["alice"], reason);
  await alice.program.stop();
  alice.start();
  await assertHalted([alice, bob], ["alice"], reason);
  assertEquals(alice.folder.names("photos").length, FILES);
  await alice.program.stop();
  alice.start("--approve-mass-change");
  assertEquals((await bob.event("resumed")).how, "approved");
  await scene.alike(alice, bob);
  assert(!alice.folder.has("photos"));
});

scenario("T4 S2: the other's --approve-mass-change fills no drive that is not mounted", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillBoth);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  for (const one of [alice, bob]) {
    const other = one === alice ? bob : alice;
    Deno.renameSync(one.folder.path, `${one.folder.path}.away`);
    Deno.mkdirSync(one.folder.path);
    one.start();
    other.start("--approve-mass-change");
    await assertHalted([one, other], [one.name], /is not the one that was kept there/);
    Deno.removeSync(one.folder.path); // There is nothing in it.
    Deno.renameSync(`${one.folder.path}.away`, one.folder.path);
    for (const person of [one, other]) assertEquals((await person.event("resumed")).how, "over");
    await scene.alike(alice, bob);
    await Promise.all([alice.program.stop(), bob.program.stop()]);
  }
});

scenario("T4 S1: what the other added within the hour makes no deletion a small one", async (scene) => {
  const { alice, bob } = await scene.syncedPair(fillBoth);
  for (let number = 0; number < 250; number++) bob.folder.write(`empty/${number}`, "");
  bob.folder.rename("empty", "blank");
  await scene.alike(alice, bob);
  takeAway(bob.folder);
  await assertHalted([alice, bob], ["alice"], /^bob deleted 60 of the 61 agreed files$/);
  assertEquals(alice.folder.names("photos").length, FILES);
});

/** Orders these photos to be deleted, without a guard. Whether it was refused. */
async function deletePhotos(wire: Wire, from: number, to: number, generation = 2): Promise<boolean> {
  const numbers = Array.from({ length: to - from }, (_, number) => from + number);
  return await orderRemovals(
    wire,
    numbers.map((number) => [photoPath(number), photoContent(number), OLD]),
    generation,
  );
}

/** The same with any files. */
async function orderRemovals(
  wire: Wire,
  files: readonly [path: string, content: string, mtime?: number][],
  generation: number,
  moves: Row[] = [],
): Promise<boolean> {
  const removals = files.map((file) => removed(...file));
  const none = {
    batch: 1,
    lineage: [],
    directories: [],
    contents: [],
    idle: false,
    begins: false,
    last: true,
  };
  await wire.say({ type: "orders", ...none, chunk: crypto.randomUUID(), moves, removals });
  await wire.say({ type: "want", packs: true, rows: [], last: true }, { type: "supplied" });
  const { halts = [] } = await wire.hear("staged") as { halts?: unknown[] };
  if (halts.length > 0) return true;
  await wire.say({ type: "transition" });
  const results = await wire.hearRows("results");
  assertEquals(results.filter((row) => row.length === 2).length, files.length, "all are done");
  const commit = { generation, moves: [], conflicts: [], last: true };
  await wire.say({ type: "commit", ...commit, rows: files.map(([path]) => [path, null, false]) });
  await wire.hear("committed");
  return false;
}

scenario(
  "T4 S1: an inviter's program without a guard deletes no more than a guard lets pass",
  async (scene) => {
    await using met = await meetMallory(scene);
    const { alice } = met;
    const known = async () => {
      const wire = await met.known();
      await agree(wire, photos.filter(([path]) => alice.folder.has(path)), 1);
      return wire;
    };
    const liar = await known();
    assert(await deletePhotos(liar, 0, FILES), "it takes a yes");
    await assertHalted([alice], ["alice"], /^mallory deleted 60 of the /);
    await liar.say({ type: "resumed", how: "approved" });
    assertMatch(await liar.over, /a yes that nobody here gave/);
    const wire = await known();
    assert(await deletePhotos(wire, 0, FILES), "and that must be alice's");
    assert(!await deletePhotos(wire, 0, 40), "some may go");
    assert(await deletePhotos(wire, 40, FILES), "but not bit by bit");
    wire.channel.close();
    assert(await deletePhotos(await known(), 40, FILES), "nor in another session");
    await alice.program.kill();
    alice.start();
    assert(await deletePhotos(await known(), 40, FILES), "nor after a restart");
    assertEquals(alice.folder.names("photos").length, 20);
  },
);

const photos = Array.from(
  { length: FILES },
  (_, number) => [photoPath(number), photoContent(number)] as const,
);

/** alice, and mallory, who invites her; `known` begins, and comes to where alice's folder is known. */
async function meetMallory(scene: Scene) {
  await scene.serve();
  const alice = scene.person("alice", "--accept-from", "mallory");
  fillWithPhotos(alice.folder, FILES);
  alice.start();
  await alice.event("connected");
  const mallory = await peerByHand(scene, { invites: "alice" });
  const known = async () => {
    const wire = await mallory.wire();
    await wire.begin();
    await wire.look();
    await wire.digest(...photos.map(([path]) => path));
    return wire;
  };
  return { alice, known, [Symbol.asyncDispose]: () => mallory[Symbol.asyncDispose]() };
}

/** The same at the point where alice's photos are agreed. */
async function knowing(scene: Scene) {
  const met = await meetMallory(scene);
  const wire = await met.known();
  await agree(wire, photos, 1);
  return { ...met, wire };
}

/** Says that these files are agreed, whatever alice has. */
async function agree(
  wire: Wire,
  files: readonly (readonly [path: string, content: string])[],
  generation = 2,
) {
  const none = { batch: 1, lineage: [], moves: [], removals: [], directories: [], contents: [], last: true };
  await wire.say({ type: "orders", ...none, chunk: crypto.randomUUID(), idle: true, begins: false });
  const folders = [...new Set(files.map(([path]) => path.split("/")[0]!))];
  const rows = [...folders.map(folderRow), ...files.map(([path, content]) => fileRow(path, content))];
  const commit = { generation, moves: [], conflicts: [], last: true };
  await wire.say({ type: "commit", ...commit, rows: rows.map((row) => [...row, false]) });
  await wire.hear("committed");
}

scenario(
  "T4 S1: files that only the other's program says are agreed make no deletion a small one",
  async (scene) => {
    await using told = await knowing(scene);
    const { alice, wire } = told;
    await agree(wire, Array.from({ length: 1000 }, (_, number) => [`made up/${number}`, ""]));
    assert(await deletePhotos(wire, 0, FILES, 3), "it takes a yes");
    assertEquals(alice.folder.names("photos").length, FILES);
  },
);

scenario("T4 S1: a no that the other's program says was given lets it take nothing away", async (scene) => {
  await using told = await knowing(scene);
  const { alice, wire } = told;
  const elsewhere = photos.map(([path, content]) => [`else${path}`, content] as const);
  await agree(wire, [...photos.map(([path]) => [path, "made up"] as const), ...elsewhere]);
  const asked = { number: 1, reason: "you rewrote much", counts: [0, 0, 0, 0, 0, 0], paths: [], open: true };
  await wire.say(
    { type: "halted", asks: "mass", ...asked, needs: ["alpha"] },
    { type: "resumed", how: "back" },
  );
  await wire.look();
  assert(await deletePhotos(wire, 0, FILES, 3), "it takes a yes");
  assertEquals(alice.folder.names("photos").length, FILES);
});

scenario("T4 S1: renames that cannot be done hide nothing of what is deleted with them", async (scene) => {
  await using told = await knowing(scene);
  const { alice, wire } = told;
  const files = Array.from(
    { length: FILES },
    (_, number): [string, string, number] => [photoPath(number), photoContent(number), OLD],
  );
  const away = files.map(([path], number) => {
    const name = `${number} ${"x".repeat(300)}`;
    return moveToWire({ from: path as Path, to: name as Path, name });
  });
  assert(await orderRemovals(wire, files, 1, away), "it takes a yes");
  const onto = files.slice(0, 51).map(([path]) =>
    moveToWire({ from: "letter.txt" as Path, to: path as Path, name: nameOf(path as Path) })
  );
  assert(
    await orderRemovals(wire, files.slice(0, 51), 1, onto),
    "and so it does where it seems to be one file",
  );
  assertEquals(alice.folder.names("photos").length, FILES);
});

/** A copy of a photo, made of the one that is here. */
const copyOf = (number: number, path: string) =>
  taskToWire({
    path: path as Path,
    old: null,
    new: fileOf(path, photoContent(number), OLD),
    source: { at: "here", path: photoPath(number) as Path },
  });

/** Has that carried out, and agreed with these files. */
async function carryOut(wire: Wire, contents: Row[], given: string[], files: [string, string][]) {
  const results = await wire.order({ contents }, given);
  assertEquals(results.filter((row) => row.length === 2).length, contents.length, "all are done");
  const rows = files.map((file) => [...fileRow(...file), false]);
  await wire.say({ type: "commit", generation: 2, moves: [], conflicts: [], last: true, rows });
  await wire.hear("committed");
}

// Not on Windows: where the disk does not say when files were made, those of the last seconds are read anew with each look, and an order
// by hand comes at any moment.
scenario("T4 S1: a copy of what the other rewrites is not the other's to delete", async (scene) => {
  await using told = await knowing(scene);
  const { alice, wire } = told;
  const numbers = Array.from({ length: FILES }, (_, number) => number);
  const kept = (number: number) => `kept ${number}`;
  const rewritten = numbers.map((number) =>
    taskToWire({
      path: photoPath(number) as Path,
      old: fileOf(photoPath(number), photoContent(number), OLD),
      new: fileOf(photoPath(number), "gone"),
      requires: kept(number) as Path,
    })
  );
  const copies = numbers.map((number) => copyOf(number, kept(number)));
  await carryOut(
    wire,
    [...copies, ...rewritten],
    [...copies.map(() => ""), ...rewritten.map(() => "gone")],
    numbers.map((number) => [kept(number), photoContent(number)]),
  );
  assert(
    await orderRemovals(wire, numbers.map((number) => [kept(number), photoContent(number), OLD]), 3),
    "it takes a yes",
  );
  assertEquals(alice.folder.read(kept(7)), photoContent(7));
}, WINDOWS);

scenario("T4 S1: copies that look like those of conflicts make no deletion a small one", async (scene) => {
  await using told = await knowing(scene);
  const { alice, wire } = told;
  const names = Array.from(
    { length: 250 },
    (_, number) => `0 (conflict mallory 2026-11-22 18.07.33 ${number + 2}).txt`,
  );
  await carryOut(
    wire,
    names.map((name) => copyOf(0, name)),
    [],
    names.map((name) => [name, photoContent(0)]),
  );
  assert(await deletePhotos(wire, 0, FILES, 3), "it takes a yes");
  assertEquals(alice.folder.names("photos").length, FILES);
});

/** Types a command of this person's, whose client does not run. */
async function command(person: Person, ...words: string[]) {
  const [word, ...rest] = words;
  const own = ["--folder", person.folder.path, "--state", person.state, "--json"];
  const { code } = await new Deno.Command(PROGRAM[0]!, {
    args: [...PROGRAM.slice(1), word!, ...own, ...rest],
    ...{ stdin: "null", stdout: "null" },
  }).output();
  assertEquals(code, 0, words.join(" "));
}

scenario("T4 S1: the other's undo request is judged before any of it is done", async (scene) => {
  const { alice, bob } = await scene.syncedPair((mine) => mine.write("letter.txt", "dear\n"));
  await bob.program.stop();
  for (let number = 0; number < FILES; number++) bob.folder.write(photoPath(number), photoContent(number));
  bob.start();
  await scene.alike(alice, bob);
  await Promise.all([alice.program.stop(), bob.program.stop()]);
  const longAgo = 2 * 3600_000;
  plant(alice.state, `UPDATE deed SET time = time - ${longAgo}`);
  await command(bob, "undo", "2");
  alice.start();
  bob.start();
  const reason = /^bob wants batch 2 undone, which deletes 60 of the 61 agreed files$/;
  await assertHalted([alice, bob], ["alice"], reason);
  assertEquals(alice.folder.names("photos").length, FILES);
  await alice.program.stop();
  alice.start("--approve-mass-change");
  assertEquals((await bob.event("undone", ({ whose }) => whose === "alice")).back, FILES + 1);
  await scene.alike(alice, bob);
  assertEquals(bob.folder.names(), ["letter.txt"]);
});

scenario(
  "T11 S5: a pair is root and key: who claims another's root undoes nothing of theirs",
  async (scene) => {
    await scene.serve();
    const people = ["bob", "mallory"].flatMap((name) => ["--accept-from", name]);
    const alice = scene.person("alice", ...people);
    const bob = scene.person("bob", "--invite", "alice");
    alice.folder.write("letter.txt", "dear\n");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await bob.program.stop();
    for (const name of ["one", "two"]) bob.folder.write(`from bob/${name}.txt`, name);
    bob.start();
    await scene.alike(alice, bob);
    await using mallory = await peerByHand(scene, { invites: "alice" });
    const wire = await mallory.wire();
    const root = bob.folder.read(".tcpsync/identity")!.trim();
    await wire.begin({ root });
    const requests = [1, 2, 3].map((batch) => [crypto.randomUUID(), batch]);
    await wire.say({ type: "look", unwatched: [], wishes: requests, heard: [] }, {
      type: "scan",
      ignore: "",
    });
    const { heard } = await wire.hear("scanned");
    assertEquals(heard.map(([, , back]) => back), [0, 0, 0]);
    assertEquals(alice.folder.names("from bob"), ["one.txt", "two.txt"]);
  },
);
