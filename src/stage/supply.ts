// The supplying side: reads wanted files into batches, digesting them on the way, and refuses what is no longer as planned.

import type { Amount } from "../core/event.ts";
import { createHash, type Hash } from "node:crypto";
import { type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { describeFailure, tryTo } from "../fs/failure.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "../scan/identity.ts";
import { BatchWriter, PASSED_BYTES, WHOLE_BYTES } from "../wire/batch.ts";
import type { Blocks } from "../wire/blocks.ts";
import { NO_BLOCKS } from "../wire/fixed_blocks.ts";
import type { Want } from "../wire/rows.ts";
import { Advance } from "./advance.ts";
import { BlockReader } from "./block_reader.ts";

/** A wanted file on this side; `path` as spelled. */
export interface Source {
  path: Path;
  native: string;
  seen: FileEntry;
}

/** Hears of what is found out on the way. */
export interface SupplyListener {
  /** A digest that was not known before, or is other than was known. */
  digest(source: Source, digest: string): void;
  /** A large file is begun to be sent; and has been. */
  begun(source: Source): void;
  sent(source: Source): void;
  /** The file is no longer as it was seen. */
  changed(source: Source): void;
  /** It cannot be read. */
  unread(source: Source): void;
}

/** How far a large file has come. */
interface SupplyProgress {
  source: Source;
  hash: Hash;
  /** How many bytes are digested; those that the other side has from earlier come first. */
  offset: number;
  /** Up to this offset it is known that the other side does not have the block. */
  differs: number;
}

/** A want, and what of it is known to be on the other side. */
type ToldWant = Want & { blocks: Blocks };

interface Streaming extends SupplyProgress {
  want: ToldWant;
  file: OpenFile;
  /** Reads it in blocks, where some were told of. */
  reader: BlockReader | null;
  /** What is read of the block at hand and not sent. */
  unsent: Uint8Array;
}

/** So many small files go in one batch at most: the other side writes these while the next are read. */
const MOST_IN_BATCH = 512;

/** How many interrupted large files are remembered. */
const MOST_PAUSED = 64;

export class Supplier {
  #wants: ToldWant[] = [];
  /** The want that was under way when the last wants ended: what was told of it is not told again. */
  #underWay: ToldWant | null = null;
  #packs = false;
  #next = 0;
  #streaming: Streaming | null = null;
  /** The hashes of large files whose streams were interrupted, the last one last: they go on where they stopped. */
  readonly #paused = new Map<Path, SupplyProgress>();
  #passed = 0;
  readonly #before = new Uint8Array(1 << 20);
  readonly #advance = new Advance();

  /** `find` gives what the last scan saw at a path. */
  constructor(
    private readonly disk: Disk,
    private readonly find: (path: Path) => Source | null,
    private readonly listener: SupplyListener,
  ) {}

  /** `packs`: who wants them knows content without its zeros. */
  begin(wants: Want[], packs: boolean) {
    this.pause();
    const before = this.#underWay;
    this.#underWay = null;
    this.#wants = wants.map((want) => ({ ...want, blocks: want.blocks ?? blocksTold(want, before) }));
    this.#packs = packs;
    this.#next = 0;
    this.#advance.begin(wants);
  }

  /** The next batch, or null when all wants are answered; one in which nothing is where only what the other side has was read. What has
   * changed since the last one is not sent to its end. */
  next(): Uint8Array | null {
    const batch = new BatchWriter(this.#packs, (index, length) => this.#advance.piece(index, length));
    this.#passed = 0;
    if (this.#streaming && !this.#isStill(this.#streaming)) this.#change(batch, this.#streaming);
    const end = Math.min(this.#wants.length, this.#next + MOST_IN_BATCH);
    while (this.#streaming || this.#next < end) {
      if (
        !(this.#streaming ? this.#more(batch, this.#streaming) : this.#one(batch, this.#wants[this.#next]!))
      ) break;
    }
    return batch.isEmpty && !this.#streaming ? null : batch.done();
  }

  /** A batch of those of these small files that are as they were seen, and how many bytes of content are in it; null where none is. Nobody
   * hears of the others: they are wanted again, by whoever does not get them. */
  push(wants: readonly Want[]): { batch: Uint8Array; bytes: number } | null {
    let bytes = 0;
    const batch = new BatchWriter(true, (_, length) => bytes += length);
    for (const want of wants) {
      const source = this.find(want.path);
      if (source && isAsPlanned(source.seen, want)) tryTo(() => this.#readAsSeen(batch, want, source));
    }
    return batch.isEmpty ? null : { batch: batch.done(), bytes };
  }

  /** How much further what is wanted comes with the last batch, in bytes. */
  advanced(): number {
    return this.#advance.take();
  }

  /** So much of the file at hand is to be read that the other side has from earlier; null: more of it is sent. */
  get toPass(): Amount | null {
    if (!this.#streaming) return null;
    const { want: { offset, part, size }, offset: at } = this.#streaming;
    const bytes = Math.min(Math.max(offset, part), size) - at;
    return bytes > 0 ? { files: 1, bytes } : null;
  }

  /** Stops in the middle: what was not supplied yet is wanted again later. */
  pause() {
    if (this.#streaming) {
      const { want, source, hash, offset, differs } = this.#streaming;
      this.#underWay = want;
      this.#streaming.file.close();
      this.#paused.set(source.path, { source, hash, offset, differs });
      this.#streaming = null;
      if (this.#paused.size > MOST_PAUSED) this.#paused.delete(this.#paused.keys().next().value!);
    }
    this.#wants = [];
  }

  /** Answers one want, or begins to. False when it does not fit into this batch any more. */
  #one(batch: BatchWriter, want: ToldWant): boolean {
    if (batch.room().length < Math.max(Math.min(want.size, WHOLE_BYTES), ROOM_FOR_REASON)) return false;
    this.#next++;
    const source = this.find(want.path);
    if (!source) {
      batch.fail(want.index, "it was moved or deleted, and is looked at again");
      return true;
    }
    if (!isAsPlanned(source.seen, want)) {
      batch.change(want.index);
      return true;
    }
    try {
      if (want.size <= WHOLE_BYTES) this.#whole(batch, want, source);
      else {
        this.#streaming = this.#open(want, source);
        if (!this.#isStill(this.#streaming)) this.#change(batch, this.#streaming);
      }
    } catch (error) {
      this.#fail(batch, want, source, describeFailure(error, source.seen.name).reason);
    }
    return true;
  }

  #whole(batch: BatchWriter, want: Want, source: Source) {
    if (this.#readAsSeen(batch, want, source)) return;
    batch.change(want.index);
    this.listener.changed(source);
  }

  /** Reads a small file. False where it is not as it was seen. */
  #readAsSeen(batch: BatchWriter, want: Want, source: Source): boolean {
    const file = this.disk.openToRead(source.native);
    try {
      const { hash, bytes, as } = readWhole(file, batch.room().subarray(0, want.size));
      if (bytes !== want.size || !isAsSeen(as, source.seen)) return false;
      this.#complete(batch, want, source, bytes, hash.digest("hex"));
      return true;
    } finally {
      file.close();
    }
  }

  #open(want: ToldWant, source: Source): Streaming {
    const file = this.disk.openToRead(source.native);
    const paused = this.#paused.get(source.path);
    this.#paused.delete(source.path);
    // What was read before must be of this very file: two files in one would have a digest that proves nothing.
    if (paused && isSeenAlike(paused.source.seen, source.seen) && paused.offset <= want.offset) {
      file.seek(paused.offset);
      return { ...paused, want, source, file, reader: null, unsent: NOTHING };
    }
    this.listener.begun(source);
    const progress = { hash: createHash("sha256"), offset: 0, differs: 0 };
    return { ...progress, want, source, file, reader: null, unsent: NOTHING };
  }

  /** Whether the file that is open, and what is at its path, are what was seen. */
  #isStill({ source: { native, seen }, file }: Streaming): boolean {
    try {
      const present = this.disk.stat(native);
      return present !== null && isAsSeen(present, seen) && isAsSeen(file.stat(), seen);
    } catch {
      return true; // Reading it tells what is wrong with it.
    }
  }

  #more(batch: BatchWriter, stream: Streaming): boolean {
    const room = batch.room();
    if (room.length < WHOLE_BYTES || this.#passed >= PASSED_BYTES) return false;
    const { want, source, file } = stream;
    try {
      if (this.#isBefore(batch, stream) || this.#isHeld(batch, stream)) return true;
      const count = readOn(stream, room);
      stream.hash.update(room.subarray(0, count));
      stream.offset += count;
      if (stream.offset < want.size && count > 0) {
        batch.add(want.index, count);
        return true;
      }
      if (stream.offset !== want.size || !isAsSeen(file.stat(), source.seen)) {
        this.#change(batch, stream);
        return true;
      }
      this.#complete(batch, want, source, count, stream.hash.digest("hex"));
      this.listener.sent(source);
    } catch (error) {
      this.#fail(batch, want, source, describeFailure(error, source.seen.name).reason);
    }
    this.#close(stream);
    return true;
  }

  /** Digests what the other side has from earlier, where its hash is not remembered any more. */
  #isBefore(batch: BatchWriter, stream: Streaming): boolean {
    const left = stream.want.offset - stream.offset;
    if (left <= 0) return false;
    const count = stream.file.read(this.#before.subarray(0, Math.min(this.#before.length, left)));
    stream.hash.update(this.#before.subarray(0, count));
    stream.offset += count;
    this.#passed += count;
    if (count === 0) this.#change(batch, stream);
    return true;
  }

  /** Passes over the next block, if the other side has it. */
  #isHeld(batch: BatchWriter, stream: Streaming): boolean {
    const { want: { index, blocks, size }, file, offset } = stream;
    if (blocks.count === 0 || offset < stream.differs) return false;
    stream.reader ??= new BlockReader(file, blocks, offset, size);
    const block = stream.reader.next();
    if (block.length === 0) return false; // Also where somebody tells the digest of nothing.
    this.#passed += block.length;
    const number = blocks.find(block, offset);
    if (number === null) {
      stream.unsent = block;
      stream.differs = offset + block.length;
      return false;
    }
    stream.hash.update(block);
    stream.offset += block.length;
    batch.hold(index, block.length, blocks.numbered ? number : undefined);
    return true;
  }

  /** Ends a file's stream because the file changed: it is not sent to its end. */
  #change(batch: BatchWriter, stream: Streaming) {
    batch.change(stream.want.index);
    this.#close(stream);
    this.listener.changed(stream.source);
  }

  #close({ file }: Streaming) {
    file.close();
    this.#streaming = null;
  }

  #complete(batch: BatchWriter, want: Want, source: Source, count: number, digest: string) {
    batch.add(want.index, count, digest);
    if (source.seen.digest !== digest) this.listener.digest(source, digest);
  }

  #fail(batch: BatchWriter, want: Want, source: Source, reason: string) {
    batch.fail(want.index, reason);
    this.listener.unread(source);
  }
}

/** Whether a file was not found to be another since. Of what did not change since both agreed on it the plan knows the time that it has on
 * the other side's disk, which need not hold the same times: there what is in it says so. */
function isAsPlanned(seen: FileEntry, { size, mtime, digest }: Want): boolean {
  return seen.size === size && (seen.mtime === mtime || digest !== "" && seen.digest === digest);
}

/** What was told of a file with the want before. */
function blocksTold({ path, size }: Want, before: ToldWant | null): Blocks {
  return before?.path === path && before.size === size ? before.blocks : NO_BLOCKS;
}

/** Reads on, into `room`: of the block that the other side does not have, where blocks were told of. Returns how many bytes. */
function readOn(stream: Streaming, room: Uint8Array): number {
  const { want: { blocks, size }, file, offset, differs, unsent } = stream;
  if (!stream.reader) {
    const most = (blocks.count === 0 ? size : differs) - offset;
    return file.read(room.subarray(0, Math.min(room.length, most)));
  }
  const bytes = unsent.subarray(0, room.length);
  room.set(bytes);
  stream.unsent = unsent.subarray(bytes.length);
  return bytes.length;
}

const NOTHING = new Uint8Array();

/** Bytes a batch must have left for a reason in words. */
const ROOM_FOR_REASON = 1024;

function readWhole(file: OpenFile, into: Uint8Array) {
  const bytes = readInto(file, into);
  return { hash: createHash("sha256").update(into.subarray(0, bytes)), bytes, as: file.stat() };
}

/** Fills a buffer as far as the file goes. */
function readInto(file: OpenFile, into: Uint8Array): number {
  let bytes = 0;
  while (bytes < into.length) {
    const count = file.read(into.subarray(bytes));
    if (count === 0) break;
    bytes += count;
  }
  return bytes;
}
