// Copies for a transition without an engine.

import { onItsWayName } from "../../src/core/on_its_way.ts";
import type { Disk } from "../../src/fs/port.ts";
import { realDisk } from "../../src/fs/real.ts";
import { Ahead } from "../../src/transition/ahead.ts";

/** All made at once, as long as nobody begins a transition; what comes to the root's own disk comes to `place`. */
export function copiesIn(place: string, disk: Disk = realDisk): Ahead {
  let count = 0;
  return new Ahead(disk, {
    fresh: () => `${place}${disk.separator}copy ${count++}`,
    begin: (folder) => `${folder}${disk.separator}${onItsWayName("0123456789", count++)}`,
    over: () => {},
  });
}
