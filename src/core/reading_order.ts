// The order in which a root's files are read again: the same after a restart, whatever order a disk lists names in.

import { type DirectoryEntry, type Entry } from "./entry.ts";
import { joinPath, namesOf, type Path, ROOT } from "./path.ts";

/** A position after all paths. */
export const END = "\uffff\uffff";

/** Whether one path, or position, comes before another. */
export function precedesInReading(one: string, other: string): boolean {
  // A folder's own come before all that begins like its name.
  return one.replaceAll("/", "\0") < other.replaceAll("/", "\0");
}

const sorted = new WeakMap<DirectoryEntry, string[]>();

function namesIn(directory: DirectoryEntry): string[] {
  let names = sorted.get(directory);
  if (!names) sorted.set(directory, names = [...directory.children.keys()].sort(byUnits));
  return names;
}

const byUnits = (one: string, other: string) => one < other ? -1 : 1;

/** What is in a tree, folders apart, in this order from the first one after `position` on. */
export function* entriesAfter(
  directory: DirectoryEntry,
  position: string,
  path: Path = ROOT,
): Generator<[Path, Entry]> {
  const [begun = "", ...inside] = namesOf(position as Path);
  for (const name of namesIn(directory)) {
    if (name < begun) continue;
    const entry = directory.children.get(name)!;
    const at = joinPath(path, name);
    const isBegun = name === begun;
    if (entry.kind === "directory") yield* entriesAfter(entry, isBegun ? inside.join("/") : "", at);
    else if (!isBegun) yield [at, entry];
  }
}
