// What a disk makes of the names it is given. Some list a thing under another name than it was made by, or take two names for one: what is
// not listed by its name would look like a deletion, and the other side's file would go.

import { compareKey, nameOf, parentOf, type Path } from "../core/tree/path.ts";
import type { Disk } from "../fs/port.ts";

/** The disk does not keep that name: a problem of its path until somebody renames it on the other side (N2). */
export class Unkept extends Error {}

/** Names that every disk keeps as given, but for case: letters, digits, a few signs. Nearly all are such. */
const PLAIN = /^[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_ ()+,&'~-]|\.(?=.))*(?<! )$/u;
const BEYOND_FIRST_PLANE = /[\ud800-\udfff]/;

export class Naming {
  /** `mayLie`: whether the disk that a path is on may list some names otherwise than they were made. */
  constructor(
    private readonly disk: Disk,
    private readonly native: (path: Path) => string,
    private readonly foldsCase: boolean,
    private readonly mayLie: (path: Path) => boolean,
  ) {}

  /** After something was put at a path, as spelled: where its folder does not list it, `undo`es that and throws Unkept. */
  check(path: Path, undo: () => void) {
    const name = nameOf(path);
    if (PLAIN.test(name) && !BEYOND_FIRST_PLANE.test(name) || !this.mayLie(path)) return;
    const listed = this.disk.list(this.native(parentOf(path)));
    if (listed.some((other) => this.#isAlike(other, name))) return;
    undo();
    throw new Unkept("the disk lists this name otherwise than it is given: rename it");
  }

  /** Something answers to a name that is to be made, though the plan knows nothing there. Throws Unkept where it goes by another name. */
  explain(path: Path) {
    const name = nameOf(path);
    if (!this.disk.stat(this.native(path))) return;
    if (this.disk.list(this.native(parentOf(path))).some((other) => this.#isAlike(other, name))) return;
    throw new Unkept("the disk takes this name for another that is there: rename one of them");
  }

  #isAlike(one: string, other: string): boolean {
    return compareKey(one, this.foldsCase) === compareKey(other, this.foldsCase);
  }
}
