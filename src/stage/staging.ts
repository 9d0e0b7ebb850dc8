// The receiving side: gets the content of tasks beside the root, from here where it is here, else from the batches of the peer.
// Invariant: what is listed as staged is whole, and has the digest its task asks for.

import { createHash, type Hash } from "node:crypto";
import type { Entry, FileEntry } from "../core/entry.ts";
import type { Task } from "../core/plan.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, OpenFile, Stat } from "../fs/port.ts";
import { digestFrom, textDigest } from "../scan/digest.ts";
import { type Piece, readBatch, WHOLE_BYTES } from "../wire/batch.ts";
import type { Want } from "../wire/rows.ts";
import { breach } from "../wire/shape.ts";

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
const PARTS_KEPT_MS = 7 * 24 * 3600 * 1000;

interface Receiving {
  native: string;
  file: OpenFile;
  hash: Hash;
  offset: number;
}

/** A task that wants content. */
export type FileTask = Task & { new: FileEntry };

export function wantsContent(task: Task): task is FileTask {
  if (task.new?.kind !== "file") return false;
  const { old, new: entry } = task;
  return !(old?.kind === "file" && old.digest !== "" && old.digest === entry.digest);
}

export class Staging {
  readonly staged = new Map<number, Staged>();
  readonly failed = new Map<number, string>();
  /** Those of them that failed where the content comes from. */
  readonly unsupplied = new Set<number>();
  #tasks = new Map<number, FileTask>();
  #receiving = new Map<number, Receiving>();
  #count = 0;
  /** Hashes of partly received large files, by native path. */
  #paused = new Map<string, { hash: Hash; offset: number }>();

  /** Takes `directory` over, made where it is missing: what an earlier run left goes, but for parts of large files. */
  constructor(private readonly disk: Disk, private readonly directory: string) {
    disk.makeDirectories(directory);
    const oldest = Date.now() - PARTS_KEPT_MS;
    for (const name of disk.list(directory)) {
      const isPart = name.startsWith("part-") && (disk.stat(this.#at(name))?.mtime ?? 0) > oldest;
      if (!isPart) this.#discard(this.#at(name));
    }
  }

  /** Begins a chunk of tasks, numbered as in its order. Copies what is here; returns what the peer must supply,
   * in the order in which it should come. `here` gives a file of this side that should hold a task's content. */
  begin(
    tasks: [number, Task][],
    here: (task: FileTask) => { native: string; entry: FileEntry } | null,
  ): Want[] {
    this.end();
    const wants: Want[] = [];
    for (const [index, task] of tasks) {
      if (!wantsContent(task)) continue;
      this.#tasks.set(index, task);
      const source = here(task);
      if (source && this.#copy(index, task, source)) continue;
      if (task.source?.at === "here") {
        this.failed.set(index, "its content changed meanwhile");
        continue;
      }
      const { size, mtime } = task.new;
      wants.push({ index, path: task.source?.path ?? task.path, size, mtime, offset: this.#offset(task) });
    }
    return wants;
  }

  /** Takes a batch in. Throws Breach where it does not answer a want. */
  accept(batch: Uint8Array) {
    for (const piece of readBatch(batch)) {
      const task = this.#tasks.get(piece.index);
      if (!task || this.staged.has(piece.index)) breach("content that nobody wanted");
      if (piece.failed !== undefined) {
        this.#fail(piece.index, piece.failed);
        this.unsupplied.add(piece.index);
      } else if (!this.failed.has(piece.index)) {
        this.#guard(piece.index, task, () => this.#receive(piece, task));
      }
    }
  }

  /** A native path beside the root where nothing is. */
  fresh(): string {
    return this.#at(`new-${this.#count++}`);
  }

  /** The content of that task is in place. */
  placed(index: number) {
    this.#discard(this.staged.get(index)!.native);
    this.staged.delete(index);
  }

  /** Ends the chunk. Small files that were not put in place are removed; of larger ones everything stays for later. */
  end() {
    for (const [, { native, file, hash, offset }] of this.#receiving) {
      file.close();
      this.#paused.set(native, { hash, offset });
    }
    this.#receiving.clear();
    for (const [index, { native }] of this.staged) this.#putBy(native, this.#tasks.get(index)!);
    this.staged.clear();
    this.failed.clear();
    this.unsupplied.clear();
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
    receiving.file.write(bytes);
    receiving.hash.update(bytes);
    receiving.offset += bytes.length;
    if (receiving.offset > task.new.size) breach("more content than wanted");
    if (digest === undefined) return;
    this.#receiving.delete(index);
    this.#paused.delete(receiving.native);
    this.#check(receiving.hash.digest("hex"), digest, receiving.offset, task, receiving);
    // Under a name that does not outlive this run: a kill while it has its place in the root too must not leave a part that
    // is the user's own file.
    this.#finish(index, task, receiving.native, receiving.file, digest, this.fresh());
  }

  #small(index: number, task: FileTask, bytes: Uint8Array, digest: string) {
    const native = this.fresh();
    const file = this.disk.create(native);
    try {
      const own = createHash("sha256").update(bytes).digest("hex");
      this.#check(own, digest, bytes.length, task);
      file.write(bytes);
    } catch (error) {
      file.close();
      this.#discard(native);
      throw error;
    }
    this.#finish(index, task, native, file, digest);
  }

  #check(own: string, sent: string, size: number, task: FileTask, receiving?: Receiving) {
    if (own === sent && size === task.new.size && (task.new.digest === "" || task.new.digest === own)) return;
    if (receiving) {
      receiving.file.close();
      this.#discard(receiving.native);
    }
    throw new Error("its content did not arrive as it was sent, and is fetched again");
  }

  #finish(index: number, task: FileTask, from: string, file: OpenFile, digest: string, native = from) {
    let stat: Stat;
    try {
      file.setTime(task.new.mtime);
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
    const paused = this.#paused.get(native);
    if (!this.disk.stat(native)) {
      return { native, file: this.disk.create(native), hash: createHash("sha256"), offset: 0 };
    }
    const file = this.disk.openToWrite(native);
    if (paused) {
      file.seek(paused.offset);
      return { native, file, ...paused };
    }
    const { hash, bytes } = digestFrom(file);
    return { native, file, hash, offset: bytes };
  }

  #offset(task: FileTask): number {
    if (task.new.size <= WHOLE_BYTES) return 0;
    const native = this.#partOf(task);
    const offset = this.#paused.get(native)?.offset ?? this.disk.stat(native)?.size ?? 0;
    if (offset <= task.new.size) return offset;
    this.#discard(native);
    return 0;
  }

  /** Not named by the digest, which the peer often learns only while it sends: whatever becomes of a part is verified. */
  #partOf({ path, new: { size, mtime } }: FileTask): string {
    return this.#at(`part-${textDigest(`${path}\0${size}\0${mtime}`).slice(0, 32)}`);
  }

  #copy(index: number, task: FileTask, { native, entry }: { native: string; entry: FileEntry }): boolean {
    const wanted = task.new.digest || entry.digest;
    const copy = this.fresh();
    try {
      const file = this.disk.create(copy);
      const { bytes, digest } = this.#copyInto(file, native);
      if (bytes === task.new.size && (wanted === "" || wanted === digest)) {
        this.#finish(index, task, copy, file, digest);
        return true;
      }
      file.close();
    } catch {
      // It is not here after all (moved, held open, no space): the peer has it too.
    }
    this.#discard(copy);
    return false;
  }

  /** Content alone: whatever else the file there carries, a mode that forbids writing among it, stays its own. */
  #copyInto(file: OpenFile, native: string): { bytes: number; digest: string } {
    try {
      const source = this.disk.openToRead(native);
      try {
        const { hash, bytes } = digestFrom(source, Infinity, (read) => file.write(read));
        return { bytes, digest: hash.digest("hex") };
      } finally {
        source.close();
      }
    } catch (error) {
      file.close();
      throw error;
    }
  }

  /** Keeps whole content that found no place yet, as a part of which nothing is missing. */
  #putBy(native: string, task: FileTask) {
    if (task.new.size <= WHOLE_BYTES || task.source?.at === "here") return this.#discard(native);
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
      this.#fail(index, describeFailure(error, task.new.name).reason);
    }
  }

  #fail(index: number, reason: string) {
    const receiving = this.#receiving.get(index);
    if (receiving) {
      receiving.file.close();
      this.#receiving.delete(index);
      this.#paused.delete(receiving.native);
      this.#discard(receiving.native);
    }
    this.failed.set(index, reason);
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

/** A file of this side. */
export interface Located {
  native: string;
  entry: FileEntry;
}
