// What a transition put in place and the disk may not hold yet (docs/decisions/durability.md): found again after an unclean stop, it is
// whole, or damaged by the stop, or a person's work. Damage is fetched again; it is never taken for an edit or a deletion.

import { type Entry, knownDigest } from "./tree/entry.ts";
import type { Path } from "./tree/path.ts";
import { emptyPlan, type Plan } from "./plan/plan.ts";

/** What is at a path: the digest of a file or link, "directory", null for nothing. */
export type Content = string | null;

/** Something that was at a path before. `mtime` is that of a file; `placed`: when it was put there, where it was never proved. */
export interface Former {
  /** The digest of a file or link, or "directory". */
  content: string;
  /** In ms; 0 where there was no file. */
  mtime: number;
  /** In ms, by this machine's clock. */
  placed?: number;
}

/** A path a transition changed. `path` is in the compared form; `size`, `mtime`, `id` and `born` are those of the file put there;
 * `formers`: what was there since the path was last proved, the latest last: a power cut can bring any of it back; `placed`: when, by this
 * machine's clock, in ms. */
export interface Placing {
  /** In the compared form of its pair. */
  path: Path;
  /** What was put there; null: it was removed. */
  expected: Content;
  /** Empty where nothing was there, or it was proved. */
  formers: readonly Former[];
  /** In bytes; 0 for what is no file. */
  size: number;
  /** In ms; 0 for what is no file. */
  mtime: number;
  /** The file's ID; 0 where not known. */
  id: number;
  /** 0 where the disk does not say when files were made. */
  born: number;
  /** In ms, by this machine's clock; just before it was done. */
  placed: number;
}

/** What is found at such a path. `blank`: a file that is empty or holds nothing but zeros. */
export interface Found {
  /** The digest of a file or link, or "directory". */
  content: string;
  /** A plain file: neither a folder nor a link. */
  isFile: boolean;
  /** So a power cut leaves files whose content had not come to the disk. */
  blank: boolean;
  /** In ms. */
  mtime: number;
  /** By its number it is another file than was put there. */
  isAnother: boolean;
  /** Known as the whole content of some other file, and not blank: no torn file holds that. */
  isWhole: boolean;
}

/** A file that is saved again and again is proved only when it rests. So many formers are remembered: the first, which is on the
 * disk for certain, and the latest. */
const MOST_FORMERS = 32;

/** Staged content gets its time last. Where the stop took that back, the time is that of our writing, this long before at most. */
const WRITTEN_WITHIN_MS = 10_000;

/** What became of a placing; "edited": something else is there by now, or nothing. */
export type Judgement = "whole" | "damaged" | "edited";

/** `namesLost`: a power cut may have taken names back, too: new ones are missing, replaced or removed content is there again. In doubt
 * it is damage: what is there becomes a version. */
export function judge(
  { expected, formers, mtime, placed }: Placing,
  found: Found | null,
  namesLost: boolean,
): Judgement {
  const content = found?.content ?? null;
  if (content === expected) return "whole";
  if (!found || formers.some((former) => former.content === content)) return namesLost ? "damaged" : "edited";
  if (!found.isFile || found.isWhole && !namesLost) return "edited";
  // What was to be replaced or removed may not have been proved either.
  const isOfOurWriting = ({ placed = 0 }: { placed?: number }) =>
    namesLost && found.mtime <= placed && found.mtime > placed - WRITTEN_WITHIN_MS;
  if (formers.some((former) => former.mtime === found.mtime || isOfOurWriting(former))) return "damaged";
  if (expected === null || found.isAnother) return "edited";
  // Stopped alone, a program leaves no file empty that it had put in place: emptied since, it is a person's work.
  const isBlanked = found.blank && (namesLost || found.mtime <= placed);
  return isBlanked || found.mtime === mtime || isOfOurWriting({ placed }) ? "damaged" : "edited";
}

/** The formers of what replaces `present`, where these are listed already, the latest last: at its path, and where it was moved from. */
export function formersOf(listed: readonly Placing[], present: Former | null): Former[] {
  const formers: Former[] = listed.flatMap(({ formers, expected, mtime, placed }) => [
    ...formers,
    ...expected === null ? [] : [{ content: expected, mtime, placed }],
  ]);
  const last = formers.at(-1);
  const isKnown = !present || last?.content === present.content && last.mtime === present.mtime;
  const all = [...formers, ...isKnown ? [] : [present]];
  return [...all.slice(0, 1), ...all.slice(1).slice(1 - MOST_FORMERS)];
}

/** The content of an entry. */
export function contentOf(entry: Entry | null): Content {
  if (!entry || entry.kind === "problem") return null;
  return entry.kind === "directory" ? "directory" : knownDigest(entry);
}

/** Both sides forget what they agreed on at these paths, and nothing else: then the content of the side that has it is new to the
 * other, and what neither has is no deletion. */
export function forgettingPlan(paths: Iterable<Path>): Plan {
  return { ...emptyPlan(), agreed: [...new Set(paths)].map((path) => ({ path, new: null })) };
}
