// A copy of something with all that is in it, with its times and rights, made a piece at a time: of what is to come to another disk, and of
// what is kept as a version and cannot be that file itself.

import { tryTo } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { Copying } from "../stage/copying.ts";
import { Meanwhile } from "./recheck.ts";

/** What is copied. original: somebody's own; the copy is to be all that is left of what has long been on a disk, so it is put on the disk on
 * the way. content: what came and was checked, which nobody else writes; its rights may still be given. */
export type Copyable = "original" | "content";

/** Something that was copied, as it was then. */
interface Copied {
  native: string;
  stat: Stat;
}

export class FullCopy {
  /** What was copied, folders before what is in them. */
  readonly #copied: Copied[] = [];
  readonly #steps = this.#copyAll();
  #until = 0;
  #isWhole = false;
  #bytes = 0;
  #file: Copying | null = null;

  /** `from` is copied to `native`, where nothing is yet. */
  constructor(
    private readonly disk: Disk,
    readonly from: string,
    readonly native: string,
    readonly of: Copyable,
  ) {}

  /** Copies on until about that time, at least a piece. Returns whether all is copied. Throws what the disk throws, and where what is
   * copied changes: then it is of no use any more. */
  advance(until: number): boolean {
    this.#until = until;
    if (!this.#isWhole) this.#isWhole = this.#steps.next().done === true;
    return this.#isWhole;
  }

  /** All is copied. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** So many bytes are copied. */
  get bytes(): number {
    return this.#bytes + (this.#file?.bytes ?? 0);
  }

  /** The digest of the file that was copied last; null where that shares its content. */
  get digest(): string | null {
    return this.#file?.digest ?? null;
  }

  /** Whether all that was copied is as it was then. */
  get isSame(): boolean {
    return this.of === "content" || this.#copied.every((one) => {
      const stat = this.disk.stat(one.native);
      return isAsCopied(stat, one.stat) && stat!.mtime === one.stat.mtime; // Of a folder, that nothing came into it.
    });
  }

  /** Gives the copy of a file the rights that the file has by now. */
  renewRights() {
    this.#giveRights(this.native, this.disk.stat(this.from)!);
  }

  /** Removes what was copied, each only if it is as it was; else throws Meanwhile. */
  removeOriginal() {
    for (const { native, stat } of this.#copied.toReversed()) {
      if (!isAsCopied(this.disk.stat(native), stat)) throw new Meanwhile("it changed while it was copied");
      this.disk.remove(native);
    }
  }

  *#copyAll(): Generator<void> {
    const pending: [string, string][] = [[this.from, this.native]];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const [source, target] = next;
      const stat = this.disk.stat(source);
      if (!stat) throw new Meanwhile("it changed");
      this.#copied.push({ native: source, stat });
      if (stat.kind === "link") this.disk.makeLink(this.disk.readLink(source), target);
      else if (stat.kind === "directory") {
        this.disk.makeDirectory(target);
        this.#giveRights(target, stat);
        const at = (folder: string, name: string) => `${folder}${this.disk.separator}${name}`;
        for (const name of this.disk.list(source)) pending.push([at(source, name), at(target, name)]);
      } else if (stat.kind === "file") yield* this.#copyFile(source, target, stat);
      else {throw new Error(
          "it is on another disk, and what is neither a file, a folder nor a link cannot come there",
        );}
      if (pending.length > 0 && performance.now() >= this.#until) yield;
    }
  }

  *#copyFile(source: string, target: string, seen: Stat): Generator<void> {
    const flushes = this.of === "original";
    if (flushes && this.disk.cloneFile(source, target)) this.#takeClone(source, seen);
    else yield* this.#copyContent(source, target);
    this.#giveTime(target, seen.mtime);
    if (flushes) this.disk.flush(target); // While it may be written: Windows opens nothing else for that.
    this.#giveRights(target, seen);
  }

  *#copyContent(source: string, target: string): Generator<void> {
    this.#bytes += this.#file?.bytes ?? 0;
    const options = { flushes: this.of === "original", isPrivate: true, isOwn: this.of === "content" };
    const file = this.#file = new Copying(this.disk, source, target, options);
    for (let digest = file.advance(this.#until); digest === null; digest = file.advance(this.#until)) yield;
  }

  #takeClone(source: string, seen: Stat) {
    this.#bytes += (this.#file?.bytes ?? 0) + seen.size;
    this.#file = null;
    if (!isAsCopied(this.disk.stat(source), seen)) throw new Meanwhile("it changed while it was copied");
  }

  /** A time that this disk cannot hold is lost: it is no reason to be without the copy. */
  #giveTime(native: string, mtime: number) {
    const copy = this.disk.openToWrite(native);
    tryTo(() => copy.setTime(mtime));
    copy.close();
  }

  /** As far as this user and this disk can. */
  #giveRights(native: string, { owner, group, mode }: Stat) {
    const present = this.disk.stat(native)!;
    if (present.owner !== owner || present.group !== group) {
      tryTo(() => this.disk.setOwner(native, present.owner === owner ? null : owner, group)); // Only the system's own user gives files away.
    }
    tryTo(() => this.disk.setMode(native, mode)); // Where the disk knows modes.
  }
}

function isAsCopied(stat: Stat | null, seen: Stat): boolean {
  return stat?.kind === seen.kind && stat.id === seen.id &&
    (seen.kind === "directory" ||
      stat.size === seen.size && stat.mtime === seen.mtime && stat.changed === seen.changed);
}
