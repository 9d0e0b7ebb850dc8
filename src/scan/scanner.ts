// Walks a root into a snapshot, whose keys are exact names; reuses what did not change, so that unchanged parts keep identity.

import { type DirectoryEntry, EMPTY_ROOT, type Entry, type FileEntry } from "../core/entry.ts";
import type { Ignores } from "../core/ignore.ts";
import { isPrivateName, joinPath, nameOf, namesOf, parentOf, type Path, ROOT } from "../core/path.ts";
import { TreeEditor } from "../core/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { EMPTY_DIGEST, textDigest } from "./digest.ts";
import { linkProblem } from "../core/link.ts";
import { Settling } from "./settling.ts";

/** Files known from before, by file ID: a digest is taken over when size and time are unchanged. */
export interface Known {
  get(id: number): FileEntry | undefined;
}

export class Scanner {
  readonly settling = new Settling();
  /** During one rescan: folders found to be what they were, and the names in those that were listed. */
  #trusted = new Set<Path>();
  #listings = new Map<Path, ReadonlySet<string>>();

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    /** The disk answers for any spelling of a name. */
    private readonly folds: boolean,
    public ignores: Ignores,
  ) {}

  /** Walks the whole root. `now` in ms. Throws when the root itself cannot be read. */
  scan(previous: DirectoryEntry, known: Known, now: number): DirectoryEntry {
    const names = this.disk.list(this.folder);
    this.settling.look(now);
    return this.#children(
      ROOT,
      this.folder,
      { ...EMPTY_ROOT, id: this.disk.stat(this.folder)?.id ?? 0 },
      previous,
      names,
      known,
    );
  }

  /** Looks again at the given paths only (as spelled; those that wait to settle among them), and at all that is in folders
   * found new there; at all that is in `deep` ones, known or not. */
  rescan(
    previous: DirectoryEntry,
    paths: Iterable<Path>,
    deep: ReadonlySet<Path>,
    known: Known,
    now: number,
  ): DirectoryEntry {
    this.settling.look(now);
    this.#trusted.clear();
    this.#listings.clear();
    const editor = new TreeEditor(previous);
    for (const path of paths) {
      if (path === ROOT || !this.#takesPart(path)) continue;
      const place = this.#existingPlace(editor, path);
      const before = editor.get(place);
      const entry = this.#lookAt(place, before, deep.has(path), known);
      if (entry === before) continue;
      editor.set(place, null);
      if (entry) editor.set(place, entry);
    }
    return editor.done();
  }

  /** The native path of a path as spelled. */
  native(path: Path): string {
    if (path === ROOT) return this.folder;
    const inner = this.disk.separator === "/" ? path : path.replaceAll("/", this.disk.separator);
    return `${this.folder}${this.disk.separator}${inner}`;
  }

  /** No part of the path is private or ignored. */
  #takesPart(path: Path): boolean {
    let at: Path = ROOT;
    const names = namesOf(path);
    for (const [depth, name] of names.entries()) {
      at = joinPath(at, name);
      if (isPrivateName(name)) return false;
      if (depth < names.length - 1 && this.ignores(at, name, true)) return false;
    }
    return true;
  }

  /** The path itself, or its outermost parent that is not the folder it was: that is looked at as a whole. N5: a folder
   * replaced by a link must not be looked through. */
  #existingPlace(editor: TreeEditor, path: Path): Path {
    let parent = ROOT;
    for (const name of namesOf(parentOf(path))) {
      parent = joinPath(parent, name);
      if (this.#trusted.has(parent)) continue;
      if (!this.#isStill(editor.get(parent), parent)) return parent;
      this.#trusted.add(parent);
    }
    return path;
  }

  #isStill(before: Entry | null, folder: Path): boolean {
    if (before?.kind !== "directory") return false;
    try {
      const stat = this.disk.stat(this.native(folder));
      return stat?.kind === "directory" && stat.id === before.id;
    } catch {
      return false; // Looking at the folder itself tells what is wrong with it.
    }
  }

  #lookAt(path: Path, before: Entry | null, deep: boolean, known: Known): Entry | null {
    const name = nameOf(path);
    const native = this.native(path);
    // A disk that folds case answers for any spelling: only the listing tells whether this one is there.
    if (this.folds && !this.#isListed(path, name)) return null;
    let stat: Stat | null;
    try {
      stat = this.disk.stat(native);
    } catch (error) {
      return unreadable(before ?? undefined, name, error);
    }
    if (!stat || this.ignores(path, name, stat.kind === "directory")) return null;
    // What happens in a known folder is told by its own events: some systems tell of the folder as well.
    if (!deep && before?.kind === "directory" && stat.kind === "directory" && before.id === stat.id) {
      return before;
    }
    return this.#entry(path, native, name, stat, before ?? undefined, known);
  }

  #isListed(path: Path, name: string): boolean {
    const parent = parentOf(path);
    let names = this.#listings.get(parent);
    if (!names) this.#listings.set(parent, names = this.#listing(parent));
    return names.has(name);
  }

  #listing(folder: Path): ReadonlySet<string> {
    try {
      return new Set(this.disk.list(this.native(folder)));
    } catch {
      return new Set(); // The folder is gone: so is what was in it.
    }
  }

  #entry(
    path: Path,
    native: string,
    name: string,
    stat: Stat,
    before: Entry | undefined,
    known: Known,
  ): Entry | null {
    switch (stat.kind) {
      case "file":
        return this.#file(path, name, stat, before, known);
      case "directory":
        return this.#directory(path, native, name, stat, before, known);
      case "link":
        return this.#link(path, native, name, before);
      default:
        return same(before, {
          kind: "problem",
          name,
          reason: "neither a file, a folder nor a link",
          lasting: true,
        });
    }
  }

  #file(path: Path, name: string, stat: Stat, before: Entry | undefined, known: Known): Entry | null {
    const earlier = before?.kind === "file" ? before : known.get(stat.id);
    const unchanged = earlier && earlier.id === stat.id && earlier.size === stat.size &&
      earlier.mtime === stat.mtime;
    if (!this.settling.isSettled(path, stat, unchanged === true)) return before ?? null;
    const distrusted = this.settling.isDistrusted(path, stat);
    if (unchanged && !distrusted && earlier.name === name && earlier.executable === stat.executable) {
      return earlier;
    }
    const digest = unchanged && !distrusted ? earlier.digest : stat.size === 0 ? EMPTY_DIGEST : "";
    const { size, mtime, executable, id } = stat;
    return { kind: "file", name, size, mtime, executable, digest, id };
  }

  #directory(
    path: Path,
    native: string,
    name: string,
    stat: Stat,
    before: Entry | undefined,
    known: Known,
  ): Entry {
    let names: string[];
    try {
      names = this.disk.list(native);
    } catch (error) {
      return unreadable(before, name, error);
    }
    const earlier = before?.kind === "directory" ? before : EMPTY_ROOT;
    return this.#children(path, native, { ...EMPTY_ROOT, name, id: stat.id }, earlier, names, known);
  }

  #children(
    path: Path,
    native: string,
    self: DirectoryEntry,
    before: DirectoryEntry,
    names: string[],
    known: Known,
  ): DirectoryEntry {
    const children = new Map<string, Entry>();
    let alike = self.id === before.id && self.name === before.name;
    for (const name of names) {
      const own = joinPath(path, name);
      const earlier = before.children.get(name);
      const entry = this.#child(own, `${native}${this.disk.separator}${name}`, name, earlier, known);
      if (entry !== (earlier ?? null)) alike = false;
      if (entry) children.set(name, entry);
    }
    return alike && children.size === before.children.size ? before : { ...self, children };
  }

  #child(path: Path, native: string, name: string, before: Entry | undefined, known: Known): Entry | null {
    if (isPrivateName(name)) {
      if (parentOf(path) === ROOT && name === ".tcpsync") return null;
      return same(before, {
        kind: "problem",
        name,
        reason: "this name is kept for tcpsync itself: rename it",
        lasting: true,
      });
    }
    let stat: Stat | null;
    try {
      stat = this.disk.stat(native);
    } catch (error) {
      return unreadable(before, name, error);
    }
    if (!stat) {
      const reason = "the name is not UTF-8 and cannot travel: rename it";
      return name.includes("\ufffd") ? same(before, { kind: "problem", name, reason, lasting: true }) : null;
    }
    if (this.ignores(path, name, stat.kind === "directory")) return null;
    return this.#entry(path, native, name, stat, before, known);
  }

  #link(path: Path, native: string, name: string, before: Entry | undefined): Entry {
    let target: string;
    try {
      target = this.disk.readLink(native).replaceAll(this.disk.separator, "/");
    } catch (error) {
      return unreadable(before, name, error);
    }
    if (before?.kind === "link" && before.target === target) return before;
    const reason = linkProblem(parentOf(path), target);
    if (reason) return same(before, { kind: "problem", name, reason, lasting: true });
    return { kind: "link", name, target, digest: textDigest(target) };
  }
}

/** What the disk says of an entry that cannot be looked at. */
function unreadable(before: Entry | undefined, name: string, error: unknown): Entry {
  return same(before, { kind: "problem", name, ...describeFailure(error, name) });
}

/** The earlier problem when nothing about it changed, so that it keeps its identity. */
function same(before: Entry | undefined, problem: Entry & { kind: "problem" }): Entry {
  return before?.kind === "problem" && before.reason === problem.reason ? before : problem;
}

/** The files of trees that have a digest, by file ID; looked up only when first asked. */
export class KnownFiles implements Known {
  #files: Map<number, FileEntry> | null = null;

  constructor(private readonly trees: readonly DirectoryEntry[]) {}

  get(id: number): FileEntry | undefined {
    if (!this.#files) {
      this.#files = new Map();
      for (const tree of this.trees) collect(this.#files, tree);
    }
    return this.#files.get(id);
  }
}

function collect(files: Map<number, FileEntry>, directory: DirectoryEntry) {
  for (const entry of directory.children.values()) {
    if (entry.kind === "directory") collect(files, entry);
    else if (entry.kind === "file" && entry.digest !== "" && entry.id !== 0) files.set(entry.id, entry);
  }
}
