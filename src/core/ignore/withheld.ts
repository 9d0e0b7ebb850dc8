// What may be told of a side while its ignore rules cannot be read (RULES I6): what was agreed goes on, nothing new leaves. Pure.

import { diff } from "../tree/diff.ts";
import type { DirectoryEntry } from "../tree/entry.ts";
import { Touched } from "../tree/touched.ts";
import { apply, type Change, type Move } from "../tree/tree.ts";

/** What a side did since the ancestor, and what that led to. */
export interface Doings {
  /** As it is now, in the compared form. */
  tree: DirectoryEntry;
  /** Its renames since, in order. */
  moves: Move[];
  /** What is left when the renames are made in the ancestor, too. */
  changes: Change[];
}

/** Of these doings, what was edited or deleted where it was agreed; what something else has replaced was deleted. A name is news, too: what
 * was renamed counts as being where it was, and unchanged, until the rules can be read. `bit`: as in `diff`. */
export function withoutNews({ tree, moves }: Doings, ancestor: DirectoryEntry, bit: boolean): Doings {
  const renamed = new Touched(moves.map(({ from }) => from));
  const changes = diff(ancestor, tree, bit).flatMap(({ path, old, new: entry }): Change[] => {
    if (!old || renamed.near(path)) return [];
    const isReplaced = entry && entry.kind !== "problem" && entry.kind !== old.kind;
    const isRespelled = entry?.kind === "directory" && !isReplaced;
    return isRespelled ? [] : [{ path, old, new: isReplaced ? null : entry }];
  });
  return { tree: apply(ancestor, changes), moves: [], changes };
}
