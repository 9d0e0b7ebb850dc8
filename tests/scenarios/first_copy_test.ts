// The first meeting of two folders, between real processes.

import { assert, assertEquals } from "@std/assert";
import { codesOf, scenario } from "./harness.ts";
import { WINDOWS } from "../support/system.ts";

const LONG_AGO = Date.UTC(2020, 4, 17, 9, 30, 12, 345);

scenario("C6 C8: an empty folder becomes the same as a full one", async (scene) => {
  const { alice, bob } = await scene.pair();
  alice.folder.write("report.txt", "first\nsecond\n", LONG_AGO);
  alice.folder.write(
    "photos/2020/deep/picture.bin",
    new Uint8Array(300_000).map((_, at) => at * 7),
    LONG_AGO,
  );
  alice.folder.write("photos/empty.txt", "");
  alice.folder.write("näme with spaces ☂.txt", "ü");
  alice.folder.makeFolder("nothing in here/nor here");
  for (let number = 0; number < 300; number++) {
    alice.folder.write(`many/${number % 7}/${number}`, `${number}`);
  }
  if (!WINDOWS) {
    alice.folder.makeLink("shortcut", "photos/2020");
    alice.folder.write("tool.sh", "#!/bin/sh\n");
    Deno.chmodSync(alice.folder.at("tool.sh"), 0o755);
  }
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  await scene.alike(alice, bob);
  assertEquals(bob.folder.mtime("report.txt"), LONG_AGO);
});

scenario(
  "N1 I8: tcpsync's own folder never travels, and no folder that could be taken for it",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    alice.folder.write(".tcpsync/private.txt", "alice's own");
    alice.folder.write("inner/.TcpSync/other.txt", "what is this?");
    alice.folder.write("inner/seen.txt", "seen");
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    assert(!bob.folder.has(".tcpsync/private.txt"));
    assertEquals(bob.folder.names("inner"), ["seen.txt"]);
    assert(alice.folder.has("inner/.TcpSync/other.txt"));
    assertEquals(bob.program.since(0, "problem"), []);
  },
);

scenario(
  "C1 C6 C8: two full folders become their union, and what both have does not travel",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const shared = "the same text\n".repeat(5000);
    alice.folder.write("shared/big.txt", shared, LONG_AGO);
    bob.folder.write("shared/big.txt", shared, LONG_AGO + 86_400_000);
    alice.folder.write("shared/alice.txt", "a");
    bob.folder.write("shared/bob.txt", "b");
    alice.folder.write("only alice/one.txt", "1");
    bob.folder.write("only bob/two.txt", "2");
    const before = new Set([...alice.folder.tree().keys(), ...bob.folder.tree().keys()]);
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    const paths = (person: typeof alice) => [...person.folder.tree().keys()].sort();
    assertEquals(paths(alice), [...before].sort());
    assertEquals(paths(bob), [...before].sort());
    assertEquals(alice.plannedSince(0), { bytes: 4, move: 0, delete: 0, conflict: 0 });
    assertEquals(alice.inSync(bob)?.digest, bob.inSync(alice)?.digest);
  },
);

scenario("C2 C3 C5 C9 E1: what clashes at the first meeting is kept beside it, and told", async (scene) => {
  const { alice, bob } = await scene.pair();
  const noon = Date.UTC(2026, 10, 22, 12, 0, 0, 250);
  alice.folder.write("Plan.v2.TXT", "alice's later plan", noon + 3_600_000);
  bob.folder.write("Plan.v2.TXT", "bob's earlier plan", noon);
  alice.folder.write("thing", "alice's file", noon);
  bob.folder.write("thing/inside.txt", "bob's folder", noon);
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [1, 1]);
  await scene.alike(alice, bob);
  const copy = "Plan.v2 (conflict bob 2026-11-22 12.00.00).TXT";
  const file = "thing (conflict alice 2026-11-22 12.00.00)";
  assertEquals(bob.folder.names(), [copy, "Plan.v2.TXT", "thing", file]);
  assertEquals(bob.folder.read("Plan.v2.TXT"), "alice's later plan");
  assertEquals(alice.folder.read(copy), "bob's earlier plan");
  assertEquals(alice.folder.mtime(copy), noon);
  assertEquals(bob.folder.read(file), "alice's file");
  assertEquals(alice.folder.read("thing/inside.txt"), "bob's folder");
  for (const person of [alice, bob]) {
    const told = person.program.since(0, "conflict").map(({ path, kept, of }) => ({ path, kept, of }));
    told.sort((one, other) => one.path < other.path ? -1 : 1);
    assertEquals(told, [{ path: "Plan.v2.TXT", kept: copy, of: "bob" }, {
      path: "thing",
      kept: file,
      of: "alice",
    }]);
    assertEquals(person.inSync(person === alice ? bob : alice)?.conflicts, 2);
  }
});

scenario(
  "C9 (field 23): a conflict is told at each start, until one of its files is deleted",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    alice.folder.write("note.txt", "one", LONG_AGO);
    bob.folder.write("note.txt", "two", LONG_AGO + 60_000);
    for (let start = 0; start < 2; start++) {
      alice.start("--once");
      bob.start("--once");
      assertEquals(await codesOf(alice, bob), [1, 1]);
      assertEquals(alice.program.since(0, "conflict").length, 1);
      assertEquals(bob.program.since(0, "conflict").length, 1);
    }
    const [copy] = bob.folder.names().filter((name) => name.includes("conflict"));
    bob.folder.remove(copy!);
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    assertEquals(alice.folder.names(), ["note.txt"]);
    assertEquals(alice.folder.read("note.txt"), "two");
  },
);
