// Between disks: what has to come to a place on another disk, or mount, than where it lies is copied beside that place, under a name that
// takes part nowhere (core/on_its_way.ts), and takes its own once it is whole and, where the original goes, on the disk.

import { NotYet } from "../core/failure.ts";
import { isApart } from "../fs/crossing.ts";
import { isAcrossDisks, tryTo } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import type { Staged } from "../stage/staging.ts";
import { WHOLE_BYTES } from "../wire/batch.ts";
import type { Ahead } from "./ahead.ts";
import type { FullCopy } from "./full_copy.ts";
import { Meanwhile } from "./recheck.ts";

export class Across {
  /** Folders (native), by whether they are on another disk than what is staged. */
  readonly #apart = new Map<string, boolean>();

  /** `copies` makes those that are needed. What throws NotYet for them is tried again. */
  constructor(private readonly disk: Disk, private readonly copies: Ahead) {}

  /** Puts a staged file into a folder: itself, or where that is on another disk a copy made in it. `put` may be called twice. Throws
   * NotYet. */
  put<T>(staged: Staged, folder: string, put: (staged: Staged) => T): T {
    if (!this.#isApart(folder, staged.native)) {
      try {
        return put(staged);
      } catch (error) {
        if (!isAcrossDisks(error)) throw error;
        this.#apart.set(folder, true);
      }
    }
    // Of small files a chunk holds no more than can be copied at once.
    const copy = this.copies.beside(staged.native, folder, {
      of: "content",
      isSmall: staged.size <= WHOLE_BYTES,
    });
    return this.#use(copy, () => {
      if (copy.digest !== staged.digest) throw new Meanwhile("it was not read as it came");
      copy.renewRights();
      const { size, mtime, id, born } = this.disk.stat(copy.native)!;
      return put({ native: copy.native, size, mtime, id, born, digest: staged.digest });
    });
  }

  /** Nothing is left of the copy after that, unless something else is waited for. */
  #use<T>(copy: FullCopy, act: () => T): T {
    let waits = false;
    try {
      return act();
    } catch (error) {
      waits = error instanceof NotYet;
      throw error;
    } finally {
      if (!waits) this.copies.drop(copy);
    }
  }

  /** The same for a link that is to replace something in a folder: it is made at `fresh`, or in the folder. */
  putLink(target: string, fresh: string, folder: string, put: (link: string) => void) {
    const putFrom = (link: string) => {
      this.disk.makeLink(target, link);
      try {
        put(link);
      } catch (error) {
        this.#discard(link);
        throw error;
      }
    };
    try {
      putFrom(fresh);
    } catch (error) {
      if (!isAcrossDisks(error)) throw error;
      const near = this.copies.places.begin(folder);
      try {
        putFrom(near);
      } finally {
        this.copies.places.over(near);
      }
    }
  }

  /** Renames something to where nothing is, whatever disks the two places are on. Throws NotYet, and Meanwhile where it changes while it
   * is copied: then what was changed is in its old place, too. */
  rename(from: string, to: string) {
    this.copies.waitFor(from);
    try {
      return this.disk.rename(from, to);
    } catch (error) {
      if (!isAcrossDisks(error)) throw error;
    }
    const copy = this.copies.beside(from, to.slice(0, to.lastIndexOf(this.disk.separator)), {
      of: "original",
    });
    this.#use(copy, () => {
      this.#settle(copy.native, to);
      copy.removeOriginal();
    });
  }

  /** A system may say otherwise of a single file: then the try tells, as it does where the folder is gone by now. */
  #isApart(folder: string, staged: string): boolean {
    const known = this.#apart.get(folder);
    if (known !== undefined) return known;
    const [there, here] = [this.disk.stat(folder), this.disk.stat(staged)];
    if (!there || !here) return false;
    const inStaging = staged.slice(0, staged.lastIndexOf(this.disk.separator));
    const areApart = there.device !== here.device || isApart(this.disk, inStaging, folder);
    this.#apart.set(folder, areApart);
    return areApart;
  }

  /** Gives a whole copy its own name, where nothing is: a file by a second one, which never replaces. */
  #settle(near: string, to: string) {
    try {
      if (this.disk.stat(near)?.kind === "file") return this.disk.hardLink(near, to);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists) throw new Meanwhile("its new name was taken");
    }
    // RACE: a file that appears there after the look would be replaced where the disk has no second names.
    this.disk.rename(near, to);
  }

  /** What cannot be removed now goes with the next look. */
  #discard(native: string) {
    tryTo(() => this.disk.removeIfThere(native));
  }
}
