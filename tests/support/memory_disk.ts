// A disk in memory that carries out orders the way a side does, and refuses what a real disk would refuse.

import { type Ability, namingProblem } from "../../src/core/ability.ts";
import {
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  isSpelledAlike,
} from "../../src/core/tree/entry.ts";
import { parentOf, type Path } from "../../src/core/tree/path.ts";
import { firstContent, type Orders, type Result, type Task, tasksOf } from "../../src/core/plan/plan.ts";
import { entryAt, type Move, TreeEditor, walk } from "../../src/core/tree/tree.ts";
import { digestOf } from "./trees.ts";

/** A disk as it was: what a task's content is read from. */
export interface Frozen {
  tree: DirectoryEntry;
  content: (entry: Entry) => string;
}

/** Thrown inside `transition` where an order does not fit what is there. */
class Misfit extends Error {}

export class MemoryDisk {
  tree: DirectoryEntry = EMPTY_ROOT;
  #contents = new Map<number, string>();
  #hidden = new Map<string, Entry>();
  #nextId = 1;

  constructor(readonly ability: Ability) {}

  freeze(): Frozen {
    return { tree: this.tree, content: (entry) => this.content(entry) };
  }

  content(entry: Entry): string {
    if (entry.kind === "link") return entry.target;
    return entry.kind === "file" ? this.#contents.get(entry.id)! : "";
  }

  /** A file ID, new unless one is to be kept. */
  store(content: string, id: number = this.newId()): number {
    this.#contents.set(id, content);
    return id;
  }

  newId(): number {
    return this.#nextId++;
  }

  edit(change: (editor: TreeEditor) => void) {
    const editor = new TreeEditor(this.tree);
    change(editor);
    this.tree = editor.done();
  }

  /** What is at `path` can no longer be read. */
  hide(path: Path) {
    const entry = entryAt(this.tree, path)!;
    const reason = `cannot be read (${this.newId()})`;
    this.#hidden.set(reason, entry);
    this.edit((editor) => editor.set(path, { kind: "problem", name: entry.name, reason, lasting: true }));
  }

  /** Every entry at and below `path`, with what is hidden. */
  *whole(path: Path, from: Entry | null = entryAt(this.tree, path)): Generator<Entry> {
    if (!from) return;
    for (const [at, entry] of walk(path, from)) {
      if (entry.kind === "problem") yield* this.whole(at, this.#hidden.get(entry.reason)!);
      else yield entry;
    }
  }

  /** Somebody needs the digest of a file. */
  reveal(path: Path) {
    const entry = entryAt(this.tree, path);
    if (entry?.kind !== "file" || entry.digest !== "") throw new Error(`No digest is missing at "${path}"`);
    this.edit((editor) => editor.set(path, { ...entry, digest: digestOf(this.content(entry)) }));
  }

  /** Carries out `orders`, contents in the order that `shuffled` gives them. `fails` says which steps are to fail; when none did, a
   * misfit is the plan's fault and thrown. */
  transition(
    orders: Orders,
    peer: Frozen,
    fails: () => boolean,
    shuffled: <T>(list: T[]) => T[],
  ): Result[] {
    const { moves } = orders;
    const own = this.freeze();
    const editor = new TreeEditor(this.tree);
    const results: Result[] = [];
    let failures = 0;
    const step = (index: number, path: Path, run: () => string) => {
      try {
        if (fails()) throw new Misfit("made to fail");
        results.push({ index, done: true, digest: run() });
      } catch (error) {
        if (!(error instanceof Misfit)) throw error;
        if (error.message !== "made to fail" && failures === 0) {
          throw new Error(`${error.message} at "${path}"`);
        }
        failures++;
        results.push({ index, done: false, reason: error.message, lasting: false });
      }
    };
    for (const [index, move] of moves.entries()) step(index, move.to, () => this.#move(editor, move));
    const tasks = tasksOf(orders).map((task, at) => ({ task, index: moves.length + at }));
    const contents = firstContent(orders) - moves.length;
    const first = tasks.slice(0, contents);
    const free = shuffled(tasks.slice(contents));
    const saved = free.filter(({ task }) => !task.requires);
    for (const { task, index } of [...first, ...saved, ...free.filter(({ task }) => task.requires)]) {
      step(index, task.path, () => {
        if (task.requires && !editor.get(task.requires)) throw new Misfit("What it replaces is not kept");
        const made = this.#do(editor, task, own, peer);
        return made?.kind === "file" || made?.kind === "link" ? made.digest : "";
      });
    }
    this.tree = editor.done();
    return results;
  }

  #move(editor: TreeEditor, move: Move): string {
    this.#mustAllow(move.name);
    if (!editor.move(move)) throw new Misfit(`Cannot move "${move.from}"`);
    return "";
  }

  #do(editor: TreeEditor, task: Task, own: Frozen, peer: Frozen): Entry | null {
    const present = editor.get(task.path);
    if (!isAsExpected(present, task.old)) throw new Misfit("Something else is here");
    if (present?.kind === "directory" && present.children.size > 0) throw new Misfit("Not empty");
    const parent = editor.get(parentOf(task.path));
    if (parent?.kind !== "directory") throw new Misfit("No parent");
    const made = task.new && this.#made(task, present, own, peer);
    const entry = made && present && isSpelledAlike(made, present) ? { ...made, name: present.name } : made;
    editor.set(task.path, null);
    if (entry) editor.set(task.path, entry);
    if (entry?.kind !== "file" || task.new?.kind !== "file") return entry;
    return { ...task.new, digest: entry.digest };
  }

  #made(task: Task, present: Entry | null, own: Frozen, peer: Frozen): Entry {
    const entry = task.new!;
    this.#mustAllow(entry.name);
    if (entry.kind === "link" && !this.ability.links) throw new Misfit("No links here");
    if (entry.kind === "problem") throw new Misfit("A problem cannot be made");
    if (entry.kind === "link") return entry;
    if (entry.kind === "directory") return { ...entry, children: new Map(), id: this.newId() };
    if (task.source?.at === "here" && task.source.path === task.path) return this.#inPlace(entry, present!);
    const { at, path } = task.source ?? { at: "there", path: task.path };
    const from = at === "here" ? own : peer;
    const source = entryAt(from.tree, path);
    if (source?.kind !== "file") throw new Misfit(`No content ${at} at "${path}"`);
    const content = from.content(source);
    const digest = digestOf(content);
    if (entry.digest !== "" && entry.digest !== digest) throw new Misfit(`Wrong content ${at} at "${path}"`);
    return {
      ...entry,
      executable: this.ability.executable && entry.executable,
      digest,
      id: this.store(content),
    };
  }

  #inPlace(entry: Entry, present: Entry): Entry {
    if (entry.kind !== "file" || present.kind !== "file") throw new Misfit("Only files have a bit");
    return { ...present, executable: entry.executable, digest: digestOf(this.content(present)) };
  }

  #mustAllow(name: string) {
    const reason = namingProblem(name, this.ability);
    if (reason !== null) throw new Error(`Planned a name that cannot be: ${reason}`);
  }
}

function isAsExpected(present: Entry | null, old: Entry | null): boolean {
  if (!present || !old) return present === old;
  return present.kind === old.kind && isSpelledAlike(present, old) &&
    compareContent(present, old) !== "different";
}
