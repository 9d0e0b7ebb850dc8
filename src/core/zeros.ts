// Runs of zeros in content: what need not be sent, and what a disk may keep as a hole.

/** Zeros are looked for in pages of a file: disks keep holes in whole ones. */
export const PAGE_BYTES = 4096;

/** Bytes from `start` to `end`, which are zeros alone, or may be anything. */
export interface ZeroRun {
  /** In `bytes`, from 0. */
  start: number;
  /** Just behind the last. */
  end: number;
  /** Nothing but zeros; else anything, zeros within a page included. */
  isZero: boolean;
}

/** `bytes` as runs, in order. They lie from `offset` on in their file; what they have of a page counts as a page. */
export function* runsOf(bytes: Uint8Array, offset = 0): Generator<ZeroRun> {
  let run: ZeroRun | undefined;
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + PAGE_BYTES - (offset + start) % PAGE_BYTES);
    const isZero = isAllZero(bytes, start, end);
    if (run?.isZero === isZero) run.end = end;
    else {
      if (run) yield run;
      run = { start, end, isZero };
    }
    start = end;
  }
  if (run) yield run;
}

/** Whether there is nothing but zeros from `start` to `end`. Content that is none is told by its first bytes. */
export function isAllZero(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  const aligned = start + (-(bytes.byteOffset + start) & 3);
  if (firstOther(bytes, start, Math.min(end, aligned)) >= 0) return false;
  if (aligned >= end) return true;
  const count = (end - aligned) >> 2;
  const fours = new Uint32Array(bytes.buffer, bytes.byteOffset + aligned, count);
  return firstOther(fours, 0, count) < 0 && firstOther(bytes, aligned + count * 4, end) < 0;
}

/** Where between `start` and `end` the first is that is not 0; -1 where there is none. */
function firstOther(numbers: Uint8Array | Uint32Array, start: number, end: number): number {
  for (let at = start; at < end; at++) if (numbers[at] !== 0) return at;
  return -1;
}
