// After a stop that was none in good order: exactly what was not proved to be on the disk is digested again, before anything is planned
// (DESIGN §4). What the stop damaged becomes a version, and is fetched again; it is never sent, and never taken for a deletion.

import { Buffer } from "node:buffer";
import type { Archive } from "../archive/archive.ts";
import type { Left } from "../archive/last_use.ts";
import type { ListedPlacing, Remains } from "../archive/unproven.ts";
import type { DirectoryEntry, Entry } from "../core/entry.ts";
import { comparePath, nameOf, parentOf, type Path, ROOT } from "../core/path.ts";
import { contentOf, type Found, judge } from "../core/placing.ts";
import { entryAt, isHidden, spelledAt, TreeEditor, walk } from "../core/tree.ts";
import { Viewer } from "../core/view.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { digestFrom } from "../scan/digest.ts";
import { fileEntryOf, isAsSeen, isSameNumber } from "../scan/identity.ts";
import { Look } from "../transition/look.ts";
import { Versions } from "../transition/versions.ts";

/** What a recovery works on. */
export interface RecoveryGround {
  disk: Disk;
  archive: Archive;
  /** The native path of the kept versions. */
  versions: string;
  native: (path: Path) => string;
  /** The disk keeps the numbers of files for good. */
  numbersLast: boolean;
}

/** Something at a path, as spelled. */
interface Place {
  path: Path;
  entry: Entry;
}

export class Recovery {
  /** For names that do not fold, and for those that do. */
  readonly #viewers = [new Viewer(false, () => false), new Viewer(true, () => false)];
  #pending: ListedPlacing[];
  readonly #namesLost: boolean;

  /** `left`: how the archive was left. */
  constructor(private readonly ground: RecoveryGround, { stopped, restarted }: Left) {
    this.#pending = stopped || restarted ? ground.archive.unproven.listed() : [];
    // Ended in good order, and started again by a person, a computer loses no names: what is missing was deleted.
    this.#namesLost = stopped && restarted;
  }

  /** What could not be looked at yet. */
  get pending(): readonly ListedPlacing[] {
    return this.#pending;
  }

  /** Looks at what is pending, and returns the snapshot as it is then, digests and all. `writing`: files (as spelled) that are being
   * written, and so are missing in it. What cannot be read yet is a problem there, so that nothing is planned for it. */
  review(snapshot: DirectoryEntry, writing: readonly Path[], now: number): DirectoryEntry {
    const { unproven } = this.ground.archive;
    if (this.#pending.length === 0 && unproven.remains().length === 0) return snapshot;
    const views = this.#viewers.map((viewer) => viewer.view(snapshot));
    const review = new Review(this.ground, this.#namesLost, snapshot, views, writing, now);
    this.#pending = this.#pending.filter((placing) => !review.settle(placing));
    for (const remains of unproven.remains()) review.clear(remains);
    return review.snapshot();
  }
}

/** One look at all that is pending. */
class Review {
  readonly #editor: TreeEditor;
  readonly #versions: Versions;
  #byId: Map<number, Place[]> | null = null;
  #hold: boolean | null = null;
  #known: Set<string> | null = null;

  constructor(
    private readonly ground: RecoveryGround,
    private readonly namesLost: boolean,
    private readonly seen: DirectoryEntry,
    /** The same in the compared forms: not folded, and folded. */
    private readonly views: readonly DirectoryEntry[],
    private readonly writing: readonly Path[],
    now: number,
  ) {
    this.#editor = new TreeEditor(seen);
    this.#versions = new Versions(ground.disk, ground.versions, now);
  }

  snapshot(): DirectoryEntry {
    return this.#editor.done();
  }

  /** Returns whether there is nothing more to find out. */
  settle(placing: ListedPlacing): boolean {
    const [now] = this.ground.archive.unproven.listedAt(placing.pair, [placing.path]);
    if (now?.placed !== placing.placed) return true; // Something else was put there, or agreed on.
    const place = this.#placeOf(placing);
    if (place === "hidden") return false;
    if (!place) return this.#act(placing, null, null);
    return this.#attempt(place, () => {
      const found = this.#find(place, placing);
      return found !== "changing" && this.#act(placing, place, found);
    });
  }

  /** Takes aside what damage left at a path, if it still is that. */
  clear(remains: Remains) {
    const { unproven } = this.ground.archive;
    const { path, content } = remains;
    const entry = this.#editor.get(path);
    const place = entry ? { path, entry } : this.#unseen(path, this.writing.includes(path));
    if (place === "hidden") return;
    if (!place) {
      this.#flushNames(parentOf(path));
      return unproven.cleared(remains);
    }
    this.#attempt(place, () => {
      const found = this.#find(place);
      if (found === "changing") return false;
      if (found?.content !== content || this.#takeAside(place)) unproven.cleared(remains);
      return true;
    });
  }

  /** What fails at a place is a problem there. */
  #attempt({ path, entry: { name } }: Place, act: () => boolean): boolean {
    try {
      return act();
    } catch (error) {
      this.#show(path, { kind: "problem", name, ...describeFailure(error, name) });
      return false;
    }
  }

  #act(placing: ListedPlacing, place: Place | null, found: Found | null): boolean {
    const { unproven } = this.ground.archive;
    const verdict = judge(placing, found, this.namesLost);
    if (verdict === "edited") unproven.strike([placing]);
    if (verdict === "damaged") {
      const left = place && found && { path: place.path, content: found.content };
      unproven.foundDamaged(this.#places(placing, place), left);
    } else if (place?.entry.kind === "file" && found) {
      this.#show(place.path, { ...place.entry, digest: found.content });
    }
    return true;
  }

  /** In the snapshot; what is ignored is in none. */
  #show(path: Path, entry: Entry | null) {
    if (this.#editor.get(path)) this.#editor.set(path, entry);
  }

  /** Where what was put in place is: by its number and birth where it is elsewhere now, else at its path. "hidden": that cannot be told. */
  #placeOf({ path, folds, id, born, mtime }: ListedPlacing): Place | "hidden" | null {
    const view = this.views[Number(folds)]!;
    const spelled = spelledAt(view, path);
    // What was moved away just now counts as there for a moment.
    const isThere = spelled !== null && !this.#isGone(spelled);
    const present = isThere ? { path: spelled, entry: entryAt(view, path)! } : null;
    if (present?.entry.kind === "file" && present.entry.id === id) return present;
    // Renamed after it was put in place, and torn: its size says nothing.
    // Where the disk says when files were made, a number is nothing without that; else it and the time are all there is, and other files
    // may have both once numbers were given anew: what is at the path with that time is the one.
    if (present?.entry.kind === "file" && born === 0 && present.entry.mtime === mtime) return present;
    const isNumbered = id !== 0 && this.#numbersCount(born);
    const moved = isNumbered ? this.#fileWithId(id) : undefined;
    // Windows gives what comes to a name the birth of what had it just before; a disk whose numbers last there gives none twice.
    const isBorn = born === 0 || this.ground.disk.separator === "\\";
    const isIt = moved?.entry.kind === "file" && moved.entry.mtime === mtime &&
      (isBorn || moved.entry.born === born);
    if (isIt) return moved;
    if (present) return present;
    return this.#unseen(path, this.writing.some((other) => comparePath(other, folds) === path));
  }

  /** Whether a file of another number is another file. `born`: 0 where the disk does not say when files were made. */
  #numbersCount(born: number): boolean {
    return born === 0 ? this.#numbersHold() : this.ground.numbersLast;
  }

  /** Files that are where they were agreed, with the size and the time they had, have the numbers they had: none was given anew. */
  #numbersHold(): boolean {
    if (this.#hold !== null) return this.#hold;
    this.#hold = false; // Where nothing shows it.
    for (const { id: pair, folds } of this.ground.archive.knownPairs()) {
      const view = this.views[Number(folds)]!;
      for (const [path, agreed] of walk(ROOT, this.ground.archive.ancestor(pair))) {
        const present = agreed.kind === "file" ? entryAt(view, path) : null;
        if (agreed.kind !== "file" || present?.kind !== "file") continue;
        if (present.size !== agreed.size || present.mtime !== agreed.mtime) continue;
        if (present.id !== agreed.id) return this.#hold = false;
        this.#hold = true;
      }
    }
    return this.#hold;
  }

  /** The digests of what was agreed or put in place anywhere. */
  #knownContents(): Set<string> {
    if (this.#known) return this.#known;
    const { archive } = this.ground;
    this.#known = new Set();
    for (const { expected } of archive.unproven.listed()) if (expected !== null) this.#known.add(expected);
    for (const { id } of archive.knownPairs()) {
      for (const [, entry] of walk(ROOT, archive.ancestor(id))) {
        if (entry.kind === "file") this.#known.add(entry.digest);
      }
    }
    return this.#known;
  }

  /** What is at a path that is not in the snapshot: it is ignored, or nobody can tell. */
  #unseen(path: Path, isWritten: boolean): Place | "hidden" | null {
    if (isWritten || this.views.some((view) => isHidden(view, path))) return "hidden";
    try {
      const stat = this.ground.disk.stat(this.ground.native(path));
      if (stat?.kind !== "file") return null;
      return { path, entry: fileEntryOf(stat, nameOf(path)) };
    } catch {
      return "hidden";
    }
  }

  #fileWithId(id: number): Place | undefined {
    if (!this.#byId) {
      this.#byId = new Map();
      for (const [path, entry] of walk(ROOT, this.seen)) {
        if (entry.kind !== "file") continue;
        const alike = this.#byId.get(entry.id);
        if (alike) alike.push({ path, entry });
        else this.#byId.set(entry.id, [{ path, entry }]);
      }
    }
    return this.#byId.get(id)?.find(({ path }) => !this.#isGone(path));
  }

  /** What cannot be looked at is not known to be gone. */
  #isGone(path: Path): boolean {
    try {
      return this.ground.disk.stat(this.ground.native(path)) === null;
    } catch {
      return false;
    }
  }

  /** `placing`: what was put there. */
  #find({ path, entry }: Place, placing = { id: 0, born: 0, size: 0 }): Found | "changing" | null {
    const native = this.ground.native(path);
    if (!this.ground.disk.stat(native)) return null;
    if (entry.kind !== "file") {
      const content = contentOf(entry);
      return content === null
        ? "changing"
        : { content, isFile: false, blank: false, mtime: 0, isAnother: true, isWhole: true };
    }
    const file = this.ground.disk.openToRead(native);
    try {
      let blank = true;
      const { hash } = digestFrom(file, { also: (read) => blank &&= isZero(read) });
      if (!isAsSeen(file.stat(), entry)) return "changing";
      const content = hash.digest("hex");
      const isAnother = !isSameNumber(entry.id, placing.id) && this.#numbersCount(placing.born);
      const isWhole = !blank && entry.size === placing.size && this.#knownContents().has(content);
      return { content, isFile: true, blank, mtime: entry.mtime, isAnother, isWhole };
    } finally {
      file.close();
    }
  }

  /** Nothing is thrown away: whatever is there is kept as a version. Returns whether the disk has that, so that not even another
   * power cut brings the damage back. */
  #takeAside({ path, entry }: Place): boolean {
    const { disk } = this.ground;
    const native = this.ground.native(path);
    let version: string | null = null;
    const look = new Look(disk, this.ground.native, () => false); // Its content was read just now.
    const unchanged = () => look.expect(native, entry);
    if (entry.kind !== "directory") version = this.#versions.take(native, path, unchanged);
    else if (disk.list(native).length === 0) disk.remove(native);
    else return true;
    this.#show(path, null);
    try {
      if (version !== null) {
        disk.flush(version);
        disk.flushNames(version.slice(0, version.lastIndexOf(disk.separator)));
      }
    } catch {
      return false; // The next look finds it gone.
    }
    return this.#flushNames(parentOf(path));
  }

  #flushNames(folder: Path): boolean {
    try {
      this.ground.disk.flushNames(this.ground.native(folder));
      return true;
    } catch {
      return false;
    }
  }

  /** The path in every pair that agreed on something there: to each of them it would look deleted. */
  #places({ pair, path }: ListedPlacing, place: Place | null): { pair: number; path: Path }[] {
    const { archive } = this.ground;
    const spelled = place?.path ?? spelledAt(archive.ancestor(pair), path) ?? path;
    return archive.knownPairs()
      .map(({ id, folds }) => ({ pair: id, path: id === pair ? path : comparePath(spelled, folds) }))
      .filter((other) => other.pair === pair || entryAt(archive.ancestor(other.pair), other.path));
  }
}

const zeros = new Uint8Array(1 << 20);

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}
