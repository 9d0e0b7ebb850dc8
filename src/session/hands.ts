// The hands: everything that touches one root, in a worker of its own, with synchronous calls. The brain tells it what to do.
// Holds the snapshot; each session has a Dealing of its own (dealing.ts).

import { Archive } from "../archive/archive.ts";
import type { Ability } from "../core/ability.ts";
import { type DirectoryEntry, EMPTY_ROOT, type FileEntry } from "../core/entry.ts";
import { UserError } from "../core/failure.ts";
import { IGNORE_FILE, ignoreRules } from "../core/ignore.ts";
import type { Path } from "../core/path.ts";
import { entryAt, TreeEditor } from "../core/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { probe } from "../fs/probe.ts";
import { fileDigest } from "../scan/digest.ts";
import { KnownFiles, Scanner } from "../scan/scanner.ts";
import { pruneVersions } from "../transition/versions.ts";
import { RootGone } from "./remote.ts";
import { identityOf, lockRoot, type Places, placesIn, prepare, readIdentity } from "./folder.ts";

/** A folder found new is looked at again this much later: what came before its watch was there left no event. */
const LOOK_AGAIN_MS = 300;

/** What a look at the disk found. `waiting`: files still being written, or looks owed; look again soon. */
export interface Look {
  changed: boolean;
  waiting: number;
}

export class Hands {
  readonly places: Places;
  readonly archive: Archive;
  readonly identity: string;
  readonly ability: Ability;
  snapshot: DirectoryEntry = EMPTY_ROOT;
  #scanner: Scanner;
  #lock: { close(): void };
  #dirty = new Set<Path>();
  #all = true;
  #first = true;
  /** Folders found new, and when to look at them again. */
  #again = new Map<Path, number>();
  #rules = { text: "", mtime: 0, id: 0 };

  /** Takes `folder` into use. Throws UserError. */
  constructor(readonly disk: Disk, folder: string, stateDir: string) {
    this.places = placesIn(disk, folder);
    prepare(disk, this.places);
    this.#lock = lockRoot(this.places);
    try {
      this.identity = identityOf(disk, this.places);
      this.ability = probe(disk, this.places.private);
      pruneVersions(disk, this.places.versions, Date.now());
      this.archive = openArchive(disk, stateDir, this.identity);
    } catch (error) {
      this.#lock.close();
      if (error instanceof UserError) throw error;
      throw new UserError(`The folder ${folder} cannot be used: ${describeFailure(error, folder).reason}`);
    }
    this.#scanner = new Scanner(disk, this.places.folder, this.ability.foldsCase, ignoreRules(""));
  }

  close() {
    this.archive.close();
    this.#lock.close();
  }

  native = (path: Path): string => this.#scanner.native(path);

  /** The text of this root's ignore file, "" without one. */
  get rules(): string {
    return this.#rules.text;
  }

  /** Notes paths (as spelled) that may have changed; `all`: anything may have. */
  hint(paths: Path[], all: boolean) {
    if (all) this.#all = true;
    else for (const path of paths) this.#dirty.add(path);
  }

  /** What was found to be other than it was seen: the next look sees it as it is, with all that is in it. */
  doubt(paths: readonly Path[]) {
    for (const path of paths) this.#again.set(path, 0);
  }

  /** Looks at what was hinted at. Throws RootGone. */
  look(): Look {
    this.#checkIdentity();
    const before = this.snapshot;
    const now = Date.now();
    if (this.#all) this.#lookAtAll(now);
    else this.#lookAtDirty(now);
    if (this.#readRules()) this.#lookAtAll(now);
    this.#first = false;
    return {
      changed: this.snapshot !== before,
      waiting: this.#scanner.settling.waiting().length + this.#again.size,
    };
  }

  /** Digests files (as spelled) whose digest is not known. Returns those that could not be read as they were seen. */
  digest(paths: readonly Path[]): Map<Path, string> {
    const failed = new Map<Path, string>();
    const editor = new TreeEditor(this.snapshot);
    for (const path of paths) {
      const entry = editor.get(path);
      if (entry?.kind !== "file" || entry.digest !== "") continue;
      try {
        const digest = fileDigest(this.disk, this.native(path), entry);
        if (digest !== null) editor.set(path, { ...entry, digest });
        else {
          this.doubt([path]);
          failed.set(path, "it is being written, and is looked at again");
        }
      } catch (error) {
        this.doubt([path]);
        failed.set(path, describeFailure(error, entry.name).reason);
      }
    }
    this.snapshot = editor.done();
    return failed;
  }

  /** Notes digests learned while supplying, where the file still is what was supplied. */
  learn(learned: Iterable<[Path, FileEntry, string]>) {
    const editor = new TreeEditor(this.snapshot);
    for (const [path, seen, digest] of learned) {
      if (editor.get(path) === seen) editor.set(path, { ...seen, digest });
    }
    this.snapshot = editor.done();
  }

  #checkIdentity() {
    const { folder } = this.places;
    const present = this.#onRoot(() => readIdentity(this.disk, this.places));
    if (present !== this.identity) {
      throw new RootGone(`the folder ${folder} is gone, or is not the one it was`);
    }
  }

  /** What fails here fails for the whole root. */
  #onRoot<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const { folder } = this.places;
      throw new RootGone(`the folder ${folder} cannot be read: ${describeFailure(error, folder).reason}`);
    }
  }

  #lookAtAll(now: number) {
    const trees = [this.snapshot];
    if (this.#first) trees.push(...this.archive.pairs().map((pair) => this.archive.ancestor(pair)));
    const known = new KnownFiles(trees);
    this.snapshot = this.#onRoot(() => this.#scanner.scan(this.snapshot, known, now));
    this.#all = false;
    this.#dirty.clear();
    this.#again.clear();
  }

  #lookAtDirty(now: number) {
    const due = [...this.#again].filter(([, at]) => at <= now).map(([path]) => path);
    for (const path of due) this.#again.delete(path);
    const paths = new Set([...this.#dirty, ...this.#scanner.settling.waiting(), ...due]);
    this.#dirty.clear();
    if (paths.size === 0) return;
    const before = this.snapshot;
    this.snapshot = this.#scanner.rescan(before, paths, new Set(due), new KnownFiles([before]), now);
    for (const path of paths) {
      const entry = entryAt(this.snapshot, path);
      if (entry?.kind === "directory" && entryAt(before, path)?.kind !== "directory") {
        this.#again.set(path, now + LOOK_AGAIN_MS);
      }
    }
  }

  /** Reads the ignore file when it changed; true when its text did. */
  #readRules(): boolean {
    const entry = this.snapshot.children.get(IGNORE_FILE);
    const file = entry?.kind === "file" ? entry : { mtime: 0, id: 0, size: 0 };
    if (file.mtime === this.#rules.mtime && file.id === this.#rules.id) return false;
    const text = file.size > 0 ? this.#readText(this.native(IGNORE_FILE as Path), file.size) : "";
    if (text === null) return false;
    const changed = text !== this.#rules.text;
    this.#rules = { text, mtime: file.mtime, id: file.id };
    if (changed) this.#scanner.ignores = ignoreRules(text);
    return changed;
  }

  #readText(native: string, size: number): string | null {
    try {
      const file = this.disk.openToRead(native);
      const bytes = new Uint8Array(Math.min(size, 1 << 20));
      const count = file.read(bytes);
      file.close();
      return new TextDecoder().decode(bytes.subarray(0, count));
    } catch {
      return null; // Held open by an editor: the old rules hold until it can be read.
    }
  }
}

/** The archive of a root; one that cannot be read is set aside, which is an empty ancestor (S5). */
function openArchive(disk: Disk, stateDir: string, identity: string): Archive {
  const directory = `${stateDir}${disk.separator}archives`;
  disk.makeDirectories(directory);
  const file = `${directory}${disk.separator}${identity}.sqlite`;
  try {
    return new Archive(file);
  } catch (error) {
    // A path that cannot be written, or is held by another process, is no damage.
    if (/locked|busy/i.test(String(error)) || !disk.stat(file)) throw error;
    const aside = `${file}.damaged-${Date.now()}`;
    disk.rename(file, aside);
    for (const part of ["-wal", "-shm"]) if (disk.stat(file + part)) disk.rename(file + part, aside + part);
    return new Archive(file);
  }
}
