// Proves what transitions put in place: flushes it, a little at a time, while nothing else is done (docs/decisions/durability.md). Until
// then it is listed in the archive, and looked at again after an unclean stop (recovery.ts).

import type { ListedPlacing, Unproven } from "../archive/state/unproven.ts";
import type { DirectoryEntry, Entry } from "../core/tree/entry.ts";
import { whereAfter, whereBefore } from "../core/moves/moved_paths.ts";
import { comparePath, parentOf, type Path } from "../core/tree/path.ts";
import { PathMap, placesIn } from "../core/tree/path_map.ts";
import { contentOf, formersOf, type Placing } from "../core/placing.ts";
import { firstContent, type Orders, type Result, type Task, tasksOf } from "../core/plan/plan.ts";
import { entryAt, isHidden, type Move, spelledAt, walk } from "../core/tree/tree.ts";
import type { Disk, Stat } from "../fs/port.ts";
import type { Staged } from "../stage/staging.ts";
import type { PairViews } from "./pair_views.ts";

/** Written this long ago, most of it is on the disk already, and a flush costs little. */
const PROVE_AFTER_MS = 5_000;
/** While more is put in place, the disk has better to do. */
const QUIET_MS = 2_000;
/** One slice takes so long, or so many files, and keeps nobody waiting longer. */
const SLICE_MS = 20;
const SLICE_FILES = 32;
/** A program that ends takes so long at most; what is left stays listed. */
const FAREWELL_MS = 1_500;

/** This side just before an order is carried out. */
interface Before {
  view: DirectoryEntry;
  staged: ReadonlyMap<number, Staged>;
}

/** What a flusher works with. */
export interface FlushGround {
  disk: Disk;
  unproven: Unproven;
  views: PairViews;
  native(path: Path): string;
  /** The disk keeps the numbers of files for good. */
  numbersLast: boolean;
  /** What a stop left and nobody could look at yet: not to be proved. */
  pending(): readonly ListedPlacing[];
}

export class Flusher {
  /** Placings whose flush failed: they stay listed, and are not tried again in this run. */
  readonly #failed = new Set<string>();
  /** What became ignored before it was proved, and where it is. */
  readonly #unseen = new Map<string, Path>();
  /** The names that a pair does not see for their twins. */
  readonly #outshone = new Map<number, ReadonlySet<Path>>();
  #lastPlaced = 0;
  /** Nothing is listed that could be proved in this run. */
  #isIdle = false;
  /** The paths listed for the order at hand; and what was listed before at them, and where its moves take something from. */
  #expected = new Set<Path>();
  #before: ListedPlacing[] = [];

  readonly #disk: Disk;
  readonly #unproven: Unproven;
  readonly #views: PairViews;

  constructor(private readonly ground: FlushGround) {
    this.#disk = ground.disk;
    this.#unproven = ground.unproven;
    this.#views = ground.views;
  }

  /** Lists what an order is about to put in place, durably. */
  expect(pair: number, orders: Orders, { view, staged }: Before, now: number) {
    this.#lastPlaced = now;
    this.#isIdle = false;
    const placings = placingsOf(orders, { view, staged }, now);
    this.#expected = new Set(placings.map(({ path }) => path));
    if (!this.ground.numbersLast) this.#unproven.list(pair, this.#onTheWay(pair, orders.moves, now));
    if (placings.length === 0) return;
    const originOf = whereBefore(orders.moves);
    const origins = placings.map(({ path }) => originOf(path));
    this.#before = this.#unproven.listedAt(pair, new Set([...this.#expected, ...origins]));
    if (this.ground.numbersLast) this.#unproven.list(pair, this.#movedOn(pair, orders.moves));
    const before = new Map(this.#before.map((placing) => [placing.path, placing]));
    this.#unproven.list(
      pair,
      placings.map((placing, number) => {
        // A power cut may bring back what was there, and what was where it is moved from.
        const places = new Set([placing.path, origins[number]!]);
        const listed = [...places].flatMap((path) => before.get(path) ?? []);
        return { ...placing, formers: formersOf(listed, placing.formers[0] ?? null) };
      }),
    );
  }

  /** Where numbers do not last, a torn file is known by its place alone, and a power cut may leave it at any that the order moves it to:
   * there what is listed is listed as well. Where it stays it counts as put there now, so the commit does not move it again. */
  #onTheWay(pair: number, moves: readonly Move[], now: number): Placing[] {
    const found = new PathMap<Placing>();
    const goals = new Set<Path>();
    const goalOf = whereAfter(moves);
    for (const { from, to } of moves) {
      const before = found.at(from);
      const along = before ? [...placesIn(before)].map(([, { value }]) => value!) : [];
      const listed = this.#unproven.listedWithin(pair, from);
      for (const { path } of listed) goals.add(goalOf(path));
      for (const placing of [...listed, ...along]) {
        const path = to + placing.path.slice(from.length) as Path;
        const there = found.get(path) ?? this.#unproven.listedAt(pair, [path])[0];
        // It may also leave what was there before.
        const formers = there ? formersOf([there, { ...placing, expected: null }], null) : placing.formers;
        found.set(path, { ...placing, path, formers });
      }
    }
    return [...placesIn(found.top)].map(([path, { value }]) =>
      goals.has(path) ? putNow(value!, now) : value!
    );
  }

  /** Where numbers last: what is listed where the order puts something else, and is moved elsewhere before, where it will be. The commit
   * moves the rest. */
  #movedOn(pair: number, moves: readonly Move[]): Placing[] {
    const found: Placing[] = [];
    const places = new Set(this.#expected);
    const goalOf = whereAfter(moves);
    for (const path of places) {
      const to = goalOf(path);
      if (to === path || this.#expected.has(to)) continue;
      const listed = this.#unproven.listedAt(pair, [path]);
      for (const placing of listed) found.push({ ...placing, path: to });
      if (listed.length > 0) places.add(to); // What is listed there moves on as well.
    }
    return found;
  }

  /** What of the order was not done is listed as it was before: what is there instead is what a person saved, and no damage. */
  settle(pair: number, orders: Orders, results: readonly Result[]) {
    const done = new Set(results.filter((result) => result.done).map(({ index }) => index));
    // What failed before it was listed, its content did not come, leaves what is listed there as it is.
    const undone = tasksOf(orders).filter(({ path }, number) =>
      !done.has(orders.moves.length + number) && this.#expected.has(path)
    );
    if (undone.length > 0) {
      this.#unproven.strike(undone.map(({ path }) => ({ pair, path, placed: this.#lastPlaced })));
      const paths = new Set(undone.map(({ path }) => path));
      this.#unproven.list(pair, this.#before.filter(({ path }) => paths.has(path)));
    }
    this.#before = [];
  }

  /** Proves a slice of what is due at `now`, in the folder as `snapshot` shows it. Returns when there is more to prove: now, later, or never
   * as long as nothing more is put in place. */
  prove(snapshot: DirectoryEntry, now: number): "now" | "later" | "never" {
    if (this.#isIdle) return "never";
    if (now - this.#lastPlaced < QUIET_MS) return "later";
    if (this.#slice(snapshot, now - PROVE_AFTER_MS)) return "now";
    return this.#isIdle ? "never" : "later";
  }

  /** The ignore rules have changed: what is seen no more is still to be proved, where it was seen before. */
  hide(before: DirectoryEntry, after: DirectoryEntry) {
    for (const placing of this.#unproven.listed()) {
      const [was, is] = [before, after].map((snapshot) => this.#spelled(snapshot, placing));
      if (was && !is) this.#unseen.set(keyOf(placing), was);
    }
  }

  /** Names (as spelled) that a pair does not see, for the twin beside them (N3): what was put in place there is proved at once, since what
   * is agreed from now on is what the twin holds. */
  outshine(pair: number, snapshot: DirectoryEntry, names: readonly Path[], folds: boolean) {
    const known = this.#outshone.get(pair);
    this.#outshone.set(pair, new Set(names));
    const left = this.#left();
    const places = names.filter((name) => !known?.has(name))
      .flatMap((name) => [...walk(name, entryAt(snapshot, name)!)]);
    const due = places.flatMap(([path, entry]) =>
      this.#unproven.listedAt(pair, [comparePath(path, folds)])
        .filter((placing) => isPlaced(placing, entry) && !left.has(keyOf(placing)))
        .map((placing) => ({ path, placing }))
    );
    const folders = new Map<string, ListedPlacing[]>();
    for (const { path, placing } of due) this.#prove(snapshot, placing, folders, path);
    this.#strike(due.map(({ placing }) => placing), folders);
  }

  /** Proves what it can before the program ends. */
  finish(snapshot: DirectoryEntry) {
    const until = performance.now() + FAREWELL_MS;
    while (performance.now() < until && this.#slice(snapshot, Infinity)) { /* A slice is the work. */ }
  }

  /** Not to be proved, for now or in this run. */
  #left(): Set<string> {
    return new Set([...this.#failed, ...this.ground.pending().map(keyOf)]);
  }

  #slice(snapshot: DirectoryEntry, before: number): boolean {
    const left = this.#left();
    const due = this.#unproven.oldest(before, SLICE_FILES + left.size)
      .filter((placing) => !left.has(keyOf(placing)));
    if (due.length === 0) {
      const listed = this.#unproven.oldest(Infinity, 1 + left.size);
      this.#isIdle = this.ground.pending().length === 0 &&
        listed.every((placing) => left.has(keyOf(placing)));
      return false;
    }
    const until = performance.now() + SLICE_MS;
    const folders = new Map<string, ListedPlacing[]>();
    let count = 0;
    for (; count < due.length && (count === 0 || performance.now() < until); count++) {
      this.#prove(snapshot, due[count]!, folders);
    }
    this.#strike(due.slice(0, count), folders);
    return true;
  }

  /** The names in these folders are all that is still to be put on the disk. */
  #strike(proved: readonly ListedPlacing[], folders: ReadonlyMap<string, readonly ListedPlacing[]>) {
    for (const [folder, placings] of folders) {
      if (folder) this.#attempt(() => this.#disk.flushNames(folder), placings);
    }
    this.#unproven.strike(proved.filter((placing) => !this.#failed.has(keyOf(placing))));
  }

  /** Flushes a file that still is what was put there, and notes the folder whose names have to follow. */
  #prove(
    snapshot: DirectoryEntry,
    placing: ListedPlacing,
    folders: Map<string, ListedPlacing[]>,
    spelled = this.#spelled(snapshot, placing) ?? this.#unseen.get(keyOf(placing)) ?? null,
  ) {
    const { path, expected } = placing;
    const view = this.#views.of(placing, snapshot);
    if (isHidden(view, path)) return this.#failed.add(keyOf(placing)); // Nobody can tell what is there.
    const parent = spelled === null ? spelledAt(view, parentOf(path)) : parentOf(spelled);
    if (parent === null || (spelled === null && expected !== null)) return; // Gone since: a person's doing.
    if (spelled !== null) {
      this.#attempt(() => {
        const native = this.ground.native(spelled);
        if (isPlaced(placing, this.#disk.stat(native))) this.#disk.flush(native);
      }, [placing]);
    }
    const folder = this.ground.native(parent);
    const inside = folders.get(folder);
    if (inside) inside.push(placing);
    else folders.set(folder, [placing]);
  }

  #spelled(snapshot: DirectoryEntry, placing: ListedPlacing): Path | null {
    return spelledAt(this.#views.of(placing, snapshot), placing.path);
  }

  #attempt(flush: () => void, placings: readonly ListedPlacing[]) {
    try {
      flush();
    } catch {
      // Held open, no permission, gone since: what cannot be proved stays listed, which costs one look after an unclean stop.
      for (const placing of placings) this.#failed.add(keyOf(placing));
    }
  }
}

/** The same as put in place at `now`. Of the writing before it the time is still known: a stop may leave that as the file's. */
function putNow(placing: Placing, now: number): Placing {
  return { ...placing, formers: formersOf([{ ...placing, mtime: 0 }], null), placed: now };
}

/** Whether a file looks like the one that was put in place. */
function isPlaced({ size, mtime }: Placing, file: Stat | Entry | null): boolean {
  return file?.kind === "file" && file.size === size && file.mtime === mtime;
}

function keyOf({ pair, path }: ListedPlacing): string {
  return `${pair} ${path}`;
}

/** What an order puts in place, and what was there until then. Content that has not come is none; moves and bits take no content. */
export function placingsOf(orders: Orders, { view, staged }: Before, placed: number): Placing[] {
  const { moves, removals, directories, contents } = orders;
  const first = firstContent(orders);
  const originOf = whereBefore(moves);
  const placing = ({ path, old }: Task, expected: Placing["expected"], file?: Staged): Placing => {
    const { size, mtime, id, born } = file ?? { size: 0, mtime: 0, id: 0, born: 0 };
    const present = old && entryAt(view, originOf(path));
    const former = contentOf(old);
    const formers = former === null
      ? []
      : [{ content: former, mtime: present?.kind === "file" ? present.mtime : 0 }];
    return { path, expected, formers, size, mtime, id, born, placed };
  };
  return [
    ...removals.map((task) => placing(task, null)),
    ...directories.map((task) => placing(task, "directory")),
    ...contents.flatMap((task, number) => {
      const file = staged.get(first + number);
      if (!file && task.new?.kind !== "link") return [];
      return [placing(task, file?.digest ?? contentOf(task.new), file)];
    }),
  ];
}
