// The two sides of a meeting, as the core sees them: alpha is the inviter's, beta the invitee's.

import type { Ability } from "./ability.ts";
import type { DirectoryEntry, Entry } from "./tree/entry.ts";
import { comparePath, joinPath, nameOf, parentOf, type Path } from "./tree/path.ts";
import type { Lineage } from "./lineage.ts";
import type { Problem } from "./failure.ts";
import type { Move } from "./tree/tree.ts";

/** One side: what it holds, and how that came about. */
export interface Side {
  /** Its view of the root, keyed by the compared form; without what is ignored. */
  readonly tree: DirectoryEntry;
  /** The renames that lead to it from the ancestor. */
  readonly moves: readonly Move[];
  /** What its system and disk can hold. */
  readonly ability: Ability;
  /** The user's name, for conflict copies. */
  readonly owner: string;
  /** What is there and takes no part: folders as compared, the last name as this side's disk tells names apart (N3). */
  readonly taken?: ReadonlySet<Path>;
  /** Where what it holds comes from, where that is known; by the paths of `tree`. */
  readonly lineage?: Lineage;
}

/** What a side's problems stand at; their paths are as they are spelled there. `folds`: names compare by folded case. */
export function takenBy(problems: readonly Problem[], ability: Ability, folds: boolean): Set<Path> {
  return new Set(problems.map(({ path }) => {
    return joinPath(comparePath(parentOf(path as Path), folds), onDisk(nameOf(path as Path), ability));
  }));
}

/** Whether what is at `path` cannot be spelled `name` on a side, for a twin there that is (N3). */
export function isTaken(
  { taken, ability }: Pick<Side, "taken" | "ability">,
  path: Path,
  name: string,
): boolean {
  return taken?.has(joinPath(parentOf(path), onDisk(name, ability))) === true;
}

/** A name as a disk knows it: one that folds case has it in one case only, but, unlike names that are compared, in any form. */
function onDisk(name: string, { foldsCase }: Ability): string {
  return foldsCase ? name.toLowerCase() : name;
}

/** Alpha is the inviter's side; beta the invitee's, who leads nothing. */
export type SideName = "alpha" | "beta";
/** What each side has at one path; null where nothing is. */
export type Pair = Record<SideName, Entry | null>;
/** The same where both have something. */
export type Both = Record<SideName, Entry>;
/** The directories that hold the path in question. */
export type Siblings = Record<SideName, ReadonlyMap<string, Entry>>;

/** Both, alpha first. */
export const SIDES = ["alpha", "beta"] as const;
/** The side across. */
export const OTHER = { alpha: "beta", beta: "alpha" } as const;
