// Large files that are read again after a stop, a slice at a time between all other work of the root's worker. Until one is read to its
// end, nobody knows whether the stop damaged it, and nothing is planned for it (recovery.ts).

import { createHash, type Hash } from "node:crypto";
import { type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import type { ProofCounts } from "../core/event.ts";
import { MOST_FILES } from "../core/plan/safety.ts";
import type { Path } from "../core/tree/path.ts";
import { isAllZero } from "../core/zeros.ts";
import type { Disk, OpenFile } from "../fs/port.ts";
import { isAsSeen } from "../scan/identity.ts";

/** What is in a file. `blank`: nothing, or nothing but zeros; `at`: when the reading began, in ms. */
export interface ReadContent {
  digest: string;
  blank: boolean;
  at: number;
}

/** What it works on. */
export interface RereadingGround {
  disk: Disk;
  native: (path: Path) => string;
  /** Files of up to so many bytes are read at once, by whoever needs them. */
  readsAtOnce: number;
}

/** A file as far as it is read. `changed`: when anything about it had changed last, in ms. */
interface BegunReading {
  path: Path;
  seen: FileEntry;
  changed: number;
  hash: Hash;
  offset: number;
  blank: boolean;
  at: number;
}

/** A file to be read; `read`: how many of its bytes count as read. */
interface WantedReading {
  path: Path;
  seen: FileEntry;
  read: number;
}

/** A file that was read, as it was seen then. `changed`: when anything about it had changed last, in ms. */
interface ReadFile {
  seen: FileEntry;
  changed: number;
  /** Null: it could not be read to its end. */
  content: ReadContent | null;
}

/** Paths are as spelled. */
export class Rereading {
  /** What is to be read, the smallest last. */
  #queue: WantedReading[] = [];
  readonly #known = new Map<Path, ReadFile>();
  #begun: BegunReading | null = null;
  /** Of all that was wanted. */
  #howFar: ProofCounts = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
  readonly #buffer = new Uint8Array(1 << 20);

  constructor(private readonly ground: RereadingGround) {}

  /** Something is still to be read. */
  get waits(): boolean {
    return this.#queue.length > 0;
  }

  /** Of so many files that are read none counts before all are: else what was rewritten while the program was stopped would be few files
   * at a time, and nobody would be asked about it (S1). */
  get isOfMany(): boolean {
    return this.waits && this.#howFar.ofFiles > MOST_FILES;
  }

  isLarge({ size }: FileEntry): boolean {
    return size > this.ground.readsAtOnce;
  }

  /** Whether what is in a file, as it was seen, is known, or cannot be: then whoever tries to read it hears why. */
  isRead(path: Path, seen: FileEntry): boolean {
    const known = this.#known.get(path);
    if (!known || !isSeenAlike(known.seen, seen)) return false;
    if (
      known.content === null || this.ground.disk.stat(this.ground.native(path))?.changed === known.changed
    ) {
      return true;
    }
    this.#known.delete(path);
    return false;
  }

  /** What is in a file that was read, as it was seen. */
  contentOf(path: Path, seen: FileEntry): ReadContent | null {
    const known = this.#known.get(path);
    return known && isSeenAlike(known.seen, seen) ? known.content : null;
  }

  want(path: Path, seen: FileEntry) {
    const known = this.#queue.find((wanted) => wanted.path === path);
    if (known) {
      known.seen = seen;
      return;
    }
    this.#howFar.ofFiles++;
    this.#howFar.ofBytes += seen.size;
    this.#queue.push({ path, seen, read: 0 });
    this.#queue.sort((one, other) => other.seen.size - one.seen.size);
  }

  /** Reads on for about `ms`, at least a little. Returns how far it has come, and how many files were done with. */
  slice(ms: number): { howFar: ProofCounts; done: number } {
    const until = performance.now() + ms;
    let done = 0;
    for (let next = this.#queue.at(-1); next; next = this.#queue.at(-1)) {
      const { path, seen } = next;
      const content = this.#attempt(path, seen, until);
      if (content === "unread") {
        this.#advance(next, this.#begun!.offset);
        break;
      }
      this.#advance(next, seen.size);
      if (content !== "changed") this.#known.set(path, { seen, changed: this.#begun?.changed ?? 0, content });
      this.#begun = null;
      this.#queue.pop();
      this.#howFar.files++;
      done++;
      if (performance.now() >= until) break;
    }
    return { howFar: { ...this.#howFar }, done };
  }

  /** What is begun anew counts as read until that is read again: how far it is never falls back. */
  #advance(wanted: WantedReading, read: number) {
    const more = Math.max(0, Math.min(read, wanted.seen.size) - wanted.read);
    wanted.read += more;
    this.#howFar.bytes += more;
  }

  /** Null: it cannot be read. */
  #attempt(path: Path, seen: FileEntry, until: number): ReadContent | "unread" | "changed" | null {
    try {
      const file = this.ground.disk.openToRead(this.ground.native(path));
      try {
        return this.#readOn(path, seen, file, until);
      } finally {
        file.close();
      }
    } catch {
      return null;
    }
  }

  #readOn(path: Path, seen: FileEntry, file: OpenFile, until: number): ReadContent | "unread" | "changed" {
    const { changed } = file.stat();
    let begun = this.#begun;
    if (begun?.path === path && isSeenAlike(begun.seen, seen) && begun.changed === changed) {
      file.seek(begun.offset);
    } else {begun = {
        path,
        seen,
        changed,
        hash: createHash("sha256"),
        offset: 0,
        blank: true,
        at: Date.now(),
      };}
    this.#begun = begun;
    for (;;) {
      const read = this.#buffer.subarray(0, file.read(this.#buffer));
      const stat = file.stat();
      if (!isAsSeen(stat, seen) || stat.changed !== changed) return "changed";
      if (read.length === 0) return { digest: begun.hash.digest("hex"), blank: begun.blank, at: begun.at };
      begun.hash.update(read);
      begun.blank &&= isAllZero(read);
      begun.offset += read.length;
      if (performance.now() >= until) return "unread";
    }
  }
}
