// Walks a root into a snapshot, whose keys are exact names; reuses what did not change, so that unchanged parts keep identity.

import { type DirectoryEntry, EMPTY_ROOT, type Entry, type FileEntry } from "../core/entry.ts";
import type { Ignores } from "../core/ignore.ts";
import {
  comparePath,
  isPrivateName,
  joinPath,
  nameOf,
  namesOf,
  parentOf,
  type Path,
  ROOT,
} from "../core/path.ts";
import { entryAt, TreeEditor } from "../core/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { EMPTY_DIGEST, textDigest } from "./digest.ts";
import { fileEntryOf, isAsSeen } from "./identity.ts";
import { linkProblem } from "../core/link.ts";
import { Settling } from "./settling.ts";
import { Vanishing } from "./vanishing.ts";

/** Files known from before. */
export interface Known {
  /** By file ID: a digest is taken over when size and time are unchanged. */
  get(id: number): FileEntry | undefined;
  /** What was agreed at a path (as spelled): until a file that is being written has settled, it is that. */
  agreedAt(path: Path): FileEntry | null;
}

/** The names in a folder, as they are listed and in the composed normal form. */
interface Listing {
  readonly listed: ReadonlySet<string>;
  readonly composed: ReadonlySet<string>;
}

export class Scanner {
  readonly settling = new Settling();
  readonly vanishing = new Vanishing();
  /** During one rescan: folders found to be what they were, and the names in those that were listed. */
  #trusted = new Set<Path>();
  #listings = new Map<Path, Listing>();

  /** What native paths in the root begin with: the top of a drive ends in a separator already. */
  readonly #inside: string;

  constructor(
    private readonly disk: Disk,
    private readonly folder: string,
    /** The disk answers for any spelling of a name. */
    private readonly folds: boolean,
    public ignores: Ignores,
  ) {
    this.#inside = folder.endsWith(disk.separator) ? folder : `${folder}${disk.separator}`;
  }

  /** Walks the whole root. `now` in ms. Throws when the root itself cannot be read. */
  scan(previous: DirectoryEntry, known: Known, now: number): DirectoryEntry {
    const names = this.disk.list(this.folder);
    this.settling.look(now, true);
    this.vanishing.look(now);
    const self = { ...EMPTY_ROOT, id: this.disk.stat(this.folder)?.id ?? 0 };
    const found = this.#children(ROOT, this.folder, self, previous, names, known);
    const held = this.vanishing.held();
    if (held.size === 0) return found;
    const editor = new TreeEditor(found);
    for (const [path, entry] of held) editor.set(path, entry);
    return editor.done();
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
    this.settling.look(now, false);
    this.vanishing.look(now);
    const missed = new Set<Path>();
    this.#trusted.clear();
    this.#listings.clear();
    const editor = new TreeEditor(previous);
    for (const path of paths) {
      if (path === ROOT || !this.#takesPart(path)) continue;
      const place = this.#existingPlace(editor, path);
      const before = editor.get(place);
      const entry = this.#lookAt(place, before, deep.has(path), known);
      if (entry === before) continue;
      // Only when all was looked at it is known whether it is elsewhere.
      if (!entry) missed.add(place);
      else {
        missed.delete(place);
        editor.set(place, null);
        editor.set(place, entry);
      }
    }
    const held = this.vanishing.held();
    for (const place of missed) if (!held.has(place)) editor.set(place, null);
    return editor.done();
  }

  /** The native path of a path as spelled. */
  native(path: Path): string {
    if (path === ROOT) return this.folder;
    const inner = this.disk.separator === "/" ? path : path.replaceAll("/", this.disk.separator);
    return `${this.#inside}${inner}`;
  }

  /** It is not in the root's own private folder, and no folder it is in is ignored. */
  #takesPart(path: Path): boolean {
    let at: Path = ROOT;
    const names = namesOf(path);
    for (const [depth, name] of names.entries()) {
      at = joinPath(at, name);
      if (isPrivateName(name)) return !isPrivateFolder(at);
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
    let stat: Stat | null = null;
    try {
      // A disk that folds case answers for any spelling: only the listing tells whether this one is there.
      if (!this.folds || this.#isListed(path, before)) stat = this.disk.stat(native);
    } catch (error) {
      return unreadable(before ?? undefined, name, error);
    }
    if (!stat) {
      if (before) this.vanishing.miss(path, before);
      return null;
    }
    if (this.ignores(path, name, stat.kind === "directory")) return null;
    if (isPrivateName(name)) return privateName(before ?? undefined, name);
    // What happens in a known folder is told by its own events: some systems tell of the folder as well.
    if (!deep && before?.kind === "directory" && stat.kind === "directory" && before.id === stat.id) {
      return before;
    }
    return this.#entry(path, native, name, stat, before ?? undefined, known);
  }

  /** Some disks list a name in another normal form than it was made in: what is known is there in any. */
  #isListed(path: Path, before: Entry | null): boolean {
    const parent = parentOf(path);
    let names = this.#listings.get(parent);
    if (!names) this.#listings.set(parent, names = this.#listing(parent));
    const name = nameOf(path);
    return names.listed.has(name) || before !== null && names.composed.has(name.normalize("NFC"));
  }

  #listing(folder: Path): Listing {
    let names: string[] = [];
    try {
      names = this.disk.list(this.native(folder));
    } catch {
      // The folder is gone: so is what was in it.
    }
    return { listed: new Set(names), composed: new Set(names.map((name) => name.normalize("NFC"))) };
  }

  #entry(
    path: Path,
    native: string,
    name: string,
    stat: Stat,
    before: Entry | undefined,
    known: Known,
  ): Entry | null {
    if (!before) this.vanishing.arrive(stat.id);
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
    const unchanged = earlier && isAsSeen(stat, earlier);
    if (!this.settling.isSettled(path, stat, unchanged === true)) return before ?? known.agreedAt(path);
    const distrusted = this.settling.isDistrusted(path, stat);
    if (unchanged && !distrusted && earlier.name === name && earlier.executable === stat.executable) {
      return earlier;
    }
    const digest = unchanged && !distrusted ? earlier.digest : stat.size === 0 ? EMPTY_DIGEST : "";
    return fileEntryOf(stat, name, digest);
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
    return this.#children(
      path,
      native,
      { ...EMPTY_ROOT, name, id: stat.id, born: stat.born },
      earlier,
      names,
      known,
    );
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
    const inside = path === ROOT ? this.#inside : `${native}${this.disk.separator}`;
    for (const name of names) {
      const own = joinPath(path, name);
      const earlier = before.children.get(name);
      const entry = this.#child(own, `${inside}${name}`, name, earlier, known);
      if (entry !== (earlier ?? null)) alike = false;
      if (entry) children.set(name, entry);
    }
    if (alike && children.size === before.children.size) return before;
    this.#missAbsent(path, before, names);
    return { ...self, children };
  }

  #missAbsent(path: Path, before: DirectoryEntry, names: readonly string[]) {
    const listed = new Set(names);
    for (const [name, entry] of before.children) {
      if (!listed.has(name)) this.vanishing.miss(joinPath(path, name), entry);
    }
  }

  #child(path: Path, native: string, name: string, before: Entry | undefined, known: Known): Entry | null {
    if (isPrivateName(name)) return isPrivateFolder(path) ? null : privateName(before, name);
    let stat: Stat | null;
    try {
      stat = this.disk.stat(native);
    } catch (error) {
      return unreadable(before, name, error);
    }
    if (!stat) {
      if (before) this.vanishing.miss(path, before);
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

/** Whether this is the root's own private folder. */
function isPrivateFolder(path: Path): boolean {
  return path === ".tcpsync";
}

function privateName(before: Entry | undefined, name: string): Entry {
  return same(before, {
    kind: "problem",
    name,
    reason: "this name is kept for tcpsync itself: rename it",
    lasting: true,
  });
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

  /** `agreed`: ancestors, by compared names; a start has nothing else to go by. */
  constructor(
    private readonly trees: readonly DirectoryEntry[],
    private readonly agreed: readonly { tree: DirectoryEntry; folds: boolean }[] = [],
  ) {}

  agreedAt(path: Path): FileEntry | null {
    for (const { tree, folds } of this.agreed) {
      const entry = entryAt(tree, comparePath(path, folds));
      if (entry?.kind === "file") return { ...entry, name: nameOf(path) };
    }
    return null;
  }

  get(id: number): FileEntry | undefined {
    if (!this.#files) {
      this.#files = new Map();
      for (const tree of this.trees) collect(this.#files, tree);
      for (const { tree } of this.agreed) collect(this.#files, tree);
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
