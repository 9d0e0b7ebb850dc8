// Orders this side gives itself, on behalf of the person here: to put back, to settle. They are carried out as a peer's are:
// looked at again, kept as versions, whole or not at all; the next cycle takes what came of it for this person's own doing.

import type { KnownPair } from "../archive/archive.ts";
import type { HistoryEntry } from "../archive/history/history_entry.ts";
import type { DirectoryEntry, Entry, FileEntry } from "../core/tree/entry.ts";
import { type Path } from "../core/tree/path.ts";
import { firstContent, numberedIn, type Orders, type Task, taskCount } from "../core/plan/plan.ts";
import { entryAt, spelledAt } from "../core/tree/tree.ts";
import type { Viewer } from "../core/ignore/view.ts";
import type { FileTask } from "../stage/staging.ts";
import type { Located } from "../stage/survey.ts";
import { type HomeGuard, NO_GUARD } from "../scan/home_guard.ts";
import type { Ahead } from "../transition/ahead.ts";
import { transition } from "../transition/transition.ts";
import { Versions } from "../transition/versions.ts";
import type { RootEngine } from "../engine/engine.ts";
import { NotYet } from "../core/failure.ts";
import { ownViewer } from "./own_viewer.ts";
import type { LeftUndone } from "./undo_steps.ts";

/** Why a path is not put back of which no version is kept. */
export const NOT_KEPT = "its former content is not kept any more";
const STAYS = {
  ignored: "it stays for the ignored files in it",
  mounted: "it stays, empty, for a disk is mounted there",
};

/** The owner of the digests that such orders wait for (see Digester). */
const ASKING = {};

/** Gives the content of a task. */
type ContentSource = (task: FileTask) => Located | null;

/** A path that was done: what was there and is there now, and where the former content is kept. */
export interface DonePath {
  path: Path;
  key: Path;
  old: Entry | null;
  new: Entry | null;
  kept: string | null;
}

/** This side's tree as one pair compares it. */
export class OwnOrders {
  readonly #viewer: Viewer;
  readonly #versions: Versions;
  readonly #copies: Ahead;
  readonly done: DonePath[] = [];
  readonly left: LeftUndone[] = [];
  /** Some of the orders failed in a way that trying again may mend. */
  hasFailed = false;

  /** Looks at the disk first, at these paths (as spelled) whether or not they are known to have changed. `home`: for orders that the
   * peer's person asked for. Throws RootGone. */
  constructor(
    private readonly engine: RootEngine,
    pair: KnownPair,
    paths: readonly Path[],
    private readonly home: HomeGuard = NO_GUARD,
  ) {
    engine.hint([...paths], false);
    engine.scan();
    this.#viewer = ownViewer(engine, pair);
    this.#copies = engine.ownCopies;
    this.#versions = new Versions(engine.disk, engine.places.versions, Date.now(), this.#copies);
  }

  get view(): DirectoryEntry {
    return this.#viewer.view(this.engine.snapshot);
  }

  /** The view, with the digests of these files (in the compared form). Throws NotYet while they are read. */
  digested(keys: Iterable<Path>): DirectoryEntry {
    const view = this.view;
    const paths = [...keys].flatMap((key) => spelledAt(view, key) ?? []);
    const { left } = this.engine.digester.begin(ASKING, paths);
    if (left.size > 0) throw new NotYet();
    return this.view;
  }

  /** A file of this folder, as a source of content. */
  locate(key: Path): Located | null {
    const entry = entryAt(this.view, key);
    const path = spelledAt(this.view, key);
    return entry?.kind === "file" && path !== null ? { native: this.engine.native(path), entry } : null;
  }

  /** A kept version, as a source of the content of `entry`; `kept` as `Versions.kept` says it. */
  locateKept(kept: string, entry: FileEntry): Located {
    const { disk, places } = this.engine;
    return { native: `${places.versions}${disk.separator}${kept.replaceAll("/", disk.separator)}`, entry };
  }

  /** Notes what was done, as belonging to a batch. */
  note(pair: number, known: Pick<HistoryEntry, "batch" | "peer" | "what" | "mine">) {
    const common = { ...known, time: Date.now(), source: null, here: true };
    this.engine.archive.historyEntries.write(pair, this.done.map((done) => ({ ...common, ...done })));
  }

  /** Copies the content that an order takes. Throws NotYet while that goes on. */
  stage(orders: Orders, source: ContentSource) {
    this.#stage(orders, source);
    if (this.engine.ownStaging.isCopying) throw new NotYet();
  }

  #stage(orders: Orders, source: ContentSource) {
    const { ownStaging } = this.engine;
    const first = firstContent(orders);
    const numbered = orders.contents.map((task, number): [number, Task] => [first + number, task]);
    for (const { index } of ownStaging.begin(numbered, source)) ownStaging.failed.set(index, NOT_KEPT);
  }

  /** Some of what was carried out waits for a copy to another disk, and is neither done nor left: once that is made the same is asked for
   * again, of which what is done by then is no part. */
  get waits(): boolean {
    return this.#copies.isCopying;
  }

  /** Carries an order out; `source` gives the content of a task, which is staged already. What is not done is left, with the reason, or
   * `waits`. */
  carryOut(orders: Orders, source: ContentSource): void {
    if (taskCount(orders) === 0) return;
    const { engine } = this;
    const staging = engine.ownStaging;
    this.#stage(orders, source);
    while (staging.copyOn()); // Only what was written since.
    const before = this.view;
    const stays = new Map<Path, keyof typeof STAYS>();
    this.#copies.begin();
    const { results, snapshot, moved } = transition(orders, {
      ...{ disk: engine.disk, native: engine.native, ability: engine.ability, ignores: engine.ignores },
      ...{ view: before, snapshot: engine.snapshot, staging, versions: this.#versions },
      isDoubtful: engine.isDoubtful,
      rights: engine.rights,
      home: this.home,
      mounts: engine.mounts,
      copies: this.#copies,
      leave: (path, why) => stays.set(path, why),
      kept: () => {},
    });
    staging.end();
    if (!this.waits) {
      this.#copies.rest();
      if (orders.contents.length > 0) staging.rest();
    }
    engine.takeOver(snapshot, moved);
    const numbered = numberedIn(orders);
    for (const result of results) {
      const { move, task } = numbered(result.index);
      const key = move?.to ?? task!.path;
      const path = spelledAt(this.view, key) ?? spelledAt(before, key) ?? key;
      if (!result.done) {
        this.left.push({ path, reason: result.reason });
        this.hasFailed ||= result.reason !== NOT_KEPT;
      } else if (stays.has(key)) this.left.push({ path, reason: STAYS[stays.get(key)!] });
      else {
        const moved = move ? entryAt(before, move.from) : null;
        const [old, fresh] = task ? [task.old, task.new] : [moved, moved];
        this.done.push({ path, key, old, new: fresh, kept: this.#versions.kept.get(path) ?? null });
      }
    }
  }
}
