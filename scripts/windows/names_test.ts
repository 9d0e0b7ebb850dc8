// Names that one side can have and the other cannot: alice is on Windows, bob is not (exe.ts, RULES N).

import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Person, runOnce, scenario } from "../../tests/scenarios/harness.ts";
import { invitedPair, pair } from "./exe.ts";

/** The lasting problems each was told of, by path, which must be the same. */
function problemsOf(alice: Person, bob: Person): Map<string, string> {
  const [one, other] = [alice, bob].map(({ program }) => {
    const told = program.since(0, "problem").filter(({ retry }) => !retry);
    return new Map(told.map(({ path, reason }) => [path, reason]));
  });
  assertEquals([...one!].sort(), [...other!].sort());
  return one!;
}

const IMPOSSIBLE: [name: string, reason: RegExp][] = [
  ["aux.txt", /device/],
  ["con.air.1997.nfo", /CON for a device/],
  ["COM1", /COM1 for a device/],
  ["nul", /device/],
  ["ends.", /dot.*character 5/],
  ["ends ", /space.*character 5/],
  ["two spaces  ", /space.*character 12/],
  ["a:b", /":".*character 2/],
  ["what?", /"\?".*character 5/],
  ["a*b", /"\*"/],
  ['say "x"', /"""/],
  ["<", /"<"/],
  [">", /">"/],
  ["a|b", /"\|"/],
  ["back\\slash", /"\\"/],
  ["bell\x07", /control character 7/],
];

for (const [what, made] of [["invites", pair], ["is invited", invitedPair]] as const) {
  scenario(
    `exe: N2 E1: when Windows ${what}, each name it cannot have stays with its owner, told on both sides, until it is mended`,
    async (scene) => {
      const { alice, bob } = await made(scene);
      for (const [name] of IMPOSSIBLE) bob.folder.write(`odd/${name}`, name);
      bob.folder.write("odd folder?/inside.txt", "inside");
      bob.folder.write("fine.txt", "fine");
      alice.folder.write("hers.txt", "hers");
      assertEquals(await runOnce(alice, bob), [1, 1]);
      const problems = problemsOf(alice, bob);
      assertEquals(problems.size, IMPOSSIBLE.length + 1);
      for (const [name, reason] of IMPOSSIBLE) {
        assertMatch(problems.get(`odd/${name}`)!, reason);
        assertMatch(problems.get(`odd/${name}`)!, /rename it$/);
      }
      assertEquals(alice.folder.names(), ["fine.txt", "hers.txt", "odd"]);
      assertEquals(alice.folder.names("odd"), []);
      for (const [number, [name]] of IMPOSSIBLE.entries()) {
        bob.folder.rename(`odd/${name}`, `odd/mended ${number}`);
      }
      bob.folder.rename("odd folder?", "odd folder");
      assertEquals(await runOnce(alice, bob), [0, 0]);
      await scene.alike(alice, bob);
      assertEquals(alice.folder.read("odd folder/inside.txt"), "inside");
    },
  );
}

scenario(
  "exe: N3 N4: names that fold together, other forms of one name, and identical content spelled in two ways",
  async (scene) => {
    const { alice, bob } = await pair(scene);
    bob.folder.write("case/Readme.txt", "the first in byte order");
    bob.folder.write("case/readme.txt", "its twin");
    bob.folder.write("folders/A/one", "1");
    bob.folder.write("folders/a/two", "2");
    alice.folder.write("form/caf\u00e9.txt", "the same");
    bob.folder.write("form/cafe\u0301.txt", "the same");
    alice.folder.write("spelled/Music/SONG.mp3", "the same song");
    bob.folder.write("spelled/music/song.mp3", "the same song");
    assertEquals(await runOnce(alice, bob), [1, 1]);
    assertEquals([...problemsOf(alice, bob).keys()].sort(), ["case/readme.txt", "folders/a"]);
    assertEquals(alice.folder.read("case/Readme.txt"), "the first in byte order");
    assertEquals([alice.folder.names("folders"), alice.folder.names("folders/A")], [["A"], ["one"]]);
    assertEquals([alice.folder.names("form"), bob.folder.names("form")], [["caf\u00e9.txt"], [
      "cafe\u0301.txt",
    ]]);
    for (const { folder } of [alice, bob]) {
      assertEquals([folder.names("spelled"), folder.names("spelled/Music")], [["Music"], ["SONG.mp3"]]);
    }
    assertEquals(alice.plannedSince(0).conflict, 0);
    alice.folder.append("form/caf\u00e9.txt", ", edited");
    assertEquals(await runOnce(alice, bob), [1, 1]);
    assertEquals([bob.folder.names("form"), bob.folder.read("form/cafe\u0301.txt")], [
      ["cafe\u0301.txt"],
      "the same, edited",
    ]);
    // Again and again: it comes to rest, and no one is asked to choose.
    assertEquals(await runOnce(alice, bob), [1, 1]);
    assertEquals(alice.program.since(0, "plan").length, 0);
    bob.folder.rename("case/readme.txt", "case/other.txt");
    bob.folder.rename("folders/a", "folders/b");
    bob.folder.rename("spelled/Music", "spelled/MUSIC");
    assertEquals(await runOnce(alice, bob), [0, 0]);
    assertEquals(alice.folder.names("folders"), ["A", "b"]);
    assertEquals([alice.folder.names("spelled"), alice.folder.read("case/other.txt")], [
      ["MUSIC"],
      "its twin",
    ]);
  },
);

scenario("exe: C7 N5: a system without executable bits and links leaves them as they are", async (scene) => {
  const { alice, bob } = await pair(scene);
  bob.folder.write("tool.sh", "#!/bin/sh\n");
  Deno.chmodSync(bob.folder.at("tool.sh"), 0o755);
  bob.folder.makeLink("link", "tool.sh");
  assertEquals(await runOnce(alice, bob), [1, 1]);
  assertMatch(problemsOf(alice, bob).get("link")!, /alice's system cannot make links/);
  alice.folder.write("tool.sh", "#!/bin/sh\necho from Windows\n");
  assertEquals(await runOnce(alice, bob), [1, 1]);
  assertEquals(bob.folder.read("tool.sh"), "#!/bin/sh\necho from Windows\n");
  assert((Deno.statSync(bob.folder.at("tool.sh")).mode! & 0o100) !== 0, "it runs still");
  assertEquals(Deno.readLinkSync(bob.folder.at("link")), "tool.sh");
  bob.folder.remove("link");
  assertEquals(await runOnce(alice, bob), [0, 0]);
});

scenario("exe: what is marked read-only is replaced, and stays read-only", async (scene) => {
  const { alice, bob } = await pair(scene);
  alice.folder.write("read only.txt", "as it was");
  alice.folder.write("gone.txt", "as it was");
  assertEquals(await runOnce(alice, bob), [0, 0]);
  for (const name of alice.folder.names()) Deno.chmodSync(alice.folder.at(name), 0o444);
  bob.folder.write("read only.txt", "anew");
  bob.folder.remove("gone.txt");
  assertEquals(await runOnce(alice, bob), [0, 0]);
  assertEquals([alice.folder.names(), alice.folder.read("read only.txt")], [["read only.txt"], "anew"]);
  assertEquals(Deno.statSync(alice.folder.at("read only.txt")).mode! & 0o222, 0);
});
