// What is known from before of the files and folders that a look finds at a new path: whose content they hold.
// Invariant: a number by itself carries no digest to another path. ext4 gives a freed one to the next file, FAT gives all anew with each
// mount, and btrfs has the same ones in each subvolume.

import type { DirectoryEntry, FileEntry } from "../core/tree/entry.ts";
import { type Path, ROOT } from "../core/tree/path.ts";
import { entryAt, walk } from "../core/tree/tree.ts";
import type { Stat } from "../fs/port.ts";
import { isCoarse } from "./clock.ts";
import { isAsSeen, isSameSeen } from "./identity.ts";

interface KnownFolder {
  path: Path;
  entry: DirectoryEntry;
}

/** What was written this long before a program's last word it may have seen in the tick of that. */
const JUST_BEFORE_MS = 10_000;

/** What the trees were made of: times in ms, and what is known besides. */
export interface KnownOptions {
  /** When the trees were last looked at: files that were made since are in none of them. */
  until?: number;
  /** When a program that ended last wrote down what was agreed. */
  lastWord?: number | null;
  /** Files that were read since. */
  digested?: ReadonlyMap<Path, FileEntry>;
}

/** More than one thing has this number. */
const AMBIGUOUS = null;

/** What is in a folder that is new at its path: the names, and a look at each; and what is at another path now. */
export interface FoundFolder {
  stat: Stat;
  names: readonly string[];
  inner(name: string): Stat | null;
  elsewhere(path: Path): Stat | null;
}

export class Known {
  #numbered: { files: Map<number, FileEntry | null>; folders: Map<number, KnownFolder | null> } | null = null;

  readonly #until: number;
  readonly #lastWord: number;
  readonly #digested: ReadonlyMap<Path, FileEntry>;

  /** `trees`, by exact names: the last snapshot, or where there is none what was agreed with each peer. */
  constructor(
    private readonly trees: readonly DirectoryEntry[],
    { until = Infinity, lastWord = null, digested = new Map() }: KnownOptions = {},
  ) {
    this.#until = until;
    this.#lastWord = lastWord ?? Infinity;
    this.#digested = digested;
  }

  /** Whether what was written to a file known at a path may show nowhere: the program that saw it ended in the tick in which it was
   * written. On a disk that counts finely nobody is so quick. */
  mayBeOutdated(path: Path, file: FileEntry): boolean {
    return file.mtime >= this.#lastWord - JUST_BEFORE_MS && isCoarse(file.mtime) &&
      this.#digested.get(path) !== file;
  }

  /** The file that was known at a path. */
  at(path: Path): FileEntry | null {
    for (const tree of this.trees) {
      const entry = entryAt(tree, path);
      if (entry?.kind === "file") return entry;
    }
    return null;
  }

  /** The folder that was known at a path. */
  folderAt(path: Path): DirectoryEntry | undefined {
    for (const tree of this.trees) {
      const entry = entryAt(tree, path);
      if (entry?.kind === "directory") return entry;
    }
    return undefined;
  }

  /** The known file that is now at `path`. `numbersLast`: the disk keeps numbers, and says when files were made. */
  file(path: Path, stat: Stat, numbersLast: boolean): FileEntry | undefined {
    const read = this.#digested.get(path);
    if (read && isAsSeen(stat, read)) return read;
    const before = this.at(path);
    if (before && before.digest !== "" && isAsSeen(stat, before)) return before;
    if (!numbersLast || stat.id === 0 || stat.born === 0 || stat.born > this.#until) return undefined;
    const known = this.#byNumber().files.get(stat.id);
    return known && isAsSeen(stat, known) ? known : undefined;
  }

  /** The known folder that was found at a new path: it is not where it was, and where numbers do not last, it and all that is in it have
   * the numbers, names, sizes and times they had. */
  folder({ stat, names, inner, elsewhere }: FoundFolder, numbersLast: boolean): DirectoryEntry | undefined {
    if (stat.id === 0 || stat.born > this.#until) return undefined;
    const known = this.#byNumber().folders.get(stat.id);
    if (!known || known.entry.born !== stat.born || elsewhere(known.path)?.id === stat.id) return undefined;
    if (numbersLast) return known.entry;
    const { children } = known.entry;
    const isAlike = (name: string) => {
      const [before, now] = [children.get(name), inner(name)];
      if (!before || before.kind !== now?.kind) return false;
      if (before.kind === "file") return now.id !== 0 && isAsSeen(now, before);
      return before.kind !== "directory" || before.id === now.id;
    };
    return names.length === children.size && names.every(isAlike) ? known.entry : undefined;
  }

  #byNumber() {
    if (this.#numbered) return this.#numbered;
    this.#numbered = { files: new Map(), folders: new Map() };
    for (const tree of this.trees) this.#note(tree);
    return this.#numbered;
  }

  #note(tree: DirectoryEntry) {
    const { files, folders } = this.#numbered!;
    for (const [path, entry] of walk(ROOT, tree)) {
      if (path === ROOT) continue;
      if (entry.kind === "directory") {
        const other = folders.get(entry.id);
        const isOther = other !== undefined && (other === AMBIGUOUS || other.path !== path);
        folders.set(entry.id, isOther ? AMBIGUOUS : { path, entry });
      } else if (entry.kind === "file" && entry.digest !== "") {
        const other = files.get(entry.id);
        const isOther = other !== undefined && (other === AMBIGUOUS || !isSameSeen(other, entry));
        files.set(entry.id, isOther ? AMBIGUOUS : entry);
      }
    }
  }
}
