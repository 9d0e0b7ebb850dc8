// What changed between two trees, and making trees share what did not.

import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  type Entry,
  type FileEntry,
  isSeenAlike,
  isSpelledAlike,
  type ProblemEntry,
  shallow,
} from "./entry.ts";
import { joinPath, type Path, ROOT } from "./path.ts";
import type { Change } from "./tree.ts";

/** Whether two entries are the same to the user: content, bit and spelling; children not looked at.
 * "unknown" where a digest is needed. `bit`: whether this side has executable bits. */
export function compareEntry(one: Entry, other: Entry, bit: boolean): "same" | "different" | "unknown" {
  if (one === other) return "same";
  if (one.kind !== other.kind) return "different";
  if (!isSpelledAlike(one, other)) return "different";
  if (bit && one.kind === "file" && one.executable !== (other as FileEntry).executable) return "different";
  if (one.kind === "problem") return one.reason === (other as typeof one).reason ? "same" : "different";
  return compareContent(one, other);
}

/** The changes that make `base` into `tree`, each topmost, its `old` and `new` whole. A directory in both is entered;
 * where it is spelled anew, that is a change of its own, without children. Cost: what is not shared. */
export function diff(base: DirectoryEntry, tree: DirectoryEntry, bit: boolean): Change[] {
  const changes: Change[] = [];
  diffInto(changes, ROOT, base, tree, bit);
  return changes;
}

function diffInto(changes: Change[], path: Path, base: DirectoryEntry, tree: DirectoryEntry, bit: boolean) {
  if (base === tree || base.children === tree.children) return;
  for (const [key, old] of base.children) {
    if (!tree.children.has(key)) changes.push({ path: joinPath(path, key), old, new: null });
  }
  for (const [key, entry] of tree.children) {
    const old = base.children.get(key);
    if (old === entry) continue;
    const at = joinPath(path, key);
    if (old?.kind === "directory" && entry.kind === "directory") {
      if (compareEntry(old, entry, bit) !== "same") {
        changes.push({ path: at, old: shallow(old), new: shallow(entry) });
      }
      diffInto(changes, at, old, entry, bit);
    } else if (!old || compareEntry(old, entry, bit) !== "same") {
      changes.push({ path: at, old: old ?? null, new: entry });
    }
  }
}

/** `base`, with every entry that equals the one in `tree` replaced by that very object, so that the next look skips it.
 * A folder that does not hold the same keeps its number while another place has that: so it is known when two change places (M5).
 * `refreshed` is called for what kept its content but was seen with another time or ID. */
export function share(
  base: DirectoryEntry,
  tree: DirectoryEntry,
  bit: boolean,
  refreshed: (path: Path, entry: Entry) => void,
  path: Path = ROOT,
  isElsewhere: (folder: number) => boolean = foldersOf(base, tree),
): DirectoryEntry {
  if (base === tree) return base;
  let children: Map<string, Entry> | null = null;
  let whole = base.children.size === tree.children.size && isSpelledAlike(base, tree);
  for (const [key, old] of base.children) {
    const entry = tree.children.get(key);
    if (old === entry) continue;
    const kept = entry ? shareEntry(old, entry, bit, refreshed, joinPath(path, key), isElsewhere) : old;
    if (kept !== entry) whole = false;
    if (kept !== old) (children ??= new Map(base.children)).set(key, kept);
  }
  if (whole) {
    if (!isOneFolder(base, tree)) refreshed(path, tree);
    return tree;
  }
  const isSeen = isOneFolder(base, tree) || isElsewhere(base.id);
  if (!children && isSeen) return base;
  const shared = { ...base, children: children ?? base.children };
  if (isSeen) return shared;
  const seen = { ...shared, id: tree.id, born: tree.born };
  refreshed(path, seen);
  return seen;
}

function isOneFolder(one: DirectoryEntry, other: DirectoryEntry): boolean {
  return one.id === other.id && one.born === other.born;
}

function shareEntry(
  old: Entry,
  entry: Entry,
  bit: boolean,
  refreshed: (path: Path, entry: Entry) => void,
  path: Path,
  isElsewhere: (folder: number) => boolean,
): Entry {
  if (old.kind === "directory" && entry.kind === "directory") {
    return share(old, entry, bit, refreshed, path, isElsewhere);
  }
  if (compareEntry(old, entry, bit) !== "same") return old;
  if (!bit && old.kind === "file" && entry.kind === "file" && old.executable !== entry.executable) {
    return seenAgain(old, entry, path, refreshed);
  }
  if (entry.kind === "file" && old.kind === "file") {
    if (!isSeenAlike(old, entry)) refreshed(path, entry);
  }
  return entry;
}

/** Answers by number for the folders that `tree` has and does not share with `base`; looks for them when first asked. */
function foldersOf(base: DirectoryEntry, tree: DirectoryEntry): (folder: number) => boolean {
  let numbers: Set<number> | null = null;
  return (folder) => folder !== 0 && (numbers ??= collectFolders(new Set(), base, tree)).has(folder);
}

function collectFolders(numbers: Set<number>, base: Entry | undefined, tree: DirectoryEntry): Set<number> {
  for (const [key, entry] of tree.children) {
    const old = childrenOf(base).get(key);
    if (entry === old || entry.kind !== "directory") continue;
    numbers.add(entry.id);
    collectFolders(numbers, old, entry);
  }
  return numbers;
}

/** A side without executable bits keeps the agreed bit, yet must remember when it saw the file. */
function seenAgain(
  old: FileEntry,
  entry: FileEntry,
  path: Path,
  refreshed: (path: Path, entry: Entry) => void,
) {
  if (isSeenAlike(old, entry)) return old;
  const seen = { ...old, id: entry.id, mtime: entry.mtime, born: entry.born };
  refreshed(path, seen);
  return seen;
}

/** Whether anything in `tree` was made or edited since `base`; only deletions do not count (RULES C5).
 * A digest not known counts as an edit. */
export function hasNews(base: Entry | null, tree: Entry, bit: boolean): boolean {
  if (base === tree) return false;
  if (!base || compareEntry(base, tree, bit) !== "same") return true;
  for (const [key, child] of childrenOf(tree)) {
    if (hasNews(childrenOf(base).get(key) ?? null, child, bit)) return true;
  }
  return false;
}

/** A problem that may pass, at or below `path`, in the place of something agreed: what became of that cannot be told meanwhile (N6). */
export function passingProblem(
  path: Path,
  base: Entry | null,
  tree: Entry,
): { path: Path; problem: ProblemEntry } | null {
  if (base === tree || !base) return null;
  if (tree.kind === "problem") return tree.lasting ? null : { path, problem: tree };
  for (const [key, child] of childrenOf(tree)) {
    const found = passingProblem(joinPath(path, key), childrenOf(base).get(key) ?? null, child);
    if (found) return found;
  }
  return null;
}
