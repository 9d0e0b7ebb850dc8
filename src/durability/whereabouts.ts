// Where what a transition put in place is after a stop, and where something else is that only looks like it.

import type { Archive } from "../archive/archive.ts";
import type { ListedPlacing } from "../archive/state/unproven.ts";
import type { DirectoryEntry, Entry, FileEntry } from "../core/tree/entry.ts";
import { comparePath, nameOf, type Path, ROOT } from "../core/tree/path.ts";
import { contentOf } from "../core/placing.ts";
import { entryAt, isHidden, spelledAt, walk } from "../core/tree/tree.ts";
import type { Ahead } from "../transition/ahead.ts";
import type { Disk } from "../fs/port.ts";
import type { Certainty } from "../scan/certainty.ts";
import { fileEntryOf, isSameNumber } from "../scan/identity.ts";
import type { PairViews } from "./pair_views.ts";

/** What a recovery works on. */
export interface RecoveryGround {
  disk: Disk;
  archive: Archive;
  views: PairViews;
  /** The native path of the kept versions. */
  versions: string;
  native: (path: Path) => string;
  /** Hears of each file that was read: see Certainty. */
  certainty: Pick<Certainty, "read">;
  /** Whether the disk that a path (as spelled) is on keeps the numbers of files for good. */
  numbersLast: (path: Path) => boolean;
  /** Makes copies of what cannot be kept as it is. */
  copies: Ahead;
}

/** Something at a path, as spelled. */
export interface FoundPlace {
  path: Path;
  entry: Entry;
}

export class Whereabouts {
  #byId: Map<number, FoundPlace[]> | null = null;
  #known: Set<string> | null = null;

  /** `numbering`: see numberingAfter. */
  constructor(
    private readonly ground: RecoveryGround,
    private readonly seen: DirectoryEntry,
    private readonly numbering: Numbering,
  ) {}

  /** What the snapshot has at the path of a placing. */
  of(placing: ListedPlacing): FoundPlace | null {
    const { path } = placing;
    const view = this.ground.views.of(placing, this.seen);
    const spelled = spelledAt(view, path);
    // What was moved away just now counts as there for a moment.
    const isThere = spelled !== null && !this.#isGone(spelled);
    return isThere ? { path: spelled, entry: entryAt(view, path)! } : null;
  }

  /** Where what was put in place may be now, if it is no longer at its path: by its number and birth, else by its time. Torn, its size says
   * nothing, and its time may be that of our writing. `namesLost`: a power cut may have taken renames back; then, where no number counts,
   * birth and time are all there is. */
  elsewhere(placing: ListedPlacing, present: FoundPlace | null, namesLost: boolean): FoundPlace[] {
    const { path, expected, id, born, mtime } = placing;
    if (expected === null) return [];
    const file = present?.entry.kind === "file" ? present.entry : null;
    if (id !== 0 && file?.id === id) return [];
    const isNumbered = this.isNumbered(placing, present?.path ?? path);
    // Where the disk says when files were made, a number is nothing without that; else it and the time are all there is, and other files
    // may have both once numbers were given anew: what is at the path with that time is the one.
    if (file?.mtime === mtime && (born === 0 || !isNumbered)) return [];
    if (!isNumbered) return namesLost ? this.#ofTime(placing) : [];
    const moved = this.#fileWithId(id);
    if (moved?.entry.kind !== "file") return [];
    // Windows gives what comes to a name the birth of what had it just before; a disk whose numbers last there gives none twice.
    if (this.ground.disk.separator === "\\") return [moved];
    const isIt = born === 0 ? moved.entry.mtime === mtime : moved.entry.born === born;
    return isIt ? [moved] : [];
  }

  /** What holds what was agreed at its own path, put in place there or there before is no other path's damage: a folder that came back
   * from a backup has other numbers, and many files have one time. */
  isOwnAt(spelled: Path, content: string): boolean {
    const { archive } = this.ground;
    return archive.knownPairs().some(({ id: pair, folds }) => {
      const path = comparePath(spelled, folds);
      const agreed = entryAt(archive.ancestor(pair), path);
      const listed = archive.unproven.listedAt(pair, [path])
        .flatMap(({ expected, formers }) => [expected, ...formers.map((former) => former.content)]);
      return [...listed, agreed && contentOf(agreed)].includes(content);
    });
  }

  /** Whether its number tells what was put in place from other files at a path (as spelled). */
  isNumbered({ id, born }: ListedPlacing, path: Path): boolean {
    return id !== 0 && this.numbersCount(born, path);
  }

  /** Whether a file at a path is another than was put there: by its number, or where a disk has given that to it anew, by its birth. */
  isAnother(
    { id, born }: Pick<ListedPlacing, "id" | "born">,
    { path, entry }: { path: Path; entry: FileEntry },
  ): boolean {
    if (!this.numbersCount(born, path)) return false;
    // Windows gives what comes to a name the birth of what had it just before.
    const isBornElsewhen = this.ground.disk.separator === "/" && born !== 0 && entry.born !== 0 &&
      entry.born !== born;
    return !isSameNumber(entry.id, id) || isBornElsewhen;
  }

  /** Whether a file of another number is another file. `born`: 0 where the disk does not say when files were made. */
  numbersCount(born: number, path: Path): boolean {
    if (this.numbering === "anew") return false; // A disk that gives no number twice may hold what came back from a backup.
    return born === 0 ? this.numbering === "kept" : this.ground.numbersLast(path);
  }

  /** Whether a content was agreed or put in place anywhere. */
  isKnown(content: string): boolean {
    return (this.#known ??= this.#knownContents()).has(content);
  }

  #knownContents(): Set<string> {
    const { archive } = this.ground;
    const known = new Set<string>();
    for (const { expected } of archive.unproven.listed()) if (expected !== null) known.add(expected);
    for (const { id } of archive.knownPairs()) {
      for (const [, entry] of walk(ROOT, archive.ancestor(id))) {
        if (entry.kind === "file") known.add(entry.digest);
      }
    }
    return known;
  }

  /** What is at a path that is not in the snapshot: it is ignored, or nobody can tell. */
  unseen(path: Path, isWritten: boolean): FoundPlace | "hidden" | null {
    const views = this.ground.archive.knownPairs()
      .map(({ id: pair, folds }) => this.ground.views.of({ pair, folds }, this.seen));
    if (isWritten || [this.seen, ...views].some((view) => isHidden(view, path))) return "hidden";
    try {
      const stat = this.ground.disk.stat(this.ground.native(path));
      if (stat?.kind !== "file") return null;
      return { path, entry: fileEntryOf(stat, nameOf(path)) };
    } catch {
      return "hidden";
    }
  }

  /** What has the time of what was put in place, and its birth. The time alone is many a file's: those of a release have one, and on FAT
   * all that were saved at once. There some that came together have one birth, too: each of them is what was put in its own place. */
  #ofTime({ pair, folds, size, mtime, born }: ListedPlacing): FoundPlace[] {
    if (born === 0) return [];
    const isListed = (path: Path) =>
      this.ground.archive.unproven.listedAt(pair, [comparePath(path, folds)])
        .some((placing) => placing.mtime === mtime && placing.born === born);
    const found: FoundPlace[] = [];
    for (const [path, entry] of walk(ROOT, this.seen)) {
      const isIt = entry.kind === "file" && entry.mtime === mtime && entry.born === born &&
        entry.size <= size; // No stop makes a file longer.
      if (isIt && !isListed(path) && !this.#isGone(path)) found.push({ path, entry });
    }
    return found;
  }

  #fileWithId(id: number): FoundPlace | undefined {
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
}

/** What became of the numbers of files. "kept": all have theirs that are where they were agreed, with the size and the time they had;
 * "anew": most have not, so that the folder came back from a backup, or the disk was mounted again; "unknown": only
 * few have other ones, or there is nothing to compare. */
export type Numbering = "kept" | "anew" | "unknown";

/** To be asked before anything that is seen after a stop is taken over. */
export function numberingAfter({ archive, views }: RecoveryGround, seen: DirectoryEntry): Numbering {
  let [same, other] = [0, 0];
  for (const { id: pair, folds } of archive.knownPairs()) {
    const view = views.of({ pair, folds }, seen);
    for (const [path, agreed] of walk(ROOT, archive.ancestor(pair))) {
      const present = agreed.kind === "file" ? entryAt(view, path) : null;
      if (agreed.kind !== "file" || present?.kind !== "file") continue;
      if (present.size !== agreed.size || present.mtime !== agreed.mtime) continue;
      if (present.id === agreed.id) same++;
      else other++;
    }
  }
  if (other > 0) return other >= same ? "anew" : "unknown";
  return same > 0 ? "kept" : "unknown";
}
