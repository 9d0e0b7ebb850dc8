// After a stop that was none in good order: exactly what was not proved to be on the disk is digested again, before anything is planned
// (docs/decisions/durability.md). What the stop damaged becomes a version, and is fetched again; it is never sent, and never taken for a
// deletion.

import type { Left } from "../archive/last_use.ts";
import type { ListedPlacing, Remains } from "../archive/state/unproven.ts";
import type { ProofCounts } from "../core/event.ts";
import type { DirectoryEntry, Entry, FileEntry, ProblemEntry } from "../core/tree/entry.ts";
import { comparePath, nameOf, parentOf, type Path } from "../core/tree/path.ts";
import { contentOf, formersOf, type Found, judge, type Judgement } from "../core/placing.ts";
import { entryAt, spelledAt, TreeEditor } from "../core/tree/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import { BegunDigest, type ReadContent } from "../scan/begun_digest.ts";
import { Recheck } from "../transition/recheck.ts";
import { Versions } from "../transition/versions.ts";
import { Rereading } from "./rereading.ts";
import {
  type FoundPlace,
  type Numbering,
  numberingAfter,
  type RecoveryGround,
  Whereabouts,
} from "./whereabouts.ts";

/** What is at a path, while the snapshot has a problem in its place. */
interface Held {
  entry: Entry | null;
  problem: ProblemEntry;
}

export class Recovery {
  #pending: ListedPlacing[];
  readonly #namesLost: boolean;
  readonly #rereading: Rereading;
  #numbering: Numbering | null = null;
  /** What nothing is planned for, since it is still being read; by paths as spelled. */
  #held = new Map<Path, Held>();

  /** `left`: how the archive was left; `readsAtOnce`: files of more bytes are read in slices, by `readOn`. */
  constructor(private readonly ground: RecoveryGround, { stopped, restarted }: Left, readsAtOnce: number) {
    this.#pending = stopped || restarted ? ground.archive.unproven.listed() : [];
    // Ended in good order, and started again by a person, a computer loses no names: what is missing was deleted.
    this.#namesLost = stopped && restarted;
    this.#rereading = new Rereading({ ...ground, readsAtOnce });
  }

  /** There is nothing to look at. */
  get #isOver(): boolean {
    return this.#pending.length === 0 && this.ground.archive.unproven.remains().length === 0;
  }

  /** What could not be looked at yet. */
  get pending(): readonly ListedPlacing[] {
    return this.#pending;
  }

  /** Looks at what is pending, and returns the snapshot as it is then, digests and all. `writing`: files (as spelled) that are being
   * written, and so are missing in it. What cannot be read yet is a problem there, so that nothing is planned for it. */
  review(snapshot: DirectoryEntry, writing: readonly Path[], now: number): DirectoryEntry {
    if (this.#isOver) return snapshot;
    const { unproven } = this.ground.archive;
    this.#numbering ??= numberingAfter(this.ground, snapshot);
    const [namesLost, rereading, held] = [this.#namesLost, this.#rereading, this.#held];
    const kept = { namesLost, numbering: this.#numbering, rereading, held };
    const review = new Review(this.ground, kept, snapshot, writing, now);
    this.#pending = this.#pending.filter((placing) => !review.settle(placing));
    review.noteDamage(this.#pending);
    for (const remains of unproven.remains()) review.clear(remains);
    return review.end();
  }

  /** Something is still to be read, by `readOn`. */
  get reads(): boolean {
    return this.#rereading.waits;
  }

  /** Something counts as not read, from the last review on until the next. */
  get holds(): boolean {
    return this.#held.size > 0;
  }

  /** Reads on for about `ms`, at least a little. Returns how far all that is read has come, and how many files were done with; null: there
   * is nothing to read. What is known then counts from the next review on. */
  readOn(ms: number): { howFar: ProofCounts; done: number } | null {
    return this.reads ? this.#rereading.slice(ms) : null;
  }
}

/** What one review takes over from the one before. */
interface KeptBetween {
  namesLost: boolean;
  numbering: Numbering;
  rereading: Rereading;
  held: Map<Path, Held>;
}

/** A path of a pair, in its compared form. */
interface AgreedPlace {
  pair: number;
  path: Path;
}

/** What a stop damaged: where it was agreed, and what is left of it. */
interface FoundDamage {
  places: AgreedPlace[];
  left: Remains | null;
}

const READING =
  "it is read again, since tcpsync or the computer was stopped: it is looked at when that is done";

/** One look at all that is pending. */
class Review {
  readonly #editor: TreeEditor;
  readonly #versions: Versions;
  readonly #whereabouts: Whereabouts;
  /** What was listed anew for what is there by now. */
  readonly #outdated: ListedPlacing[] = [];

  /** Not in the archive until all is judged: which file is whose shows in what is listed, and what is damaged is listed no more. */
  readonly #damage: FoundDamage[] = [];
  /** Paths, as spelled, for which nothing is planned until something is read. */
  readonly #toHold = new Set<Path>();
  readonly #namesLost: boolean;
  readonly #rereading: Rereading;
  readonly #held: Map<Path, Held>;

  constructor(
    private readonly ground: RecoveryGround,
    { namesLost, numbering, rereading, held }: KeptBetween,
    snapshot: DirectoryEntry,
    private readonly writing: readonly Path[],
    private readonly now: number,
  ) {
    this.#namesLost = namesLost;
    this.#rereading = rereading;
    this.#held = held;
    const seen = withoutHolds(snapshot, held);
    this.#editor = new TreeEditor(seen);
    this.#whereabouts = new Whereabouts(ground, seen, numbering);
    this.#versions = new Versions(ground.disk, ground.versions, now, ground.copies);
  }

  /** The snapshot as it is now; what was found out is on the disk. */
  end(): DirectoryEntry {
    this.ground.archive.unproven.secure(this.#outdated);
    this.#held.clear();
    for (const path of this.#toHold) {
      const problem = { kind: "problem", name: nameOf(path), reason: READING, lasting: false } as const;
      this.#held.set(path, { entry: this.#editor.get(path), problem });
      this.#editor.set(path, problem);
    }
    return this.#editor.done();
  }

  /** Returns whether there is nothing more to find out. */
  settle(placing: ListedPlacing): boolean {
    const [now] = this.ground.archive.unproven.listedAt(placing.pair, [placing.path]);
    if (now?.placed !== placing.placed) return true; // Something else was put there, or agreed on.
    const present = this.#whereabouts.of(placing);
    const elsewhere = this.#whereabouts.elsewhere(placing, present, this.#namesLost);
    const own = present ?? this.#unseen(placing);
    if (this.#mustWait(placing, own, elsewhere)) return false;
    const isNumbered = this.#whereabouts.isNumbered(placing, present?.path ?? placing.path);
    let isUnread = false;
    for (const place of elsewhere) {
      const verdict = this.#attempt(place, () => {
        const found = this.#find(place, placing);
        if (found === "changing") return null;
        const isAnother = found !== null && this.#isOthers(place.path, found, placing, isNumbered) ||
          this.#isKept(present, placing);
        return isAnother ? "another" : this.#act(placing, place, found);
      });
      isUnread ||= verdict === null;
      // Where no number counts, damage may be that of what came with it: then another of that time may be it, and what is at the path itself
      // may be what was there before.
      if (verdict === "whole" || verdict === "edited" || verdict === "damaged" && isNumbered) return true;
    }
    if (!isUnread) return this.#settleAt(placing, own);
    this.#hold(placing, own, isNumbered);
    return false;
  }

  /** Puts what was found damaged into the archive. What is still `pending` stays listed there. */
  noteDamage(pending: readonly ListedPlacing[]) {
    if (this.#damage.length === 0) return;
    const keyOf = ({ pair, path }: AgreedPlace) => `${pair} ${path}`;
    const listed = new Set(pending.map(keyOf));
    for (const { places, left } of this.#damage) {
      this.ground.archive.unproven.foundDamaged(places.filter((place) => !listed.has(keyOf(place))), left);
    }
  }

  #unseen({ path, folds }: ListedPlacing): FoundPlace | "hidden" | null {
    const isWritten = this.writing.some((written) => comparePath(written, folds) === path);
    return this.#whereabouts.unseen(path, isWritten);
  }

  /** Whether something is to be read first for which there is no time at once. `own`: what is at its path; it may as well be
   * `elsewhere`. */
  #mustWait(placing: ListedPlacing, own: FoundPlace | "hidden" | null, elsewhere: FoundPlace[]): boolean {
    const rereading = this.#rereading;
    const places = [...elsewhere, ...own && own !== "hidden" ? [own] : []];
    if (places.some((place) => this.#isToEmpty(placing, place))) return true;
    const large = places.flatMap(({ path, entry }) =>
      entry.kind === "file" && rereading.isLarge(entry) ? [{ path, entry }] : []
    );
    const unread = large.filter(({ path, entry }) => !rereading.isRead(path, entry));
    const waits = unread.length > 0 || large.length > 0 && rereading.isOfMany;
    if (!waits) return false;
    // What is missing looks deleted, and where its folder is missing as well there is no place to say otherwise.
    const goal = own ? null : this.#goalOf(placing);
    if (!own && !goal) return false;
    for (const { path, entry } of unread) rereading.want(path, entry);
    for (const { path } of places) if (this.#editor.get(path)) this.#toHold.add(path);
    if (goal) this.#toHold.add(goal);
    return true;
  }

  /** While what may have been put in place cannot be read elsewhere, what is missing at its path is not deleted, and, where no number
   * counts, a file there no edit. */
  #hold(placing: ListedPlacing, own: FoundPlace | "hidden" | null, isNumbered: boolean) {
    if (own === "hidden" || own && isNumbered) return;
    const path = own ? own.path : this.#goalOf(placing);
    if (path && (!own || this.#editor.get(path)?.kind === "file")) this.#toHold.add(path);
  }

  /** A folder that was to go comes back with what is still read in it: it is empty only once that has gone. */
  #isToEmpty({ expected }: ListedPlacing, { path, entry }: FoundPlace): boolean {
    if (entry.kind !== "directory" || expected === "directory") return false;
    const isHeld = this.#toHold.values().some((held) => held.startsWith(`${path}/`));
    if (isHeld) this.#toHold.add(path);
    return isHeld;
  }

  /** Where what was put in place would be, if its folder is there. */
  #goalOf({ pair, path }: ListedPlacing): Path | null {
    const spelled = spelledAt(this.ground.archive.ancestor(pair), path) ?? path;
    return this.#editor.get(parentOf(spelled))?.kind === "directory" ? spelled : null;
  }

  /** `place`: what is at the path. */
  #settleAt(placing: ListedPlacing, place: FoundPlace | "hidden" | null): boolean {
    if (place === "hidden") return false;
    if (!place) {
      this.#act(placing, null, null);
      return true;
    }
    const verdict = this.#attempt(place, () => {
      const found = this.#find(place, placing);
      return found === "changing" ? null : this.#act(placing, place, found);
    });
    return verdict !== null;
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
    if (place.entry.kind === "file" && this.#isUnread(path, place.entry)) return;
    this.#attempt(place, () => {
      const found = this.#find(place);
      if (found === "changing") return;
      const isIt = found?.content === content;
      if (isIt) this.#forget(path);
      if (!isIt || this.#takeAside(place)) unproven.cleared(remains);
    });
  }

  #isUnread(path: Path, seen: FileEntry): boolean {
    if (!this.#rereading.isLarge(seen) || this.#rereading.isRead(path, seen)) return false;
    this.#rereading.want(path, seen);
    if (this.#editor.get(path)) this.#toHold.add(path);
    return true;
  }

  /** What fails at a place is a problem there, and gives null. */
  #attempt<T>({ path, entry: { name } }: FoundPlace, act: () => T): T | null {
    try {
      return act();
    } catch (error) {
      this.#show(path, { kind: "problem", name, ...describeFailure(error, name) });
      return null;
    }
  }

  #act(placing: ListedPlacing, place: FoundPlace | null, found: Found | null): Judgement {
    const verdict = judge(placing, found, this.#namesLost);
    if (verdict === "edited") this.#becomeOutdated(placing, place, found);
    if (verdict === "damaged") {
      const left = place && found && { path: place.path, content: found.content };
      this.#damage.push({ places: this.#places(placing, place), left });
    } else if (place?.entry.kind === "file" && found) {
      const entry = { ...place.entry, digest: found.content };
      this.#show(place.path, entry);
      this.ground.certainty.read(entry, this.#rereading.contentOf(place.path, place.entry)?.at ?? this.now);
    }
    return verdict;
  }

  /** Something else is there by now. What a power cut has left is on the disk; else one may still bring back what was there before. */
  #becomeOutdated(placing: ListedPlacing, place: FoundPlace | null, found: Found | null) {
    const { unproven } = this.ground.archive;
    if (this.#namesLost) return unproven.strike([placing]);
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

  /** What is found elsewhere is what was agreed there; or, where no number counts, the whole of something else: no torn file holds that. */
  #isOthers(path: Path, found: Found, { expected }: ListedPlacing, isNumbered: boolean): boolean {
    return this.#whereabouts.isOwnAt(path, found.content) ||
      !isNumbered && found.isWhole && found.content !== expected;
  }

  /** What still holds what was put there is that; after a power cut a number says more, where it counts. */
  #isKept(present: FoundPlace | null, placing: ListedPlacing): boolean {
    if (!present || this.#namesLost && this.#whereabouts.isNumbered(placing, present.path)) return false;
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
    const read = this.#rereading.contentOf(path, entry) ?? this.#read(native, entry);
    if (!read) return "changing";
    const isAnother = this.#whereabouts.isAnother(placing, { path, entry });
    const isWhole = !read.blank && this.#whereabouts.isKnown(read.digest);
    return { content: read.digest, isFile: true, blank: read.blank, mtime: entry.mtime, isAnother, isWhole };
  }

  /** Null: it is no longer as it was seen. */
  #read(native: string, seen: FileEntry): ReadContent | null {
    const read = new BegunDigest(this.ground.disk, native, seen).advance(Infinity);
    return typeof read === "string" ? null : read;
  }

  /** Nothing is thrown away: whatever is there is kept as a version. Returns whether the disk has that, so that not even another
   * power cut brings the damage back. */
  #takeAside({ path, entry }: FoundPlace): boolean {
    const { disk } = this.ground;
    const native = this.ground.native(path);
    let version: string | null = null;
    const look = new Recheck(disk, this.ground.native, () => false); // Its content was read just now.
    const unchanged = () => look.expect(native, entry);
    if (entry.kind !== "directory") version = this.#versions.take(native, path, entry, unchanged);
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
  #places({ pair, path }: ListedPlacing, place: FoundPlace | null): AgreedPlace[] {
    const spelled = place?.path ?? spelledAt(this.ground.archive.ancestor(pair), path) ?? path;
    return [...this.#agreed(spelled).filter((other) => other.pair !== pair), { pair, path }];
  }

  #agreed(spelled: Path): AgreedPlace[] {
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

/** The snapshot with what is there in the place of the problems that a review before put there. */
function withoutHolds(snapshot: DirectoryEntry, held: ReadonlyMap<Path, Held>): DirectoryEntry {
  const editor = new TreeEditor(snapshot);
  // What is in a folder was held before it.
  for (const [path, { entry, problem }] of [...held].reverse()) {
    if (editor.get(path) === problem) editor.set(path, entry);
  }
  return editor.done();
}
