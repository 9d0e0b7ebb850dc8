// A plan being carried out: handed out in chunks, so that large work is agreed bit by bit; collects what became of it.
// Invariant: a path both sides have a task for is agreed only when both are done.

import { type Conflict, copyOf } from "../core/plan/conflict.ts";
import type { Entry } from "../core/tree/entry.ts";
import { compareKey, joinPath, parentOf, type Path } from "../core/tree/path.ts";
import { AgreedMoves, type Step } from "../core/moves/places.ts";
import {
  emptyPlan,
  goalsIn,
  numberedIn,
  type Orders,
  type Plan,
  type Result,
  type Task,
  taskCount,
  type Terms,
} from "../core/plan/plan.ts";
import { OTHER, type SideName, SIDES } from "../core/side.ts";
import { Touched, withAllAbove } from "../core/tree/touched.ts";
import type { Move } from "../core/tree/tree.ts";
import { wantsContent } from "../stage/staging.ts";

/** What a chunk holds at most, where no folder has very much to be done in it. */
export const CHUNK_TASKS = 4096;
const CHUNK_BYTES = 64 << 20;
/** Each chunk copies the folders it works in, and looks at all that is in them: no folder is spread over more chunks than this. */
const MOST_COPIES = 16;
/** A file this small, changed this recently, is what a person waits for: it goes first. */
const URGENT_BYTES = 1 << 20;
const URGENT_MS = 60_000;

/** What the plan does not say; `isAgreed` answers for the ancestor as it is when asked. `since`: when the work began (ms) that this plan goes
 * on with; none: it is a new one. */
export interface KnownToPlan {
  now: number;
  since?: number;
  folds: boolean;
  isAgreed: (path: Path) => boolean;
}

/** A chunk that was carried out, and is not agreed yet; `own` are alpha's orders in it. */
export interface LateChunk {
  terms: Terms;
  own: Orders;
  results: Record<SideName, Result[]>;
}

/** What a chunk agreed. */
export interface Agreed {
  moves: Move[];
  /** `both`: each side had made it by itself. */
  rows: { path: Path; new: Entry | null; both: boolean }[];
}

export class PlannedWork {
  /** Conflicts whose two files are not both agreed yet, and which of them still is not. */
  #conflicts: { conflict: Conflict; open: Set<string> }[];
  readonly #queues: Record<SideName, Orders>;
  #shared: Set<Path>;
  /** Shared paths one side has done; its entry, when its task had one. */
  #halfDone = new Map<Path, Entry | null>();
  #agreed: Plan["agreed"];
  readonly #steps: Plan["steps"];
  #sharedSteps: Step[];
  readonly #agreedMoves = new AgreedMoves();
  /** Where renames of each side lead to that are not done. */
  #undone: Record<SideName, Touched>;
  /** How many times the usual size a chunk is, so that no folder is spread over more than MOST_COPIES chunks. */
  readonly #scale: number;
  #current: Record<SideName, Orders> | null = null;
  /** What was handed out and came back without a result. */
  #unanswered: Path[] = [];
  #isAnswered = true;
  /** The results of the current chunk, where it was carried out before. */
  #late: Record<SideName, Result[]> | null = null;

  constructor(plan: Plan, private readonly known: KnownToPlan) {
    this.#agreed = plan.agreed;
    this.#steps = plan.steps;
    this.#sharedSteps = plan.shared;
    this.#conflicts = plan.conflicts.map((conflict) => ({
      conflict,
      open: new Set([conflict.path, ...known.isAgreed(conflict.kept as Path) ? [] : [conflict.kept]]),
    }));
    this.#shared = sharedPaths(plan);
    this.#undone = { alpha: goalsOf(plan.alpha), beta: goalsOf(plan.beta) };
    this.#scale = Math.max(1, mostInOneFolder(plan) / (MOST_COPIES * CHUNK_TASKS));
    this.#queues = { alpha: inOrder(plan.alpha, known.now), beta: inOrder(plan.beta, known.now) };
  }

  /** What is left of a plan where all that is missing of a chunk is the commit. */
  static late({ terms, own, results }: LateChunk, known: KnownToPlan): PlannedWork {
    const work = new PlannedWork({ ...emptyPlan(), agreed: terms.agreed, shared: [...terms.both] }, known);
    work.#late = results;
    work.#current = { alpha: own, beta: terms.peer };
    for (const side of SIDES) {
      work.#current[side].moves.forEach((move, number) => {
        const step = terms.steps[side][number];
        if (step) work.#steps.set(move, step);
      });
    }
    work.#shared = new Set(terms.shared);
    work.#halfDone = new Map(terms.halfDone);
    work.#undone = { alpha: new Touched(terms.undone.alpha), beta: new Touched(terms.undone.beta) };
    work.#conflicts = terms.conflicts.map(({ conflict, open }) => ({ conflict, open: new Set(open) }));
    work.#agreedMoves.of(terms.before);
    return work;
  }

  /** What follows from the results of the current chunk, to be known also when nothing else of the plan is any more. */
  terms(): Terms {
    const { alpha, beta } = this.#current!;
    const paths = [...placesIn(alpha), ...placesIn(beta)];
    const [within, above] = [new Set<string>(paths), withAllAbove(paths)];
    const stepsOf = ({ moves }: Orders) => moves.map((move) => this.#steps.get(move) ?? null);
    const steps = { alpha: stepsOf(alpha), beta: stepsOf(beta) };
    const ownSteps = [...this.#sharedSteps, ...steps.alpha, ...steps.beta].filter((step) => step !== null);
    return {
      peer: beta,
      steps,
      before: this.#agreedMoves.before(ownSteps),
      both: this.#sharedSteps,
      shared: [...new Set(paths)].filter((path) => this.#shared.has(path)),
      halfDone: [...this.#halfDone].filter(([path]) => within.has(path)),
      undone: {
        alpha: [...above].filter((path) => this.#undone.alpha.has(path)),
        beta: [...above].filter((path) => this.#undone.beta.has(path)),
      },
      agreed: this.#agreed.filter(({ path }) => above.has(path)),
      conflicts: this.#conflicts.filter(({ open }) => open.values().some((path) => within.has(path)))
        .map(({ conflict, open }) => ({ conflict, open: [...open] })),
    };
  }

  /** The next chunk of orders for both sides, or null when everything was handed out and nothing is left to agree. */
  next(): Record<SideName, Orders> | null {
    if (this.#late) return emptyPlan();
    const left = SIDES.reduce((count, side) => count + taskCount(this.#queues[side]), 0);
    if (left === 0 && this.#agreed.length + this.#sharedSteps.length === 0) return null;
    const take = (takes: (task: Task) => boolean) => ({
      alpha: takeChunk(this.#queues.alpha, this.#scale, takes),
      beta: takeChunk(this.#queues.beta, this.#scale, takes),
    });
    // What a person saved meanwhile waits for no chunk of other things, and what is done at once for no large file, to whichever side.
    const kinds = [...this.#haveContentsAlone ? [this.#isNews] : [], (task: Task) => !isLarge(task)];
    const hasTasks = (chunk: Record<SideName, Orders>) => SIDES.some((side) => taskCount(chunk[side]) > 0);
    this.#current = kinds.values().map(take).find(hasTasks) ?? take(() => true);
    this.#isAnswered = false;
    return this.#current;
  }

  get #haveContentsAlone(): boolean {
    return SIDES.every((side) => this.#queues[side].contents.length === taskCount(this.#queues[side]));
  }

  /** Whether a task brings what was saved since the work began that the plan goes on with. */
  #isNews = ({ new: entry }: Task): boolean => {
    const { since = Infinity } = this.known;
    return entry?.kind === "file" && entry.size <= URGENT_BYTES && entry.mtime > since;
  };

  /** Some of it was handed out. */
  get isBegun(): boolean {
    return this.#current !== null;
  }

  /** Where something is still to be done, on either side: it was not handed out, or nothing came of it yet, be it a failure. */
  rest(): Path[] {
    const current = this.#isAnswered ? [] : SIDES.flatMap((side) => goalsIn(this.#current![side]));
    return [...this.#unanswered, ...current, ...SIDES.flatMap((side) => goalsIn(this.#queues[side]))];
  }

  /** What the current chunk's results agree, parents first. */
  settle(results: Record<SideName, readonly Result[]>): Agreed {
    const agreed: Agreed = { moves: this.#agreedMoves.of(this.#sharedSteps), rows: [] };
    this.#sharedSteps = [];
    this.#isAnswered = true;
    for (const side of SIDES) {
      const answered = new Set((this.#late ?? results)[side].map(({ index }) => index));
      for (const [index, path] of goalsIn(this.#current![side]).entries()) {
        if (!answered.has(index)) this.#unanswered.push(path);
      }
    }
    const removed: Agreed["rows"] = [];
    const made: Agreed["rows"] = [];
    for (const side of SIDES) {
      for (const { index, done } of (this.#late ?? results)[side]) {
        const move = this.#current![side].moves[index];
        if (move && done) this.#undone[side].delete(move.to);
      }
    }
    for (const side of SIDES) {
      const numbered = numberedIn(this.#current![side]);
      const done = (this.#late ?? results)[side].filter((result) => result.done);
      const undone = this.#undone[OTHER[side]];
      for (const { index, digest } of done) {
        const { move, task } = numbered(index);
        const step = move && this.#steps.get(move);
        for (const led of step ? this.#agreedMoves.of([step]) : []) agreed.moves.push(led);
        if (move && !step && !move.aside) agreed.moves.push(move);
        if (move && !move.aside) continue;
        const path = move?.to ?? task?.path;
        // What the other side was to rename to there is not there.
        if (path === undefined || undone.covers(path)) continue;
        const entry = task?.new ? withDigest(task.new, digest) : this.#halfDone.get(path) ?? null;
        if (this.#shared.has(path) && !this.#halfDone.has(path)) this.#halfDone.set(path, entry);
        else (entry ? made : removed).push({ path, new: entry, both: false });
      }
    }
    made.sort((one, other) =>
      Number(other.new?.kind === "directory") - Number(one.new?.kind === "directory")
    );
    agreed.rows = [...removed, ...this.#agreed.map((row) => ({ ...row, both: true })), ...made];
    this.#agreed = [];
    this.#late = null;
    const paths = new Set<string>(agreed.rows.map(({ path }) => path));
    for (const { open } of this.#conflicts) for (const path of open) if (paths.has(path)) open.delete(path);
    return agreed;
  }

  /** The conflicts whose files are both agreed once these rows are; each is given once. A copy made by a cycle that was cut
   * short is known by its name: its conflict is listed too (C9). */
  agreedConflicts(rows: Agreed["rows"]): Conflict[] {
    const agreed = this.#conflicts.filter(({ open }) => open.size === 0).map(({ conflict }) => conflict);
    const planned = new Set(this.#conflicts.map(({ conflict }) => conflict.kept));
    this.#conflicts = this.#conflicts.filter(({ open }) => open.size > 0);
    const made = new Set<string>(rows.map(({ path }) => path));
    for (const { path, new: entry } of rows) {
      const copy = entry && !planned.has(path) && !this.known.isAgreed(path) ? copyOf(entry.name) : null;
      if (!copy) continue;
      const original = joinPath(parentOf(path), compareKey(copy.name, this.known.folds));
      if (made.has(original) || this.known.isAgreed(original)) {
        agreed.push({ path: original, kept: path, of: copy.of });
      }
    }
    return agreed;
  }
}

/** Where renames lead to, but for new spellings of one name. */
function goalsOf({ moves }: Orders): Touched {
  return new Touched(moves.flatMap(({ from, to, aside }) => aside || from === to ? [] : to));
}

function withDigest(entry: Entry, digest: string): Entry {
  return entry.kind === "file" ? { ...entry, digest } : entry;
}

/** Paths that both sides do something at: conflict copies, and bits merged on both. */
function sharedPaths(plan: Plan): Set<Path> {
  const alpha = new Set(touchedBy(plan.alpha));
  return new Set(touchedBy(plan.beta).filter((path) => alpha.has(path)));
}

function touchedBy(orders: Orders): Path[] {
  const aside = orders.moves.filter((move) => move.aside).map((move) => move.to);
  return [...aside, ...orders.contents.map((task) => task.path)];
}

/** All paths that these orders do something at. */
function placesIn(orders: Orders): Path[] {
  return [...orders.moves.map(({ from }) => from), ...goalsIn(orders)];
}

/** How many tasks have to do with that folder that most of them have to do with. */
function mostInOneFolder({ alpha, beta }: Plan): number {
  const counts = new Map<Path, number>();
  let most = 0;
  for (const path of [...placesIn(alpha), ...placesIn(beta)]) {
    const folder = parentOf(path);
    const count = (counts.get(folder) ?? 0) + 1;
    counts.set(folder, count);
    most = Math.max(most, count);
  }
  return most;
}

/** Copies that save something first, then what a person waits for, the latest first, then small files as they lie, then large by size. */
function inOrder(orders: Orders, now: number): Orders {
  const saving = new Set(orders.contents.map(({ requires }) => requires));
  const rank = ({ path, source, new: entry }: Task): number => {
    if (source?.at === "here" || saving.has(path)) return 0;
    if (entry?.kind !== "file") return 2;
    if (entry.size > URGENT_BYTES) return 3;
    return now - entry.mtime < URGENT_MS ? 1 : 2;
  };
  const later = ({ new: entry }: Task, rank: number): number => {
    if (entry?.kind !== "file") return 0;
    return rank === 1 ? -entry.mtime : entry.size > URGENT_BYTES ? entry.size : 0;
  };
  const contents = orders.contents.map((task) => {
    const first = rank(task);
    return { task, rank: first, later: later(task, first) };
  });
  contents.sort((one, other) => one.rank - other.rank || one.later - other.later);
  return { ...orders, contents: contents.map(({ task }) => task).reverse() };
}

/** Whether a task has to wait for its content. */
function isLarge(task: Task): boolean {
  return wantsContent(task) && task.source?.at !== "here" && task.new.size > URGENT_BYTES;
}

/** Takes the head of a queue whose contents are held in reverse, so that taking costs only what is taken; of the contents up to the
 * first that it `takes` not. */
function takeChunk(queue: Orders, scale: number, takes: (task: Task) => boolean): Orders {
  let room = Math.ceil(CHUNK_TASKS * scale);
  const head = <T>(list: T[]): T[] => {
    const taken = list.splice(0, room);
    room -= taken.length;
    return taken;
  };
  const moves = head(queue.moves);
  const removals = room > 0 ? head(queue.removals) : [];
  const directories = room > 0 ? head(queue.directories) : [];
  const contents: Task[] = [];
  for (let bytes = 0; room > 0 && bytes < CHUNK_BYTES * scale && queue.contents.length > 0; room--) {
    const task = queue.contents.at(-1)!;
    if (!takes(task)) break;
    queue.contents.pop();
    contents.push(task);
    bytes += task.new?.kind === "file" ? task.new.size : 0;
  }
  return { moves, removals, directories, contents };
}
