// Files that are read again whatever is known of them: at once what takes a moment, all else a slice at a time between all other work
// of the root's worker. What was read is told for as long as the file is as it was then.

import { type FileEntry, isSeenAlike } from "../core/entry.ts";
import type { Path } from "../core/path.ts";
import type { Disk } from "../fs/port.ts";
import { SlicedReading } from "../scan/sliced.ts";
import { AtOnce } from "./at_once.ts";
import type { ProofCounts } from "./event.ts";

/** What is in a file that was read; `blank`: nothing, or nothing but zeros. */
export interface Content {
  digest: string;
  blank: boolean;
}

export class Rereading {
  #waiting = new Map<Path, SlicedReading>();
  /** What the disk said of files that cannot be read, until that is asked. */
  readonly #failed = new Map<Path, unknown>();
  #isSorted = true;
  readonly #read = new Map<Path, { seen: FileEntry; changed: number; content: Content }>();
  #atOnce = new AtOnce();
  /** Of what waited since nothing did; bytes of files that are done with. */
  #howFar: ProofCounts = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };

  constructor(private readonly disk: Disk, private readonly native: (path: Path) => string) {}

  /** From now on a moment may be taken again. */
  begin() {
    this.#atOnce = new AtOnce();
  }

  /** Whether that file is still to be read. */
  isWaiting(path: Path): boolean {
    return this.#waiting.has(path);
  }

  /** What is in a file that was seen so; `isUrgent`: however long that takes. "reading": that is found out in slices; "changing": it is
   * not as it was seen. Throws what the disk throws. */
  of(path: Path, seen: FileEntry, isUrgent: boolean): Content | "reading" | "changing" {
    const known = this.#read.get(path);
    if (
      known && isSeenAlike(known.seen, seen) && this.disk.stat(this.native(path))?.changed === known.changed
    ) {
      return known.content;
    }
    const begun = this.#waiting.get(path);
    if (begun && isSeenAlike(begun.seen, seen)) return "reading";
    this.#drop(path);
    this.#throwFailure(path);
    const until = isUrgent ? Infinity : this.#atOnce.until(seen.size);
    const reading = new SlicedReading(this.disk, this.native(path), seen);
    const came = until === null ? "more" : reading.advance(until);
    if (came === "other") return "changing";
    if (came === "end") return this.#note(path, reading);
    this.#wait(path, reading);
    return "reading";
  }

  /** Nothing that was read need be known any more. */
  forget() {
    this.#read.clear();
  }

  /** Reads on until about that time. Returns the files that are done with: read, or to be looked at anew. */
  slice(until: number): Path[] {
    const done: Path[] = [];
    this.#sort();
    for (const [path, reading] of this.#waiting) {
      if (!this.#isDone(path, reading, until)) break;
      this.#drop(path);
      done.push(path);
      if (performance.now() >= until) break;
    }
    return done;
  }

  get howFar(): ProofCounts {
    const under = this.#waiting.values().reduce((sum, { offset }) => sum + offset, 0);
    return { ...this.#howFar, bytes: Math.min(this.#howFar.ofBytes, this.#howFar.bytes + under) };
  }

  /** Whether any is still to be read. */
  get reads(): boolean {
    return this.#waiting.size > 0;
  }

  /** The smallest first. */
  #sort() {
    if (this.#isSorted) return;
    this.#isSorted = true;
    this.#waiting = new Map([...this.#waiting].sort(([, one], [, other]) => one.seen.size - other.seen.size));
  }

  #isDone(path: Path, reading: SlicedReading, until: number): boolean {
    try {
      const came = reading.advance(until);
      if (came === "end") this.#note(path, reading);
      return came !== "more";
    } catch (error) {
      this.#failed.set(path, error);
      return true;
    }
  }

  #throwFailure(path: Path) {
    if (!this.#failed.has(path)) return;
    const failure = this.#failed.get(path);
    this.#failed.delete(path);
    throw failure;
  }

  #note(path: Path, reading: SlicedReading): Content {
    const { seen, blank } = reading;
    const content = { digest: reading.digest(), blank };
    const changed = this.disk.stat(this.native(path))?.changed ?? 0;
    this.#read.set(path, { seen, changed, content });
    return content;
  }

  #wait(path: Path, reading: SlicedReading) {
    if (!this.reads) this.#howFar = { files: 0, bytes: 0, ofFiles: 0, ofBytes: 0 };
    this.#waiting.set(path, reading);
    this.#isSorted = false;
    this.#howFar.ofFiles++;
    this.#howFar.ofBytes += reading.seen.size;
  }

  #drop(path: Path) {
    const reading = this.#waiting.get(path);
    if (!reading) return;
    this.#waiting.delete(path);
    this.#howFar.files++;
    this.#howFar.bytes += reading.seen.size;
  }
}
