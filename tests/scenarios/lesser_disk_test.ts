// Disks that can do less (N2, N3, N4, S7, S8): what a disk lacks is an ability it has not, and never a failure of the folder. Alice's folder
// is on a disk that lacks something.

import { assertEquals } from "@std/assert";
import { type Lack, LesserDisk } from "../support/lesser_disk.ts";
import { Folder, type Tree } from "./folder.ts";
import { assertRefused, codesOf, Person, scenario, type Scene } from "./harness.ts";

const IGNORE = !LesserDisk.possible();

/** A folder of which the times and the modes do not matter. */
class SubstantialFolder extends Folder {
  override tree(): Tree {
    return new Map(
      [...super.tree()].map(([path, what]) => [path, what.replace(/^(file \d+) \d+( runs)?/, "$1")]),
    );
  }
}

const inSubstance = (scene: Scene, name: string) => new SubstantialFolder(`${scene.path}/${name}`);

/** alice, whose folder is on such a disk, and bob. */
interface Two {
  alice: Person;
  bob: Person;
  disk: LesserDisk;
  scene: Scene;
}

function onLesserDisk(name: string, lack: Lack, act: (two: Two) => Promise<void>) {
  scenario(name, async (scene) => {
    await scene.serve();
    const alice = new Person(scene, "alice", ["--invite", "bob", "--yes"], inSubstance(scene, "alice"));
    const bob = new Person(scene, "bob", ["--accept-from", "alice", "--yes"], inSubstance(scene, "bob"));
    await using disk = await LesserDisk.mount(alice.folder.path, lack);
    try {
      await act({ alice, bob, disk, scene });
    } finally {
      await Promise.all([alice.program?.kill(), bob.program?.kill()]);
    }
  }, IGNORE);
}

/** Both with `--once`; their codes. */
async function once({ alice, bob }: Two): Promise<number[]> {
  alice.start("--once");
  bob.start("--once");
  return await codesOf(alice, bob);
}

const plans = ({ alice }: Two) => alice.program.events.filter(({ event }) => event === "plan");

/** Nothing changed: nothing is planned, and both folders stay as they are. */
async function nothingComes(two: Two, codes = [0, 0]) {
  const digest = two.alice.program.events.findLast(({ event }) => event === "insync")?.digest;
  assertEquals(await once(two), codes);
  assertEquals(plans(two), []);
  assertEquals(two.alice.program.events.findLast(({ event }) => event === "insync")?.digest, digest);
}

const LONG_AGO = Date.UTC(2020, 1, 2, 3, 4, 5, 678);

/** What people do, both ways; at rest both folders hold the same. */
async function workTogether({ alice, bob, scene }: Two) {
  bob.folder.write("doc", "1", LONG_AGO);
  bob.folder.write("run", "#!/bin/sh");
  Deno.chmodSync(bob.folder.at("run"), 0o755);
  bob.folder.write("dir/in", "in");
  alice.folder.write("hers", "1");
  alice.start();
  bob.start();
  await scene.alike(alice, bob);
  alice.folder.write("doc", "2");
  bob.folder.write("hers", "2");
  await scene.alike(alice, bob);
  bob.folder.rename("dir", "folder");
  bob.folder.remove("run");
  await scene.alike(alice, bob);
  for (const { program } of [alice, bob]) {
    assertEquals(program.events.filter(({ event }) => event === "problem" || event === "conflict"), []);
  }
  await Promise.all([alice.program.stop(), bob.program.stop()]);
}

const OTHERS: [string, Lack][] = [
  ["whose files are another user's, who alone changes modes and times", {
    ...{ owner: 1, modes: "refused", times: "refused", links: false, hardLinks: false },
  }],
  ["that keeps no time it is given", { times: "ignored", tickMs: 2000 }],
];
for (const [what, lack] of OTHERS) {
  onLesserDisk(`a folder is kept on a disk ${what}`, lack, async (two) => {
    await workTogether(two);
    await nothingComes(two);
    two.bob.folder.append("doc", "3");
    assertEquals(await once(two), [0, 0]);
    assertEquals(two.alice.folder.read("doc"), "23");
  });
}

onLesserDisk(
  "a folder is kept on a disk that cannot lock, by one program at a time",
  { locks: "EACCES" },
  async (two) => {
    const { alice, bob, scene } = two;
    bob.folder.write("doc", "1");
    alice.start();
    bob.start();
    await scene.alike(alice, bob);
    await alice.until(
      "her signature",
      () => / alice \(process \d+\)/.test(alice.folder.read(".tcpsync/presence")),
    );
    const carol = new Person(scene, "carol", ["--invite", "bob", "--yes"], alice.folder).start();
    const server = ["--connect", `127.0.0.1:${scene.port}`, "--invite", "bob", "--yes"];
    const own = ["--folder", alice.folder.path, "--state", alice.state];
    for (const other of [carol, scene.run("her own", ...server, "--name", "alice2", ...own)]) {
      assertRefused(await scene.wait(other.ended, "the refusal"), 3, /is in use by another tcpsync/);
    }
    await alice.program.kill();
    bob.folder.write("doc", "2");
    alice.start(); // Whoever was killed knows that nobody is there.
    await scene.alike(alice, bob);
    await alice.program.stop();
    assertEquals(alice.folder.has(".tcpsync/presence"), false);
  },
);
