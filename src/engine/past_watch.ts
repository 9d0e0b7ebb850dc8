// Files that somebody wrote past the watch: by way of the memory, or behind a mount. Until the system has written such a file back, more
// may come that leaves no trace but in the content: so it is read again when that is over.

import type { DirectoryEntry, Entry, FileEntry } from "../core/tree/entry.ts";
import type { Path } from "../core/tree/path.ts";
import { entryAt } from "../core/tree/tree.ts";
import type { Kinds } from "../fs/watch/told.ts";

/** So long after the last write to a mapped file, in ms, a system has written it back: the next write then shows in its time. Linux lets
 * 30 seconds pass, and looks every 5. */
const WRITTEN_BACK_MS = 40_000;

/** What was at a path before a look, and is after it. */
interface UnseenChange {
  path: Path;
  old: Entry | null;
  new: Entry | null;
}

export class PastWatch {
  /** When their content is to be read again (ms). */
  readonly #due = new Map<Path, number>();
  /** When the watch last told of those that are not taken yet (ms). */
  readonly #told = new Map<Path, number>();

  /** What was found to be other than it was seen at `now`, without a word of the watch. */
  found(paths: Iterable<Path>, now: number) {
    for (const path of paths) this.#due.set(path, now + WRITTEN_BACK_MS);
  }

  /** A look at everything at `now`, which nobody had asked for, found these changes; `told`: what the watch tells of at that moment. */
  foundByItself(changes: Iterable<UnseenChange>, told: ReadonlyMap<Path, Kinds>, now: number) {
    for (const change of changes) {
      const isRecent = isEdit(change) && now - change.new.mtime < WRITTEN_BACK_MS;
      if (isRecent && !told.has(change.path)) this.#written(change.path, change.new);
    }
  }

  /** A look at `now` took these of the files that were waited for, or nothing yet; `told`: what the watch told of since the one before.
   * A file whose mtime is later than the watch's last report of it was written past the watch. */
  taken(changes: Iterable<UnseenChange>, told: ReadonlyMap<Path, Kinds>, now: number) {
    for (const change of changes) {
      if (isTold(told, change.path) || !isEdit(change)) continue;
      const { path, new: entry } = change;
      if (entry.mtime > (this.#told.get(path) ?? -Infinity) && entry.mtime <= now) this.#written(path, entry);
    }
  }

  /** The watch told of this before the look at `now`; `waiting`: the files that are not taken yet. */
  hear(told: ReadonlyMap<Path, Kinds>, waiting: readonly Path[], now: number) {
    const still = new Set(waiting);
    for (const path of this.#told.keys()) if (!still.has(path)) this.#told.delete(path);
    for (const path of waiting) if (isTold(told, path)) this.#told.set(path, now);
  }

  /** What is due to be read again: no file that had not just been written when it was found. */
  readAgain(snapshot: DirectoryEntry, now: number): Set<Path> {
    const due = [...this.#due].filter(([, at]) => at <= now);
    for (const [path] of due) this.#due.delete(path);
    const isRecent = ([path, at]: [Path, number]) => {
      const entry = entryAt(snapshot, path);
      return entry?.kind === "file" && entry.mtime > at - 2 * WRITTEN_BACK_MS;
    };
    return new Set(due.filter(isRecent).map(([path]) => path));
  }

  #written(path: Path, { mtime }: FileEntry) {
    this.#due.set(path, mtime + WRITTEN_BACK_MS);
  }
}

function isEdit(change: UnseenChange): change is UnseenChange & { new: FileEntry } {
  return change.old?.kind === "file" && change.new?.kind === "file" && change.old !== change.new;
}

/** A hint without a kind did not come from a watch. */
function isTold(told: ReadonlyMap<Path, Kinds>, path: Path): boolean {
  return (told.get(path)?.length ?? 0) > 0;
}
