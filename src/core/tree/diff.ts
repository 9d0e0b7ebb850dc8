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
import { type Deep, run } from "./deep.ts";
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
  compare(base, tree, (path, old, entry) => {
    if (old?.kind === "directory" && entry?.kind === "directory") {
      if (compareEntry(old, entry, bit) !== "same") {
        changes.push({ path, old: shallow(old), new: shallow(entry) });
      }
    } else if (!old || !entry || compareEntry(old, entry, bit) !== "same") {
      changes.push({ path, old, new: entry });
    }
    return true;
  });
  return changes;
}

/** Visits what differs at one path of two trees, whole where it is in one alone or of another kind; folders in both are entered where
 * `visit` says so. Cost: what is not shared. */
export function compare(
  base: DirectoryEntry,
  tree: DirectoryEntry,
  visit: (path: Path, old: Entry | null, entry: Entry | null) => boolean,
) {
  run(compareIn(ROOT, base, tree, visit));
}

function* compareIn(
  path: Path,
  base: DirectoryEntry,
  tree: DirectoryEntry,
  visit: (path: Path, old: Entry | null, entry: Entry | null) => boolean,
): Deep<void> {
  if (base === tree || base.children === tree.children) return;
  for (const [key, old] of base.children) {
    if (!tree.children.has(key)) visit(joinPath(path, key), old, null);
  }
  for (const [key, entry] of tree.children) {
    const old = base.children.get(key);
    if (old === entry) continue;
    const at = joinPath(path, key);
    if (!visit(at, old ?? null, entry)) continue;
    if (old?.kind === "directory" && entry.kind === "directory") yield compareIn(at, old, entry, visit);
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
): DirectoryEntry {
  return run(shareIn(base, tree, { bit, refreshed, isElsewhere: foldersOf(base, tree) }, ROOT));
}

/** What holds for all of a tree while it is shared. */
interface TreeSharing {
  bit: boolean;
  refreshed: (path: Path, entry: Entry) => void;
  isElsewhere: (folder: number) => boolean;
}

function* shareIn(
  base: DirectoryEntry,
  tree: DirectoryEntry,
  sharing: TreeSharing,
  path: Path,
): Deep<DirectoryEntry> {
  const { refreshed, isElsewhere } = sharing;
  if (base === tree) return base;
  let children: Map<string, Entry> | null = null;
  let whole = base.children.size === tree.children.size && isSpelledAlike(base, tree);
  for (const [key, old] of base.children) {
    const entry = tree.children.get(key);
    if (old === entry) continue;
    const kept = entry ? (yield shareEntry(old, entry, sharing, joinPath(path, key))) as Entry : old;
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
  sharing: TreeSharing,
  path: Path,
): Entry | Deep<DirectoryEntry> {
  if (old.kind === "directory" && entry.kind === "directory") return shareIn(old, entry, sharing, path);
  const { bit, refreshed } = sharing;
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
  return (folder) => folder !== 0 && (numbers ??= collectFolders(base, tree)).has(folder);
}

function collectFolders(base: Entry, tree: DirectoryEntry): Set<number> {
  const numbers = new Set<number>();
  const rest: [Entry | undefined, DirectoryEntry][] = [[base, tree]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [before, folder] = next;
    for (const [key, entry] of folder.children) {
      const old = childrenOf(before).get(key);
      if (entry === old || entry.kind !== "directory") continue;
      numbers.add(entry.id);
      rest.push([old, entry]);
    }
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
  const rest: [Entry | null, Entry][] = [[base, tree]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [old, entry] = next;
    if (old === entry) continue;
    if (!old || compareEntry(old, entry, bit) !== "same") return true;
    for (const [key, child] of childrenOf(entry)) rest.push([childrenOf(old).get(key) ?? null, child]);
  }
  return false;
}

/** A problem that may pass, at or below `path`, in the place of something agreed: what became of that cannot be told meanwhile (N6). */
export function passingProblem(
  path: Path,
  base: Entry | null,
  tree: Entry,
): { path: Path; problem: ProblemEntry } | null {
  const rest: [Path, Entry | null, Entry][] = [[path, base, tree]];
  for (let next = rest.pop(); next; next = rest.pop()) {
    const [at, old, entry] = next;
    if (old === entry || !old) continue;
    if (entry.kind === "problem" && !entry.lasting) return { path: at, problem: entry };
    for (const [key, child] of childrenOf(entry)) {
      rest.push([joinPath(at, key), childrenOf(old).get(key) ?? null, child]);
    }
  }
  return null;
}
