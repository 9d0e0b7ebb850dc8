// The order in which a root's files are read again: the same after a restart, whatever order a disk lists names in.

import { type DirectoryEntry, type Entry } from "./tree/entry.ts";
import { joinPath, namesOf, type Path, ROOT } from "./tree/path.ts";

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
export function* entriesAfter(tree: DirectoryEntry, position: string): Generator<[Path, Entry]> {
  const begun = namesOf(position as Path);
  const open = [openAt(ROOT, tree, begun[0])];
  for (let folder = open.at(-1); folder; folder = open.at(-1)) {
    const name = folder.names[folder.next++];
    if (name === undefined) {
      open.pop();
      continue;
    }
    const entry = folder.directory.children.get(name)!;
    const path = joinPath(folder.path, name);
    const depth = open.length;
    const isBegun = begun[depth - 1] === name;
    if (!isBegun) begun.length = Math.min(begun.length, depth - 1); // All that follows comes after the position.
    if (entry.kind === "directory") open.push(openAt(path, entry, begun[depth]));
    else if (!isBegun) yield [path, entry];
  }
}

/** A folder from the name on at which its reading goes on. */
function openAt(path: Path, directory: DirectoryEntry, begun = "") {
  const names = namesIn(directory);
  const at = begun === "" ? 0 : names.findIndex((name) => name >= begun);
  return { path, directory, names, next: at < 0 ? names.length : at };
}
