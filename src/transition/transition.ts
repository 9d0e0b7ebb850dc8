// Makes the disk match an order: look again, keep the version, rename into place, report. One task's failure is its result.
// Invariants: at each moment a path holds its original or its final content; nothing is written or deleted through a link;
// nothing is replaced or removed that is not what the last scan saw.

import { type Ability, namingProblem } from "../core/ability.ts";
import {
  childrenOf,
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  type FileEntry,
  type LinkEntry,
} from "../core/entry.ts";
import { linkProblem } from "../core/link.ts";
import { joinPath, nameOf, namesOf, parentOf, type Path, ROOT } from "../core/path.ts";
import type { Orders, Task } from "../core/plan.ts";
import { type Move, TreeEditor } from "../core/tree.ts";
import { describeFailure } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { type Staged, type Staging, wantsContent } from "../stage/staging.ts";
import type { Result } from "../wire/rows.ts";
import type { Versions } from "./versions.ts";

/** What a transition works on. `view` is keyed as the order is, `snapshot` by exact names; both are from the last look. */
export interface Ground {
  disk: Disk;
  native: (path: Path) => string;
  view: DirectoryEntry;
  snapshot: DirectoryEntry;
  /** What this side can hold: an order for anything else is refused here, whatever the peer believes. */
  ability: Ability;
  staging: Pick<Staging, "staged" | "failed" | "placed">;
  versions: Versions;
  /** Hears where replaced or removed content is kept, by digest. */
  kept: (digest: string, native: string, entry: FileEntry) => void;
}

/** Carries an order out. Tasks whose content has not arrived have no result: they are planned again.
 * Returns the results and the snapshot as it is now. */
export function transition(orders: Orders, ground: Ground): { results: Result[]; snapshot: DirectoryEntry } {
  const work = new Transition(ground);
  const results: Result[] = [];
  let index = 0;
  const report = (name: string, act: () => string | null) => {
    try {
      const digest = act();
      if (digest !== null) results.push({ index, done: true, digest });
    } catch (error) {
      const failure = error instanceof Meanwhile
        ? { reason: error.message, lasting: false }
        : describeFailure(error, name);
      results.push({ index, done: false, ...failure });
    }
    index++;
  };
  for (const move of orders.moves) report(nameOf(move.from), () => work.move(move));
  for (const task of orders.removals) report(nameOf(task.path), () => work.remove(task));
  for (const task of orders.directories) report(nameOf(task.path), () => work.makeDirectory(task));
  for (const task of orders.contents) {
    const at = index;
    report(nameOf(task.path), () => work.put(at, task));
  }
  return { results, snapshot: work.snapshot() };
}

/** The disk is not what the plan was made for: the next cycle sees it as it is. */
class Meanwhile extends Error {
  constructor(what: string) {
    super(`${what}, and is looked at again`);
  }
}

class Transition {
  readonly #disk: Disk;
  /** The side as it is now, keyed like the order; and the same by exact names. */
  readonly #here: TreeEditor;
  readonly #spelled: TreeEditor;
  readonly #realDirectories = new Set<string>();

  constructor(private readonly ground: Ground) {
    this.#disk = ground.disk;
    this.#here = new TreeEditor(ground.view);
    this.#spelled = new TreeEditor(ground.snapshot);
  }

  snapshot(): DirectoryEntry {
    return this.#spelled.done();
  }

  move(move: Move): string {
    if (move.made) {
      return this.makeDirectory({ path: move.to, old: null, new: { ...EMPTY_ROOT, name: move.name } });
    }
    const entry = this.#here.get(move.from);
    if (!entry) throw new Meanwhile("it was moved or deleted");
    const from = this.#spell(move.from);
    const to = joinPath(this.#spell(parentOf(move.to)), this.#possible(move.name));
    const [source, target] = [this.ground.native(from), this.ground.native(to)];
    this.#checkParents(parentOf(from));
    this.#checkParents(parentOf(to));
    this.#expect(source, entry);
    // RACE: something made at the target between this look and the rename would be replaced, if it is a file.
    // A disk that folds case shows the entry itself under its new spelling.
    const there = this.#disk.stat(target);
    const isItself = move.from === move.to && "id" in entry && there?.id === entry.id;
    if (there && !isItself) throw new Meanwhile("its new name was taken");
    if (namesOf(to).length < namesOf(from).length) {
      this.#checkLinks(source, from, to, this.#spelled.get(from));
    }
    if (move.from === move.to) this.#respell(source, target, move);
    else this.#disk.rename(source, target);
    this.#realDirectories.clear();
    this.#here.move(move);
    this.#spelled.move({ from, to, name: move.name });
    return "";
  }

  /** N4: a rename to another spelling of one name. Where the disk takes that for no change, a name between helps. */
  #respell(source: string, target: string, { to, name }: Move) {
    this.#disk.rename(source, target);
    const between = `${target}.renaming`;
    const siblings = this.#disk.list(this.ground.native(this.#spell(parentOf(to))));
    if (siblings.includes(name)) return;
    if (this.#disk.stat(between)) throw new Meanwhile(`${name}.renaming is in the way`);
    // Stopped between the two, the name between stays, and is synced as any rename is.
    this.#disk.rename(source, between);
    this.#disk.rename(between, target);
  }

  remove(task: Task): string {
    const entry = this.#present(task);
    if (!entry) throw new Meanwhile("it is gone already");
    const path = this.#spell(task.path);
    const native = this.ground.native(path);
    this.#checkParents(parentOf(path));
    this.#expect(native, entry);
    if (entry.kind === "directory") this.#removeDirectory(native);
    else this.#take(native, path, entry);
    this.#set(task.path, path, null);
    return "";
  }

  makeDirectory(task: Task): string {
    const entry = this.#present(task);
    const path = this.#spelling(task);
    const native = this.ground.native(path);
    this.#checkParents(parentOf(path));
    if (entry?.kind === "directory") return "";
    if (entry) {
      this.#expect(native, entry);
      this.#take(native, path, entry);
      this.#set(task.path, path, null);
    }
    this.#disk.makeDirectory(native);
    const id = this.#disk.stat(native)?.id ?? 0;
    this.#set(task.path, path, { kind: "directory", name: nameOf(path), children: new Map(), id });
    return "";
  }

  /** Puts a file or link in place. Null when its content is not here yet. */
  put(index: number, task: Task): string | null {
    const { staging } = this.ground;
    const failure = staging.failed.get(index);
    if (failure !== undefined) throw new Error(failure);
    const staged = staging.staged.get(index);
    if (wantsContent(task) && !staged) return null;
    if (task.requires && !this.#here.get(task.requires)) {
      throw new Meanwhile("what it replaces could not be kept beside it");
    }
    const old = this.#present(task);
    const path = this.#spelling(task);
    const native = this.ground.native(path);
    this.#checkParents(parentOf(path));
    if (old) this.#expect(native, old);
    if (task.new?.kind === "link") {
      this.#putLink(task.new, native, path, old);
      this.#set(task.path, path, { ...task.new, name: nameOf(path) });
      return task.new.digest;
    }
    if (task.new?.kind !== "file") throw new Error("an order to put what is no file");
    const entry = staged ? this.#putFile(staged, native, path, old) : old as FileEntry;
    if (staged) staging.placed(index);
    else this.#disk.setExecutable(native, task.new.executable);
    const { executable } = task.new;
    this.#set(task.path, path, { ...entry, name: nameOf(path), executable });
    return entry.digest;
  }

  #putFile(staged: Staged, native: string, path: Path, old: Entry | null): FileEntry {
    if (old?.kind === "directory") this.#removeDirectory(native);
    if (old && old.kind !== "directory") this.#replace(staged.native, native, path, old);
    else this.#place(staged.native, native);
    const { size, mtime, id, digest } = staged;
    return { kind: "file", name: "", size, mtime, id, digest, executable: false };
  }

  #putLink({ target }: LinkEntry, native: string, path: Path, old: Entry | null) {
    const reason = linkProblem(parentOf(path), target.replaceAll(this.#disk.separator, "/"));
    if (reason) throw new Error(reason);
    if (old?.kind === "directory") this.#removeDirectory(native);
    if (!old || old.kind === "directory") return this.#disk.makeLink(target, native);
    const fresh = this.ground.versions.onTheWay(path);
    this.#disk.makeLink(target, fresh);
    try {
      this.#replace(fresh, native, path, old);
    } catch (error) {
      this.#disk.removeIfThere(fresh);
      throw error;
    }
  }

  /** Puts a staged file where nothing is. A hard link never replaces, so what appeared meanwhile is safe; the staged name
   * goes later. */
  #place(staged: string, native: string) {
    try {
      this.#disk.hardLink(staged, native);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists || this.#disk.stat(native)) {
        throw new Meanwhile("something appeared in its place");
      }
      // RACE: without hard links, what appears between the look above and this rename is replaced.
      this.#disk.rename(staged, native);
    }
  }

  #replace(staged: string, native: string, path: Path, old: Entry) {
    const version = this.ground.versions.keep(native, path, old);
    try {
      this.#expect(native, old); // Keeping it may have taken long.
      // RACE: a save in the instant between this look and the rename. Written into the file it is in the version, which is
      // that same file; where the version is a copy, or the save is itself a rename, it is lost.
      this.#disk.rename(staged, native);
    } catch (error) {
      this.ground.versions.drop(version);
      throw error;
    }
    this.#tellKept(version, old);
  }

  #take(native: string, path: Path, entry: Entry) {
    this.#tellKept(this.ground.versions.take(native, path), entry);
  }

  #tellKept(version: string, entry: Entry) {
    if (entry.kind === "file" && entry.digest !== "") this.ground.kept(entry.digest, version, entry);
  }

  #removeDirectory(native: string) {
    const inside = this.#disk.list(native);
    if (inside.length > 0) {
      throw new Meanwhile(`the folder is not empty (it holds ${inside.slice(0, 3).join(", ")})`);
    }
    this.#disk.remove(native);
  }

  /** What is there, if it is what the task was planned for. */
  #present(task: Task): Entry | null {
    const present = this.#here.get(task.path);
    if (!isAsPlanned(present, task.old)) throw new Meanwhile("it changed");
    return present;
  }

  /** Looks again at the disk, just before touching it. */
  #expect(native: string, entry: Entry) {
    const stat = this.#disk.stat(native);
    if (!stat || stat.kind !== entry.kind) throw new Meanwhile("it changed");
    if (entry.kind === "file" && !isUnchanged(stat, entry)) throw new Meanwhile("it changed");
    if (entry.kind === "link") {
      if (this.#targetOf(native) !== entry.target) throw new Meanwhile("it changed");
    }
  }

  /** N5: nearer to the root, ".." that stayed inside may lead out. Asks the disk, since what is ignored moves along; a link that
   * led out before is this side's own. `seen`: what is known of it; a known file is taken for one. */
  #checkLinks(native: string, from: Path, to: Path, seen: Entry | null) {
    const kind = seen?.kind === "file" ? "file" : this.#disk.stat(native)?.kind;
    if (kind === "directory") {
      for (const name of this.#disk.list(native)) {
        const inner = childrenOf(seen).get(name) ?? null;
        const at = `${native}${this.#disk.separator}${name}`;
        this.#checkLinks(at, joinPath(from, name), joinPath(to, name), inner);
      }
    } else if (kind === "link") {
      const target = this.#targetOf(native);
      const reason = linkProblem(parentOf(to), target);
      if (reason && !linkProblem(parentOf(from), target)) throw new Error(`as ${to}, ${reason}`);
    }
  }

  /** The target of a link, with "/". */
  #targetOf(native: string): string {
    return this.#disk.readLink(native).replaceAll(this.#disk.separator, "/");
  }

  /** N5: every folder on the way is a folder, no link.
   * RACE: one swapped for a link after its look in this chunk is not noticed; a chunk lasts a fraction of a second. */
  #checkParents(path: Path) {
    if (path === ROOT || this.#realDirectories.has(path)) return;
    this.#checkParents(parentOf(path));
    if (this.#disk.stat(this.ground.native(path))?.kind !== "directory") {
      throw new Meanwhile("the folder it is in changed");
    }
    this.#realDirectories.add(path);
  }

  /** The path as its names are spelled here. Throws when part of it is not here. */
  #spell(path: Path): Path {
    let spelled = ROOT;
    let at = ROOT;
    for (const key of namesOf(path)) {
      at = joinPath(at, key);
      const entry = this.#here.get(at);
      if (!entry) throw new Meanwhile("the folder it belongs in is not there");
      spelled = joinPath(spelled, entry.name);
    }
    return spelled;
  }

  /** The path a task's entry has or gets: present names stay as they are spelled. */
  #spelling(task: Task): Path {
    const name = this.#here.get(task.path)?.name ?? this.#possible(task.new!.name);
    return joinPath(this.#spell(parentOf(task.path)), name);
  }

  /** N2: the name, if this side can have it. On Windows others name devices and streams of other files. */
  #possible(name: string): string {
    const reason = namingProblem(name, this.ground.ability);
    if (reason) throw new Error(reason);
    return name;
  }

  #set(path: Path, spelled: Path, entry: Entry | null) {
    this.#here.set(path, entry);
    this.#spelled.set(spelled, entry);
  }
}

function isUnchanged(stat: Stat, entry: FileEntry): boolean {
  return stat.size === entry.size && stat.mtime === entry.mtime && stat.id === entry.id;
}

/** What a plan replaces or removes has a known digest: where this side's is not known, the file was touched since. */
function isAsPlanned(present: Entry | null, planned: Entry | null): boolean {
  if (!present || !planned) return present === planned;
  return compareContent(present, planned) === "same";
}
