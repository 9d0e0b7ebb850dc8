// Two people of whom one has a folder on a small disk, and what crosses the wire between them.

import { SmallDisk } from "../support/small_disk.ts";
import { Tap } from "../support/tap.ts";
import { Folder } from "./persons_folder.ts";
import { Person, type Scene } from "./harness.ts";

/** Appended to the name of a scenario that needs a disk of its own, where there can be none. */
export const NO_DISK = SmallDisk.possible() ? "" : " (left out: no disk can be mounted here)";

/** Bob's folder on a disk of his own, with alice's beside it. */
export async function smallDiskPair(scene: Scene, mebibytes: number) {
  const disk = SmallDisk.mount(`${scene.path}/disk`, mebibytes);
  try {
    await scene.serve();
    const folder = new Folder(`${disk.path}/bob`);
    const alice = scene.person("alice", "--invite", "bob");
    return { alice, bob: new Person(scene, "bob", ["--accept-from", "alice", "--yes"], folder), disk };
  } catch (error) {
    disk[Symbol.dispose]();
    throw error;
  }
}

/** All that this person hears and says from now on is counted. */
export function startCounted(person: Person, ...flags: string[]): Tap {
  const { scene } = person;
  const tap = new Tap(scene.port, () => {}, false);
  const { port } = scene;
  scene.port = tap.port;
  person.start(...flags);
  scene.port = port;
  return tap;
}
