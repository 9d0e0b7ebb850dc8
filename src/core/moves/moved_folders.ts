// Folders that were renamed where the numbers of files tell nothing (a disk that gives others with each mount): known by what they hold.
// One that holds all that one which is gone held, to the last name and byte, is that one, or as good as that.

import { compareContent, type DirectoryEntry, type Entry } from "../tree/entry.ts";
import { joinPath, type Path } from "../tree/path.ts";
import type { Change, Move } from "../tree/tree.ts";

/** A folder at a path where the other tree has nothing. */
export type Placed = readonly [path: Path, folder: DirectoryEntry];

/** The topmost folders in `made` that hold what folders in `gone` held. Each is one of a pair only. */
export function foldersByContent(gone: readonly Placed[], made: readonly Placed[]): Move[] {
  const found: Move[] = [];
  pairUp(gone, made, (from, [to, folder], old) => {
    if (!holdSame(old, folder)) return false;
    found.push({ from, to, name: folder.name });
    return true;
  });
  return found;
}

/** A folder that is perhaps one that was renamed. */
export interface DoubtfulFolder {
  /** Where it would have been. */
  from: Path;
  /** Where it is. */
  to: Path;
  /** The files in it of which only the digest can tell. */
  files: Path[];
}

/** Folders that look like ones that are gone. */
export function doubtfulFolders(changes: readonly Change[]): DoubtfulFolder[] {
  const gone = changes.flatMap(({ path, old, new: entry }): Placed[] =>
    !entry && old?.kind === "directory" ? [[path, old]] : []
  );
  const made = changes.flatMap(({ path, old, new: entry }): Placed[] =>
    !old && entry?.kind === "directory" ? [[path, entry]] : []
  );
  const doubtful: DoubtfulFolder[] = [];
  pairUp(gone, made, (from, [to, folder]) => {
    const files = [...undigested(to, folder)];
    if (files.length > 0) doubtful.push({ from, to, files });
    return true;
  });
  return doubtful;
}

/** Offers to `take` each folder that looks like one that is gone, until it takes one; what is in those it did not take comes after. */
function pairUp(
  gone: readonly Placed[],
  made: readonly Placed[],
  take: (from: Path, to: Placed, old: DirectoryEntry) => boolean,
) {
  if (gone.length === 0 || made.length === 0) return;
  const shapes = new Shapes([...gone, ...made]);
  const left = Map.groupBy(
    allIn(gone).filter(([, folder]) => shapes.bytes(folder) > 0),
    ([, folder]) => shapes.of(folder),
  );
  const queue = [...made];
  for (const placed of queue) {
    const alike = left.get(shapes.of(placed[1])) ?? [];
    const taken = alike.findIndex(([from, old]) => take(from, placed, old));
    if (taken >= 0) alike.splice(taken, 1);
    else for (const inner of foldersIn(placed)) queue.push(inner);
  }
}

function allIn(placed: readonly Placed[]): Placed[] {
  const all = [...placed];
  for (const one of all) for (const inner of foldersIn(one)) all.push(inner);
  return all;
}

function foldersIn([path, folder]: Placed): Placed[] {
  return [...folder.children].flatMap(([key, child]): Placed[] =>
    child.kind === "directory" ? [[joinPath(path, key), child]] : []
  );
}

function* undigested(path: Path, folder: DirectoryEntry): Iterable<Path> {
  for (const [at, { children }] of allIn([[path, folder]])) {
    for (const [key, child] of children) {
      if (child.kind === "file" && child.digest === "") yield joinPath(at, key);
    }
  }
}

function holdSame(one: DirectoryEntry, other: DirectoryEntry): boolean {
  const pairs: [DirectoryEntry, DirectoryEntry][] = [[one, other]];
  for (const [old, now] of pairs) {
    for (const [key, child] of old.children) {
      const present = now.children.get(key);
      if (!present || compareContent(child, present) !== "same") return false;
      if (child.kind === "directory") pairs.push([child, present as DirectoryEntry]);
    }
  }
  return true;
}

/** How folders look, content aside: names, kinds and sizes of all in them. Equal numbers mean equal looks. */
class Shapes {
  readonly #looks = new Map<DirectoryEntry, { shape: number; bytes: number }>();
  readonly #numbers = new Map<string, number>();

  constructor(placed: readonly Placed[]) {
    for (const [, folder] of allIn(placed).reverse()) this.#note(folder); // Inner ones first.
  }

  of(folder: DirectoryEntry): number {
    return this.#looks.get(folder)!.shape;
  }

  bytes(folder: DirectoryEntry): number {
    return this.#looks.get(folder)!.bytes;
  }

  #note(folder: DirectoryEntry) {
    let bytes = 0;
    const shapes = [...folder.children].map(([key, child]) => {
      if (child.kind === "directory") bytes += this.bytes(child);
      if (child.kind === "file") bytes += child.size;
      return `${key}/${child.kind}/${this.#look(child)}`;
    });
    const text = shapes.sort().join("/");
    if (!this.#numbers.has(text)) this.#numbers.set(text, this.#numbers.size);
    this.#looks.set(folder, { shape: this.#numbers.get(text)!, bytes });
  }

  #look(entry: Entry): number {
    return entry.kind === "file" ? entry.size : entry.kind === "directory" ? this.of(entry) : 0;
  }
}
