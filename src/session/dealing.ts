// One session's part in the hands: what it makes of the snapshot, the plan and its chunks, staging, supplying, commits.
// Speaks wire messages on one side (whole, as bytes) and the disk on the other; the brain only passes them on.

import type { Commit } from "../archive/archive.ts";
import type { Ability } from "../core/ability.ts";
import type { Conflict } from "../core/conflict.ts";
import type { TreeSum } from "../core/digest.ts";
import { childrenOf, type DirectoryEntry, type Entry, type FileEntry } from "../core/entry.ts";
import { doubtfulMoves } from "../core/moves.ts";
import { gatePath, joinPath, namesOf, parentOf, type Path, ROOT } from "../core/path.ts";
import { emptyPlan, type Orders, type Plan, type Problem, taskCount } from "../core/plan.ts";
import { reconcile, type Side } from "../core/reconcile.ts";
import { apply, applyMoves, entryAt, type Move, TreeEditor, walk } from "../core/tree.ts";
import { type Source, Supplier } from "../stage/supply.ts";
import { byDigest, type FileTask, type Located, Staging } from "../stage/staging.ts";
import { transition } from "../transition/transition.ts";
import { Versions } from "../transition/versions.ts";
import {
  type BulkType,
  decodeMessage,
  encodeMessage,
  type HistoryState,
  inMessages,
  type MessageOf,
} from "../wire/message.ts";
import {
  changeFromWire,
  changeToWire,
  conflictFromWire,
  conflictToWire,
  digestFromWire,
  digestToWire,
  moveFromWire,
  moveToWire,
  problemFromWire,
  problemToWire,
  type Result,
  resultFromWire,
  resultToWire,
  type Row,
  wantFromWire,
  wantToWire,
} from "../wire/rows.ts";
import { asText, breach } from "../wire/shape.ts";
import { release } from "./remote.ts";
import type { PlanCounts } from "./event.ts";
import type { Hands } from "./hands.ts";
import { Inbox } from "./inbox.ts";
import { countsOf, doneOf, failuresOf, ordersFromWire, ordersToWire } from "./orders.ts";
import { type Doings, Pairing } from "./pairing.ts";
import { PlannedWork } from "./planned.ts";

/** Who deals with whom. */
export interface Partner {
  role: "alpha" | "beta";
  self: string;
  peer: string;
  peerRoot: string;
  peerAbility: Ability;
}

/** A plan as the screens need it. */
export interface Decision {
  counts: PlanCounts;
  problems: Problem[];
  /** Those of them whose file could not be read to decide: to be tried again. */
  unread: Problem[];
  /** Messages that ask beta for digests; when there are any, decide again with the answer. */
  digests: Uint8Array[];
  /** Tasks for this side and for the other. */
  own: number;
  peer: number;
}

/** What stands agreed. */
export interface Standing extends TreeSum {
  generation: number;
  conflicts: Conflict[];
}

/** A chunk of the plan, as it concerns the brain. */
export interface Chunk {
  messages: Uint8Array[];
  own: number;
  peer: number;
}

export interface Transitioned {
  messages: Uint8Array[];
  failures: Problem[];
  files: number;
  bytes: number;
}

/** Files from this size on are looked for by digest in the whole root before they are fetched, and all that may be moves (M6). */
const WORTH_FINDING = 64 << 10;

const CHANGED = "it changed, and is looked at again";

export class Dealing {
  readonly #pairing: Pairing;
  readonly #staging: Staging;
  readonly #supplier: Supplier;
  readonly #inbox: Inbox;
  #peerSide: { tree: DirectoryEntry; moves: Move[]; changes: { path: Path }[] } | null = null;
  /** Files of either side whose digest is needed and could not be had, and why. */
  #undigested = new Map<Path, string>();
  #peerProblems: Problem[] = [];
  #plan: Plan = emptyPlan();
  #work: PlannedWork;
  #orders: Orders = emptyPlan().alpha;
  #peerOrders: Orders = emptyPlan().beta;
  #results: Result[] = [];
  #commit: Commit & { conflicts: Conflict[] } = { generation: 0, moves: [], rows: [], conflicts: [] };
  #learned: [Path, FileEntry, string][] = [];
  /** Where content replaced or removed by this plan is kept: when it is wanted again, it is here. */
  #kept = new Map<string, Located>();

  constructor(private readonly hands: Hands, private readonly partner: Partner) {
    const folds = hands.ability.foldsCase || partner.peerAbility.foldsCase;
    const pair = hands.archive.pair(partner.peerRoot, folds);
    this.#pairing = new Pairing(hands.archive, pair, hands.ability, folds);
    this.#work = this.#planned(0);
    this.#inbox = new Inbox(partner.role);
    const { disk, places } = hands;
    this.#staging = new Staging(disk, `${places.staging}${disk.separator}${pair}`);
    this.#supplier = new Supplier(disk, (path) => this.#source(path), {
      digest: ({ path, seen }, digest) => this.#learned.push([path, seen, digest]),
      changed: ({ path }) => hands.doubt([path]),
    });
  }

  close() {
    this.#supplier.pause();
    this.#staging.end();
  }

  history(): HistoryState {
    return this.hands.archive.history(this.#pairing.pair);
  }

  /** Stands at that point of that history: takes commits back, or starts anew with an empty ancestor. Throws Breach. */
  begin(history: string, generation: number) {
    const { archive } = this.hands;
    const state = this.history();
    if (state.history !== history) archive.restart(this.#pairing.pair, history);
    else if (generation > state.generation || generation < state.oldest) {
      breach(`generation ${generation} where ${state.oldest} to ${state.generation} can be`);
    } else if (state.generation !== generation) archive.rollBack(this.#pairing.pair, generation);
    this.#pairing.reload();
  }

  /** The ancestor of this pair proved wrong: the next session begins a new history. */
  distrust() {
    this.hands.archive.restart(this.#pairing.pair, "");
  }

  /** Takes in a message that only the hands open. Throws Breach. */
  take(bytes: Uint8Array): { type: BulkType; last: boolean } {
    const message = decodeMessage(bytes);
    if (message.type === "batch") {
      this.#staging.accept(message.bytes);
      release(bytes);
      return { type: "batch", last: true };
    }
    return this.#inbox.put(message, bytes.length);
  }

  /** beta: what this side did since the ancestor, for alpha. */
  describe(peerRules: string): Uint8Array[] {
    this.#pairing.setRules(this.hands.rules, peerRules);
    this.#kept.clear();
    this.#undigested.clear();
    this.refresh();
    const { moves, changes } = this.#doings();
    const rows: Row[] = [];
    for (const { path, new: entry } of changes) {
      if (!entry) rows.push(changeToWire({ path, new: null }));
      else for (const [at, inner] of walk(path, entry)) rows.push(changeToWire({ path: at, new: inner }));
    }
    const problems = this.#pairing.twins(this.hands.snapshot).map(problemToWire);
    return inMessages(
      { moves: moves.map(moveToWire), problems, rows },
      (part) => ({ type: "changes", ...part }),
    );
  }

  /** alpha: decides, once beta's changes are in. `offset` is beta's clock minus alpha's, in ms. */
  decide(peerRules: string, offset: number): Decision {
    this.#pairing.setRules(this.hands.rules, peerRules);
    this.refresh();
    const arrived = this.#inbox.take("changes");
    if (arrived.length > 0) this.#takePeerSide(arrived);
    for (const { rows } of this.#inbox.take("digested")) this.#takePeerDigests(rows);
    this.#reconcile(offset);
    if (this.#digestOwn(this.#plan.unknown.alpha)) this.#reconcile(offset);
    const { unknown } = this.#plan;
    const asked = unknown.beta.filter((path) => !this.#undigested.has(path));
    const unread = this.#asShown([...new Set([...unknown.alpha, ...unknown.beta])].map((path) => ({
      path,
      reason: this.#undigested.get(path) ?? CHANGED,
      lasting: false,
    })));
    if (asked.length === 0) {
      this.#undigested.clear();
      this.#work = this.#planned(Date.now());
      this.#kept.clear();
    }
    return {
      counts: countsOf(this.#plan),
      problems: [
        ...this.#asShown(this.#plan.problems),
        ...unread,
        ...this.#pairing.twins(this.hands.snapshot),
        ...this.#peerProblems,
      ],
      unread,
      digests: asked.length === 0
        ? []
        : inMessages({ rows: asked.map((path) => [path]) }, (part) => ({ type: "digests", ...part })),
      own: taskCount(this.#plan.alpha),
      peer: taskCount(this.#plan.beta),
    };
  }

  /** beta: the digests alpha asked for. */
  digest(): Uint8Array[] {
    const paths = this.#inbox.take("digests").flatMap(({ rows }) =>
      rows.map(([path]) => gatePath(path, this.#separator))
    );
    const failed = this.hands.digest(paths.flatMap((path) => this.#spell(path) ?? []));
    const view = this.#pairing.view(this.hands.snapshot);
    const rows = paths.map((path) => {
      const entry = entryAt(view, path);
      const digest = entry?.kind === "file" ? entry.digest : "";
      return [path, digestToWire(digest), failed.get(this.#spell(path) ?? path) ?? CHANGED];
    });
    return inMessages({ rows }, (part) => ({ type: "digested", ...part }));
  }

  /** alpha: the next chunk of the plan; null when there is no more. */
  chunk(): Chunk | null {
    const orders = this.#work.next();
    if (!orders) return null;
    this.#orders = orders.alpha;
    this.#peerOrders = orders.beta;
    return {
      messages: ordersToWire(orders.beta, taskCount(orders.alpha) + taskCount(orders.beta) === 0),
      own: taskCount(orders.alpha),
      peer: taskCount(orders.beta),
    };
  }

  /** beta: makes the orders that came its own. `tasks`: whether either side has anything to do in this chunk. */
  takeOrders(): { tasks: boolean } {
    const messages = this.#inbox.take("orders");
    this.#orders = ordersFromWire(messages, this.#separator);
    return { tasks: messages.some(({ idle }) => !idle) };
  }

  /** Gets content that is here, and says what the peer must supply: `want` messages, at least one. */
  stage(): Uint8Array[] {
    const { moves, removals, directories, contents } = this.#orders;
    const first = moves.length + removals.length + directories.length;
    let index: Map<string, Located> | null = null;
    const inRoot = (digest: string) => {
      index ??= byDigest(this.hands.snapshot, this.hands.places.folder, this.hands.disk.separator);
      return index.get(digest) ?? null;
    };
    const wants = this.#staging.begin(
      contents.map((task, number) => [first + number, task]),
      (task) => this.#here(task, inRoot),
    );
    return inMessages({ rows: wants.map(wantToWire) }, (part) => ({ type: "want", ...part }));
  }

  /** Begins to supply what the peer wants. */
  supply() {
    const rows = this.#inbox.take("want").flatMap((message) => message.rows);
    this.#supplier.begin(rows.map((row) => wantFromWire(row, this.#separator)));
  }

  /** The next batch, or null when everything wanted was supplied. */
  supplyNext(): Uint8Array | null {
    const bytes = this.#supplier.next();
    return bytes && encodeMessage({ type: "batch", bytes });
  }

  supplyPause() {
    this.#supplier.pause();
  }

  /** Puts what is staged in place. */
  carryOut(): Transitioned {
    this.#takeLearned();
    const { hands } = this;
    const { results, snapshot } = transition(this.#orders, {
      disk: hands.disk,
      native: hands.native,
      ability: hands.ability,
      view: this.#pairing.view(hands.snapshot),
      snapshot: hands.snapshot,
      staging: this.#staging,
      versions: new Versions(hands.disk, hands.places.versions, Date.now()),
      kept: (digest, native, entry) => this.#kept.set(digest, { native, entry }),
    });
    hands.snapshot = snapshot;
    this.#staging.end();
    this.#results = results;
    this.#doubtFailed(results);
    return {
      messages: inMessages({ rows: results.map(resultToWire) }, (part) => ({ type: "results", ...part })),
      failures: this.#asShown(failuresOf(this.#orders, results)),
      ...doneOf(this.#orders, results),
    };
  }

  /** alpha: what both sides' results agree, as the commit for beta; what beta could not do; and whether content is still to
   * come for tasks that neither were done nor failed. */
  settle(): { messages: Uint8Array[]; peerFailures: Problem[]; unfinished: boolean } {
    this.#takeLearned();
    const results = this.#inbox.take("results").flatMap(({ rows }) => rows.map(resultFromWire));
    const agreed = this.#work.settle({ alpha: this.#results, beta: results });
    const answered = this.#results.length + results.length;
    this.#results = [];
    const conflicts = this.#work.agreedConflicts(agreed.rows);
    this.#commit = { ...agreed, generation: this.history().generation + 1, conflicts };
    const lists = {
      moves: agreed.moves.map(moveToWire),
      rows: agreed.rows.map(changeToWire),
      conflicts: conflicts.map(conflictToWire),
    };
    const { generation } = this.#commit;
    return {
      messages: inMessages(lists, (part) => ({ type: "commit", generation, ...part })),
      peerFailures: this.#asShown(failuresOf(this.#peerOrders, results)),
      unfinished: answered < taskCount(this.#orders) + taskCount(this.#peerOrders),
    };
  }

  /** beta: makes alpha's commit its own. */
  takeCommit(): Standing {
    const messages = this.#inbox.take("commit");
    this.#takeLearned();
    this.#commit = {
      generation: messages[0]?.generation ?? 0,
      moves: messages.flatMap(({ moves }) => moves.map((row) => moveFromWire(row, this.#separator))),
      rows: messages.flatMap(({ rows }) => rows.map((row) => changeFromWire(row, this.#separator))),
      conflicts: messages.flatMap(({ conflicts }) =>
        conflicts.map((row) => conflictFromWire(row, this.#separator))
      ),
    };
    return this.commit();
  }

  /** Makes the commit at hand in the archive: alpha once beta has. */
  commit(): Standing {
    const expected = this.history().generation + 1;
    if (this.#commit.generation !== expected) {
      breach(`commit ${this.#commit.generation} where ${expected} is due`);
    }
    this.#pairing.commit(this.#commit, this.#commit.conflicts, this.hands.snapshot);
    return this.standing();
  }

  standing(): Standing {
    this.#takeLearned();
    return {
      ...this.#pairing.sum(),
      generation: this.history().generation,
      conflicts: this.#pairing.conflicts().map(({ path, kept, of }) => ({
        path: this.#show(path),
        kept: this.#show(kept),
        of,
      })),
    };
  }

  /** Takes over what was seen of what stayed as agreed: the next comparison skips it, and so does the next start. */
  refresh() {
    this.#takeLearned();
    this.#pairing.refresh(this.hands.snapshot);
  }

  #planned(now: number): PlannedWork {
    const isAgreed = (path: Path) => entryAt(this.#pairing.ancestor, path) !== null;
    return new PlannedWork(this.#plan, { now, folds: this.#pairing.folds, isAgreed });
  }

  get #separator() {
    return this.hands.disk.separator;
  }

  /** What this side did; files that may be unchanged are digested first. */
  #doings(): Doings {
    this.#takeLearned();
    const doings = this.#pairing.doings(this.hands.snapshot);
    const doubtful = doings.changes.filter(({ old, new: entry }) =>
      old?.kind === "file" && entry?.kind === "file" && entry.digest === "" && old.size === entry.size
    );
    const paths = [...doubtful.map(({ path }) => path), ...doubtfulMoves(doings.changes)];
    if (!this.#digestOwn(paths)) return doings;
    return this.#pairing.doings(this.hands.snapshot);
  }

  /** Digests own files, and notes those that could not be. Returns whether anything was there to do. */
  #digestOwn(paths: readonly Path[]): boolean {
    if (paths.length === 0) return false;
    const failed = this.hands.digest(paths.flatMap((path) => this.#spell(path) ?? []));
    for (const path of paths) {
      const reason = failed.get(this.#spell(path) ?? path);
      if (reason !== undefined) this.#undigested.set(path, reason);
    }
    return true;
  }

  /** What could not be done was not as it was seen: it is looked at again, whether or not a watch tells of it. */
  #doubtFailed(results: readonly Result[]) {
    const { moves, removals, directories, contents } = this.#orders;
    const tasks = [...removals, ...directories, ...contents];
    const doubtful: (Path | null)[] = [];
    for (const { index, done } of results) {
      if (done) continue;
      const move = moves[index];
      if (move) doubtful.push(this.#spell(move.from), this.#spellNew(move.to, move.name));
      const task = tasks[index - moves.length];
      if (!task) continue;
      doubtful.push(this.#spell(task.path) ?? this.#spellNew(task.path, task.new?.name));
      if (task.source?.at === "here") doubtful.push(this.#spell(task.source.path));
    }
    this.hands.doubt(doubtful.filter((path) => path !== null));
  }

  #reconcile(offset: number) {
    const { partner, hands } = this;
    const doings = this.#doings();
    const own: Side = { ...doings, ability: hands.ability, owner: partner.self };
    const peer: Side = { ...this.#peerSide!, ability: partner.peerAbility, owner: partner.peer };
    this.#plan = reconcile(this.#pairing.ancestor, own, peer, offset);
  }

  #takePeerSide(messages: MessageOf<"changes">[]) {
    // A peer may well have names that cannot be here, a "\\" among them: they are problems (N2), and never reach this disk.
    const moves = messages.flatMap((message) => message.moves.map((row) => moveFromWire(row, "/")));
    const changes = messages.flatMap((message) => message.rows.map((row) => changeFromWire(row, "/")));
    const tree = apply(applyMoves(this.#pairing.ancestor, moves), changes);
    this.#peerSide = { tree, moves, changes };
    this.#peerProblems = messages.flatMap((message) => message.problems.map(problemFromWire));
  }

  #takePeerDigests(rows: Row[]) {
    const editor = new TreeEditor(this.#peerSide!.tree);
    for (const row of rows) {
      const path = gatePath(row[0], this.#separator);
      const digest = digestFromWire(row[1]);
      const entry = editor.get(path);
      if (digest === "" || entry?.kind !== "file") this.#undigested.set(path, asText(row[2]));
      else editor.set(path, { ...entry, digest });
    }
    this.#peerSide = { ...this.#peerSide!, tree: editor.done() };
  }

  /** A file of this side that should hold what a task puts in place. */
  #here(task: FileTask, inRoot: (digest: string) => Located | null): Located | null {
    if (task.source?.at === "here") {
      const entry = entryAt(this.#pairing.view(this.hands.snapshot), task.source.path);
      const path = this.#spell(task.source.path);
      return entry?.kind === "file" && path !== null ? { native: this.hands.native(path), entry } : null;
    }
    const { digest, size } = task.new;
    if (digest === "") return null;
    const worthFinding = size >= WORTH_FINDING || this.#orders.removals.length > 0;
    return this.#kept.get(digest) ?? (worthFinding ? inRoot(digest) : null);
  }

  #source(path: Path): Source | null {
    const entry = entryAt(this.#pairing.view(this.hands.snapshot), path);
    const spelled = this.#spell(path);
    return entry?.kind === "file" && spelled !== null
      ? { path: spelled, native: this.hands.native(spelled), seen: entry }
      : null;
  }

  /** A path of the view as its names are spelled here; null when nothing is there. */
  #spell(path: Path): Path | null {
    let entry: Entry | undefined = this.#pairing.view(this.hands.snapshot);
    let spelled = ROOT;
    for (const key of namesOf(path)) {
      entry = entry.kind === "directory" ? entry.children.get(key) : undefined;
      if (!entry) return null;
      spelled = joinPath(spelled, entry.name);
    }
    return spelled;
  }

  /** Problems under the names a person knows: paths are compared names until here. */
  #asShown(problems: readonly Problem[]): Problem[] {
    return problems.map((problem) => ({ ...problem, path: this.#show(problem.path) }));
  }

  /** A compared path as its names are spelled: here, else at the peer, else when they were agreed. */
  #show(path: string): string {
    const trees = [this.#pairing.view(this.hands.snapshot), this.#peerSide?.tree, this.#pairing.ancestor];
    let places: (Entry | undefined)[] = trees;
    return namesOf(path as Path).map((key) => {
      places = places.map((entry) => childrenOf(entry).get(key));
      return places.find((entry) => entry)?.name ?? key;
    }).join("/");
  }

  /** The path of something that is not here yet, or is not known to be. */
  #spellNew(path: Path, name: string | undefined): Path | null {
    const parent = this.#spell(parentOf(path));
    return parent === null || name === undefined ? null : joinPath(parent, name);
  }

  #takeLearned() {
    if (this.#learned.length === 0) return;
    this.hands.learn(this.#learned);
    this.#learned = [];
  }
}
