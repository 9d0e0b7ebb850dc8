// A session's view of a root: ignored entries left out, names keyed by the compared form both sides share (RULES N3, I1).

import { type Deep, run } from "./deep.ts";
import type { DirectoryEntry, Entry } from "./entry.ts";
import type { Ignores } from "./ignore.ts";
import { compareKey, joinPath, type Path, precedes, ROOT } from "./path.ts";
import type { Problem } from "./plan.ts";
import { entryAt } from "./tree.ts";

/** Makes views of snapshots, whose keys are the exact names. Parts that did not change give the very same view again. */
export class Viewer {
  #seen = new WeakMap<DirectoryEntry, { path: Path; view: DirectoryEntry }>();
  /** Paths (as spelled) left out because another name in their folder compares equal. */
  #twins = new Map<Path, string>();

  /** `isLeftover`: whether the folder at a compared path is here only for what is ignored in it (I3). */
  constructor(
    private readonly fold: boolean,
    private readonly ignores: Ignores,
    private readonly isLeftover: (path: Path) => boolean = () => false,
  ) {}

  view(snapshot: DirectoryEntry): DirectoryEntry {
    return run(this.#directory(ROOT, ROOT, snapshot));
  }

  /** The names left out of the view of `snapshot` because their twin is in it. */
  twins(snapshot: DirectoryEntry): (Problem & { path: Path })[] {
    const problems: (Problem & { path: Path })[] = [];
    for (const [path, twin] of this.#twins) {
      const reason = `the name compares equal to "${twin}" beside it: rename one of them`;
      if (entryAt(snapshot, path)) problems.push({ path, reason, lasting: true });
      else this.#twins.delete(path);
    }
    return problems;
  }

  /** `compared`: the path in the compared form. */
  *#directory(path: Path, compared: Path, directory: DirectoryEntry): Deep<DirectoryEntry> {
    const seen = this.#seen.get(directory);
    if (seen?.path === path) return seen.view;
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
        ? (yield this.#directory(own, at, entry)) as DirectoryEntry
        : entry;
      if (child.kind === "directory" && child.children.size === 0 && this.isLeftover(at)) {
        alike = false;
        continue;
      }
      if (key !== name || child !== entry) alike = false;
      const twin = children.get(key);
      const [first, second] = twin && precedes(twin.name, name) ? [twin, child] : [child, twin];
      children.set(key, first);
      this.#twins.delete(own);
      if (second) left.push([key, joinPath(path, second.name)]);
    }
    for (const [key, twin] of left) this.#twins.set(twin, children.get(key)!.name);
    const view = alike ? directory : { ...directory, children };
    this.#seen.set(directory, { path, view });
    return view;
  }
}
