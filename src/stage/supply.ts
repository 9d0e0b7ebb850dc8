// The supplying side: reads wanted files into batches, digesting them on the way, and refuses what is no longer as planned.

import { createHash, type Hash } from "node:crypto";
import { type FileEntry, isSeenAlike } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { digestFrom } from "../scan/digest.ts";
import { isAsSeen } from "../scan/identity.ts";
import { BatchWriter, WHOLE_BYTES } from "../wire/batch.ts";
import type { Want } from "../wire/rows.ts";

/** A wanted file on this side; `path` as spelled. */
export interface Source {
  path: Path;
  native: string;
  seen: FileEntry;
}

/** Hears of what is found out on the way. */
export interface SupplyListener {
  /** A digest that was not known before. */
  digest(source: Source, digest: string): void;
  /** The file is no longer as it was seen, or cannot be read. */
  changed(source: Source): void;
}

interface Streaming {
  want: Want;
  source: Source;
  file: OpenFile;
  hash: Hash;
  offset: number;
}

export class Supplier {
  #wants: Want[] = [];
  #next = 0;
  #streaming: Streaming | null = null;
  /** The hash of a large file whose stream was interrupted: it goes on where it stopped. */
  #paused: Streaming | null = null;

  /** `find` gives what the last scan saw at a path. */
  constructor(
    private readonly disk: Disk,
    private readonly find: (path: Path) => Source | null,
    private readonly listener: SupplyListener,
  ) {}

  begin(wants: Want[]) {
    this.pause();
    this.#wants = wants;
    this.#next = 0;
  }

  /** The next batch, or null when all wants are answered. */
  next(): Uint8Array | null {
    const batch = new BatchWriter();
    while (this.#streaming || this.#next < this.#wants.length) {
      if (
        !(this.#streaming ? this.#more(batch, this.#streaming) : this.#one(batch, this.#wants[this.#next]!))
      ) break;
    }
    return batch.isEmpty ? null : batch.done();
  }

  /** Stops in the middle: what was not supplied yet is wanted again later. */
  pause() {
    if (this.#streaming) {
      this.#streaming.file.close();
      this.#paused = this.#streaming;
      this.#streaming = null;
    }
    this.#wants = [];
  }

  /** Answers one want, or begins to. False when it does not fit into this batch any more. */
  #one(batch: BatchWriter, want: Want): boolean {
    if (batch.room().length < Math.max(Math.min(want.size, WHOLE_BYTES), ROOM_FOR_REASON)) return false;
    this.#next++;
    const source = this.find(want.path);
    if (!source || source.seen.size !== want.size || source.seen.mtime !== want.mtime) {
      batch.fail(want.index, CHANGED);
      return true;
    }
    try {
      if (want.size <= WHOLE_BYTES) this.#whole(batch, want, source);
      else this.#streaming = this.#open(want, source);
    } catch (error) {
      this.#fail(batch, want, source, describeFailure(error, source.seen.name).reason);
    }
    return true;
  }

  #whole(batch: BatchWriter, want: Want, source: Source) {
    const file = this.disk.openToRead(source.native);
    try {
      const { hash, bytes, as } = readWhole(file, batch.room().subarray(0, want.size));
      if (bytes !== want.size || !isAsSeen(as, source.seen)) return this.#fail(batch, want, source, CHANGED);
      this.#complete(batch, want, source, bytes, hash.digest("hex"));
    } finally {
      file.close();
    }
  }

  #open(want: Want, source: Source): Streaming {
    const file = this.disk.openToRead(source.native);
    const paused = this.#paused;
    this.#paused = null;
    // What was read before must be of this very file: two files in one would have a digest that proves nothing.
    if (
      paused?.source.path === source.path && isSeenAlike(paused.source.seen, source.seen) &&
      paused.offset === want.offset
    ) {
      file.seek(want.offset);
      return { ...paused, want, source, file };
    }
    const { hash } = digestFrom(file, want.offset);
    return { want, source, file, hash, offset: want.offset };
  }

  #more(batch: BatchWriter, stream: Streaming): boolean {
    const room = batch.room();
    if (room.length < WHOLE_BYTES) return false;
    const { want, source, file } = stream;
    try {
      const count = file.read(room.subarray(0, Math.min(room.length, want.size - stream.offset)));
      stream.hash.update(room.subarray(0, count));
      stream.offset += count;
      if (stream.offset < want.size && count > 0) {
        batch.add(want.index, count);
        return true;
      }
      if (stream.offset !== want.size || !isAsSeen(file.stat(), source.seen)) {
        this.#fail(batch, want, source, CHANGED);
      } else this.#complete(batch, want, source, count, stream.hash.digest("hex"));
    } catch (error) {
      this.#fail(batch, want, source, describeFailure(error, source.seen.name).reason);
    }
    file.close();
    this.#streaming = null;
    return true;
  }

  #complete(batch: BatchWriter, want: Want, source: Source, count: number, digest: string) {
    batch.add(want.index, count, digest);
    if (source.seen.digest === "") this.listener.digest(source, digest);
  }

  #fail(batch: BatchWriter, want: Want, source: Source, reason: string) {
    batch.fail(want.index, reason);
    this.listener.changed(source);
  }
}

const CHANGED = "it changed while it was being sent, and is sent again";
/** Bytes a batch must have left for a reason in words. */
const ROOM_FOR_REASON = 1024;

function readWhole(file: OpenFile, into: Uint8Array) {
  let bytes = 0;
  while (bytes < into.length) {
    const count = file.read(into.subarray(bytes));
    if (count === 0) break;
    bytes += count;
  }
  return { hash: createHash("sha256").update(into.subarray(0, bytes)), bytes, as: file.stat() };
}
