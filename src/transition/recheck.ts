// The look just before touching: that the disk is still what the plan was made for, and that no link is in the way (RULES N5).

import { childrenOf, type Entry, type FileEntry } from "../core/tree/entry.ts";
import { linkProblem } from "../core/link.ts";
import { joinPath, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { fileDigest, MOST_AT_ONCE } from "../scan/digest.ts";
import { isAsSeen } from "../scan/identity.ts";

/** The disk is not what the plan was made for: the next cycle sees it as it is. */
export class Meanwhile extends Error {
  constructor(what: string) {
    super(`${what}, and is looked at again`);
  }
}

/** Looks at one root. Each check throws `Meanwhile` where it finds something else. */
export class Recheck {
  readonly #realDirectories = new Set<string>();

  /** `isDoubtful`: whether a file that looks as it was seen may yet hold something else. */
  constructor(
    private readonly disk: Disk,
    private readonly native: (path: Path) => string,
    private readonly isDoubtful: (stat: Stat, entry: FileEntry) => boolean,
    /** Whether a folder (as spelled) is still on the disk that the last look saw. */
    private readonly isStill: (folder: Path, stat: Stat) => boolean = () => true,
  ) {}

  /** Folders were moved: each is looked at anew. */
  forget() {
    this.#realDirectories.clear();
  }

  /** Looks again at the disk, just before touching it. Returns what it sees. */
  expect(native: string, entry: Entry): Stat {
    const stat = this.#expect(native, entry, isAsSeen);
    if (entry.kind !== "file" || entry.digest === "" || !this.isDoubtful(stat, entry)) return stat;
    // A large one is read by whoever looks next, and not all at once.
    const isLarge = entry.size > MOST_AT_ONCE;
    if (isLarge || fileDigest(this.disk, native, entry) !== entry.digest) throw new Meanwhile("it changed");
    return stat;
  }

  /** The same for what was given a second name just now, which on some disks shows as a change. */
  expectKept(native: string, entry: Entry) {
    this.#expect(native, entry, (stat, seen) => isAsSeen({ ...stat, born: seen.born }, seen));
  }

  #expect(native: string, entry: Entry, isFile: typeof isAsSeen): Stat {
    const stat = this.disk.stat(native);
    if (!stat || stat.kind !== entry.kind) throw new Meanwhile("it changed");
    if (entry.kind === "file" && !isFile(stat, entry)) throw new Meanwhile("it changed");
    if (entry.kind === "link") {
      if (this.#targetOf(native) !== entry.target) throw new Meanwhile("it changed");
    }
    return stat;
  }

  /** N5: nearer to the root, ".." that stayed inside may lead out. Asks the disk, since what is ignored moves along; a link that
   * led out before is this side's own. `seen`: what is known of it; a known file is taken for one. */
  checkLinks(native: string, from: Path, to: Path, seen: Entry | null) {
    const rest = [{ native, from, to, seen }];
    for (let next = rest.pop(); next; next = rest.pop()) {
      const { native, from, to, seen } = next;
      const kind = seen?.kind === "file" ? "file" : this.disk.stat(native)?.kind;
      if (kind === "link") this.#checkLink(native, from, to);
      for (const name of kind === "directory" ? this.disk.list(native) : []) {
        rest.push({
          native: `${native}${this.disk.separator}${name}`,
          from: joinPath(from, name),
          to: joinPath(to, name),
          seen: childrenOf(seen).get(name) ?? null,
        });
      }
    }
  }

  #checkLink(native: string, from: Path, to: Path) {
    const target = this.#targetOf(native);
    const reason = linkProblem(parentOf(to), target);
    if (reason && !linkProblem(parentOf(from), target)) throw new Error(`as ${to}, ${reason}`);
  }

  /** The target of a link, with "/". */
  #targetOf(native: string): string {
    return this.disk.readLink(native).replaceAll(this.disk.separator, "/");
  }

  /** N5: every folder on the way is a folder, no link.
   * RACE: one swapped for a link after its look in this chunk is not noticed; a chunk lasts a fraction of a second. */
  checkParents(path: Path) {
    const unknown = [];
    for (let at = path; at !== ROOT && !this.#realDirectories.has(at); at = parentOf(at)) unknown.push(at);
    for (const folder of unknown.reverse()) {
      const stat = this.disk.stat(this.native(folder));
      if (stat?.kind !== "directory" || !this.isStill(folder, stat)) {
        throw new Meanwhile("the folder it is in changed");
      }
      this.#realDirectories.add(folder);
    }
  }
}
