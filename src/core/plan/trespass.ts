// What a peer's rows would do to what is ignored here (RULES I4). An honest peer was told these rules, and plans nothing of the kind
// (reconcile.ts): so whoever sends such a row has a changed program. Pure.

import { copyOf } from "./conflict.ts";
import type { DirectoryEntry } from "../tree/entry.ts";
import type { Ignores } from "../ignore/ignore.ts";
import { joinPath, nameOf, parentOf, type Path, ROOT } from "../tree/path.ts";
import type { Orders, Task } from "./plan.ts";
import { type Move, spelledAt, TreeEditor } from "../tree/tree.ts";

/** The first path of an order that these rules ignore; null when there is none. What `view` has takes part, whatever its path. */
export function trespass(orders: Orders, view: DirectoryEntry, ignores: Ignores): Path | null {
  const border = new Border(view, ignores);
  for (const move of orders.moves) border.move(move);
  for (const task of orders.removals) border.task(task);
  for (const task of orders.directories) border.task(task);
  for (const task of orders.contents) border.task(task);
  return border.crossed;
}

/** The first of these changes, which led to `tree`, that put something where these rules ignore it; null when none did. */
export function trespassOf(
  { tree, moves, rows }: {
    tree: DirectoryEntry;
    moves: readonly Move[];
    rows: readonly Pick<Task, "path" | "new">[];
  },
  ignores: Ignores,
): Path | null {
  const arrived = [...moves.map(({ to }) => to), ...rows.flatMap((row) => row.new ? [row.path] : [])];
  const editor = new TreeEditor(tree);
  for (const path of arrived) {
    const spelled = spelledAt(tree, path);
    const isFolder = editor.get(path)?.kind === "directory";
    if (spelled !== null && ignores(spelled, nameOf(spelled), isFolder)) return path;
  }
  return null;
}

/** The name of a copy that a conflict left (C3), of something that is not ignored: rules may well ignore all such copies, and they are
 * made all the same. */
export function isCopyOfSynced(path: Path, ignores: Ignores): boolean {
  const copy = copyOf(nameOf(path));
  return copy !== null && !ignores(joinPath(parentOf(path), copy.name), copy.name, false);
}

/** Follows an order, task by task, in a side's tree. */
class Border {
  crossed: Path | null = null;
  readonly #here: TreeEditor;

  constructor(view: DirectoryEntry, private readonly ignores: Ignores) {
    this.#here = new TreeEditor(view);
  }

  move(move: Move) {
    const { from, to, name, made } = move;
    const entry = this.#here.get(from);
    if (!made) this.#touch(from);
    this.#enter(to, name, made === true || entry?.kind === "directory");
    this.#here.move(move);
  }

  task({ path, old, new: entry, source }: Task) {
    if (source?.at === "here") this.#touch(source.path, false);
    if (!entry || this.#here.get(path)) return this.#touch(path, old?.kind === "directory");
    this.#enter(path, entry.name, entry.kind === "directory");
    if (entry.kind === "directory") this.#here.set(path, entry);
  }

  /** Something gets that name there. Its path is asked as well: a changed program may say two names. */
  #enter(path: Path, name: string, isFolder: boolean) {
    const named = joinPath(parentOf(path), name);
    this.#ask(named, isFolder);
    if (named !== path) this.#ask(path, isFolder);
    this.#touch(parentOf(path), true);
  }

  /** What is not known to take part may be, or be in, something ignored. `isFolder`: where that is known. */
  #touch(path: Path, isFolder?: boolean) {
    for (let at = path; at !== ROOT && !this.#here.get(at); at = parentOf(at)) {
      const isParent = at !== path;
      if (isParent || isFolder !== false) this.#ask(at, true);
      if (!isParent && isFolder !== true) this.#ask(at, false);
    }
  }

  #ask(path: Path, isFolder: boolean) {
    if (!this.ignores(path, nameOf(path), isFolder)) return;
    if (isFolder || !isCopyOfSynced(path, this.ignores)) this.crossed ??= path;
  }
}
