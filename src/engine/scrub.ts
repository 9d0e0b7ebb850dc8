// Reads the content of everything again, a slice at a time, and compares it with what it is known to be: sameness by content, which no
// look at names and times proves. What differs is judged (core/soundness.ts), and put right or shown:
//   edit    its digest becomes that of what is there, so the ordinary cycle takes it for the edit it is; the archive forgets what it saw
//           of the file, so that a stop before that hides nothing
//   disk    a problem at its path, never sent (archive/state/unsound.ts), until it is deleted, and comes again from the other side, saved
//           anew, or holds again what is agreed
//   digest  ours was wrong, and is set right
// How far a reading has come is in the archive, file by file: after a stop it goes on there.

import { createHash, type Hash } from "node:crypto";
import type { Archive } from "../archive/archive.ts";
import type { OpenReading } from "../archive/state/read_marks.ts";
import type { UnsoundFile } from "../archive/state/unsound.ts";
import { type DirectoryEntry, type Entry, type FileEntry, knownDigest } from "../core/tree/entry.ts";
import { comparePath, nameOf, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { DAY_MS } from "../core/times.ts";
import { entriesAfter } from "../core/reading_order.ts";
import { judgeContent, type Verdict } from "../core/soundness.ts";
import { isAllZero } from "../core/zeros.ts";
import { entryAt, isHidden, TreeEditor, walk } from "../core/tree/tree.ts";
import { describeFailure, isDiskFault } from "../fs/failure.ts";
import type { Disk, OpenFile, Stat } from "../fs/port.ts";
import { fileEntryOf, isAsSeen } from "../scan/identity.ts";
import type { Certainty } from "../scan/certainty.ts";
import type { Unsound } from "../scan/unsound.ts";
import type { Differing, ProofCounts } from "../core/event.ts";

/** What a scrub works on: the engine. */
export interface ScrubGround {
  readonly disk: Disk;
  readonly archive: Archive;
  readonly native: (path: Path) => string;
  /** The root as last looked at; a file's digest may be set in it, or a problem put in its place. */
  snapshot: DirectoryEntry;
  /** The next look sees these as they are. */
  doubt(paths: readonly Path[]): void;
  /** Throws RootGone when the root is not there. */
  ensureThere(): void;
}

/** How far a reading of everything has come. */
export interface HowFar extends ProofCounts {
  begun: number;
}

/** What a slice did. */
export interface Slice {
  howFar: HowFar;
  findings: Differing[];
  /** The snapshot changed, or a look is owed. */
  stirred: boolean;
  /** All is read. */
  over: boolean;
  /** Bytes read, and how long that took, in ms. */
  bytes: number;
  took: number;
}

/** A file that is being read, perhaps in several slices; it is closed between them. */
interface Current {
  path: Path;
  entry: FileEntry;
  /** What was in the snapshot: a file, or the problem of an unsound one. */
  seen: Entry;
  stat: Stat;
  hash: Hash;
  offset: number;
  blank: boolean;
  /** When it was begun. */
  from: number;
}

/** What a slice may take yet: until when, and how many bytes. */
interface Budget {
  until: number;
  bytes: number;
}

/** More files are not doubted at once. */
const MOST_DOUBTED = 100;
/** Less is not read at once. */
const LEAST_BYTES = 4096;
/** To open a file costs about as much as to read so many bytes. */
const FILE_BYTES = 16 << 10;
/** The longest rest of the slow reading, in ms; then it is checked again whether it is due. */
const LONGEST_REST_MS = 3600_000;

const REASONS: Record<Verdict, string> = {
  edit: "it was edited, and neither its size nor its time shows it; it is synced like any edit",
  disk: "what is in it is not what was agreed, and nobody wrote it: the disk may be failing. " +
    "Delete it, and it comes again from the other side; or save it anew, and it is taken as it is",
  digest: "it is the same on both sides; what tcpsync had noted of its content was wrong, and is set right",
};
const UNREADABLE = (reason: string) =>
  `the disk cannot read it (${reason}): delete it, and it comes again from the other side`;
const CHANGED = "it changed while it was read";

export class Scrub {
  #reading: OpenReading | null;
  #current: Current | null = null;
  /** What there is to read, as counted in that snapshot. */
  #total = { files: 0, bytes: 0, tree: null as DirectoryEntry | null };
  readonly #buffer = new Uint8Array(1 << 20);
  /** All that this slice read was read at this time (ms) or later. */
  #readFrom = 0;
  #findings: Differing[] = [];
  #stirred = false;
  /** Files the disk failed to read once. */
  #failing = new Set<Path>();
  /** Files that the peer doubts, with the digest its own has. Read in order. */
  #doubted = new Map<Path, string>();
  #answering: Current | null = null;
  #misread = new Set<Path>();
  /** The file that was read whole last. */
  #lastRead: Path | null = null;
  #editor: TreeEditor | null = null;

  constructor(
    private readonly ground: ScrubGround,
    private readonly unsound: Unsound,
    private readonly certainty: Certainty,
  ) {
    this.#reading = ground.archive.readMarks.open();
    for (const file of ground.archive.unsound.all()) unsound.put(file);
  }

  /** The age of the oldest reading, in ms; null when it is not known, as after the clock was set back. */
  since(now: number): number | null {
    const times = this.ground.archive.readMarks.all().map(({ time }) => time);
    return times.some((time) => time === 0 || time > now)
      ? null
      : now - times.reduce((one, other) => Math.min(one, other), Infinity);
  }

  /** Begins to read everything, because a person asks for it; one that was asked for before and stopped goes on where it was. */
  begin(now: number): HowFar {
    if (!this.#reading?.asked) this.#begin(true, now);
    return this.#howFar();
  }

  /** Reads on for `ms`, or so many bytes. Throws RootGone. */
  slice(ms: number, bytes = Infinity): Slice {
    return this.#slice({ until: performance.now() + ms, bytes }, () => true);
  }

  /** The slow reading: a slice of it where it is behind `days` for everything; else only when that will be, in ms. */
  slow(ms: number, days: number, now: number): { slice: Slice | null; due: number } {
    if (!this.#reading || this.#reading.begun > now) this.#begin(false, now);
    const due = this.#dueIn(days, now);
    if (due > 0) return { slice: null, due };
    const budget = { until: performance.now() + ms, bytes: Infinity };
    const slice = this.#slice(budget, () => this.#dueIn(days, now) === 0);
    return { slice, due: this.#dueIn(days, now) };
  }

  /** After a look: what became of unsound files. Returns the snapshot as it is then. */
  review(snapshot: DirectoryEntry): DirectoryEntry {
    const paths = [...this.unsound.takeTouched(), ...this.#misread];
    this.#misread.clear();
    this.ground.snapshot = snapshot;
    for (const path of paths) this.#readNow(path);
    this.#takeOver();
    for (const file of this.unsound.all()) this.#reviewOne(file);
    return this.ground.snapshot;
  }

  /** What was sent of a file was not what it is known to hold: it is read and judged at the next look. */
  misread(path: Path) {
    this.#misread.add(path);
  }

  /** Unsound files that can be read. */
  get doubtful(): { path: Path; content: string }[] {
    return this.unsound.all().filter(({ content }) => content !== "").slice(0, MOST_DOUBTED);
  }

  /** An unsound file's content is what the peer's file holds as well: the digest was wrong. Null where it is not that any more. */
  exonerate(path: Path, content: string): Differing | null {
    const file = this.unsound.get(path);
    const stat = file?.content === content ? this.ground.disk.stat(this.ground.native(path)) : null;
    if (!stat || this.unsound.at(path, stat) !== file || stat.changed !== file?.changed) return null;
    this.#settle(path, fileEntryOf(stat, nameOf(path), content));
    this.#takeOver();
    return { path, what: "digest", reason: REASONS.digest };
  }

  /** The peer's file holds this content, and nobody wrote it there: is it the same here? */
  doubt(path: Path, content: string) {
    if (this.#doubted.size < MOST_DOUBTED) this.#doubted.set(path, content);
  }

  /** Reads on for `ms` in files that were doubted. `alike`: those that hold the same as the peer's; ours was a wrong digest. */
  answer(
    ms: number,
  ): { alike: { path: Path; content: string }[]; more: boolean } & Pick<Slice, "findings" | "stirred"> {
    const budget = { until: performance.now() + ms, bytes: Infinity };
    const alike: { path: Path; content: string }[] = [];
    this.#findings = [];
    this.#stirred = false;
    for (const [path, content] of this.#doubted) {
      const entry = this.#at(path);
      this.#answering ??= entry && this.#start(path, entry);
      if (this.#answering && !this.#readOn(this.#answering, budget)) break;
      this.#answering = null;
      this.#doubted.delete(path);
      const now = this.#lastRead === path ? this.#at(path) : null;
      this.#lastRead = null;
      if (now?.kind === "file" && now.digest === content) alike.push({ path, content });
      if (isSpent(budget)) break;
    }
    this.#takeOver();
    return { alike, more: this.#doubted.size > 0, findings: this.#findings, stirred: this.#stirred };
  }

  #begin(asked: boolean, now: number) {
    this.#current = null;
    this.#failing.clear();
    this.#reading = this.ground.archive.readMarks.begin(asked, now);
  }

  /** `isDue`: whether one more file is to be read. */
  #slice(budget: Budget, isDue: () => boolean): Slice {
    const from = performance.now();
    const bytes = this.#bytesRead();
    this.#findings = [];
    this.#stirred = false;
    let over = false;
    try {
      over = this.#readFor(budget, isDue);
    } finally {
      this.#takeOver();
    }
    const howFar = this.#howFar();
    const read = this.#bytesRead() - bytes;
    if (over) this.#reading = null;
    const [findings, stirred] = [this.#findings, this.#stirred];
    return { howFar, findings, stirred, over, bytes: read, took: performance.now() - from };
  }

  #bytesRead(): number {
    return (this.#reading?.bytes ?? 0) + (this.#current?.offset ?? 0);
  }

  #howFar(): HowFar {
    const total = this.#counted();
    const { begun = 0, files = 0 } = this.#reading ?? {};
    const bytes = this.#bytesRead();
    return {
      ...{ begun, files, bytes },
      ofFiles: Math.max(total.files, files),
      ofBytes: Math.max(total.bytes, bytes),
    };
  }

  #counted() {
    const { snapshot: tree } = this.ground;
    if (this.#total.tree === tree) return this.#total;
    this.#total = { files: 0, bytes: 0, tree };
    for (const [, entry] of walk(ROOT, tree)) {
      if (!hasContent(entry)) continue;
      this.#total.files++;
      this.#total.bytes += entry.size;
    }
    return this.#total;
  }

  /** How long until the slow reading is behind, in ms. A file once begun is read on; when all is read, it rests until its days are over. */
  #dueIn(days: number, now: number): number {
    if (this.#current || !this.#reading) return 0;
    const { begun, files, bytes, ofFiles, ofBytes } = this.#howFar();
    const all = ofBytes + FILE_BYTES * ofFiles;
    const share = all === 0 ? 1 : (bytes + FILE_BYTES * files) / all;
    const due = begun + share * days * DAY_MS - now;
    return Math.min(Math.max(0, due), LONGEST_REST_MS);
  }

  /** Returns whether everything is read. */
  #readFor(budget: Budget, isDue: () => boolean): boolean {
    const { readMarks } = this.ground.archive;
    const before = this.#reading;
    if (!before) return true;
    this.#readFrom = this.#current?.from ?? Date.now();
    let isBegun = false;
    const isUp = () => isBegun && isSpent(budget); // However slow the disk is, each slice reads something.
    try {
      if (this.#current) {
        const { path, seen } = this.#current;
        if (!this.#readOn(this.#current, budget)) return false;
        this.#current = null;
        this.#pass(path, seen);
        isBegun = true;
      }
      for (const [path, entry] of entriesAfter(this.ground.snapshot, this.#reading!.position)) {
        if (!hasContent(entry) && !this.unsound.get(path)) continue;
        if (isUp() || !isDue()) return false;
        isBegun = true;
        this.#current = this.#start(path, entry);
        if (this.#current && !this.#readOn(this.#current, budget)) return false;
        this.#current = null;
        this.#pass(path, entry);
      }
      for (const path of this.#failing) {
        if (isUp()) return false;
        isBegun = true;
        this.#readNow(path);
        this.#failing.delete(path);
      }
      if (!isDue()) return false;
    } finally {
      if (this.#reading !== before) readMarks.advance(before, this.#reading!, this.#readFrom);
    }
    readMarks.finish(this.#reading!, this.#readFrom);
    return true;
  }

  /** All up to this file is read. What is unsound was not counted among what there is to read. */
  #pass(position: Path, entry: Entry) {
    const { files, bytes, ...reading } = this.#reading!;
    const [more, size] = hasContent(entry) ? [1, entry.size] : [0, 0];
    this.#reading = { ...reading, position, files: files + more, bytes: bytes + size };
  }

  /** What was found out becomes part of the snapshot. */
  #takeOver() {
    if (!this.#editor) return;
    const isCounted = this.#total.tree === this.ground.snapshot;
    this.ground.snapshot = this.#editor.done();
    if (isCounted) this.#total.tree = this.ground.snapshot; // As many files as before, but for a few that are none any more.
    this.#editor = null;
  }

  /** Begins to read a file, or what an unsound one holds by now; null where there is nothing to read. */
  #start(path: Path, seen: Entry): Current | null {
    const isUnsound = seen.kind === "problem" && this.unsound.get(path) !== undefined;
    if (!isUnsound && seen.kind !== "file") return null;
    try {
      const stat = this.ground.disk.stat(this.ground.native(path));
      if (stat?.kind === "file" && (seen.kind !== "file" || isAsSeen(stat, seen))) {
        const entry = seen.kind === "file" ? seen : fileEntryOf(stat, nameOf(path));
        const [hash, from] = [createHash("sha256"), Date.now()];
        return { path, entry, seen, stat, hash, offset: 0, blank: true, from };
      }
      this.#leave(path);
    } catch (error) {
      this.#unread(path, describeFailure(error, nameOf(path)).reason);
    }
    return null;
  }

  /** Reads on in a file, and compares it at its end. Returns whether it is done with. */
  #readOn(current: Current, budget: Budget): boolean {
    try {
      if (!this.#readInto(current, budget)) return false;
    } catch (error) {
      this.#failed(current, error);
      return true;
    }
    this.#compare(current, current.hash.digest("hex"));
    return true;
  }

  /** Reads a file to its end, however long that takes: there are few to be read so. */
  #readNow(path: Path) {
    const seen = this.#at(path);
    const current = seen && this.#start(path, seen);
    if (current) this.#readOn(current, { until: Infinity, bytes: Infinity });
  }

  #readInto(current: Current, budget: Budget): boolean {
    const file = this.ground.disk.openToRead(this.ground.native(current.path));
    try {
      this.#ensureSame(file, current);
      if (current.offset > 0) file.seek(current.offset);
      while (current.offset < current.entry.size) {
        const most = Math.min(this.#buffer.length, Math.max(LEAST_BYTES, budget.bytes));
        const count = file.read(this.#buffer.subarray(0, most));
        if (count === 0) throw new Changed(); // It is shorter than it was.
        const read = this.#buffer.subarray(0, count);
        current.hash.update(read);
        current.blank &&= isAllZero(read);
        current.offset += count;
        budget.bytes -= count;
        if (isSpent(budget) && current.offset < current.entry.size) return false;
      }
      this.#ensureSame(file, current);
      return true;
    } finally {
      file.close();
    }
  }

  /** Throws Changed when the file is not what it was when it was begun. */
  #ensureSame(file: OpenFile, { entry, stat }: Current) {
    const now = file.stat();
    if (!isAsSeen(now, entry) || now.changed !== stat.changed) throw new Changed();
  }

  /** A file was read whole. */
  #compare(current: Current, content: string) {
    const { path, entry, seen } = current;
    this.#lastRead = path;
    if (this.#at(path) !== seen) return; // It was looked at meanwhile, and is other than it was.
    const agreed = this.#agreed(path).map(({ digest }) => digest);
    const earlier = this.unsound.get(path);
    const file = { ...entry, digest: content };
    this.certainty.read(file, current.from);
    if (earlier ? agreed.includes(content) : entry.digest === content) {
      if (earlier) this.#settle(path, file);
      else this.certainty.read(entry, current.from);
      return;
    }
    if (!earlier && entry.digest === "") return this.#edit(path, file); // Nobody had needed it yet.
    const what = this.#doubted.get(path) === content
      ? "digest"
      : earlier?.content === content
      ? "disk"
      : judgeContent({ ...this.#unlike(current, content), agreed });
    this.#findings.push({ path, what, reason: REASONS[what] });
    if (what === "disk") this.#show(current, content, REASONS.disk);
    else this.#settle(path, file);
  }

  #unlike({ path, entry, stat: { changed }, blank }: Current, content: string) {
    const { mtime } = entry;
    const earlier = this.unsound.get(path);
    const known = earlier ? earlier.changed : Math.max(this.#known(path), this.certainty.until(entry));
    return { content, blank, mtime: earlier ? NaN : mtime, changed, known };
  }

  /** Until when all that was done to a file is known: it was read then, or put there, or moved with its folder. Of what was done before
   * the oldest history entry that is remembered nothing can be told. */
  #known(path: Path): number {
    const { archive } = this.ground;
    const { readMarks, historyEntries } = archive;
    const last = archive.knownPairs().map(({ id, folds }) =>
      historyEntries.lastAt(id, withParents(comparePath(path, folds)))
    );
    return last.reduce(
      (one, other) => Math.max(one, other),
      Math.max(readMarks.at(path), historyEntries.oldest()),
    );
  }

  #agreed(path: Path): { pair: number; key: Path; digest: string }[] {
    const { archive } = this.ground;
    return archive.knownPairs().flatMap(({ id: pair, folds }) => {
      const key = comparePath(path, folds);
      const entry = entryAt(archive.ancestor(pair), key);
      return entry?.kind === "file" ? [{ pair, key, digest: knownDigest(entry) }] : [];
    });
  }

  /** From now on the file is a sound one with that digest. */
  #settle(path: Path, entry: FileEntry) {
    const { archive } = this.ground;
    if (this.unsound.get(path)) {
      this.unsound.remove(path);
      archive.unsound.remove(path);
    }
    for (const { pair, key, digest } of this.#agreed(path)) {
      if (digest !== entry.digest) archive.distrust(pair, key);
    }
    this.#edit(path, entry);
    this.#stirred = true;
  }

  /** From now on the file is a problem. `content`: "" where it cannot be read. */
  #show({ path, entry, stat }: Current, content: string, reason: string) {
    const { size, mtime, id, changed } = stat;
    const file = { path, size, mtime, id, changed, content, reason };
    const isNews = this.unsound.get(path)?.reason !== reason;
    this.ground.archive.unsound.put(file);
    this.unsound.put(file);
    if (!isNews) return;
    this.#edit(path, { kind: "problem", name: entry.name, reason, lasting: true });
    this.#stirred = true;
  }

  #edit(path: Path, entry: Entry) {
    this.#editor ??= new TreeEditor(this.ground.snapshot);
    this.#editor.set(path, entry);
  }

  #at(path: Path): Entry | null {
    return this.#editor ? this.#editor.get(path) : entryAt(this.ground.snapshot, path);
  }

  /** A file could not be read to its end. */
  #failed(current: Current, error: unknown) {
    const { path } = current;
    if (error instanceof Changed) return this.#leave(path);
    this.ground.ensureThere(); // A drive that is pulled out fails everywhere.
    const { reason } = describeFailure(error, nameOf(path));
    if (!isDiskFault(error)) return this.#unread(path, reason);
    // A line to a disk fails for a moment, too.
    if (!this.#failing.has(path) && !this.unsound.get(path)) return void this.#failing.add(path);
    const told = UNREADABLE(reason);
    this.#findings.push({ path, what: "disk", reason: told });
    this.#show(current, "", told);
  }

  /** The ordinary look sees to it. */
  #leave(path: Path) {
    this.ground.doubt([path]);
    this.#stirred = true;
    this.#findings.push({ path, what: "unread", reason: CHANGED });
  }

  /** Nothing is claimed of it that was not known before. */
  #unread(path: Path, reason: string) {
    this.#readFrom = Math.min(this.#readFrom, this.ground.archive.readMarks.at(path));
    this.#findings.push({ path, what: "unread", reason });
  }

  #reviewOne(file: UnsoundFile) {
    const { path } = file;
    const { archive, snapshot } = this.ground;
    const entry = entryAt(snapshot, path);
    if (entry?.kind === "problem" || !entry && isHidden(snapshot, path)) return;
    const renamed = this.unsound.renamed(path);
    this.unsound.remove(path);
    archive.unsound.remove(path);
    if (entry) return; // Another file, or saved anew: it is taken as it is.
    if (renamed !== undefined) {
      this.unsound.put({ ...file, path: renamed });
      archive.unsound.put({ ...file, path: renamed });
    }
    // Deleted, so that it comes again: both sides forget what they agreed on there.
    archive.unproven.foundDamaged(this.#agreed(path).map(({ pair, key }) => ({ pair, path: key })), null);
  }
}

class Changed extends Error {}

function isSpent({ until, bytes }: Budget): boolean {
  return bytes <= 0 || performance.now() >= until;
}

/** An empty file's content is known by its size. */
function hasContent(entry: Entry): entry is FileEntry {
  return entry.kind === "file" && entry.size > 0;
}

/** A path and the folders it is in. */
function withParents(path: Path): Path[] {
  const all = [];
  for (let at = path; at !== ROOT; at = parentOf(at)) all.push(at);
  return all;
}
