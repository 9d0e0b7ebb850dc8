// Reading and editing immutable trees: many edits at once copy each touched directory only once.

import { childrenOf, type DirectoryEntry, EMPTY_ROOT, type Entry } from "./entry.ts";
import { isWithin, joinPath, nameOf, namesOf, parentOf, type Path, ROOT } from "./path.ts";

/** The entry at `path`, or null. */
export function entryAt(root: DirectoryEntry, path: Path): Entry | null {
  if (path === ROOT) return root;
  let folder: Entry = root;
  let begin = 0;
  // Asked many times for each file: a list of the names would cost more than finding them.
  for (let end = path.indexOf("/"); end >= 0; end = path.indexOf("/", begin)) {
    const inner = childrenOf(folder).get(path.slice(begin, end));
    if (!inner) return null;
    folder = inner;
    begin = end + 1;
  }
  return childrenOf(folder).get(path.slice(begin)) ?? null;
}

/** Whether something that cannot be read is at `path`, or on the way to it: then nobody knows what is there. */
export function isHidden(root: DirectoryEntry, path: Path): boolean {
  let entry: Entry | undefined = root;
  return namesOf(path).some((name) => {
    entry = childrenOf(entry).get(name);
    return entry?.kind === "problem";
  });
}

/** A path of the tree as its names are spelled; null when nothing is there. */
export function spelledAt(root: DirectoryEntry, path: Path): Path | null {
  let entry: Entry | undefined = root;
  let spelled = ROOT;
  for (const key of namesOf(path)) {
    entry = childrenOf(entry).get(key);
    if (!entry) return null;
    spelled = joinPath(spelled, entry.name);
  }
  return spelled;
}

/** A change of a side against another tree; `null` is absence. */
export interface Change {
  /** In the compared form, as the trees are keyed. */
  readonly path: Path;
  /** What the other tree has there. */
  readonly old: Entry | null;
  /** What the side has there. */
  readonly new: Entry | null;
}

/** A rename of an entry with all that is in it; `name` is the last name of `to` as it is spelled. */
export interface Move {
  /** Where it was when the moves before it were done. */
  readonly from: Path;
  /** Where it is then; its parent is there already. */
  readonly to: Path;
  /** Spelled as the mover spells it; `to` has its compared form. */
  readonly name: string;
  /** Makes room for something else (C5): no rename to repeat in the ancestor. */
  readonly aside?: boolean;
  /** Makes the empty folder `to` (`from` is the same), so that later moves have a place. */
  readonly made?: boolean;
}

type DirectoryDraft = {
  kind: "directory";
  name: string;
  children: Map<string, Entry>;
  id: number;
  born: number;
};

/** Edits a tree without touching the one it was given. Cost: the edits, plus one copy of each directory edited. */
export class TreeEditor {
  #root: DirectoryEntry;
  /** Directories made by this editor, which it alone may change in place. */
  #own = new Set<Entry>();
  /** The one it edited in last, since mostly the next edit is beside it. It is still at its path: whatever takes it from there is an edit
   * in a folder above it, which is the last one from then on. */
  #last: { path: Path; draft: DirectoryDraft } | null = null;

  /** `root` stays as it is. */
  constructor(root: DirectoryEntry) {
    this.#root = root;
  }

  /** What the edited tree has there, as it is now. */
  get(path: Path): Entry | null {
    if (path === ROOT || this.#last?.path !== parentOf(path)) return entryAt(this.#root, path);
    return this.#last.draft.children.get(nameOf(path)) ?? null;
  }

  /** Puts `entry` at `path`, or removes what is there. A directory without children keeps those already there.
   * Returns false, with nothing changed, for the root itself and when the parent is no directory. */
  set(path: Path, entry: Entry | null): boolean {
    if (path === ROOT) return false;
    const parent = this.#directory(parentOf(path));
    if (!parent) return false;
    const key = nameOf(path);
    if (entry) parent.children.set(key, this.#withChildren(entry, parent.children.get(key)));
    else parent.children.delete(key);
    return true;
  }

  /** Takes the entry at `from` to `to` under the given name.
   * Returns false, with nothing changed, when there is none or no place for it. */
  move({ from, to, name, made }: Move): boolean {
    if (made) return !this.get(to) && this.set(to, { ...EMPTY_ROOT, name });
    const entry = this.get(from);
    if (!entry || from === ROOT || (from !== to && this.get(to))) return false;
    if (from !== to && (isWithin(to, from) || !this.#directory(parentOf(to)))) return false;
    this.set(from, null);
    return this.set(to, { ...entry, name });
  }

  /** The edited tree. */
  done(): DirectoryEntry {
    return this.#root;
  }

  #withChildren(entry: Entry, present: Entry | undefined): Entry {
    if (entry.kind !== "directory" || present?.kind !== "directory" || entry.children.size > 0) return entry;
    return present.children.size === 0 ? entry : { ...entry, children: present.children };
  }

  #directory(path: Path): DirectoryDraft | null {
    if (this.#last?.path === path) return this.#last.draft;
    let draft = this.#draft(this.#root);
    this.#root = draft;
    for (const name of namesOf(path)) {
      const child = draft.children.get(name);
      if (child?.kind !== "directory") return null;
      const own = this.#draft(child);
      draft.children.set(name, own);
      draft = own;
    }
    this.#last = { path, draft };
    return draft;
  }

  #draft(directory: DirectoryEntry): DirectoryDraft {
    if (this.#own.has(directory)) return directory as DirectoryDraft;
    const draft: DirectoryDraft = { ...directory, children: new Map(directory.children) };
    this.#own.add(draft);
    return draft;
  }
}

/** The tree after changes, parents before children. Changes whose parent is missing are left out. */
export function apply(
  root: DirectoryEntry,
  changes: Iterable<{ path: Path; new: Entry | null }>,
): DirectoryEntry {
  const editor = new TreeEditor(root);
  for (const change of changes) editor.set(change.path, change.new);
  return editor.done();
}

/** The tree after moves, one after the other. */
export function applyMoves(root: DirectoryEntry, moves: readonly Move[]): DirectoryEntry {
  if (moves.length === 0) return root;
  const editor = new TreeEditor(root);
  for (const move of moves) editor.move(move);
  return editor.done();
}

/** Every entry below (and with) `entry`, parents first. `enters`: asked after each folder whether what is in it comes too. */
export function* walk(path: Path, entry: Entry, enters = () => true): Generator<[Path, Entry]> {
  yield [path, entry];
  if (entry.kind !== "directory" || !enters()) return;
  const above: { path: Path; rest: Iterator<[string, Entry]> }[] = [];
  let folder = { path, rest: entry.children.entries() as Iterator<[string, Entry]> };
  for (;;) {
    const next = folder.rest.next();
    if (next.done) {
      const parent = above.pop();
      if (!parent) return;
      folder = parent;
      continue;
    }
    const [key, child] = next.value;
    const at = joinPath(folder.path, key);
    yield [at, child];
    if (child.kind !== "directory" || !enters()) continue;
    above.push(folder);
    folder = { path: at, rest: child.children.entries() };
  }
}
