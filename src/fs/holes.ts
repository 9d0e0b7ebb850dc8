// Content written so that runs of zeros take no room, where the disk keeps holes.

import { isAllZero, runsOf } from "../core/zeros.ts";
import type { OpenFile } from "./port.ts";

/** Writes a file from one place on. As far as it has come, the file is whole. */
export class HoleWriter {
  #keepsHoles = true;

  /** `file` is open for reading and writing, stands at `at`, and has `end` bytes: from there on they are written over. */
  constructor(private readonly file: OpenFile, private at = 0, private end = 0) {}

  write(bytes: Uint8Array) {
    for (const { start, end, isZero } of runsOf(bytes, this.at)) {
      const run = bytes.subarray(start, end);
      if (isZero && this.#keepsHoles) this.#pass(run);
      else this.file.write(run);
      this.at += run.length;
      this.end = Math.max(this.end, this.at);
    }
  }

  /** Leaves zeros out. What is there already may be a hole, too, and stays one. */
  #pass(zeros: Uint8Array) {
    const there = zeros.subarray(0, Math.max(0, this.end - this.at));
    if (there.length > 0 && !this.#hasZeros(there.length)) {
      this.file.seek(this.at);
      this.file.write(there);
    }
    const after = this.at + zeros.length;
    // At once, not at the next write: a disk without holes is not to have all of them to write in one call.
    if (after > this.end) this.#keepsHoles = this.file.extend(after);
    this.file.seek(after);
  }

  #hasZeros(length: number): boolean {
    const there = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const count = this.file.read(there.subarray(done));
      if (count === 0) return false;
      done += count;
    }
    return isAllZero(there);
  }
}
