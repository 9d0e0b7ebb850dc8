// A session's view of a root: ignored entries left out, names keyed by the compared form both sides share (RULES N3, I1).

import { type Deep, run } from "../tree/deep.ts";
import type { DirectoryEntry, Entry } from "../tree/entry.ts";
import type { Ignores } from "./ignore.ts";
import { compareKey, joinPath, nameOf, type Path, precedes, ROOT } from "../tree/path.ts";
import type { Problem } from "../failure.ts";
import { entryAt } from "../tree/tree.ts";

/** Between twins at a compared path: by what was agreed there. */
interface Choice {
  at: Path;
  agreed: string | undefined;
}

/** How what a tree has at a compared path is spelled. */
export function agreedNames(tree: () => DirectoryEntry): (path: Path) => string | undefined {
  return (path) => entryAt(tree(), path)?.name;
}

/** Makes views of snapshots, whose keys are the exact names. Parts that did not change give the very same view again. */
export class Viewer {
  #seen = new WeakMap<DirectoryEntry, { path: Path; view: DirectoryEntry; chosen: Choice[] }>();
  /** Paths (as spelled) left out because another name in their folder compares equal. */
  #twins = new Map<Path, string>();

  /** `isLeftover`: whether the folder at a compared path is here only for what is ignored in it (I3); `agreed`: how what is agreed at a
   * compared path is spelled. */
  constructor(
    private readonly fold: boolean,
    private readonly ignores: Ignores,
    private readonly isLeftover: (path: Path) => boolean = () => false,
    private readonly agreed: (path: Path) => string | undefined = () => undefined,
  ) {}

  /** The view of a snapshot: its keys are the compared form, and of twins one is left. */
  view(snapshot: DirectoryEntry): DirectoryEntry {
    return run(this.#directory(ROOT, ROOT, snapshot, []));
  }

  /** The names left out of the view of `snapshot` because their twin is in it. `foldsCase`: the disk does, so that of two that differ in
   * case one is only still remembered. */
  twins(snapshot: DirectoryEntry, foldsCase = false): (Problem & { path: Path })[] {
    const problems: (Problem & { path: Path })[] = [];
    for (const [path, twin] of this.#twins) {
      const reason = `the name compares equal to "${twin}" beside it: rename one of them`;
      if (foldsCase && twin.toLowerCase() === nameOf(path).toLowerCase()) continue;
      if (entryAt(snapshot, path)) problems.push({ path, reason, lasting: true });
      else this.#twins.delete(path);
    }
    return problems;
  }

  /** `compared`: the path in the compared form; `above`: hears of what was chosen between twins. */
  *#directory(
    path: Path,
    compared: Path,
    directory: DirectoryEntry,
    above: Choice[],
  ): Deep<DirectoryEntry> {
    const seen = this.#seen.get(directory);
    if (seen?.path === path && seen.chosen.every(({ at, agreed }) => this.agreed(at) === agreed)) {
      for (const choice of seen.chosen) above.push(choice);
      return seen.view;
    }
    const chosen: Choice[] = [];
    const children = new Map<string, Entry>();
    const left: [key: string, path: Path][] = [];
    let alike = true;
    for (const [name, entry] of directory.children) {
      const own = joinPath(path, name);
      if (this.ignores(own, name, entry.kind === "directory")) {
        alike = false;
        continue;
      }
      const key = compareKey(name, this.fold);
      const at = joinPath(compared, key);
      const child: Entry = entry.kind === "directory"
        ? (yield this.#directory(own, at, entry, chosen)) as DirectoryEntry
        : entry;
      if (child.kind === "directory" && child.children.size === 0 && this.isLeftover(at)) {
        alike = false;
        continue;
      }
      if (key !== name || child !== entry) alike = false;
      const twin = children.get(key);
      const [first, second] = twin && this.#comesFirst(twin.name, name, at, chosen)
        ? [twin, child]
        : [child, twin];
      children.set(key, first);
      this.#twins.delete(own);
      if (second) left.push([key, joinPath(path, second.name)]);
    }
    for (const [key, twin] of left) this.#twins.set(twin, children.get(key)!.name);
    const view = alike ? directory : { ...directory, children };
    this.#seen.set(directory, { path, view, chosen });
    for (const choice of chosen) above.push(choice);
    return view;
  }

  /** N3: of two twins the one that is agreed, else the first in byte order. */
  #comesFirst(one: string, other: string, at: Path, chosen: Choice[]): boolean {
    const agreed = this.agreed(at);
    chosen.push({ at, agreed });
    return one === agreed || other !== agreed && precedes(one, other);
  }
}

/** A tree of compared names by its exact ones. */
export function byExactNames(tree: DirectoryEntry): DirectoryEntry {
  return run(exactly(tree));
}

function* exactly(tree: DirectoryEntry): Deep<DirectoryEntry> {
  const children = new Map<string, Entry>();
  let alike = true;
  for (const [key, entry] of tree.children) {
    const exact: Entry = entry.kind === "directory" ? (yield exactly(entry)) as DirectoryEntry : entry;
    if (exact !== entry || key !== entry.name) alike = false;
    children.set(entry.name, exact);
  }
  return alike ? tree : { ...tree, children };
}
