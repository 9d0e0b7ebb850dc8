// Files that are written while they are sent: what crosses the network for them, what both people are told, and that nothing else
// waits for them.

import { assert, assertEquals } from "@std/assert";
import { Line } from "../support/line.ts";
import type { Folder } from "./persons_folder.ts";
import { codesOf, type Person, scenario, type Scene } from "./harness.ts";
import { randomBytes } from "../support/bytes.ts";

const MIB = 1 << 20;
const SIZE = 96 * MIB;

/** Rewrites one byte of a file, somewhere, as a virtual machine does. */
function poke(folder: Folder, path: string) {
  using file = Deno.openSync(folder.at(path), { read: true, write: true });
  file.seekSync(Math.floor(Math.random() * SIZE), Deno.SeekMode.Start);
  file.writeSync(Uint8Array.of(Math.floor(Math.random() * 256)));
}

/** A person who writes again and again while `act` goes on. */
async function meanwhile<T>(write: () => void, everyMs: number, act: () => Promise<T>): Promise<T> {
  const timer = setInterval(write, everyMs);
  try {
    return await act();
  } finally {
    clearInterval(timer);
  }
}

/** Alice, whose every byte crosses a line, and bob. */
async function pairOverLine(scene: Scene, prepare: (alice: Folder) => void) {
  const { alice, bob } = await scene.pair();
  const server = scene.port;
  const line = new Line(() => server);
  prepare(alice.folder);
  scene.port = line.port;
  alice.start();
  scene.port = server;
  bob.start();
  return { alice, bob, line };
}

/** A small save, until the other has it: nothing else need be told of that while a file is being written. */
async function save(from: Person, to: Person, text: string) {
  const path = `note-${from.name}`;
  from.folder.write(path, text);
  const arrival = async () => {
    while (!to.folder.has(path) || to.folder.read(path) !== text) await breath(20);
  };
  await from.scene.wait(arrival(), `"${text}" at ${to.name}`);
}

/** A person's, or that of who looks whether something has come. */
function breath(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Both were told that a file is being written, and whose it is. */
async function assertTold(mark: Map<Person, number>, path: string, whose: string) {
  for (const [person, from] of mark) {
    const isTold = () =>
      person.program.since(from, "waiting").some(({ writing }) =>
        writing.some((file: { path: string; whose: string }) => file.path === path && file.whose === whose)
      );
    await person.until(`${person.name} to be told of ${path}`, isTold);
  }
}

scenario(
  `case 25: a large file that is written each 1000 ms is told as being written and sent about once; saves beside it arrive`,
  async (scene) => {
    const { alice, bob, line } = await pairOverLine(
      scene,
      (folder) => folder.write("vm", randomBytes(SIZE)),
    );
    await using _ = line;
    await scene.alike(alice, bob);
    const mark = new Map([alice, bob].map((person) => [person, person.program.mark()]));
    const before = line.passed;
    await meanwhile(() => poke(alice.folder, "vm"), 1000, async () => {
      for (let round = 0; round < 8; round++) {
        await save(alice, bob, `save ${round}`);
        await save(bob, alice, `save ${round}`);
        await breath(500);
      }
      await assertTold(mark, "vm", "alice");
    });
    await scene.alike(alice, bob);
    const sent = line.passed - before;
    assert(sent < 2 * SIZE, `${Math.round(sent / MIB)} MiB sent for ${SIZE / MIB}`);
    for (const [person, from] of mark) {
      assertEquals(person.program.since(from, "problem"), [], "a file that is being written is no problem");
    }
  },
);

scenario(
  `a log that grows each 100 ms while it is first sent is sent about once, and is whole when it rests`,
  async (scene) => {
    const { alice, bob, line } = await pairOverLine(
      scene,
      (folder) => folder.write("log", randomBytes(SIZE)),
    );
    await using _ = line;
    const mark = new Map([alice, bob].map((person) => [person, 0]));
    const entry = "a line more ".repeat(1000);
    await meanwhile(() => alice.folder.append("log", entry), 100, async () => {
      for (let round = 0; round < 8; round++) {
        await save(bob, alice, `save ${round}`);
        await breath(500);
      }
      await assertTold(mark, "log", "alice");
    });
    await scene.alike(alice, bob);
    assert(line.passed < 1.5 * SIZE, `${Math.round(line.passed / MIB)} MiB sent for ${SIZE / MIB}`);
  },
);

scenario(
  `E1: with --once a file that is written each 100 ms is named on both sides, and all else is in sync`,
  async (scene) => {
    const { alice, bob } = await scene.pair();
    bob.folder.write("vm", randomBytes(SIZE));
    for (let number = 0; number < 50; number++) bob.folder.write(`d/${number}`, `${number}`);
    alice.start("--once");
    bob.start("--once");
    const codes = await meanwhile(() => poke(bob.folder, "vm"), 100, () => codesOf(alice, bob));
    assertEquals(codes, [1, 1]);
    for (const { program } of [alice, bob]) {
      const [problem, ...more] = program.since(0, "problem");
      assertEquals([problem?.path, problem?.whose, problem?.retry, more], ["vm", "bob", false, []]);
      assertEquals(program.since(0, "insync").at(-1)?.problems, 1);
    }
    assertEquals(alice.folder.names("d").length, 50);
  },
);
