// What it means when a file holds other content than it is known to hold, though its size, its times and its number say that
// nothing happened: somebody's work that nobody saw, a disk that lost bits, or a wrong digest of ours.
//
// What can be known: whoever writes through the file system, and then sets the time back, leaves the time of the last change of any
// kind (ctime) behind, which nobody can set. A disk that loses bits leaves all times as they were. So:
//   - content that another archive of this root agreed on is what the disk had all the time: the digest was wrong;
//   - a file touched since its content was last known for certain was edited. A touch counts for itself: the write that gave the
//     file its time is none, nor is our own putting in place;
//   - anything else, and zeros alone, is nobody's work. So it is where the system tells no such time: in doubt nothing is sent.
// A wrong digest that both sides hold looks like a bad disk on each: only what the peer's file holds tells (session/proofs.ts).

import type { Path } from "./tree/path.ts";

/** A file that holds content nobody wrote there: by its path and digest. */
export interface Doubt {
  /** In the compared form. */
  path: Path;
  /** Its digest. */
  content: string;
}

/** edit: nobody saw it; disk: nobody wrote it; digest: ours was wrong. */
export type Verdict = "edit" | "disk" | "digest";

/** A file whose content is not what it is known to be. Times are in ms. */
export interface Unlike {
  /** The digest of what it holds now. */
  content: string;
  /** It holds nothing but zeros. */
  blank: boolean;
  /** The date the content was given. */
  mtime: number;
  /** When anything about it changed last, in whole seconds; 0 where the system does not tell. */
  changed: number;
  /** What is agreed there, with each peer that has agreed on a file there. */
  agreed: readonly string[];
  /** Until then all that was done to it is known. */
  known: number;
}

/** Systems count in ticks, of two seconds at most: a write and the time it gave are this near. */
const TICK_MS = 2000;

/** What it means that it is unlike what is known: see the top of this file. */
export function judgeContent({ content, blank, mtime, changed, agreed, known }: Unlike): Verdict {
  if (agreed.includes(content)) return "digest";
  const isWritten = Math.abs(changed - mtime) < TICK_MS;
  return blank || isWritten || changed <= known ? "disk" : "edit";
}
