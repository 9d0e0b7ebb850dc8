// After a stop that was none in good order: exactly what was not proved to be on the disk is digested again, before anything is planned
// (docs/decisions/durability.md). What the stop damaged becomes a version, and is fetched again; it is never sent, and never taken for a deletion.

import { Buffer } from "node:buffer";
import type { Left } from "../archive/last_use.ts";
import type { ListedPlacing, Remains } from "../archive/state/unproven.ts";
import type { DirectoryEntry, Entry } from "../core/tree/entry.ts";
import { comparePath, parentOf, type Path } from "../core/tree/path.ts";
import { contentOf, formersOf, type Found, judge } from "../core/placing.ts";
import { entryAt, spelledAt, TreeEditor } from "../core/tree/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import { digestFrom } from "../fs/digest.ts";
import { isAsSeen, isSameNumber } from "../scan/identity.ts";
import { Recheck } from "../transition/recheck.ts";
import { Versions } from "../transition/versions.ts";
import { type FoundPlace, type RecoveryGround, Whereabouts } from "./whereabouts.ts";

export class Recovery {
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
    const review = new Review(this.ground, this.#namesLost, snapshot, writing, now);
    this.#pending = this.#pending.filter((placing) => !review.settle(placing));
    for (const remains of unproven.remains()) review.clear(remains);
    return review.end();
  }
}

/** One look at all that is pending. */
class Review {
  readonly #editor: TreeEditor;
  readonly #versions: Versions;
  readonly #whereabouts: Whereabouts;
  /** What was listed anew for what is there by now. */
  readonly #outdated: ListedPlacing[] = [];

  constructor(
    private readonly ground: RecoveryGround,
    private readonly namesLost: boolean,
    seen: DirectoryEntry,
    private readonly writing: readonly Path[],
    now: number,
  ) {
    this.#editor = new TreeEditor(seen);
    this.#whereabouts = new Whereabouts(ground, seen);
    this.#versions = new Versions(ground.disk, ground.versions, now);
  }

  /** The snapshot as it is now; what was found out is on the disk. */
  end(): DirectoryEntry {
    this.ground.archive.unproven.secure(this.#outdated);
    return this.#editor.done();
  }

  /** Returns whether there is nothing more to find out. */
  settle(placing: ListedPlacing): boolean {
    const [now] = this.ground.archive.unproven.listedAt(placing.pair, [placing.path]);
    if (now?.placed !== placing.placed) return true; // Something else was put there, or agreed on.
    const present = this.#whereabouts.of(placing);
    for (const place of this.#whereabouts.elsewhere(placing, present, this.namesLost)) {
      let isAnother = false;
      const isSettled = this.#attempt(place, () => {
        const found = this.#find(place, placing);
        if (found === "changing") return false;
        isAnother = found !== null && this.#whereabouts.isOwnAt(place.path, found.content) ||
          this.#isKept(present, placing);
        return isAnother || this.#act(placing, place, found);
      });
      if (!isAnother) return isSettled;
    }
    return this.#settleAt(placing, present);
  }

  /** `present`: what the snapshot has at the path. */
  #settleAt(placing: ListedPlacing, present: FoundPlace | null): boolean {
    const isWritten = () => this.writing.some((path) => comparePath(path, placing.folds) === placing.path);
    const place = present ?? this.#whereabouts.unseen(placing.path, isWritten());
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
    const place = entry ? { path, entry } : this.#whereabouts.unseen(path, this.writing.includes(path));
    if (place === "hidden") return;
    if (!place) {
      this.#flushNames(parentOf(path));
      return unproven.cleared(remains);
    }
    this.#attempt(place, () => {
      const found = this.#find(place);
      if (found === "changing") return false;
      const isIt = found?.content === content;
      if (isIt) this.#forget(path);
      if (!isIt || this.#takeAside(place)) unproven.cleared(remains);
      return true;
    });
  }

  /** What fails at a place is a problem there. */
  #attempt({ path, entry: { name } }: FoundPlace, act: () => boolean): boolean {
    try {
      return act();
    } catch (error) {
      this.#show(path, { kind: "problem", name, ...describeFailure(error, name) });
      return false;
    }
  }

  #act(placing: ListedPlacing, place: FoundPlace | null, found: Found | null): boolean {
    const { unproven } = this.ground.archive;
    const verdict = judge(placing, found, this.namesLost);
    if (verdict === "edited") this.#becomeOutdated(placing, place, found);
    if (verdict === "damaged") {
      const left = place && found && { path: place.path, content: found.content };
      unproven.foundDamaged(this.#places(placing, place), left);
    } else if (place?.entry.kind === "file" && found) {
      this.#show(place.path, { ...place.entry, digest: found.content });
    }
    return true;
  }

  /** Something else is there by now. What a power cut has left is on the disk; else one may still bring back what was there before. */
  #becomeOutdated(placing: ListedPlacing, place: FoundPlace | null, found: Found | null) {
    const { unproven } = this.ground.archive;
    if (this.namesLost) return unproven.strike([placing]);
    const { size, mtime, id, born } = place?.entry.kind === "file" ? place.entry : NO_FILE;
    const formers = formersOf([placing], null);
    const expected = found?.content ?? null;
    const outdated = { ...placing, expected, formers, size, mtime, id, born };
    unproven.relist(outdated);
    this.#outdated.push(outdated);
  }

  /** In the snapshot; what is ignored is in none. */
  #show(path: Path, entry: Entry | null) {
    if (this.#editor.get(path)) this.#editor.set(path, entry);
  }

  /** What still holds what was put there is that; after a power cut a number says more, where it counts. */
  #isKept(present: FoundPlace | null, placing: ListedPlacing): boolean {
    if (!present || this.namesLost && this.#whereabouts.isNumbered(placing, present.path)) return false;
    const found = this.#find(present, placing);
    return found !== "changing" && found?.content === placing.expected;
  }

  /** `placing`: what was put there. */
  #find({ path, entry }: FoundPlace, placing = { id: 0, born: 0 }): Found | "changing" | null {
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
      const isAnother = !isSameNumber(entry.id, placing.id) &&
        this.#whereabouts.numbersCount(placing.born, path);
      const content = hash.digest("hex");
      const isWhole = !blank && this.#whereabouts.isKnown(content);
      return { content, isFile: true, blank, mtime: entry.mtime, isAnother, isWhole };
    } finally {
      file.close();
    }
  }

  /** Nothing is thrown away: whatever is there is kept as a version. Returns whether the disk has that, so that not even another
   * power cut brings the damage back. */
  #takeAside({ path, entry }: FoundPlace): boolean {
    const { disk } = this.ground;
    const native = this.ground.native(path);
    let version: string | null = null;
    const look = new Recheck(disk, this.ground.native, () => false); // Its content was read just now.
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
  #places({ pair, path }: ListedPlacing, place: FoundPlace | null): { pair: number; path: Path }[] {
    const spelled = place?.path ?? spelledAt(this.ground.archive.ancestor(pair), path) ?? path;
    return [...this.#agreed(spelled).filter((other) => other.pair !== pair), { pair, path }];
  }

  #agreed(spelled: Path): { pair: number; path: Path }[] {
    const { archive } = this.ground;
    return archive.knownPairs().map(({ id: pair, folds }) => ({ pair, path: comparePath(spelled, folds) }))
      .filter(({ pair, path }) => entryAt(archive.ancestor(pair), path));
  }

  /** What else was agreed where damage is to be taken aside would look deleted then, too. */
  #forget(spelled: Path) {
    const { unproven } = this.ground.archive;
    const places = this.#agreed(spelled).filter(({ pair, path }) => !unproven.isDamaged(pair, path));
    if (places.length > 0) unproven.foundDamaged(places, null);
  }
}

const NO_FILE = { size: 0, mtime: 0, id: 0, born: 0 };

const zeros = new Uint8Array(1 << 20);

function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, zeros.subarray(0, bytes.length)) === 0;
}
