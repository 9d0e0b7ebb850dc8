// Files that are mostly holes, as disk images are: what crosses the network for them, and what they take on the other's disk.

import { assert, assertEquals } from "@std/assert";
import { Line } from "../support/line.ts";
import { keepsHoles, takenBy } from "../support/holes.ts";
import type { Folder } from "./persons_folder.ts";
import { scenario } from "./harness.ts";

const KIB = 1024, MIB = 1 << 20;

/** A file of holes with some bytes at the end of each of these. */
function sparse(folder: Folder, path: string, size: number, ...ends: number[]) {
  using file = Deno.openSync(folder.at(path), { write: true, create: true });
  file.truncateSync(size);
  for (const end of ends) {
    file.seekSync(end - 1, Deno.SeekMode.Start);
    file.writeSync(Uint8Array.of(1));
  }
}

scenario(
  "case 11: zeros cost nothing on the wire, and stay holes where the disk has them, also past a kill and an edit",
  async (scene) => {
    const { alice, bob } = await scene.pair();
    const server = scene.port;
    await using line = new Line(() => server);
    const large = 64 * MIB;
    sparse(alice.folder, "disk.img", large, large * 0.9);
    sparse(alice.folder, "zeros", MIB);
    sparse(alice.folder, "z128", 128 * KIB);
    sparse(alice.folder, "odd", 5 * MIB + 4321, 3, 2 * MIB);
    scene.port = line.port;
    alice.start();
    scene.port = server;
    bob.start();
    await bob.event("progress", ({ bytes }) => bytes > 8 * MIB);
    line.stall();
    await bob.program.kill(); // Most likely within the zeros of the largest.
    line.resume();
    bob.start();
    await scene.alike(alice, bob);

    const mark = line.passed;
    sparse(alice.folder, "disk.img", large, large * 0.9, large / 2);
    await scene.alike(alice, bob);
    assert(line.passed < 600 * KIB, `${line.passed} bytes passed`);
    assert(line.passed - mark < 400 * KIB, `${line.passed - mark} bytes passed for an edit`);
    if (!keepsHoles(scene.path)) return;
    for (const name of bob.folder.names()) {
      const [here, there] = [alice, bob].map(({ folder }) => takenBy(folder.at(name)));
      assert(there! <= here! + 64 * KIB, `${name} takes ${there} bytes, and ${here} where it is from`);
    }
    assertEquals(alice.folder.names(), ["disk.img", "odd", "z128", "zeros"]);
  },
);
