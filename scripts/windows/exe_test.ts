// The Windows program as people have it, at work with one that is not on Windows (exe.ts).

import { assert, assertEquals, assertMatch } from "@std/assert";
import { codesOf, scenario } from "../../tests/scenarios/harness.ts";
import { complaintsIn } from "../../tests/support/complaints.ts";
import { temporary } from "../../tests/support/folder.ts";
import { EXE, pair, windowsPath } from "./exe.ts";
import { Tmux } from "./tmux.ts";

function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, at + 65536));
  return bytes;
}

scenario(
  "exe: a tree stays the same, both ways: edits, a large file, renames of case and of folders",
  async (scene) => {
    const { alice, bob } = await pair(scene);
    alice.folder.write("letters/2026/may/to carol.txt", "Dear Carol");
    alice.folder.write("letters/readme.md", "alice's letters");
    alice.folder.write("drafts/old/never sent.txt", "Dear Dave");
    alice.folder.makeFolder("empty/inside");
    bob.folder.write("photos/summer/sea.jpg", noise(20_000_000));
    bob.folder.write("photos/Été ☀.txt", "summer");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);

    alice.folder.write("letters/2026/may/to carol.txt", "Dear Carol, it was lovely");
    bob.folder.append("letters/readme.md", ", and bob's");
    await scene.alike(alice, bob);
    assertEquals(bob.folder.read("letters/2026/may/to carol.txt"), "Dear Carol, it was lovely");
    alice.folder.remove("drafts/old");
    bob.folder.remove("empty");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names(), ["drafts", "letters", "photos"]);
    assertEquals(bob.folder.names("drafts"), []);

    const mark = alice.program.events.length;
    bob.folder.rename("letters/readme.md", "letters/README.md");
    await scene.alike(alice, bob);
    alice.folder.rename("photos/summer", "photos/Summer");
    await scene.alike(alice, bob);
    assertEquals(alice.folder.names("letters"), ["2026", "README.md"]);
    assertEquals(bob.folder.names("photos"), ["Summer", "Été ☀.txt"]);
    bob.folder.rename("photos", "pictures");
    await scene.alike(alice, bob);
    alice.folder.rename("letters/2026", "archive");
    await scene.alike(alice, bob);
    const { bytes, move, delete: deleted } = alice.plannedSince(mark);
    assertEquals({ bytes, move, deleted }, { bytes: 0, move: 4, deleted: 0 });
    assertEquals(bob.folder.names(), ["archive", "drafts", "letters", "pictures"]);
  },
);

scenario(
  "exe: N2 E1: names that Windows cannot have are told, stay where they are and stop nothing",
  async (scene) => {
    const { alice, bob } = await pair(scene);
    const odd = ["aux.txt", "trail.", "what?.txt"];
    for (const name of odd) bob.folder.write(`notes/${name}`, name);
    bob.folder.write("notes/fine.txt", "fine");
    alice.folder.write("notes/hers.txt", "hers");
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [1, 1]);
    assertEquals(alice.folder.names("notes"), ["fine.txt", "hers.txt"]);
    assertEquals(bob.folder.names("notes"), [...odd, "fine.txt", "hers.txt"].sort());
    for (const person of [alice, bob]) {
      const told = person.program.since(0, "problem").sort((one, other) => one.path < other.path ? -1 : 1);
      assertEquals(told.map(({ path }) => path), odd.map((name) => `notes/${name}`));
      const [aux, trail, what] = told.map(({ reason }) => reason);
      assertMatch(aux, /Windows.*\bAUX\b.*rename/);
      assertMatch(trail, /Windows.*dot.*\b6\b.*rename/);
      assertMatch(what, /Windows.*"\?".*\b5\b.*rename/);
      assert(told.every(({ retry }) => retry === false));
    }
    bob.folder.rename("notes/what?.txt", "notes/what.txt");
    for (const name of ["aux.txt", "trail."]) bob.folder.remove(`notes/${name}`);
    alice.start("--once");
    bob.start("--once");
    assertEquals(await codesOf(alice, bob), [0, 0]);
    assertEquals(alice.folder.read("notes/what.txt"), "what?.txt");
  },
);

scenario("exe: killed and started again, it goes on where it was", async (scene) => {
  const { alice, bob } = await pair(scene);
  for (let number = 0; number < 200; number++) alice.folder.write(`many/${number}`, `${number}`);
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  await Promise.all([alice.program.kill(), bob.program.kill()]);
  alice.folder.write("many/7", "edited by alice");
  bob.folder.remove("many/8");
  alice.start("--once");
  bob.start("--once");
  assertEquals(await codesOf(alice, bob), [0, 0]);
  await scene.alike(alice, bob);
  assertEquals(bob.folder.read("many/7"), "edited by alice");
  assert(!alice.folder.has("many/8"));
  const { bytes, conflict } = alice.plannedSince(0);
  assertEquals({ bytes, conflict }, { bytes: 15, conflict: 0 });
});

/** Runs the exe to its end, without `--json`. */
async function outcome(...flags: string[]) {
  const { code, stdout, stderr } = await new Deno.Command(EXE[0]!, {
    args: [...EXE.slice(1), ...flags],
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes).replaceAll("\r\n", "\n");
  return { code, out: text(stdout), err: complaintsIn(text(stderr)) };
}

Deno.test("exe: --version names the program's version and Deno's", async () => {
  const { code, out } = await outcome("--version");
  assertMatch(out, /^tcpsync \d+\.\d+\.\d+ \(Deno \d+\.\d+\.\d+\)\n$/);
  assertEquals(code, 0);
});

Deno.test("exe: E3: a wrong flag, no server, no folder: one line each", async () => {
  using state = temporary();
  const here = ["--folder", windowsPath(Deno.cwd()), "--state", windowsPath(state.path), "--wait"];
  const gone = ["--folder", windowsPath("/no such"), "--wait"];
  const wrong = [["--folde", "x"], ["--connect", "127.0.0.1:1", "--name", "alice", ...here], [
    ...["--connect", "127.0.0.1:1", "--name", "alice", ...gone],
  ]];
  for (const flags of wrong) {
    const { code, out, err } = await outcome(...flags);
    assertEquals([code, out], [3, ""]);
    assertMatch(err, /^tcpsync: [^\n]+\n$/);
  }
});

Deno.test("exe: the menu in a terminal: the server is chosen, meets a client, and Ctrl+C ends it", async () => {
  const window = await Tmux.start(EXE.map((part) => `'${part}'`).join(" "));
  try {
    await window.until(/What shall tcpsync be\?[^]*The server/);
    await window.press("2");
    await window.until(/[>❯] The server/);
    await window.press("Enter");
    await window.until(/Which port\?/);
    await window.press("0", "Enter");
    await window.until(/Password for those who connect/);
    await window.press("Enter");
    const port = await window.until(/Meeting point open on 0\.0\.0\.0, port (\d+)/);
    using socket = await Deno.connect({ hostname: "127.0.0.1", port: Number(port) });
    assertEquals(socket.remoteAddr.port, Number(port));
    await window.press("C-c");
    await window.until(/code 0/);
  } finally {
    await window.close();
  }
});
