// Between disks: what has to come to a place on another disk, or mount, than where it lies is copied beside that place, under a name that
// takes part nowhere (core/on_its_way.ts), and takes its own once it is whole and, where the original goes, on the disk.

import { isAcrossDisks } from "../fs/failure.ts";
import { HoleWriter } from "../fs/holes.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { digestFrom } from "../fs/digest.ts";
import type { Staged } from "../stage/staging.ts";
import { Meanwhile } from "./recheck.ts";

/** Closed to others while it comes. */
const PRIVATE = 0o600;

/** Something that was copied, as it was then. */
interface Copied {
  native: string;
  stat: Stat;
}

export class Across {
  /** Folders (native), by whether they are on another disk than what is staged. */
  readonly #apart = new Map<string, boolean>();

  /** `fresh` gives a name that nothing has. */
  constructor(private readonly disk: Disk, private readonly fresh: () => string) {}

  /** Puts a staged file into a folder: itself, or where that is on another disk a copy made in it. `put` may be called twice. */
  put<T>(staged: Staged, folder: string, put: (staged: Staged) => T): T {
    if (!this.#isApart(folder, staged.native)) {
      try {
        return put(staged);
      } catch (error) {
        if (!isAcrossDisks(error)) throw error;
        this.#apart.set(folder, true);
      }
    }
    const near = this.#bring(staged, folder);
    try {
      return put(near);
    } finally {
      this.#discard(near.native);
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
      putFrom(this.#freshIn(folder));
    }
  }

  /** Renames something to where nothing is, whatever disks the two places are on. Throws Meanwhile where it changes while it is copied:
   * then what was changed is in its old place, too. */
  rename(from: string, to: string) {
    try {
      return this.disk.rename(from, to);
    } catch (error) {
      if (!isAcrossDisks(error)) throw error;
    }
    const near = this.#freshIn(to.slice(0, to.lastIndexOf(this.disk.separator)));
    const copied: Copied[] = [];
    try {
      this.#copy(from, near, copied);
      if (copied.length === 1) this.#expect(copied[0]!);
      this.#settle(near, to);
    } finally {
      this.#discard(near);
    }
    for (const original of copied.reverse()) {
      this.#expect(original);
      this.disk.remove(original.native);
    }
  }

  /** A disk inside another has a number of its own. Where a folder is mounted a second time, the first try tells; as it does of one that
   * is gone by now. */
  #isApart(folder: string, staged: string): boolean {
    const known = this.#apart.get(folder);
    if (known !== undefined) return known;
    const [there, here] = [this.disk.stat(folder), this.disk.stat(staged)];
    if (!there || !here) return false;
    const isApart = there.device !== here.device;
    this.#apart.set(folder, isApart);
    return isApart;
  }

  /** A copy with the content, the time and the rights of what is staged. */
  #bring(staged: Staged, folder: string): Staged {
    const native = this.#freshIn(folder);
    try {
      const seen = this.disk.stat(staged.native)!;
      const { stat, digest } = this.#copyFile(staged.native, native, seen);
      if (digest !== staged.digest) throw new Meanwhile("it was not read as it came");
      const { size, mtime, id, born } = stat;
      return { ...{ native, size, mtime, id, born }, digest };
    } catch (error) {
      this.#discard(native);
      throw error;
    }
  }

  /** Copies something with all that is in it, and lists what it copied, folders before what is in them. */
  #copy(from: string, to: string, copied: Copied[]) {
    const pending: [string, string][] = [[from, to]];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [source, target] = next;
      const stat = this.disk.stat(source);
      if (!stat) throw new Meanwhile("it changed");
      copied.push({ native: source, stat });
      if (stat.kind === "link") this.disk.makeLink(this.disk.readLink(source), target);
      else if (stat.kind === "directory") {
        this.disk.makeDirectory(target);
        this.#giveRights(target, stat);
        const at = (folder: string, name: string) => `${folder}${this.disk.separator}${name}`;
        for (const name of this.disk.list(source)) pending.push([at(source, name), at(target, name)]);
      } else if (stat.kind === "file") {
        this.#copyFile(source, target, stat);
        this.disk.flush(target); // It is to be all that is left of what has long been on a disk.
      } else {throw new Error(
          "it is on another disk, and what is neither a file, a folder nor a link cannot come there",
        );}
    }
  }

  #copyFile(from: string, to: string, seen: Stat): { stat: Stat; digest: string } {
    const file = this.disk.create(to);
    try {
      this.#tryMode(to, PRIVATE);
      const source = this.disk.openToRead(from);
      const writer = new HoleWriter(file);
      let digest: string;
      try {
        digest = digestFrom(source, { also: (read) => writer.write(read) }).hash.digest("hex");
      } finally {
        source.close();
      }
      file.setTime(seen.mtime);
      this.#giveRights(to, seen);
      return { stat: file.stat(), digest };
    } finally {
      file.close();
    }
  }

  /** As far as this user and this disk can. */
  #giveRights(native: string, { owner, group, mode }: Stat) {
    const present = this.disk.stat(native)!;
    if (present.owner !== owner || present.group !== group) {
      try {
        this.disk.setOwner(native, present.owner === owner ? null : owner, group);
      } catch {
        // Only the system's own user gives files away.
      }
    }
    this.#tryMode(native, mode);
  }

  #tryMode(native: string, mode: number) {
    try {
      this.disk.setMode(native, mode);
    } catch {
      // The disk knows no modes.
    }
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

  #expect({ native, stat: seen }: Copied) {
    const stat = this.disk.stat(native);
    const isSame = stat?.kind === seen.kind && stat.id === seen.id &&
      (seen.kind === "directory" ||
        stat.size === seen.size && stat.mtime === seen.mtime && stat.changed === seen.changed);
    if (!isSame) throw new Meanwhile("it changed while it was copied to another disk");
  }

  #freshIn(folder: string): string {
    return `${folder}${this.disk.separator}${this.fresh()}`;
  }

  /** What cannot be removed now goes with the next look. */
  #discard(native: string) {
    try {
      const kind = this.disk.stat(native)?.kind;
      if (kind === "directory") this.disk.removeTree(native);
      else if (kind) this.disk.remove(native);
    } catch {
      // The next look removes it.
    }
  }
}
