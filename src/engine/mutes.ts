// What of a root is on disks that tell of no changes made elsewhere, and when that was last looked at.

import { type Path, ROOT } from "../core/tree/path.ts";
import { isMute } from "../fs/probe/mute.ts";
import type { Mounts } from "../scan/mounts.ts";

export class Mutes {
  readonly #isRootMute: boolean;
  #lookedAt = 0;

  /** `folder`: the root's, native. */
  constructor(folder: string, private readonly mounts: Pick<Mounts, "mute">) {
    this.#isRootMute = isMute(folder);
  }

  /** The folders (as spelled) that are to be looked at by themselves: the root, if it is such a one. */
  get folders(): readonly Path[] {
    return this.#isRootMute ? [ROOT] : this.mounts.mute;
  }

  /** A look at these folders with all that is in them begins at `now` (ms). */
  looked(folders: ReadonlySet<Path>, now: number) {
    if (folders.has(ROOT) || this.folders.every((folder) => folders.has(folder))) this.#lookedAt = now;
  }

  /** How long ago they were last looked at, in ms; null: there is no such. */
  since(now: number): number | null {
    return this.folders.length === 0 ? null : Math.max(0, now - this.#lookedAt);
  }
}
