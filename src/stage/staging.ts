// The receiving side: gets the content of tasks beside the root, from here where it is here, else from the batches of the peer.
// Invariant: what is listed as staged is whole, and has the digest its task asks for.

import type { Amount } from "../core/event.ts";
import { createHash, type Hash } from "node:crypto";
import { type Entry, type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import { type Path, ROOT } from "../core/tree/path.ts";
import { DAY_MS } from "../core/times.ts";
import type { Task } from "../core/plan/plan.ts";
import { describeFailure, type Failure, tryTo } from "../fs/failure.ts";
import { HoleWriter } from "../fs/holes.ts";
import type { Disk, OpenFile, Stat } from "../fs/port.ts";
import { textDigest } from "../fs/digest.ts";
import { type Piece, readBatch, WHOLE_BYTES } from "../wire/batch.ts";
import { DIGEST_BYTES } from "../wire/blocks.ts";
import { fixedBytes, NO_BLOCKS } from "../wire/fixed_blocks.ts";
import type { Want } from "../wire/rows.ts";
import { breach } from "../wire/shape.ts";
import { Advance } from "./advance.ts";
import { Copying } from "./copying.ts";
import { type Located, Survey } from "./survey.ts";

/** Content ready to be put in place; size, mtime and id as seen of the staged file. */
export interface Staged {
  native: string;
  size: number;
  mtime: number;
  id: number;
  /** 0 where the disk does not say when files were made. */
  born: number;
  digest: string;
}

/** What came of a file that was not whole is kept for this long: it goes on where it stopped, also after a restart. */
const PARTS_KEPT_MS = 7 * DAY_MS;

/** In one chunk, so long (ms) is looked for what of large files is here already; the rest of the time is for fetching. */
const SURVEY_MS = 300;
/** So many bytes of digests are told in one chunk, and one file's besides: of files that do not come in it they would be told again. */
const TOLD_BYTES = 256 << 10;
/** How long content that is here is copied at once, in ms. */
const COPY_MS = 20;

const NOT_HERE = "its content changed meanwhile";

/** How far a large file has come. */
interface StageProgress {
  hash: Hash;
  offset: number;
  mtime: number;
}

/** A copy of what is here. */
interface CopyOfHere {
  source: Located;
  copy: Copying;
}

/** Whole content, and the task that it came for. */
interface HeldContent {
  staged: Staged;
  task: FileTask;
}

interface Receiving extends StageProgress {
  native: string;
  file: OpenFile;
  writer: HoleWriter;
}

/** A part of a large file is named by the path it is to come to. */
const PART = "part-";
export function partName(path: Path): string {
  return textDigest(path).slice(0, 32);
}
/** A failure whose cause lies in a folder (`at`), or in the whole of it (""), where that is known. Without `cause`: it was not
 * tried. */
export type HinderedTask = Failure & { at?: Path };

/** A task that wants content. */
export type FileTask = Task & { new: FileEntry };

export function wantsContent(task: Task): task is FileTask {
  if (task.new?.kind !== "file") return false;
  const { old, new: entry } = task;
  return !(old?.kind === "file" && old.digest !== "" && old.digest === entry.digest);
}

/** That content whole, from the other side. */
export function wantOf(index: number, { path, source, new: { size, mtime, digest } }: FileTask): Want {
  return { index, path: source?.path ?? path, size, mtime, digest, offset: 0, part: 0, blocks: NO_BLOCKS };
}

/** A file with whole content in the staging folder, and its name from now on, if that is to be another. */
interface Written {
  from: string;
  file: OpenFile;
  digest: string;
  native?: string;
}

export class Staging {
  readonly staged = new Map<number, Staged>();
  readonly failed = new Map<number, string>();
  /** Tasks among `failed` whose content the other side could not supply. */
  readonly unsupplied = new Set<number>();
  /** Tasks among `failed` whose cause makes other tasks fail, too. */
  readonly hindered = new Map<number, HinderedTask>();
  #tasks = new Map<number, FileTask>();
  #receiving = new Map<number, Receiving>();
  #count = 0;
  /** Partly received large files; and what of them was here before, by native path. */
  #paused = new Map<string, StageProgress>();
  #surveys = new Map<string, Survey>();
  /** Those of them that the chunk at hand came to, and that are not at their end. */
  #unsurveyed: Survey[] = [];
  /** What is here of the file that was under way when the last chunk ended: the other side still knows. */
  #underWay: Survey | null = null;
  readonly #advance = new Advance();
  /** Copies of what is here, by the parts that would come instead; those of the chunk at hand that go on; and which source did not hold
   * what was wanted. */
  readonly #copies = new Map<string, CopyOfHere>();
  #toCopy: [number, FileTask, Located][] = [];
  readonly #refused = new Map<string, string>();
  /** Whole content that waits for its place from chunk to chunk, by the part that would come instead. */
  readonly #held = new Map<string, HeldContent>();

  /** Takes `directory` over, made where it is missing and closed to other users: what an earlier run left goes, but for parts of
   * large files. `cuts`: whoever supplies knows blocks that content marks off. */
  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly cuts = true,
  ) {
    disk.makePrivateDirectory(directory);
    const oldest = Date.now() - PARTS_KEPT_MS;
    for (const name of disk.list(directory)) {
      const stat = name.startsWith(PART) ? disk.stat(this.#at(name)) : null;
      const isPart = stat?.kind === "file" && stat.mtime > oldest;
      if (!isPart) this.#discard(this.#at(name));
    }
  }

  /** Begins a chunk of tasks, numbered as in its order. Copies what is here; returns what the peer must supply,
   * in the order in which it should come. `here` gives a file of this side that should hold a task's content, `replaced` the one
   * that it replaces; `hinders` says why a task's content cannot be kept: then nothing of it is asked for. What of large files is here may
   * take a few chunks to find out, and to copy (`copyOn`): until then they are not wanted. */
  begin(
    tasks: [number, Task][],
    here: (task: FileTask) => Located | null,
    replaced: (task: FileTask) => Located | null = () => null,
    hinders: (task: FileTask) => HinderedTask | null = () => null,
  ): Want[] {
    this.end();
    const until = performance.now() + SURVEY_MS;
    const copyUntil = performance.now() + COPY_MS;
    const wants: Want[] = [];
    let told = 0;
    for (const [index, task] of tasks) {
      if (!wantsContent(task)) continue;
      this.#tasks.set(index, task);
      const why = hinders(task);
      if (why) {
        this.#hinder(index, why);
        continue;
      }
      const held = this.#heldFor(task);
      if (held) {
        this.staged.set(index, held);
        continue;
      }
      const source = here(task);
      const copied = source && this.#copy(index, task, source, copyUntil);
      if (copied === "begun") this.#toCopy.push([index, task, source!]);
      if (copied === "begun" || copied === "whole") continue;
      if (task.source?.at === "here") {
        this.failed.set(index, NOT_HERE);
        continue;
      }
      const isLater = told > TOLD_BYTES && task.new.size > WHOLE_BYTES;
      const begun = isLater ? null : this.#begun(task, replaced, until);
      told += DIGEST_BYTES * (begun?.blocks?.count ?? 0);
      if (begun) wants.push({ ...wantOf(index, task), ...begun });
    }
    this.#underWay = null;
    this.#advance.begin(wants);
    return wants;
  }

  /** Copies on, for a moment, what is here of the chunk at hand. Returns whether there is more to copy. What proves not to be here is
   * wanted in the next chunk. */
  copyOn(): boolean {
    const until = performance.now() + COPY_MS;
    for (let next = this.#toCopy[0]; next && performance.now() < until; next = this.#toCopy[0]) {
      const [index, task, source] = next;
      const copied = this.#copy(index, task, source, until);
      if (copied === "begun") break;
      this.#toCopy.shift();
      if (copied === "not here" && task.source?.at === "here") this.failed.set(index, NOT_HERE);
    }
    return this.#toCopy.length > 0;
  }

  /** So much is to be read before it is known what of large files of the chunk at hand is here; null: that is known. */
  get toSurvey(): Amount | null {
    const bytes = this.#unsurveyed.reduce((sum, { left }) => sum + left, 0);
    return this.#unsurveyed.length > 0 ? { files: this.#unsurveyed.length, bytes } : null;
  }

  /** Something of the chunk at hand is to be copied on. */
  get isCopying(): boolean {
    return this.#toCopy.length > 0;
  }

  /** Nothing more is to come: removes copies that were begun. */
  rest() {
    for (const part of [...this.#held.keys()]) this.#letGo(part);
    for (const part of [...this.#copies.keys()]) this.#dropCopy(part);
    this.#refused.clear();
  }

  /** The parts of large files that are here, by name (`partName`), and their bytes; `placed`: so much of what is whole is in its place. */
  parts(placed: (native: string) => number = () => Infinity): Map<string, number> {
    const names = this.disk.list(this.directory).filter((name) => name.startsWith(PART));
    const parts = new Map(names.map((name) => [name.slice(PART.length), this.#sizeOf(this.#at(name))]));
    for (const { staged: { native, size }, task } of this.#held.values()) {
      parts.set(partName(task.path), Math.min(size, placed(native)));
    }
    return parts;
  }

  /** Takes a batch in. Returns by how much what is wanted has come further, in bytes. Throws Breach where it does not answer a want. */
  accept(batch: Uint8Array): number {
    for (const piece of readBatch(batch)) {
      const task = this.#tasks.get(piece.index);
      if (!task || this.staged.has(piece.index)) breach("content that nobody wanted");
      if (!piece.changed && piece.failed === undefined) {
        this.#advance.piece(piece.index, piece.held ?? piece.bytes.length);
      }
      if (piece.changed) this.#abandon(piece.index);
      else if (piece.failed !== undefined) {
        this.#fail(piece.index, piece.failed);
        this.unsupplied.add(piece.index);
      } else if (!this.failed.has(piece.index)) {
        this.#guard(piece.index, task, () => this.#receive(piece, task));
      }
    }
    return this.#advance.take();
  }

  /** Takes in what came with the orders, as far as it is whole and wanted. Returns what is wanted still, and how many bytes it was. Throws
   * Breach. */
  acceptPushed(batch: Uint8Array, wants: Want[]): { wants: Want[]; bytes: number } {
    const wanted = new Map(wants.map((want) => [want.index, want]));
    for (const piece of readBatch(batch)) {
      const { index, bytes, digest } = piece;
      const isWhole = digest !== undefined && bytes.length === wanted.get(index)?.size &&
        bytes.length <= WHOLE_BYTES;
      if (!isWhole) continue;
      wanted.delete(index);
      const task = this.#tasks.get(index)!;
      this.#advance.piece(index, bytes.length);
      this.#guard(index, task, () => this.#receive(piece, task));
    }
    return { wants: [...wanted.values()], bytes: this.#advance.take() };
  }

  /** Marks a task of the chunk at hand as failed: its content is not asked for, since it could not be kept. */
  #hinder(index: number, why: HinderedTask) {
    this.failed.set(index, why.reason);
    this.hindered.set(index, why);
  }

  /** So many bytes of that task's content are here, as a part. */
  bytesHere(task: FileTask): number {
    if (task.new.size <= WHOLE_BYTES) return 0;
    const part = this.#partOf(task);
    return this.#held.get(part)?.staged.size ?? this.#sizeOf(part);
  }

  /** So many bytes are here in parts. */
  partBytes(): number {
    try {
      return this.parts().values().reduce((sum, bytes) => sum + bytes, 0);
    } catch {
      return 0; // What comes next into that folder tells what is wrong with it.
    }
  }

  #sizeOf(native: string): number {
    try {
      return this.disk.stat(native)?.size ?? 0;
    } catch {
      return 0;
    }
  }

  /** A native path beside the root where nothing is. */
  fresh(): string {
    return this.#at(`new-${this.#count++}`);
  }

  /** The content of that task is in place. */
  placed(index: number) {
    this.#discard(this.staged.get(index)!.native);
    // A part's name takes a digest of its path: not where nothing stays, as with most of what comes.
    if (this.#stays) {
      const part = this.#partOf(this.#tasks.get(index)!);
      this.#copies.delete(part);
      this.#held.delete(part);
    }
    this.staged.delete(index);
  }

  /** The content of that task cannot be put in place yet: it stays as it is until it can. */
  hold(index: number) {
    const task = this.#tasks.get(index)!;
    this.#held.set(this.#partOf(task), { staged: this.staged.get(index)!, task });
  }

  /** Where the content of that task is that was held; null where none is, or none that is still wanted. */
  heldAt(task: FileTask): string | null {
    return this.#heldFor(task)?.native ?? null;
  }

  #heldFor(task: FileTask): Staged | null {
    if (this.#held.size === 0) return null;
    const part = this.#partOf(task);
    const held = this.#held.get(part);
    if (!held) return null;
    const [{ digest, ...wanted }, came] = [task.new, held.task.new];
    const isSame = wanted.size === came.size && wanted.mtime === came.mtime &&
      wanted.executable === came.executable && (digest === "" || digest === held.staged.digest);
    if (isSame) return held.staged;
    this.#letGo(part);
    return null;
  }

  /** What was held is a part again, like any whole content that found no place. */
  #letGo(part: string) {
    const { staged, task } = this.#held.get(part)!;
    this.#held.delete(part);
    this.#putBy(staged.native, task);
  }

  /** Something stays beyond its chunk. */
  get #stays(): boolean {
    return this.#copies.size + this.#held.size > 0;
  }

  #isToStay(native: string, task: FileTask): boolean {
    if (!this.#stays) return false;
    const part = this.#partOf(task);
    return this.#copies.get(part)?.copy.native === native || this.#held.get(part)?.staged.native === native;
  }

  /** Ends the chunk. Small files that came and were not put in place are removed; of larger ones everything stays for later, and so do
   * copies of what is here. */
  end() {
    this.#toCopy = [];
    for (const [, { native, file, writer: _, ...progress }] of this.#receiving) {
      file.close();
      this.#paused.set(native, progress);
      this.#underWay = this.#surveys.get(native) ?? null;
    }
    this.#receiving.clear();
    for (const survey of this.#surveys.values()) survey.close();
    this.#unsurveyed = [];
    for (const [index, { native }] of this.staged) {
      const task = this.#tasks.get(index)!;
      if (!this.#isToStay(native, task)) this.#putBy(native, task);
    }
    this.staged.clear();
    this.failed.clear();
    this.unsupplied.clear();
    this.hindered.clear();
    this.#tasks.clear();
  }

  #receive(piece: Piece, task: FileTask) {
    const { index, bytes, digest } = piece;
    const ongoing = this.#receiving.get(index);
    if (!ongoing && digest !== undefined && bytes.length === task.new.size) {
      return this.#small(index, task, bytes, digest);
    }
    const receiving = ongoing ?? this.#open(task);
    this.#receiving.set(index, receiving);
    if (piece.held !== undefined) return this.#keep(receiving, piece, piece.held);
    if (receiving.offset + bytes.length > task.new.size) breach("more content than wanted");
    receiving.writer.write(bytes);
    receiving.hash.update(bytes);
    receiving.offset += bytes.length;
    if (digest === undefined) return;
    this.#receiving.delete(index);
    this.#forget(receiving.native);
    this.#check(receiving.hash.digest("hex"), digest, receiving.offset, task, receiving);
    // Under a name that does not outlive this run: a kill while it has its place in the root too must not leave a part that
    // is the user's own file.
    this.#finish(index, task, { from: receiving.native, file: receiving.file, digest, native: this.fresh() });
  }

  /** Takes over `length` bytes that are here, since the peer found them to be the same. */
  #keep(receiving: Receiving, { number }: Piece, length: number) {
    const survey = this.#surveys.get(receiving.native);
    const first = number ?? receiving.offset / fixedBytes(survey?.size ?? 0);
    if (!survey?.holds(first, length)) breach("content that is not here");
    if (receiving.offset + length > survey.size) breach("more content than wanted");
    for (const bytes of survey.read(first, length)) {
      receiving.writer.write(bytes);
      receiving.hash.update(bytes);
      receiving.offset += bytes.length;
    }
  }

  #small(index: number, task: FileTask, bytes: Uint8Array, digest: string) {
    const native = this.fresh();
    const file = this.disk.create(native);
    try {
      const own = createHash("sha256").update(bytes).digest("hex");
      this.#check(own, digest, bytes.length, task);
      new HoleWriter(file).write(bytes);
    } catch (error) {
      file.close();
      this.#discard(native);
      throw error;
    }
    this.#finish(index, task, { from: native, file, digest });
  }

  #check(own: string, sent: string, size: number, task: FileTask, receiving?: Receiving) {
    if (own === sent && size === task.new.size && (task.new.digest === "" || task.new.digest === own)) return;
    if (receiving) {
      receiving.file.close();
      this.#discard(receiving.native);
    }
    throw new Error("its content did not arrive as it was sent, and is fetched again");
  }

  /** The content is whole, and checked. */
  #finish(index: number, task: FileTask, { from, file, digest, native = from }: Written) {
    let stat: Stat;
    try {
      // A time that this disk cannot hold is lost: Windows refuses what is far beyond its calendar, other systems take the nearest they have.
      tryTo(() => file.setTime(task.new.mtime));
      stat = file.stat();
    } finally {
      file.close();
    }
    if (native !== from) this.disk.rename(from, native);
    if (task.new.executable) this.disk.setExecutable(native, true);
    const { size, mtime, id, born } = stat;
    this.staged.set(index, { native, size, mtime, id, born, digest });
  }

  #open(task: FileTask): Receiving {
    const native = this.#partOf(task);
    const { mtime } = task.new;
    if (!this.disk.stat(native)) {
      const file = this.disk.create(native);
      return { native, file, writer: new HoleWriter(file), hash: createHash("sha256"), offset: 0, mtime };
    }
    const file = this.disk.openToWrite(native);
    const paused = this.#paused.get(native) ?? { hash: createHash("sha256"), offset: 0, mtime };
    file.seek(paused.offset);
    return { native, file, writer: new HoleWriter(file, paused.offset, file.stat().size), ...paused };
  }

  /** From which byte on a file is wanted, and which blocks of it are here; null while the survey is not at its end. */
  #begun(
    task: FileTask,
    replaced: (task: FileTask) => Located | null,
    until: number,
  ): Pick<Want, "offset" | "part" | "blocks"> | null {
    const { size, mtime } = task.new;
    if (size <= WHOLE_BYTES) return { offset: 0, part: 0, blocks: NO_BLOCKS };
    const native = this.#partOf(task);
    const known = this.#surveys.get(native);
    if (known?.size !== size) {
      this.#forget(native);
      this.#clear(native, size);
    }
    let paused = this.#paused.get(native);
    if (paused && paused.mtime !== mtime) {
      this.#forget(native);
      paused = undefined;
    }
    const survey = this.#surveys.get(native) ??
      new Survey(this.disk, native, replaced(task), size, this.cuts);
    this.#surveys.set(native, survey);
    if (!survey.advance(until)) {
      this.#unsurveyed.push(survey);
      return null;
    }
    const part = this.disk.stat(native)?.size ?? 0;
    const blocks = this.cuts && survey === this.#underWay ? null : survey.blocks();
    return { offset: paused?.offset ?? 0, part, blocks };
  }

  /** What is left of a part is written over from its beginning: it must be no longer than what comes, and no file of the user, whose
   * second name it may be where a disk made one and said that it had not. */
  #clear(native: string, size: number) {
    const stat = this.disk.stat(native);
    if (stat && (stat.size > size || stat.links > 1)) this.#discard(native);
  }

  #forget(native: string) {
    this.#paused.delete(native);
    this.#surveys.get(native)?.close();
    this.#surveys.delete(native);
  }

  /** Named by the path alone: what is left of one content is of use for the next, and whatever becomes of a part is verified. */
  #partOf({ path }: FileTask): string {
    return this.#at(PART + partName(path));
  }

  /** Copies what is here until about that time; once it is whole it is staged. */
  #copy(index: number, task: FileTask, source: Located, until: number): "whole" | "begun" | "not here" {
    const part = this.#partOf(task);
    const { native, entry: { size, mtime, id, digest: known } } = source;
    const wanted = task.new.digest || known;
    const seen = `${native} ${mtime} ${id} ${wanted}`;
    const isRefused = task.source?.at !== "here" && this.#refused.get(part) === seen;
    if (size !== task.new.size || isRefused) return "not here";
    try {
      const copy = this.#copyOf(part, source);
      const digest = copy.advance(until);
      if (digest === null) return "begun";
      if (wanted === "" || wanted === digest) {
        const file = this.disk.openToWrite(copy.native);
        this.#finish(index, task, { from: copy.native, file, digest });
        copy.finished();
        return "whole";
      }
    } catch {
      // It is not here after all (moved, written, held open, no space): the peer has it too.
    }
    this.#dropCopy(part);
    this.#refused.set(part, seen);
    return "not here";
  }

  #copyOf(part: string, source: Located): Copying {
    const known = this.#copies.get(part);
    const { native, entry } = source;
    const isSame = known?.source.native === native && isSeenAlike(known.source.entry, entry);
    if (isSame && !known.copy.isSpoilt) return known.copy;
    this.#dropCopy(part);
    const copy = new Copying(this.disk, native, this.fresh());
    this.#copies.set(part, { source, copy });
    return copy;
  }

  #dropCopy(part: string) {
    const known = this.#copies.get(part);
    if (known) this.#discard(known.copy.native);
    this.#copies.delete(part);
  }

  /** Keeps whole content that found no place yet, as a part of which nothing is missing. */
  #putBy(native: string, task: FileTask) {
    if (task.new.size <= WHOLE_BYTES) return this.#discard(native);
    try {
      this.disk.rename(native, this.#partOf(task));
    } catch {
      this.#discard(native);
    }
  }

  #guard(index: number, task: FileTask, work: () => void) {
    try {
      work();
    } catch (error) {
      if (error instanceof Error && error.name === "Breach") throw error;
      const failure = describeFailure(error, task.new.name);
      this.#fail(index, failure.reason);
      // All of this is done on the root's own disk, wherever the content is to come to.
      if (failure.cause) {
        this.hindered.set(index, { ...failure, ...(failure.cause === "full" && { at: ROOT }) });
      }
    }
  }

  #fail(index: number, reason: string) {
    this.#abandon(index);
    this.failed.set(index, reason);
  }

  /** It comes again, from its beginning: what is here of it stays for that. */
  #abandon(index: number) {
    const receiving = this.#receiving.get(index);
    if (!receiving) return;
    receiving.file.close();
    this.#receiving.delete(index);
    this.#forget(receiving.native);
  }

  #discard(native: string) {
    try {
      this.disk.removeIfThere(native);
    } catch {
      // Windows may still list a name it is removing, or refuse while another program looks: it goes at the next start.
    }
  }

  #at(name: string): string {
    return `${this.directory}${this.disk.separator}${name}`;
  }
}

/** Every file below a tree by its digest: where content already is. */
export function byDigest(
  entry: Entry,
  native: string,
  separator: string,
  index = new Map<string, Located>(),
) {
  if (entry.kind === "file" && entry.digest !== "") index.set(entry.digest, { native, entry });
  else if (entry.kind === "directory") {
    for (const [name, child] of entry.children) {
      byDigest(child, `${native}${separator}${name}`, separator, index);
    }
  }
  return index;
}
