// What contents come from, where several people keep one folder: a content that another one was made of is no edit against it (M9).

import type { Path } from "./tree/path.ts";

/** Where the content of a path comes from, or that nothing is there. */
export interface Link {
  /** Who edited it last, and the number of that edit: it grows with each of theirs. */
  readonly author: string;
  /** In ms by their clock, or above: it rises with each edit. */
  readonly number: number;
  /** By each who edited there, the last of their edits that is in it; that one included. */
  readonly holds: ReadonlyMap<string, number>;
}

/** Where what is at a path comes from, or that nothing is there. */
export interface Origin extends Link {
  /** Of what alpha or beta has there. */
  readonly path: Path;
  /** False: it says where the deletion comes from. */
  readonly isThere: boolean;
  /** That of a file, in ms. */
  readonly mtime: number;
}

/** The link of what is at a path of a side; null where none is known. */
export type Lineage = (path: Path) => Link | null;

/** Whether `one` is what `other` was made of, however many edits ago. */
export function isOlder(one: Link | null, other: Link | null): boolean {
  if (!one || !other) return false;
  if (one.author === other.author) return one.number < other.number;
  return (other.holds.get(one.author) ?? -1) >= one.number;
}

/** More people keep no folder together, and no link tells of more. */
export const MOST_AUTHORS = 64;

/** The latest edits of those: whoever made up others tells of them in vain. */
function latest(holds: ReadonlyMap<string, number>, author: string): ReadonlyMap<string, number> {
  if (holds.size <= MOST_AUTHORS) return holds;
  const others = [...holds].filter(([name]) => name !== author).sort(([, one], [, other]) => other - one);
  return new Map([[author, holds.get(author)!], ...others.slice(0, MOST_AUTHORS - 1)]);
}

/** What the next edit of `before` by `author` makes. */
export function edited(before: Link | null, author: string, number: number): Link {
  const holds = new Map([...before?.holds ?? [], [author, number]]);
  return { author, number, holds: latest(holds, author) };
}

/** What `after` is where it takes the place of `before` by an order. */
export function ordered(before: Link | null, after: Link): Link {
  const holds = new Map(after.holds);
  for (const [author, number] of before?.holds ?? []) {
    if ((holds.get(author) ?? -1) < number) holds.set(author, number);
  }
  return { ...after, holds: latest(holds, after.author) };
}
