// Looking back and bringing back between real processes, asked for on the command line while one's client does not run.

import { assert, assertEquals } from "@std/assert";
import { plant } from "../support/damaged_archive.ts";
import { type Person, scenario, type Scene } from "./harness.ts";
import { PROGRAM } from "./program.ts";
import { WINDOWS } from "../support/system.ts";
import { until } from "./waiting.ts";

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);

interface Answer {
  code: number;
  /** The lines of `--json`, parsed. */
  said: Record<string, unknown>[];
  err: string;
}

/** Asks as this person: `tcpsync WORD … --json`. */
async function ask(scene: Scene, person: Person, word: string, ...rest: string[]): Promise<Answer> {
  const flags = ["--folder", person.folder.path, "--state", person.state, "--json"];
  const { code, stdout, stderr } = await scene.wait(
    new Deno.Command(PROGRAM[0]!, {
      args: [...PROGRAM.slice(1), word, ...flags, ...rest],
      stdin: "null",
    }).output(),
    `${word} by ${person.name}`,
  );
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes).trim());
  return { code, err: err!, said: out === "" ? [] : out!.split("\n").map((line) => JSON.parse(line)) };
}

scenario(
  "T15 S4 (field 5): undo without a running client says whose work it takes back; repeated it goes further back; " +
    "the rest comes back when the two meet",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((mine) => {
      for (const name of ["a", "b", "deep/c"]) mine.write(`docs/${name}`, `docs ${name}`, NOON);
      mine.write("edited.txt", "before", NOON);
    });
    alice.folder.remove("docs");
    alice.folder.write("edited.txt", "after");
    await scene.alike(alice, bob);
    bob.folder.write("made by bob.txt", "made");
    await scene.alike(alice, bob);
    const after = bob.folder.tree();
    const kept = bob.folder.versions();
    assertEquals([kept.get("docs/deep/c"), kept.get("edited.txt")], ["docs deep/c", "before"], "plain files");

    await alice.program.stop();
    const own = ["--folder", alice.folder.path, "--state", alice.state];
    const unasked = await scene.wait(
      new Deno.Command(PROGRAM[0]!, { args: [...PROGRAM.slice(1), "undo", ...own], stdin: "null" }).output(),
      "an undo that cannot ask",
    );
    const [said, err] = [unasked.stdout, unasked.stderr].map((bytes) => new TextDecoder().decode(bytes));
    assertEquals(unasked.code, 3, err);
    assert(said!.includes("1 is removed, made by bob: made by bob.txt"), said);
    assert(err!.includes("there is no terminal to ask on; add --yes"), err);
    assert(alice.folder.has("made by bob.txt"), "nothing is done");

    const history = await ask(scene, alice, "history");
    const batches = history.said.map(({ batch }) => batch as number).filter((batch) => batch > 1);
    const told: unknown[] = [];
    for (const batch of batches) {
      const { code, said: [plan, done], err } = await ask(scene, alice, "undo");
      assertEquals([code, plan!.batch, done!.batch, done!.peer], [0, batch, batch, "bob"], err);
      told.push(...plan!.changes as unknown[]);
    }
    const deleted = ["docs", "docs/a", "docs/b", "docs/deep", "docs/deep/c"];
    assertEquals(
      new Set(told.map((change) => JSON.stringify(change))),
      new Set([
        { what: "goes", path: "made by bob.txt", by: "peer" },
        ...deleted.map((path) => ({ what: "comes", path, by: "self" })),
        { what: "former", path: "edited.txt", by: "self" },
      ].map((change) => JSON.stringify(change))),
    );
    alice.start();
    await scene.alike(alice, bob);
    for (const { folder } of [alice, bob]) {
      assertEquals([folder.read("docs/deep/c"), folder.read("edited.txt")], ["docs deep/c", "before"]);
      assert(!folder.has("made by bob.txt"));
    }
    await bob.event("undone", ({ whose, batch }) => whose === "bob" && batch === batches.at(-1));

    // The undo is a batch itself, and says so; by its number it is undone.
    await bob.program.stop();
    const undos = (await ask(scene, bob, "history")).said.filter(({ undoes }) => (undoes as []).length > 0);
    assertEquals(undos.flatMap(({ undoes }) => undoes as number[]).sort(), batches.toSorted());
    for (const { batch } of undos) {
      const { code, said: [plan, done] } = await ask(scene, bob, "undo", String(batch));
      assertEquals([code, plan!.state, done!.state, done!.left], [0, "planned", "done", []]);
    }
    bob.start();
    await scene.alike(alice, bob);
    const tree = alice.folder.tree();
    assertEquals([...tree.keys()].sort(), [...after.keys()].sort());
    assertEquals(alice.folder.read("edited.txt"), "after");
  },
);

scenario("S4: an undo that is killed anywhere is called again, and is whole then", async (scene) => {
  const many = WINDOWS ? 20 : 100;
  const { alice, bob } = await scene.syncedPair((mine) => {
    for (let number = 0; number < many; number++) mine.write(`docs/${number}`, `first ${number}`, NOON);
  });
  await alice.program.stop(); // Seen at once, it is one batch.
  for (let number = 0; number < many / 4; number++) alice.folder.write(`docs/${number}`, `second ${number}`);
  alice.start();
  await scene.alike(alice, bob);
  await bob.program.stop();
  const own = ["--folder", bob.folder.path, "--state", bob.state];
  for (let tries = 0; tries < 3; tries++) {
    const undo = new Deno.Command(PROGRAM[0]!, {
      args: [...PROGRAM.slice(1), "undo", ...own, "2", "--yes"],
      ...{ stdin: "null", stdout: "null", stderr: "null" },
    }).spawn();
    const begun = async () => {
      while (bob.folder.read("docs/0") !== "first 0") await new Promise((resolve) => setTimeout(resolve, 1));
    };
    await Promise.race([scene.wait(begun(), "the undo to begin"), undo.status]);
    try {
      undo.kill("SIGKILL");
    } catch {
      // It was quicker.
    }
    await undo.status;
  }
  const last = await ask(scene, bob, "undo", "2");
  assertEquals([last.code, last.said.at(-1)!.left ?? []], [0, []], last.err);
  bob.start();
  await scene.alike(alice, bob);
  for (let number = 0; number < many; number++) {
    assertEquals(alice.folder.read(`docs/${number}`), `first ${number}`);
  }
});

scenario(
  "C9: conflicts listed and resolved without a running client, each of the three ways",
  async (scene) => {
    const { alice, bob } = await scene.syncedPair((mine) => {
      for (const name of ["mine", "theirs", "both"]) mine.write(`${name}.txt`, "old", NOON);
    });
    await alice.program.stop();
    await bob.program.stop();
    for (const name of ["mine", "theirs", "both"]) {
      alice.folder.write(`${name}.txt`, "alice's", NOON + 7_200_000);
      bob.folder.write(`${name}.txt`, "bob's", NOON + 3_600_000);
    }
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await bob.program.stop();

    const listed = await ask(scene, bob, "conflicts");
    assertEquals([listed.code, listed.said.length], [1, 3]);
    for (const { of, copyBy, alike, named, copy } of listed.said) {
      assertEquals([of, copyBy, alike], ["bob", "self", false]);
      assertEquals([named, copy].map((half) => (half as { size: number }).size), [7, 5]);
    }
    for (const how of ["mine", "theirs", "both"]) {
      const { code, err } = await ask(scene, bob, "resolve", `${how}.txt`, how);
      assertEquals(code, 0, err);
    }
    assertEquals((await ask(scene, bob, "conflicts")).code, 0);
    assertEquals((await ask(scene, bob, "resolve", "mine.txt", "mine")).code, 3);
    bob.start();
    await scene.alike(alice, bob);
    const { conflicts } = await alice.event("insync", ({ conflicts }) => conflicts === 0);
    assertEquals(conflicts, 0);
    assertEquals(["mine.txt", "theirs.txt", "both.txt"].map((path) => alice.folder.read(path)), [
      ...["bob's", "alice's", "alice's"],
    ]);
    assertEquals(alice.folder.names().length, 4, "one copy stays");
    assert([...bob.folder.versions().values()].includes("alice's"), "what lost the name is kept");
    await bob.program.stop();
    const { said } = await ask(scene, bob, "history", "mine.txt");
    const settled = said.find(({ what }) => what === "settled");
    assertEquals(bob.folder.read(settled!.kept as string), "alice's", "and the history says where");
  },
);

scenario(
  "S4 (case 32): what was done before a kill is in the history after the next start, and an undo takes it back",
  async (scene) => {
    const names = Array.from({ length: 40 }, (_, number) => `d/${number}`);
    const { alice, bob } = await scene.syncedPair((mine) => {
      for (const name of names) mine.write(name, "before", NOON);
    });
    for (const name of names) bob.folder.write(name, "edited");
    const count = (content: string) => names.filter((name) => alice.folder.read(name) === content).length;
    await until(alice, "the first of them", () => count("edited") > 0);
    await alice.program.kill();
    alice.start();
    await scene.alike(alice, bob);
    await alice.program.stop();
    while (count("edited") > 0) { // As many batches as bob's edits came in.
      const { code, err } = await ask(scene, alice, "undo", "--yes");
      assertEquals([code, err], [0, ""], `${count("edited")} are as bob edited them`);
    }
    assertEquals(count("before"), names.length);
  },
);

scenario("history and why, line by line; and who is in the way", async (scene) => {
  const { alice, bob } = await scene.syncedPair((mine, yours) => {
    mine.write("d/a.txt", "one", NOON);
    mine.write(".tcpsyncignore", "*.log\n");
    for (const folder of [mine, yours]) folder.write("x.log", "never sent", NOON);
  });
  const running = await ask(scene, alice, "history");
  assertEquals([running.code, running.said], [3, []]);
  assert(running.err.includes("in use by another tcpsync, alice"), running.err);
  assert(running.err.includes("type the command there"), running.err);

  bob.folder.write("d/a.txt", "two two");
  await scene.alike(alice, bob);
  // Looked at in the middle of it, a rename would be a deletion and a creation (M6).
  await alice.program.stop();
  alice.folder.rename("d/a.txt", "d/b.txt");
  alice.start();
  await scene.alike(alice, bob);
  alice.folder.remove("d/b.txt");
  await scene.alike(alice, bob);
  await alice.program.stop();
  await bob.program.stop();

  const lines = (answer: Answer) => answer.said.map(({ what, by, path }) => `${what} ${path} by ${by}`);
  assertEquals(lines(await ask(scene, bob, "history", "d/b.txt")), [
    "deleted d/b.txt by peer",
    "moved d/b.txt by peer",
  ]);
  assertEquals(lines(await ask(scene, alice, "history", "d/a.txt")), [
    "edited d/a.txt by peer",
    "created d/a.txt by self",
  ]);
  const [gone] = (await ask(scene, bob, "why", "d/b.txt")).said;
  assertEquals(gone!.here, null);
  const [deleted] = gone!.history as { kept: string; before: { size: number } }[];
  assertEquals(deleted!.before.size, 7);
  assertEquals(bob.folder.read(deleted!.kept), "two two", "the history says where it is");

  const [ignored] = (await ask(scene, alice, "why", "x.log")).said;
  assertEquals(ignored!.ignored, { rule: "*.log", line: 1, file: ".tcpsyncignore" });
  assertEquals((await ask(scene, alice, "why", "nothing")).code, 3);
  assertEquals((await ask(scene, alice, "undo", "99")).code, 3);

  // S4: after 30 days it goes, and what is told of it.
  const old = "2026-01-01 10.00.00.000";
  bob.folder.write(`.tcpsync/versions/${old}/past.txt`, "long ago");
  const longAgo = -40 * 24 * 3600_000; // Before the archive's own time began.
  plant(bob.state, `INSERT INTO kept_batch VALUES (0, '${old}', ${longAgo})`);
  plant(bob.state, `UPDATE deed SET lived = ${longAgo} WHERE what = 'created'`);
  bob.start();
  alice.start();
  await scene.alike(alice, bob);
  assert(!bob.folder.has(`.tcpsync/versions/${old}`));
  assert(bob.folder.versions().has("d/b.txt"), "what is younger stays");
  await bob.program.stop();
  assertEquals(lines(await ask(scene, bob, "history", "d/a.txt")), ["edited d/a.txt by self"]);
});
