// Large files that are read again after a stop, a slice at a time between all other work of the root's worker. Until one is read to its
// end, nobody knows whether the stop damaged it, and nothing is planned for it (recovery.ts).

import { type FileEntry, isSeenAlike } from "../core/tree/entry.ts";
import type { ProofCounts } from "../core/event.ts";
import { MOST_FILES } from "../core/plan/safety.ts";
import type { Path } from "../core/tree/path.ts";
import type { Disk } from "../fs/port.ts";
import { BegunDigest, type ReadContent } from "../scan/begun_digest.ts";

/** What it works on. */
export interface RereadingGround {
  disk: Disk;
  native: (path: Path) => string;
  /** Files of up to so many bytes are read at once, by whoever needs them. */
  readsAtOnce: number;
}

/** A file to be read; `read`: how many of its bytes count as read. */
interface WantedReading {
  path: Path;
  seen: FileEntry;
  read: number;
}

/** A file that was read, as it was seen then. Its content is null where it could not be read to its end. */
interface ReadFile {
  seen: FileEntry;
  content: ReadContent | null;
}

/** Paths are as spelled. */
export class Rereading {
  /** What is to be read, the smallest last. */
  #queue: WantedReading[] = [];
  readonly #known = new Map<Path, ReadFile>();
  #begun: { path: Path; digest: BegunDigest } | null = null;
  /** Of all that was wanted. */
  #howFar: ProofCounts = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };

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
    const { content } = known;
    if (!content || this.ground.disk.stat(this.ground.native(path))?.changed === content.changed) return true;
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
        this.#advance(next, this.#begun!.digest.bytes);
        break;
      }
      this.#advance(next, seen.size);
      if (content !== "changed") this.#known.set(path, { seen, content });
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
    if (this.#begun?.path !== path || !this.#begun.digest.isOf(seen)) {
      this.#begun = { path, digest: new BegunDigest(this.ground.disk, this.ground.native(path), seen) };
    }
    try {
      return this.#begun.digest.advance(until);
    } catch {
      return null;
    }
  }
}
