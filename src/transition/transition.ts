// Makes the disk match an order: look again, keep the version, rename into place, report. One task's failure is its result.
// Invariants: at each moment a path holds its original or its final content; nothing is written or deleted through a link;
// nothing is replaced or removed that is not what the last scan saw, and nothing is done to what is ignored here (I4).

import { type Ability, namingProblem } from "../core/ability.ts";
import {
  compareContent,
  type DirectoryEntry,
  EMPTY_ROOT,
  type Entry,
  type FileEntry,
  type LinkEntry,
} from "../core/tree/entry.ts";
import type { Ignores } from "../core/ignore/ignore.ts";
import { linkProblem } from "../core/link.ts";
import { nameBetween } from "../core/moves/move_order.ts";
import { compareKey, joinPath, nameOf, namesOf, parentOf, type Path, ROOT } from "../core/tree/path.ts";
import { PathMap, placesIn } from "../core/tree/path_map.ts";
import type { Orders, Result, Task } from "../core/plan/plan.ts";
import { isCopyOfSynced } from "../core/plan/trespass.ts";
import { NotYet } from "../core/failure.ts";
import { Touched } from "../core/tree/touched.ts";
import { entryAt, type Move, spelledAt, TreeEditor } from "../core/tree/tree.ts";
import { causeOf, describeFailure, describeName, isImpossibleName, isMountPoint } from "../fs/failure.ts";
import type { Disk, Stat } from "../fs/port.ts";
import { RightsGiver } from "../fs/rights.ts";
import type { SeenRights } from "../scan/rights.ts";
import type { HomeGuard } from "../scan/home_guard.ts";
import type { Mounts } from "../scan/mounts.ts";
import { type HinderedTask, type Staged, type Staging, wantsContent } from "../stage/staging.ts";
import { Naming, Unkept } from "./naming.ts";
import { bornOf, isSameBut } from "../scan/identity.ts";
import { Across } from "./across.ts";
import type { Ahead } from "./ahead.ts";
import { Meanwhile, Recheck } from "./recheck.ts";
import type { Versions } from "./versions.ts";

/** What a transition works on. `view` is keyed as the order is, `snapshot` by exact names; both are from the last look. */
export interface TransitionGround {
  disk: Disk;
  native: (path: Path) => string;
  view: DirectoryEntry;
  snapshot: DirectoryEntry;
  /** What this side can hold: an order for anything else is refused here, whatever the peer believes. */
  ability: Ability;
  staging: Pick<Staging, "staged" | "failed" | "unsupplied" | "hindered" | "placed" | "hold" | "fresh">;
  versions: Versions;
  /** Whether a file that looks as it was seen may yet hold something else (see RootEngine). */
  isDoubtful: (stat: Stat, entry: FileEntry) => boolean;
  /** What is known of the rights at paths (as spelled). */
  rights: Pick<SeenRights, "see" | "at" | "isEmpty" | "usual">;
  /** Whether what is at a path (as spelled) takes no part, by the rules the plan was made with, or by those of now. */
  ignores: Ignores;
  /** Hears of everything that is going to be done, just before. */
  home: HomeGuard;
  /** Hears of a folder that was to be removed and stays, for what is ignored in it (I3) or a disk that is mounted there. */
  leave: (path: Path, why: "ignored" | "mounted") => void;
  /** Disks mounted inside the root. */
  mounts: Pick<Mounts, "isStill" | "isOnOther">;
  /** Makes the copies that are needed, at once or before the next transition. */
  copies: Ahead;
  /** Hears where replaced or removed content is kept, by digest. */
  kept: (digest: string, native: string, entry: FileEntry) => void;
}

/** Carries an order out. Tasks whose content has not arrived, or that wait for a copy, have no result: they are planned again.
 * Returns the results, the snapshot as it is now, and where what was moved is now (as spelled). */
export function transition(orders: Orders, ground: TransitionGround): Transitioned {
  const work = new Transition(ground);
  const results: Result[] = [];
  let index = 0;
  const report = (name: string, paths: Path[], act: () => string | null, makes?: Entry | null) => {
    try {
      const digest = work.unlessLate(paths, act);
      if (digest !== null) results.push({ index, done: true, digest });
    } catch (error) {
      const failure = error instanceof Meanwhile || error instanceof Unsupplied
        ? { reason: error.message, lasting: false, ...(error instanceof Unsupplied && { theirs: true }) }
        : error instanceof Unkept
        ? { reason: error.message, lasting: true, cause: "name" as const }
        : error instanceof Hindrance
        ? error.why
        : makes && isImpossibleName(error)
        ? describeName(makes.name)
        : describeFailure(error, name);
      results.push({ index, done: false, ...failure });
    }
    index++;
  };
  for (const move of orders.moves) report(nameOf(move.from), [move.from, move.to], () => work.move(move));
  for (const task of orders.removals) report(nameOf(task.path), [task.path], () => work.remove(task));
  for (const task of orders.directories) {
    report(nameOf(task.path), [task.path], () => work.makeDirectory(task), task.new);
  }
  for (const task of orders.contents) {
    const at = index;
    const paths = [task.path, ...task.requires ? [task.requires] : []];
    report(nameOf(task.path), paths, () => work.put(at, task), task.old ? null : task.new);
    if (work.isLate(task.path) && ground.staging.staged.has(at)) ground.staging.hold(at);
  }
  return { results, snapshot: work.snapshot(), moved: work.moved() };
}

const MOUNTED =
  "a disk is mounted here, and the system renames no such folder: unmount it first, or rename it back";
const IGNORED_THERE = "what is ignored here has that name: rename it, or the other";

/** What became of an order. */
export interface Transitioned {
  results: Result[];
  snapshot: DirectoryEntry;
  moved: Path[];
}

/** The other side could not give the content. */
class Unsupplied extends Error {}

/** The content cannot be kept here. */
class Hindrance extends Error {
  constructor(readonly why: HinderedTask) {
    super(why.reason);
  }
}

/** Does what is done on the root's own disk, wherever the task's path is. */
function onOwnDisk<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (causeOf(error) !== "full") throw error;
    throw new Hindrance({ ...describeFailure(error, ""), at: ROOT });
  }
}

class Transition {
  readonly #disk: Disk;
  readonly #look: Recheck;
  readonly #across: Across;
  readonly #rights: RightsGiver;
  /** The side as it is now, keyed like the order; and the same by exact names. */
  readonly #here: TreeEditor;
  readonly #spelled: TreeEditor;
  /** Folders left for what is ignored in them, as spelled. */
  readonly #left = new Set<Path>();
  /** Folders, as spelled, by whether they are ignored, or in one that is. */
  readonly #ignoredFolders = new Map<Path, boolean>();
  /** Where what was moved is now, as spelled. */
  readonly #moved = new PathMap<true>();
  readonly #naming: Naming;
  /** Where something waits for a copy. */
  readonly #late = new Touched([]);

  constructor(private readonly ground: TransitionGround) {
    this.#disk = ground.disk;
    this.#look = new Recheck(ground.disk, ground.native, ground.isDoubtful, ground.mounts.isStill);
    this.#across = new Across(ground.disk, ground.copies);
    this.#rights = new RightsGiver(ground.disk, ground.native, ground.rights);
    const { foldsCase, unkept = [] } = ground.ability;
    const isLying = foldsCase || unkept.length > 0;
    // Of disks inside the root nobody has tried what names they keep.
    const mayLie = (path: Path) =>
      ground.disk.separator === "/" && (isLying || ground.mounts.isOnOther(path));
    this.#naming = new Naming(ground.disk, ground.native, foldsCase, mayLie);
    this.#here = new TreeEditor(ground.view);
    this.#spelled = new TreeEditor(ground.snapshot);
  }

  snapshot(): DirectoryEntry {
    return this.#spelled.done();
  }

  moved(): Path[] {
    return [...placesIn(this.#moved.top)].map(([path]) => path);
  }

  /** Null where the act, of something at these paths, has to wait for a copy, or for what waits for one. */
  unlessLate(paths: readonly Path[], act: () => string | null): string | null {
    const isLate = paths.some((path) => this.#late.near(path));
    if (!isLate) {
      try {
        return act();
      } catch (error) {
        if (!(error instanceof NotYet)) throw error;
      }
    }
    for (const path of paths) this.#late.add(path);
    return null;
  }

  /** Whether what was to be done at a path waits. */
  isLate(path: Path): boolean {
    return this.#late.has(path);
  }

  move(move: Move): string {
    if (move.made) {
      return this.makeDirectory({ path: move.to, old: null, new: { ...EMPTY_ROOT, name: move.name } });
    }
    const entry = this.#here.get(move.from);
    if (!entry) throw new Meanwhile("it was moved or deleted");
    if (move.from === move.to && this.ground.ability.respells === false) return "";
    const from = this.#spell(move.from);
    const to = joinPath(this.#spell(parentOf(move.to)), this.#possible(move.name));
    const [source, target] = [this.ground.native(from), this.ground.native(to)];
    this.#look.checkParents(parentOf(from));
    this.#look.checkParents(parentOf(to));
    this.ground.rights.see(from, this.#look.expect(source, entry));
    // RACE: something made at the target between this look and the rename would be replaced, if it is a file.
    // A disk that takes the two names for one shows the entry itself under its new spelling.
    const there = this.#disk.stat(target);
    const isItself = there && this.#mayBeOne(move, to) && this.#isRespelled(source, target, there);
    if (there && !isItself) {
      this.#naming.explain(to);
      throw new Meanwhile("its new name was taken");
    }
    this.#mayTouch(to, entry.kind === "directory");
    if (namesOf(to).length < namesOf(from).length) {
      this.#look.checkLinks(source, from, to, this.#spelled.get(from));
    }
    this.ground.home.moves(from, to);
    if (isItself || move.from === move.to) {
      this.#respell(source, target, move);
      this.#naming.check(to, () => this.#disk.rename(target, source));
    } else {
      // Once: to give them again would show as a change of what is being copied.
      if (!this.ground.copies.has(source)) this.#rights.giveMoved(from, to, this.#spelled.get(from));
      try {
        this.#across.rename(source, target);
      } catch (error) {
        throw isMountPoint(error) ? new Error(MOUNTED) : error;
      }
      this.#naming.check(to, () => this.#across.rename(target, source));
    }
    this.#look.forget();
    this.#rights.forget();
    this.#here.move(move);
    this.#spelled.move({ from, to, name: move.name });
    if (entry.kind === "file") {
      this.#set(move.to, to, { ...this.#asSeen(target, entry), name: move.name });
    }
    this.#moved.move(from, to); // What was moved into a folder before moves along with it.
    this.#moved.set(to, true);
    return "";
  }

  /** Where the disk does not say when files were made, what was just done to one is part of what it is known by. */
  #asSeen(native: string, entry: FileEntry): FileEntry {
    const stat = this.#disk.stat(native);
    const isIt = stat?.kind === "file" && stat.born === 0 &&
      isSameBut({ ...stat, changed: entry.born }, entry);
    return isIt ? { ...entry, born: bornOf(stat) } : entry;
  }

  /** Whether a rename is perhaps from one spelling to another, for this disk at least: then its folder does not list the new one. */
  #mayBeOne({ from, to }: Move, spelled: Path): boolean {
    if (from === to) return true;
    const isBeside = parentOf(from) === parentOf(to);
    return isBeside && !this.#disk.list(this.ground.native(parentOf(spelled))).includes(nameOf(spelled));
  }

  /** Whether what is at `target` is what is at `source`, under another spelling, and no twin of it (N3). */
  #isRespelled(source: string, target: string, there: Stat): boolean {
    if (there.id !== 0) return there.id === this.#disk.stat(source)?.id;
    return source.toLowerCase() === target.toLowerCase(); // No IDs tell them apart (FAT), but such disks fold case alone.
  }

  /** N4: a rename to another spelling of one name. Where the disk takes that for no change, a name between helps. */
  #respell(source: string, target: string, { to, name }: Move) {
    this.#disk.rename(source, target);
    if (!this.#disk.stat(source)) return; // Nothing answers to the old spelling: no need to look at all that is beside it.
    const between = this.ground.native(joinPath(this.#spell(parentOf(to)), nameBetween(name)));
    const siblings = this.#disk.list(this.ground.native(this.#spell(parentOf(to))));
    if (siblings.includes(name)) return;
    if (this.#disk.stat(between)) throw new Meanwhile(`${nameBetween(name)} is in the way`);
    // Stopped between the two, the name between stays, and is synced as any rename is.
    this.#disk.rename(source, between);
    this.#disk.rename(between, target);
  }

  remove(task: Task): string {
    const entry = this.#present(task);
    if (!entry) throw new Meanwhile("it is gone already");
    const path = this.#spell(task.path);
    const native = this.ground.native(path);
    this.#mayTouch(path, entry.kind === "directory");
    this.#look.checkParents(parentOf(path));
    this.ground.rights.see(path, this.#look.expect(native, entry));
    if (entry.kind === "directory" && this.#holdsIgnoredOnly(native, path)) {
      this.#leave(task.path, path, "ignored");
      return "";
    }
    this.ground.home.touches(path);
    if (entry.kind === "directory") {
      try {
        this.#removeDirectory(native);
      } catch (error) {
        if (!isMountPoint(error)) throw error;
        this.#leave(task.path, path, "mounted");
        return "";
      }
    } else this.#take(native, path, entry);
    this.#set(task.path, path, null);
    return "";
  }

  makeDirectory(task: Task): string {
    const entry = this.#present(task);
    const path = this.#spelling(task);
    const native = this.ground.native(path);
    this.#look.checkParents(parentOf(path));
    if (entry?.kind === "directory") return "";
    this.#mayTouch(path, true);
    this.ground.home.touches(path);
    if (entry) {
      this.#look.expect(native, entry);
      this.#take(native, path, entry);
      this.#set(task.path, path, null);
    }
    // A folder that stayed for what is ignored in it, or as a mount point, counts as absent: it is used as it is.
    if (this.#disk.stat(native)?.kind !== "directory") {
      this.#naming.explain(path);
      this.#rights.makeFolder(path, () => this.ground.staging.fresh());
      this.#naming.check(path, () => this.#disk.remove(native));
    } else this.#mayBe(path);
    const { id = 0, born = 0 } = this.#disk.stat(native) ?? {};
    this.#set(task.path, path, { kind: "directory", name: nameOf(path), children: new Map(), id, born });
    return "";
  }

  /** Puts a file or link in place. Null when its content is not here yet. */
  put(index: number, task: Task): string | null {
    const { staging } = this.ground;
    const why = staging.hindered.get(index);
    if (why) throw new Hindrance(why);
    const failure = staging.failed.get(index);
    if (failure !== undefined) throw new (staging.unsupplied.has(index) ? Unsupplied : Error)(failure);
    const staged = staging.staged.get(index);
    if (wantsContent(task) && !staged) return null;
    if (task.requires) this.#checkKept(task.requires);
    const old = this.#present(task);
    const path = this.#spelling(task);
    const native = this.ground.native(path);
    this.#look.checkParents(parentOf(path));
    this.#mayTouch(path, false);
    this.ground.home.touches(path);
    if (old) this.#look.expect(native, old);
    if (task.new?.kind === "link") {
      this.#putLink(task.new, native, path, old);
      if (!old) this.#naming.check(path, () => this.#disk.remove(native));
      const mtime = this.#disk.stat(native)?.mtime; // A link's mtime does not travel: here it has its own.
      this.#set(task.path, path, { ...task.new, name: nameOf(path), ...(mtime !== undefined && { mtime }) });
      return task.new.digest;
    }
    if (task.new?.kind !== "file") throw new Error("an order to put what is no file");
    const put = staged ? this.#putFile(staged, native, path, old) : old as FileEntry;
    if (!old) this.#naming.check(path, () => this.#disk.remove(native));
    if (staged) staging.placed(index);
    else this.#disk.setExecutable(native, task.new.executable);
    const entry = staged && put.born !== 0 ? put : this.#asSeen(native, put);
    const { executable } = task.new;
    this.#set(task.path, path, { ...entry, name: nameOf(path), executable });
    return entry.digest;
  }

  /** The copy of what is replaced is beside it: made just now, or, where it was there before, looked at again. */
  #checkKept(copy: Path) {
    const entry = this.#here.get(copy);
    if (!entry) throw new Meanwhile("what it replaces could not be kept beside it");
    if (entry !== entryAt(this.ground.view, copy)) return;
    const path = this.#spell(copy);
    this.#look.checkParents(parentOf(path));
    this.#look.expect(this.ground.native(path), entry);
  }

  #putFile(staged: Staged, native: string, path: Path, old: Entry | null): FileEntry {
    this.#rights.giveFile(staged.native, path, old?.kind === "file");
    return this.#across.put(staged, this.ground.native(parentOf(path)), (near) => {
      if (old?.kind === "directory") this.#clearDirectory(native, path);
      if (old && old.kind !== "directory") this.#replace(near.native, native, path, old);
      else this.#place(near.native, native, path);
      const { size, mtime, id, born, digest } = near;
      return { kind: "file", name: "", size, mtime, id, born, digest, executable: false };
    });
  }

  #putLink({ target }: LinkEntry, native: string, path: Path, old: Entry | null) {
    const reason = linkProblem(parentOf(path), target.replaceAll(this.#disk.separator, "/"));
    if (reason) throw new Error(reason);
    if (old?.kind === "directory") this.#clearDirectory(native, path);
    if (!old || old.kind === "directory") return this.#disk.makeLink(target, native);
    const fresh = onOwnDisk(() => this.ground.versions.onTheWay(path));
    const folder = this.ground.native(parentOf(path));
    this.#across.putLink(target, fresh, folder, (link) => this.#replace(link, native, path, old));
  }

  /** Puts a staged file where nothing is. A hard link never replaces, so what appeared meanwhile is safe; the staged name
   * goes later. */
  #place(staged: string, native: string, path: Path) {
    try {
      this.#disk.hardLink(staged, native);
    } catch (error) {
      if (error instanceof Deno.errors.AlreadyExists || this.#disk.stat(native)) {
        this.#naming.explain(path);
        if (this.#disk.stat(native)?.kind === "directory") this.#mayTakePlaceOf(native, path); // It was left for that.
        throw this.#isIgnored(path)
          ? new Error(IGNORED_THERE)
          : new Meanwhile("something appeared in its place");
      }
      // RACE: without hard links, what appears between the look above and this rename is replaced.
      this.#disk.rename(staged, native);
    }
  }

  #replace(staged: string, native: string, path: Path, old: Entry) {
    const version = onOwnDisk(() => this.ground.versions.keep(native, path, old));
    try {
      this.#look.expectKept(native, old); // Keeping it may have taken long.
      // RACE: a save in the instant between this look and the rename. Written into the file it is in the version, which is
      // that same file; where the version is a copy, or the save is itself a rename, it is lost.
      this.#disk.rename(staged, native);
    } catch (error) {
      this.ground.versions.drop(path, version);
      throw error;
    }
    this.#tellKept(version, old);
  }

  #take(native: string, path: Path, entry: Entry) {
    const unchanged = () => this.#look.expect(native, entry);
    this.#tellKept(onOwnDisk(() => this.ground.versions.take(native, path, entry, unchanged)), entry);
  }

  #tellKept(version: string, entry: Entry) {
    if (entry.kind === "file" && entry.digest !== "") this.ground.kept(entry.digest, version, entry);
  }

  #holdsIgnoredOnly(native: string, path: Path): boolean {
    const inside = this.#disk.list(native);
    return inside.length > 0 && inside.every((name) => {
      const at = joinPath(path, name);
      return this.#left.has(at) || this.#isIgnored(at);
    });
  }

  /** I4. Whoever ordered it planned by the rules he was told; where others hold by now, the next plan goes by them. */
  #mayTouch(path: Path, isFolder: boolean) {
    const isClosed = this.ground.ignores(path, nameOf(path), isFolder) || this.#isInIgnored(parentOf(path));
    if (!isClosed || !isFolder && isCopyOfSynced(path, this.ground.ignores)) return;
    if (!this.#spelled.get(path) && this.#isIgnored(path)) throw new Error(IGNORED_THERE);
    throw new Meanwhile("it is ignored here");
  }

  #isInIgnored(folder: Path): boolean {
    const unknown = [];
    let at = folder;
    for (; at !== ROOT && !this.#ignoredFolders.has(at); at = parentOf(at)) unknown.push(at);
    let isIn = this.#ignoredFolders.get(at) ?? false;
    for (const path of unknown.reverse()) {
      isIn ||= this.ground.ignores(path, nameOf(path), true);
      this.#ignoredFolders.set(path, isIn);
    }
    return isIn;
  }

  /** A folder of that name stands there. Some disks answer for names that are not listed: short ones (8.3), or such as hold what nobody
   * sees. What goes by another name is no place for this one: it may well be ignored. */
  #mayBe(path: Path) {
    const name = nameOf(path);
    const listed = this.#disk.list(this.ground.native(parentOf(path)));
    const { foldsCase } = this.ground.ability;
    const real = listed.includes(name)
      ? name
      : listed.find((other) => compareKey(other, foldsCase) === compareKey(name, foldsCase));
    if (real === undefined) throw new Unkept(`${name} opens what has another name here: rename it`);
    this.#mayTouch(joinPath(parentOf(path), real), true);
  }

  #isIgnored(path: Path): boolean {
    const stat = this.#disk.stat(this.ground.native(path));
    return stat !== null && this.ground.ignores(path, nameOf(path), stat.kind === "directory");
  }

  /** It is there still, and yet counts as removed. */
  #leave(path: Path, spelled: Path, why: "ignored" | "mounted") {
    this.#left.add(spelled);
    this.#here.set(path, null);
    this.ground.leave(path, why);
  }

  /** C5: an emptied folder makes way, unless something ignored is in it (I3). */
  #clearDirectory(native: string, path: Path) {
    if (this.#disk.stat(native)?.kind !== "directory") return; // It made way before.
    this.#mayTakePlaceOf(native, path);
    this.#removeDirectory(native);
  }

  /** What is ignored is in the way of a file, until a person has moved it. */
  #mayTakePlaceOf(folder: string, path: Path) {
    if (!this.#holdsIgnoredOnly(folder, path)) return;
    const names = this.#disk.list(folder).slice(0, 3).join(", ");
    throw new Error(
      `a folder of that name is here, and holds what is ignored (${names}): move that elsewhere`,
    );
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

  /** The path as its names are spelled here. Throws when part of it is not here. */
  #spell(path: Path): Path {
    const spelled = spelledAt(this.#here.done(), path);
    if (spelled === null) throw new Meanwhile("the folder it belongs in is not there");
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

/** What a plan replaces or removes has a known digest: where this side's is not known, the file was touched since. */
function isAsPlanned(present: Entry | null, planned: Entry | null): boolean {
  if (!present || !planned) return present === planned;
  return compareContent(present, planned) === "same";
}
