// Digests of a root's files, made as they are needed: at once what takes a moment, all else a slice at a time between all other work
// of the root's worker (digestion.ts asks for the slices). A file that is digested to its end is known from then on, also after a stop.

import type { Digested } from "../archive/state/digested.ts";
import { type DirectoryEntry, type Entry, type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { apply, entryAt } from "../core/tree/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { BegunDigest } from "../scan/begun_digest.ts";
import type { Certainty } from "../scan/certainty.ts";
import { MOST_FILES } from "../core/plan/safety.ts";
import type { Numbers } from "../scan/numbers.ts";
import type { ProofCounts } from "../core/event.ts";

/** What it works on: the engine. */
export interface DigestGround {
  readonly disk: Disk;
  readonly archive: { readonly digested: Digested };
  snapshot: DirectoryEntry;
  readonly native: (path: Path) => string;
  doubt(paths: readonly Path[]): void;
  /** A file was another than it was `seen` before it was read to its end. */
  changed(path: Path, seen: FileEntry): void;
}

/** What came of files whose digests were needed, by paths as spelled. */
export interface DigestAnswer {
  /** Why they could not be read as they were seen. */
  failed: Map<Path, string>;
  /** These are read on by and by. */
  left: Set<Path>;
}

export interface DigestSlice {
  /** Progress through all that was wanted since the queue was last empty. */
  howFar: ProofCounts;
  /** So many files are done with since the slice before. */
  done: number;
}

interface Wanted {
  path: Path;
  size: number;
  /** So much of it is read. */
  read: number;
  /** One of many files wanted together (MANY): their digests become known together. */
  isOfMany: boolean;
}

/** From more files on, wanted together, none is known before all are: else many that were rewritten would be few at a time, and nobody
 * would be asked about them (S1). */
const MANY = MOST_FILES;

/** A call may take so long (ms) to read what is newly wanted; a few small files are read whatever that takes. */
const AT_ONCE_MS = 30;
const AT_ONCE_FILES = 32;
const AT_ONCE_BYTES = 1 << 20;

const WRITTEN = "it is being written, and is looked at again";

export class Digester {
  /** What each of those who need digests waits for, and all of that, the smallest last. */
  readonly #wanted = new Map<object, Set<Path>>();
  #queue: Wanted[] = [];
  readonly #begun = new Map<Path, BegunDigest>();
  /** Why some of it could not be read, for each who waited for it, until they ask. */
  readonly #failed = new Map<object, Map<Path, string>>();
  /** Those that are read, and made known later. */
  readonly #withheld = new Map<Path, FileEntry>();
  /** Progress through all that was wanted since the queue was last empty. */
  #howFar: ProofCounts = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
  /** What was found out, and is not in the snapshot yet. */
  readonly #found = new Map<Path, FileEntry>();

  constructor(
    private readonly ground: DigestGround,
    private readonly certainty: Certainty,
    private readonly numbers: Numbers,
  ) {}

  /** Digests files whose digest is not known, for `owner`, as far as that is done in a moment. The rest is left to slices. */
  begin(owner: object, paths: readonly Path[]): DigestAnswer {
    const failed = new Map<Path, string>();
    const left = new Set<Path>();
    const fresh: Wanted[] = [];
    const earlier = this.#failed.get(owner);
    for (const path of paths) {
      const entry = this.#undigested(path);
      const reason = earlier?.get(path);
      earlier?.delete(path);
      if (!entry) continue;
      if (reason !== undefined) failed.set(path, reason);
      else if (this.#isWanted(path) || this.#withheld.has(path)) left.add(path);
      else fresh.push({ path, size: entry.size, read: 0, isOfMany: false });
    }
    const isOfMany = fresh.length > MANY;
    const rest = this.#atOnce(fresh, failed);
    for (const wanted of rest) left.add(this.#queued({ ...wanted, isOfMany }).path);
    if (isOfMany && rest.length > 0) {
      for (const { path } of fresh) if (this.#withhold(path)) left.add(path);
    }
    if (rest.length > 0) this.#queue.sort((one, other) => other.size - one.size);
    if (left.size > 0) this.#wanted.set(owner, left.union(this.#wanted.get(owner) ?? new Set()));
    this.#takeOver();
    return { failed, left };
  }

  /** Whether something that `owner` wanted is not known yet. */
  isAskedBy(owner: object): boolean {
    return (this.#wanted.get(owner)?.size ?? 0) > 0;
  }

  /** Nobody waits any more for what `owner` wanted. */
  forget(owner: object) {
    this.#wanted.delete(owner);
    this.#failed.delete(owner);
  }

  /** Reads on for about `ms`, at least a little. */
  slice(ms: number): DigestSlice {
    const until = performance.now() + ms;
    const before = this.#howFar.files;
    const whole: [Path, FileEntry][] = [];
    const failed = new Map<Path, string>();
    for (let next = this.#queue.at(-1); next; next = this.#queue.at(-1)) {
      const { path, size } = next;
      const isWanted = this.#isWanted(path);
      if (isWanted && !this.#read(path, until, failed)) {
        this.#advance(next, this.#begun.get(path)?.bytes ?? 0);
        break;
      }
      this.#queue.pop();
      this.#advance(next, size);
      this.#howFar.files++;
      const entry = this.#at(path);
      if (isWanted && entry?.kind === "file" && entry.digest !== "") whole.push([path, entry]);
      this.#noteFailed(path, failed.get(path));
      if (!next.isOfMany || !this.#withhold(path)) this.#letGo(path);
      if (performance.now() >= until) break;
    }
    const revealed = this.#reveal();
    this.#takeOver();
    this.ground.archive.digested.note(whole);
    return { howFar: { ...this.#howFar }, done: this.#howFar.files - before + revealed };
  }

  /** Takes back what was just found out about a file, until it is revealed. Returns whether there was anything. */
  #withhold(path: Path): boolean {
    const entry = this.#at(path);
    if (entry?.kind !== "file" || entry.digest === "") return false;
    this.#withheld.set(path, entry);
    const before = entryAt(this.ground.snapshot, path);
    const isAsBefore = before?.kind === "file" && before.digest === "" && isSeenAlike(before, entry);
    if (isAsBefore) this.#found.delete(path); // So no folder is copied for what nobody is to know.
    else this.#found.set(path, { ...entry, digest: "" });
    return true;
  }

  /** All of many files are read. What changed meanwhile is read anew, if somebody still asks. Returns how many there were. */
  #reveal(): number {
    const { size } = this.#withheld;
    if (this.#queue.some(({ isOfMany }) => isOfMany)) return 0;
    for (const [path, entry] of this.#withheld) {
      const present = this.#undigested(path);
      this.#letGo(path);
      if (!present || !isSeenAlike(present, entry)) continue;
      const known = { ...present, digest: entry.digest };
      this.#found.set(path, known);
      this.certainty.carry(entry, known);
    }
    this.#withheld.clear();
    return size;
  }

  #noteFailed(path: Path, reason: string | undefined) {
    if (reason === undefined) return;
    for (const [owner, paths] of this.#wanted) {
      if (!paths.has(path)) continue;
      const failed = this.#failed.get(owner) ?? new Map<Path, string>();
      this.#failed.set(owner, failed.set(path, reason));
    }
  }

  /** Nobody has to wait for that file any more. */
  #letGo(path: Path) {
    for (const paths of this.#wanted.values()) paths.delete(path);
  }

  /** The smallest first. Returns those for which there was no time. */
  #atOnce(files: Wanted[], failed: Map<Path, string>): Wanted[] {
    files.sort((one, other) => one.size - other.size);
    const until = performance.now() + AT_ONCE_MS;
    let bytes = 0;
    for (const [number, { path, size }] of files.entries()) {
      bytes += size;
      const isLittle = number < AT_ONCE_FILES && bytes <= AT_ONCE_BYTES;
      if (!isLittle && performance.now() >= until) return files.slice(number);
      if (!this.#read(path, isLittle ? Infinity : until, failed)) return files.slice(number);
    }
    return [];
  }

  #queued(wanted: Wanted): Wanted {
    if (this.#queue.length === 0) this.#howFar = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
    this.#howFar.ofFiles++;
    this.#howFar.ofBytes += wanted.size;
    this.#advance(wanted, this.#begun.get(wanted.path)?.bytes ?? 0);
    this.#queue.push(wanted);
    return wanted;
  }

  /** What is begun anew counts as read until that is read again: how far it is never falls back. */
  #advance(wanted: Wanted, read: number) {
    const more = Math.max(0, Math.min(read, wanted.size) - wanted.read);
    wanted.read += more;
    this.#howFar.bytes += more;
  }

  #isWanted(path: Path): boolean {
    return this.#wanted.values().some((paths) => paths.has(path));
  }

  /** Reads on in a file whose digest is not known. Returns whether it is done with. */
  #read(path: Path, until: number, failed: Map<Path, string>): boolean {
    const entry = this.#undigested(path);
    if (!entry) return true;
    try {
      const read = this.#begunOf(path, entry).advance(until);
      if (read === "unread") return false;
      if (read !== "changed") this.#learn(path, { ...entry, digest: read.digest }, read.at);
      else {
        this.ground.changed(path, entry);
        failed.set(path, WRITTEN);
      }
    } catch (error) {
      this.ground.doubt([path]);
      failed.set(path, describeFailure(error, entry.name).reason);
    }
    this.#begun.delete(path);
    return true;
  }

  #begunOf(path: Path, seen: FileEntry): BegunDigest {
    const earlier = this.#begun.get(path);
    if (earlier?.isOf(seen)) return earlier;
    const begun = new BegunDigest(this.ground.disk, this.ground.native(path), seen);
    this.#begun.set(path, begun);
    return begun;
  }

  /** A file was read. Where that proved that numbers change for nothing, others need not be. */
  #learn(path: Path, entry: FileEntry, now: number) {
    this.#found.set(path, entry);
    this.certainty.read(entry, now);
    for (const [at, earlier] of this.numbers.learn(path, entry.digest)) {
      const other = this.#undigested(at);
      if (!other || !isSeenAlike({ ...other, id: earlier.id }, earlier)) continue; // It was written since.
      const proved = { ...other, id: 0, digest: earlier.digest };
      this.#found.set(at, proved);
      this.certainty.carry(earlier, proved);
    }
  }

  #at(path: Path): Entry | null {
    return this.#found.get(path) ?? entryAt(this.ground.snapshot, path);
  }

  #undigested(path: Path): FileEntry | null {
    const entry = this.#at(path);
    return entry?.kind === "file" && entry.digest === "" ? entry : null;
  }

  /** What was found out becomes part of the snapshot. */
  #takeOver() {
    if (this.#found.size === 0) return;
    this.ground.snapshot = apply(
      this.ground.snapshot,
      this.#found.entries().map(([path, entry]) => ({ path, new: entry })),
    );
    this.#found.clear();
  }
}
