// Copies on their way to a disk mounted inside the root: names them, and removes those that a stop left.

import { isOwnOnItsWay, onItsWayName } from "../core/on_its_way.ts";
import type { Disk } from "../fs/port.ts";

export class OnItsWay {
  #count = 0;

  constructor(private readonly disk: Disk, private readonly identity: string) {}

  /** A name that nothing of this root has. */
  fresh = (): string => onItsWayName(this.identity, this.#count++);

  /** Removes what was found at a native path if a stop of this root left it: whole or not, the original is where it was. */
  clear = (native: string): void => {
    const name = native.slice(native.lastIndexOf(this.disk.separator) + 1);
    if (!isOwnOnItsWay(name, this.identity)) return;
    try {
      if (this.disk.stat(native)?.kind === "directory") this.disk.removeTree(native);
      else this.disk.removeIfThere(native);
    } catch {
      // It takes no part, and goes another time.
    }
  };
}
