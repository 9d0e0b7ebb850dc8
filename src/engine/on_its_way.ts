// Copies on their way to a disk mounted inside the root: names them, and removes those that a stop left.

import { isOwnOnItsWay, onItsWayName } from "../core/on_its_way.ts";
import type { Disk } from "../fs/port.ts";

export class OnItsWay {
  #count = 0;
  /** The native paths of those that are being made. */
  readonly #used = new Set<string>();

  constructor(private readonly disk: Disk, private readonly identity: string) {}

  /** A native path in that folder which nothing of this root has. What comes to be there stays until it is `over`. */
  begin = (folder: string): string => {
    const native = `${folder}${this.disk.separator}${onItsWayName(this.identity, this.#count++)}`;
    this.#used.add(native);
    return native;
  };

  /** What was to be there has its own name, or is not wanted any more. */
  over = (native: string): void => {
    this.#used.delete(native);
  };

  /** Removes what was found at a native path if a stop of this root left it: whole or not, the original is where it was. */
  clear = (native: string): void => {
    const name = native.slice(native.lastIndexOf(this.disk.separator) + 1);
    if (this.#used.has(native) || !isOwnOnItsWay(name, this.identity)) return;
    try {
      if (this.disk.stat(native)?.kind === "directory") this.disk.removeTree(native);
      else this.disk.removeIfThere(native);
    } catch {
      // It takes no part, and goes another time.
    }
  };
}
