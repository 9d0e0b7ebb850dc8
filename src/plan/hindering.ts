// What keeps content from being put into this root (RULES S9), as one session meets it: the room of its disk and of those inside it,
// folders and files that are closed to this user, sizes the disk does not hold. Known by its cause, tried before anything is asked for,
// and tried again here alone: when it looks otherwise, and after pauses that grow.

import type { DirectoryEntry } from "../core/tree/entry.ts";
import {
  type Cause,
  type Closed,
  closedTo,
  diskOf,
  folderThere,
  type Hindrances,
  MOST_CLOSED,
  MOST_ROOMS,
  type Short,
} from "../core/plan/hindrance.ts";
import { parentOf, type Path, ROOT } from "../core/tree/path.ts";
import type { Orders, Result } from "../core/plan/plan.ts";
import { describeClosed, type Failure, FULL, TOO_LARGE } from "../fs/failure.ts";
import type { Disk } from "../fs/port.ts";
import { roomFor } from "../fs/room.ts";
import { holdsSize, whyClosed } from "../fs/probe/trial.ts";
import type { FileTask, HinderedTask, Staging } from "../stage/staging.ts";
import { DiskRoom } from "./disk_room.ts";
import { placesOf, type TaskPlace } from "./orders.ts";

/** What is closed is tried again after the first pause, twice as long each time; a folder costs a call, a file its content, and what only
 * its owner mends a line. */
const FIRST_PAUSE_MS = 1000;
const FOLDER_PAUSE_MS = 60_000;
const FILE_PAUSE_MS = 300_000;
const LASTING_PAUSE_MS = 60_000;
/** A folder that could be written counts as open for so long, while its rights are what they were. */
const OPEN_MS = 60_000;
/** Some disks hold no file of this size. */
const LARGE_BYTES = 2 ** 32;

export interface HinderingGround {
  disk: Disk;
  /** The root, and a folder on its disk that is for nothing but staging; native paths. */
  root: string;
  trials: string;
  /** The own tree as it is when asked, and the native path of what is in it. */
  view(): DirectoryEntry;
  native(path: Path): string | null;
  /** Where disks are mounted inside it now. */
  inside(): readonly Path[];
  staging: Pick<Staging, "bytesHere" | "partBytes">;
  /** What is copied already of what is to come to disks inside: so many bytes of that task's content, or in that folder (native). */
  beside: { of(task: FileTask): number; in(folder: string): number };
}

interface MetHindrance extends Closed {
  /** How it looked. */
  looks: string;
  pause: number;
  /** When it is tried again. */
  due: number;
}

export class Hindering {
  readonly #met = new Map<Path, MetHindrance>();
  /** What failed, and for how long nothing came of it then: once, which may be a moment's matter, for no time at all. */
  readonly #pauses = new Map<Path, number>();
  readonly #open = new Map<Path, { looks: string; until: number }>();
  #tooLarge = Infinity;
  /** The room of the root's own disk, and of those inside, by where they are mounted. */
  readonly #own: DiskRoom;
  readonly #inside = new Map<Path, DiskRoom>();

  constructor(private readonly ground: HinderingGround) {
    const { disk, root, staging } = ground;
    this.#own = new DiskRoom(() => disk.room(root), () => staging.partBytes());
  }

  /** What is to be known to whoever plans. */
  told(now = Date.now()): Hindrances {
    const room = this.ownRoom(now);
    const inside = [...this.#insideNow()].slice(0, MOST_ROOMS);
    const rooms = new Map(inside.map(([path, disk]) => [path, disk.tell(now, this.#own)]));
    const disks = [[ROOT, this.#own] as const, ...inside];
    const full = new Set(disks.filter(([, disk]) => disk.provedFull).map(([path]) => path));
    return { room, rooms, full, closed: [...this.#met.values()] };
  }

  /** The same of the root's own disk alone. */
  ownRoom(now = Date.now()): number | null {
    return this.#own.tell(now);
  }

  /** Content waits for room. Returns how many bytes are missing on the root's own disk for the least of it. */
  wants({ least, inside }: Short, now = Date.now()): number {
    this.#own.wants(least);
    for (const [path, disk] of this.#insideNow()) disk.wants(inside.get(path) ?? 0);
    return least - this.#own.leftWithParts(now);
  }

  /** Whether anything cannot be put here now. */
  get hinders(): boolean {
    return this.#met.size > 0 || [this.#own, ...this.#inside.values()].some((disk) => disk.isWaitedFor);
  }

  /** Whether something can be put here that could not be when it was last told. */
  review(now = Date.now()): boolean {
    let isEased = false;
    for (const [path, met] of this.#met) {
      const looks = this.#looksOf(met);
      if (looks === met.looks && now < met.due) continue;
      if (looks !== null && this.#isClosedStill(met, now)) {
        const pause = Math.min(2 * met.pause, FOLDER_PAUSE_MS);
        this.#met.set(path, { ...met, looks, pause, due: now + pause });
      } else {
        if (looks !== met.looks) this.#pauses.delete(path);
        this.#met.delete(path);
        isEased = true;
      }
    }
    return [this.#own, ...this.#insideNow().values()].some((disk) => disk.isEased(now)) || isEased;
  }

  /** Judges the contents of one chunk, in their order: says why one cannot be kept here, null where it can. What is refused is not
   * tried, so that is no failure of its own and has no cause: what is known is tried again when it is due, whatever is planned meanwhile. */
  judge(now = Date.now()): (task: FileTask) => HinderedTask | null {
    const view = this.ground.view();
    const refused = new Map<Path, HinderedTask>();
    const open = new Set<Path>(); // Folders are looked at once for all that comes to them.
    const left = new RoomLeft(this.#own, this.#insideNow(), now);
    return (task) => {
      const why = (task.requires && refused.get(task.requires)) ?? this.#closedTo(task, view, open, now) ??
        this.#notTaken(task, now) ??
        left.take(task, this.ground.staging.bytesHere(task), this.ground.beside.of(task));
      if (why) refused.set(task.path, why);
      return why;
    };
  }

  /** Takes in what came of an order: results whose cause is known to lie in a folder, or in the disk, say so. */
  note(orders: Orders, results: readonly Result[], now = Date.now()): Result[] {
    const view = this.ground.view();
    const tasks = placesOf(orders);
    return results.map((result) => {
      const task = tasks[result.index]!;
      if (result.done) this.#pauses.delete(task.path);
      if (result.done) return result;
      const at = result.cause ? this.#meet(result.cause, result, task, view, now) : {};
      const told = { ...result, ...at };
      return told.at !== undefined && told.lasting ? { ...told, theirs: true } : told;
    });
  }

  /** Remembers it. Returns where it lies, and what to say of it. */
  #meet(
    cause: Cause,
    failure: Pick<Failure, "reason" | "lasting"> & { at?: string },
    task: TaskPlace,
    view: DirectoryEntry,
    now: number,
  ): { at?: Path; reason?: string } {
    if (cause === "full") return { at: this.#meetFull(failure.at, task, now) };
    if (cause === "denied") {
      for (const folder of task.folders.map((path) => folderThere(view, path))) {
        const why = this.#met.get(folder) ?? this.#tryFolder(folder, now);
        if (why) return { at: folder, reason: why.reason };
      }
      if (!this.#isAgain(task.path)) return {};
    }
    this.#meetFile(task.path, failure, now, cause === "large" ? task.size ?? 0 : undefined);
    return { at: task.path };
  }

  /** Remembers a file that cannot be put in its place, or no content of it `from` so many bytes on. */
  #meetFile(path: Path, { reason, lasting }: Failure, now: number, from?: number) {
    if (from !== undefined) this.#tooLarge = Math.min(this.#tooLarge, from);
    const longest = lasting ? LASTING_PAUSE_MS : FILE_PAUSE_MS;
    const pause = Math.min(Math.max(2 * (this.#pauses.get(path) ?? 0), FIRST_PAUSE_MS), longest);
    this.#pauses.set(path, pause);
    const closed = { path, isFolder: false, reason, lasting };
    this.#remember(from === undefined ? closed : { ...closed, from }, pause, now);
  }

  /** Returns where the disk is mounted that is full: what comes to one inside fails there, unless it says otherwise. */
  #meetFull(at: string | undefined, { path, size }: TaskPlace, now: number): Path {
    const inside = this.#insideNow();
    const disk = at === undefined ? diskOf(path, inside) : at as Path;
    const room = disk === ROOT ? this.#own : inside.get(disk);
    if (this.#isAgain(path) && size !== null) room?.noteFull(size, now);
    return disk;
  }

  /** The disks inside the root, as they are now. */
  #insideNow(): ReadonlyMap<Path, DiskRoom> {
    const paths = new Set(this.ground.inside());
    for (const path of this.#inside.keys()) {
      if (!paths.has(path)) this.#inside.delete(path);
    }
    for (const path of paths) {
      if (this.#inside.has(path)) continue;
      this.#inside.set(path, new DiskRoom(() => this.#roomAt(path), () => this.#besideIn(path)));
    }
    return this.#inside;
  }

  #roomAt(path: Path): number {
    const native = this.ground.native(path);
    return native === null ? Infinity : this.ground.disk.room(native);
  }

  #besideIn(path: Path): number {
    const native = this.ground.native(path);
    return native === null ? 0 : this.ground.beside.in(native);
  }

  #isAgain(path: Path): boolean {
    if (this.#pauses.has(path)) return true;
    if (this.#pauses.size >= MOST_CLOSED) this.#pauses.clear();
    this.#pauses.set(path, 0);
    return false;
  }

  #remember(closed: Closed, pause: number, now: number) {
    if (this.#met.size >= MOST_CLOSED && !this.#met.has(closed.path)) return;
    this.#met.set(closed.path, { ...closed, looks: this.#looksOf(closed) ?? "", pause, due: now + pause });
  }

  /** Whether trying it here says so. */
  #isClosedStill({ path, isFolder, from }: Closed, now: number): boolean {
    const { disk, trials } = this.ground;
    if (from !== undefined) return !holdsSize(disk, trials, from);
    return isFolder && this.#tryFolder(path, now) !== null;
  }

  /** Tries whether something can be put into a folder; one that is found closed is remembered. */
  #tryFolder(path: Path, now: number): Failure | null {
    const native = this.ground.native(path);
    const error = native === null ? null : whyClosed(this.ground.disk, native);
    if (!error) return null;
    const failure = describeClosed(error);
    if (!this.#met.has(path)) this.#remember({ path, isFolder: true, ...failure }, FIRST_PAUSE_MS, now);
    this.#open.delete(path);
    return failure;
  }

  /** `open`: folders that were found so for the chunk at hand. */
  #closedTo(
    { path, new: { size } }: FileTask,
    view: DirectoryEntry,
    open: Set<Path>,
    now: number,
  ): HinderedTask | null {
    const met = closedTo(this.#met, view, path, size);
    if (met) return refusal(met, met.path);
    const parent = parentOf(path);
    if (open.has(parent)) return null;
    const folder = folderThere(view, parent);
    const looks = this.#rightsOf(folder);
    const tried = this.#open.get(folder);
    if (!tried || tried.looks !== looks || now >= tried.until) {
      const why = this.#tryFolder(folder, now);
      if (why) return refusal(why, folder);
      this.#open.set(folder, { looks, until: now + OPEN_MS });
    }
    open.add(parent);
    return null;
  }

  /** Whether the disk takes this size; one that it does not is remembered. */
  #notTaken({ path, new: { size } }: FileTask, now: number): HinderedTask | null {
    const { disk, trials } = this.ground;
    const isTaken = size < LARGE_BYTES || size < this.#tooLarge && holdsSize(disk, trials, size);
    if (isTaken) return null;
    const why = { reason: TOO_LARGE, lasting: true };
    this.#meetFile(path, why, now, size);
    return refusal(why, path);
  }

  /** How something closed looks: another look is a reason to try it. null: it is not there. */
  #looksOf({ path, isFolder }: Pick<Closed, "path" | "isFolder">): string | null {
    const stat = this.#statOf(path);
    const own = stat && `${stat.id} ${stat.mode} ${stat.owner} ${stat.group} ${stat.changed}`;
    return isFolder ? own : `${own} in ${this.#rightsOf(folderThere(this.ground.view(), parentOf(path)))}`;
  }

  #rightsOf(folder: Path): string {
    const stat = this.#statOf(folder);
    return stat ? `${stat.id} ${stat.mode} ${stat.owner} ${stat.group}` : "";
  }

  #statOf(path: Path) {
    const native = this.ground.native(path);
    try {
      return native === null ? null : this.ground.disk.stat(native);
    } catch {
      return null; // Not to be looked at: it is tried.
    }
  }
}

/** Why a task is not tried. */
function refusal({ reason, lasting }: Failure, at: Path): HinderedTask {
  return { reason, lasting, at };
}

/** What the contents of one chunk leave of the room of each disk. One inside is asked when something is to come to it. */
class RoomLeft {
  readonly #left = new Map<Path, number>();

  constructor(
    private readonly own: DiskRoom,
    private readonly inside: ReadonlyMap<Path, DiskRoom>,
    private readonly now: number,
  ) {
    this.#left.set(ROOT, own.left(now));
  }

  /** Takes what a task needs; or says which disk has no room for it. So much of it is `here` already. What is for a disk inside comes to the
   * root's own first, and so much of it is copied `beside` its place. */
  take({ path, new: { size } }: FileTask, here: number, beside: number): HinderedTask | null {
    const disk = diskOf(path, this.inside);
    const needs = new Map([[ROOT, roomFor(size) - here]]);
    if (disk !== ROOT) needs.set(disk, roomFor(size) - beside);
    for (const [at, need] of needs) {
      if (need > this.#leftOn(at)) return refusal({ reason: FULL, lasting: false }, at);
    }
    for (const [at, need] of needs) this.#left.set(at, this.#leftOn(at) - need);
    return null;
  }

  #leftOn(disk: Path): number {
    const known = this.#left.get(disk);
    if (known !== undefined) return known;
    const left = this.inside.get(disk)!.left(this.now);
    this.#left.set(disk, left);
    return left;
  }
}
